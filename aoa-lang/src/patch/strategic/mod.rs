//! Strategic merge patches as apimachinery 0.36.1 applies them: what to do with a list says the Go type
//! (`util/strategicpatch/patch.go`).

mod create;
mod elements;
mod lists;
mod schema;

use crate::typed::Type;
use crate::value::{Map, MapBuilder, Rewrite, Text};
use crate::{Error, Result, Value, fmt};

pub use create::{create_strategic, create_strategic_three_way};

use schema::Schema;

/// The directive in a map: `delete`, `replace`, `merge`.
const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
/// These two stand before `/` and the name of a list.
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList";
const ELEMENT_ORDER: &str = "$setElementOrder";

/// Applies a strategic merge patch to an object of type `of`.
///
/// Maps merge, null removes. A list is replaced unless its field has the strategy `merge`: then scalars are united and
/// maps merged by the field's merge key. The directives `$patch`, `$retainKeys`, `$setElementOrder/...` and
/// `$deleteFromPrimitiveList/...` are obeyed. Null documents and patches count as empty.
///
/// New items stand before existing ones unless a later item of the patch anchors them; with duplicate merge keys the
/// first item is changed; an item with `$patch: replace` empties the list of what is not in the patch.
///
/// # Errors
///
/// Upstream's message: `invalid JSON document` if one of the two is no map, and for lists of mixed items, missing merge
/// keys, unknown directives, maps and lists on both sides in fields that the type does not have. Where upstream takes
/// the keys of a map in random order, the sorted order decides which of several errors is given.
///
/// ```
/// use aoa_lang::{json, patch, typed};
/// let read = |text: &str| json::read(text.as_bytes(), json::Numbers::PreserveInts);
/// let pod = typed::schema("v1", "Pod").ok_or("no such type")?;
/// let object = read(r#"{"spec": {"containers": [{"name": "a", "image": "a:1"}]}}"#)?;
/// let patch = read(r#"{"spec": {"containers": [{"name": "a", "image": "a:2"}, {"name": "b"}]}}"#)?;
/// assert_eq!(
///     json::to_string(&patch::strategic_merge(pod, &object, &patch)?)?,
///     r#"{"spec":{"containers":[{"image":"a:2","name":"a"},{"name":"b"}]}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn strategic_merge(of: &'static Type, original: &Value, patch: &Value) -> Result<Value> {
    let map = |value: &Value| match value {
        Value::Map(map) => Ok(map.clone()),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::invalid("invalid JSON document")),
    };
    merge_map(map(original)?, map(patch)?, Schema::of(of)).map(Value::Map)
}

/// Merges two maps. The recursion follows the type: a map in a map without fields is an error.
fn merge_map(original: Map, patch: Map, schema: Schema) -> Result<Map> {
    if let Some(directive) = patch.get(DIRECTIVE) {
        return match directive.as_str() {
            Some("replace") => Ok(patch.without(DIRECTIVE)),
            Some("delete") => Ok(Map::new()),
            _ => Err(unknown_directive(directive, &patch)),
        };
    }
    let mut patch = patch.into_builder();
    let mut into = retain_keys(original, &mut patch)?;
    lists::merge_ordered(&mut into, &mut patch, schema)?;
    for (key, value) in patch.build().iter() {
        merge_entry(&mut into, key, value, schema)?;
    }
    Ok(into.build())
}

fn unknown_directive(directive: &Value, patch: &Map) -> Error {
    let directive = match directive {
        Value::String(text) => text.to_str_lossy().into_owned(),
        other => String::from_utf8_lossy(
            &fmt::sprintf(b"%s", std::slice::from_ref(other), MESSAGE).unwrap_or_default(),
        )
        .into_owned(),
    };
    Error::invalid(format!("unknown patch type: {directive} in map: {}", shown(&Value::Map(patch.clone()))))
}

/// Longest value in a message.
const MESSAGE: usize = 64 << 10;

/// A value as Go's `%v` prints it.
fn shown(value: &Value) -> String {
    match fmt::sprintf(b"%v", std::slice::from_ref(value), MESSAGE) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(_) => "...".to_owned(),
    }
}

/// Obeys `$retainKeys`: what it does not name goes from the original, and must not be in the patch.
fn retain_keys(original: Map, patch: &mut MapBuilder) -> Result<MapBuilder> {
    let Some(directive) = patch.remove(RETAIN_KEYS) else { return Ok(original.into_builder()) };
    let bad_format = || Error::invalid("invalid patch format of retainKeys");
    let Value::List(keys) = directive else { return Err(bad_format()) };
    let is_kept = |key: &Text| keys.iter().any(|kept| matches!(kept, Value::String(kept) if kept == key));
    let is_directive = |key: &Text| {
        key.as_bytes().starts_with(DELETE_FROM_LIST.as_bytes())
            || key.as_bytes().starts_with(ELEMENT_ORDER.as_bytes())
    };
    if patch.iter().any(|(key, value)| !value.is_null() && !is_directive(key) && !is_kept(key)) {
        return Err(bad_format());
    }
    let kept =
        original.iter().filter(|(key, _)| is_kept(key)).map(|(key, value)| (key.clone(), value.clone()));
    Ok(Map::of(original.kind(), kept.collect()).into_builder())
}

/// What an entry of the patch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Value,
    /// The items that are taken out of a list of scalars.
    Deletions,
}

fn merge_entry(into: &mut MapBuilder, key: &Text, value: &Value, schema: Schema) -> Result<()> {
    let (key, entry) = match key.as_bytes().strip_prefix(DELETE_FROM_LIST.as_bytes()) {
        None => (key.clone(), Entry::Value),
        Some([b'/', name @ ..]) => (Text::from_bytes(name), Entry::Deletions),
        Some(_) => return Err(Error::invalid("invalid patch format of primitive list")),
    };
    if value.is_null() {
        into.remove_bytes(key.as_bytes());
        return Ok(());
    }
    let merged = match (into.get_bytes_mut(key.as_bytes()), value) {
        (Some(place @ Value::Map(_)), Value::Map(patch)) => {
            let (inner, meta) = schema.map_field(&key)?;
            let Value::Map(original) = std::mem::take(place) else { return Ok(()) };
            Value::Map(if meta.replaces() {
                patch.clone()
            } else {
                merge_map(original, patch.clone(), inner)?
            })
        }
        (Some(place @ Value::List(_)), Value::List(patch)) => {
            let (inner, meta) = schema.list_field(&key)?;
            let Value::List(original) = std::mem::take(place) else { return Ok(()) };
            Value::List(lists::merge_list(original, patch.clone(), inner, meta, entry)?)
        }
        (Some(original), value) if elements::same_type(original, value) => value.clone(),
        (_, _) if entry == Entry::Deletions => return Ok(()),
        (_, value) => match new_value(value)? {
            Some(value) => value,
            None => {
                into.remove_bytes(key.as_bytes());
                return Ok(());
            }
        },
    };
    into.insert(key, merged);
    Ok(())
}

/// What a patch puts where nothing of its kind stands: nulls in maps and maps with a directive left out.
fn new_value(value: &Value) -> Result<Option<Value>> {
    let without_nulls = value.rewrite(&mut |value, place| {
        let drops = value.is_null() && matches!(place, crate::value::Place::Entry(_));
        Ok(if drops { Rewrite::Remove } else { Rewrite::Keep })
    })?;
    without_directives(&without_nulls)
}

/// The value without the maps that have a `$patch` in them; `None` if it is such a map itself.
fn without_directives(value: &Value) -> Result<Option<Value>> {
    let mut is_directive = false;
    let kept = value.rewrite(&mut |value, place| {
        Ok(match value {
            Value::Map(map) if map.contains_key(DIRECTIVE) => {
                is_directive |= place == crate::value::Place::Root;
                Rewrite::Remove
            }
            _ => Rewrite::Keep,
        })
    })?;
    Ok((!is_directive).then_some(kept))
}
