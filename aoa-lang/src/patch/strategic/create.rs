//! Finding the strategic merge patch between two objects (`diffMaps` of `util/strategicpatch/patch.go`).

use super::elements::{Identity, ItemKind, Keyed, as_map, item_kind, merge_key, same_type};
use super::schema::Schema;
use super::{DELETE_FROM_LIST, DIRECTIVE, ELEMENT_ORDER, RETAIN_KEYS};
use crate::typed::Type;
use crate::value::{List, Map, MapBuilder, Text};
use crate::{Error, Result, Value, fmt};

/// The strategic merge patch that makes `modified` of `original`, objects of type `of`: apimachinery's
/// `CreateTwoWayMergePatch`.
///
/// # Errors
///
/// Those of [`strategic_merge`](super::strategic_merge).
///
/// ```
/// use aoa_lang::{json, patch, typed};
/// let read = |text: &str| json::read(text.as_bytes(), json::Numbers::PreserveInts);
/// let pod = typed::schema("v1", "Pod").ok_or("no such type")?;
/// let original = read(r#"{"spec": {"containers": [{"name": "a", "image": "a:1"}], "hostIPC": true}}"#)?;
/// let modified = read(r#"{"spec": {"containers": [{"name": "a", "image": "a:2"}]}}"#)?;
/// let patch = patch::create_strategic(pod, &original, &modified)?;
/// assert_eq!(
///     json::to_string(&patch)?,
///     r#"{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"image":"a:2","name":"a"}],"hostIPC":null}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create_strategic(of: &'static Type, original: &Value, modified: &Value) -> Result<Value> {
    let options = Options { changes: Changes::All, retains_keys: false };
    diff_maps(&map(original)?, &map(modified)?, Schema::of(of), options).map(Value::Map)
}

/// The patch for `current` that sets what `modified` has and takes away what `original` had and `modified` has not:
/// apimachinery's `CreateThreeWayMergePatch` that overwrites.
///
/// # Errors
///
/// Those of [`strategic_merge`](super::strategic_merge).
pub fn create_strategic_three_way(
    of: &'static Type,
    original: &Value,
    modified: &Value,
    current: &Value,
) -> Result<Value> {
    let (modified, schema) = (map(modified)?, Schema::of(of));
    let diff = |from: &Value, changes| {
        diff_maps(&map(from)?, &modified, schema, Options { changes, retains_keys: false })
    };
    let delta = diff(current, Changes::Additions)?;
    let deletions = diff(original, Changes::Deletions)?;
    Ok(Value::Map(joined(deletions, &delta, schema)?))
}

fn map(value: &Value) -> Result<Map> {
    match value {
        Value::Map(map) => Ok(map.clone()),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::invalid("invalid JSON document")),
    }
}

/// Which differences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changes {
    All,
    /// What is new or other.
    Additions,
    /// What is gone.
    Deletions,
}

#[derive(Clone, Copy)]
struct Options {
    changes: Changes,
    /// Whether the keys that stay are to be named.
    retains_keys: bool,
}

impl Options {
    fn adds(self) -> bool {
        self.changes != Changes::Deletions
    }

    fn deletes(self) -> bool {
        self.changes != Changes::Additions
    }
}

/// The recursion follows the type: maps in maps without fields are errors unless they are equal.
fn diff_maps(original: &Map, modified: &Map, schema: Schema, options: Options) -> Result<Map> {
    let mut patch = Map::new().into_builder();
    for (key, new) in modified.iter() {
        match original.get_bytes(key.as_bytes()) {
            Some(old) if *key == DIRECTIVE => diff_directive(old, new, &mut patch)?,
            Some(old) if same_type(old, new) => diff_entry(key, old, new, schema, options, &mut patch)?,
            _ if options.adds() => {
                patch.insert(key.clone(), new.clone());
            }
            _ => {}
        }
    }
    let gone = || original.keys().filter(|key| modified.get_bytes(key.as_bytes()).is_none());
    if options.deletes() {
        gone().for_each(|key| {
            patch.insert(key.clone(), Value::Null);
        });
    }
    if options.retains_keys {
        let kept = modified.iter().filter(|(_, value)| !value.is_null());
        let kept: Vec<Value> = kept.map(|(key, _)| Value::String(key.clone())).collect();
        if !kept.is_empty() && (!patch.is_empty() || gone().next().is_some()) {
            patch.insert(RETAIN_KEYS, Value::list(kept));
        }
    }
    Ok(patch.build())
}

fn diff_directive(old: &Value, new: &Value, patch: &mut MapBuilder) -> Result<()> {
    let (Value::String(old), Value::String(text)) = (old, new) else {
        return Err(Error::invalid(format!("invalid value for special key: {DIRECTIVE}")));
    };
    if old != text {
        patch.insert(DIRECTIVE, new.clone());
    }
    Ok(())
}

fn diff_entry(
    key: &Text,
    old: &Value,
    new: &Value,
    schema: Schema,
    options: Options,
    patch: &mut MapBuilder,
) -> Result<()> {
    match (old, new) {
        (Value::Map(old), Value::Map(map)) => {
            let (inner, meta) = match schema.map_field(key) {
                Ok(found) => found,
                Err(_) if old == map => return Ok(()),
                Err(error) => return Err(error),
            };
            if meta.replaces() {
                if options.adds() {
                    patch.insert(key.clone(), new.clone());
                }
                return Ok(());
            }
            let options = Options { retains_keys: meta.retains_keys(), ..options };
            let inner = diff_maps(old, map, inner, options)?;
            if !inner.is_empty() {
                patch.insert(key.clone(), Value::Map(inner));
            }
        }
        (Value::List(old_list), Value::List(list)) => {
            let (inner, meta) = match schema.list_field(key) {
                Ok(found) => found,
                Err(_) if old == new => return Ok(()),
                Err(error) => return Err(error),
            };
            if !meta.merges() {
                if options.adds() && old != new {
                    patch.insert(key.clone(), new.clone());
                }
                return Ok(());
            }
            let options = Options { retains_keys: meta.retains_keys(), ..options };
            let found = diff_lists(old_list, list, inner, meta.merge_key(), options)?;
            found.insert_into(key, patch);
        }
        _ => {
            if options.adds() && old != new {
                patch.insert(key.clone(), new.clone());
            }
        }
    }
    Ok(())
}

/// What a patch says of a list that is merged.
#[derive(Default)]
struct ListPatch {
    items: Vec<Value>,
    deletions: Vec<Value>,
    order: Vec<Value>,
}

impl ListPatch {
    fn insert_into(self, key: &Text, patch: &mut MapBuilder) {
        let parallel = |prefix: &str| Text::from([prefix.as_bytes(), b"/", key.as_bytes()].concat());
        let mut put = |key: Text, items: Vec<Value>| {
            if !items.is_empty() {
                patch.insert(key, Value::list(items));
            }
        };
        put(key.clone(), self.items);
        put(parallel(DELETE_FROM_LIST), self.deletions);
        put(parallel(ELEMENT_ORDER), self.order);
    }
}

fn diff_lists(
    original: &List,
    modified: &List,
    schema: Schema,
    key: &'static str,
    options: Options,
) -> Result<ListPatch> {
    if original.is_empty() {
        let items = if options.adds() { modified.as_slice().to_vec() } else { Vec::new() };
        return Ok(ListPatch { items, ..ListPatch::default() });
    }
    let kind = item_kind(original, modified)?;
    let keyed = Keyed { kind, key };
    if kind == ItemKind::Scalar {
        let (added, deletions) = diff_scalars(original, modified, options)?;
        let items = in_order_of(added, modified, keyed)?;
        let reordered = original != modified;
        let names_order = (options.deletes() && !deletions.is_empty()) || (options.adds() && reordered);
        let order = if names_order { modified.as_slice().to_vec() } else { Vec::new() };
        return Ok(ListPatch { items, deletions, order });
    }
    let (changed, deleted) = diff_items(original, modified, schema, key, options)?;
    let mut items = in_order_of(changed, modified, keyed)?;
    items.extend(deleted);
    let same_order = is_order_same(original, modified, key)?;
    let names_order =
        (options.adds() && (!items.is_empty() || !same_order)) || (options.deletes() && !items.is_empty());
    let mut order = Vec::new();
    if names_order {
        for item in modified {
            let value = as_map(item)?.get(key).cloned().unwrap_or_default();
            order.push(Value::map([(key, value)]));
        }
    }
    Ok(ListPatch { items, deletions: Vec::new(), order })
}

/// Longest text that items are sorted by.
const SORT_KEY: usize = 64 << 10;

/// A value as `%v` prints it: lists are sorted by this.
fn printed(value: &Value) -> Vec<u8> {
    fmt::sprintf(b"%v", std::slice::from_ref(value), SORT_KEY).unwrap_or_default()
}

/// Sorted by what `%v` prints of them, equal ones in their order.
fn sorted<'v>(
    items: &'v List,
    key: impl Fn(&'v Value) -> Result<&'v Value>,
) -> Result<Vec<(Vec<u8>, &'v Value)>> {
    let mut sorted = Vec::with_capacity(items.len());
    for item in items {
        sorted.push((printed(key(item)?), item));
    }
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(sorted)
}

fn diff_scalars(original: &List, modified: &List, options: Options) -> Result<(Vec<Value>, Vec<Value>)> {
    let (old, new) = (sorted(original, Ok)?, sorted(modified, Ok)?);
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    let (mut added, mut deleted): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(o), Some(n)) => o.0.cmp(&n.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
        };
        let (gone, came) = match order {
            std::cmp::Ordering::Equal => {
                old.next();
                new.next();
                continue;
            }
            std::cmp::Ordering::Less => (old.next(), None),
            std::cmp::Ordering::Greater => (None, new.next()),
        };
        if options.adds() {
            added.extend(came.map(|(_, value)| value.clone()));
        }
        if options.deletes()
            && let Some((_, value)) = gone
            && deleted.last() != Some(value)
        {
            deleted.push(value.clone());
        }
    }
    Ok((added, deleted))
}

fn diff_items(
    original: &List,
    modified: &List,
    schema: Schema,
    key: &'static str,
    options: Options,
) -> Result<(Vec<Value>, Vec<Value>)> {
    let (old, new) =
        (sorted(original, |item| merge_key(item, key))?, sorted(modified, |item| merge_key(item, key))?);
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(o), Some(n)) => o.0.cmp(&n.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Equal => {
                let (Some((_, o)), Some((_, n))) = (old.next(), new.next()) else { break };
                let inner = diff_maps(as_map(o)?, as_map(n)?, schema, options)?;
                if !inner.is_empty() {
                    changed.push(Value::Map(inner.with(key, merge_key(n, key)?.clone())));
                }
            }
            std::cmp::Ordering::Greater => {
                let came = new.next().filter(|_| options.adds());
                changed.extend(came.map(|(_, item)| item.clone()));
            }
            std::cmp::Ordering::Less => {
                if let Some((_, item)) = old.next().filter(|_| options.deletes()) {
                    let identity = merge_key(item, key)?.clone();
                    deleted.push(Value::map([(key, identity), (DIRECTIVE, Value::from("delete"))]));
                }
            }
        }
    }
    Ok((changed, deleted))
}

/// The items of the patch in the order of the modified list.
///
/// Upstream's comparison says of items that are not in that list that they stand before all others; what sorting by
/// insertion makes of it is what happens in Go for lists that are not long.
fn in_order_of(mut items: Vec<Value>, order: &List, keyed: Keyed) -> Result<Vec<Value>> {
    let positions = keyed.positions(order.as_slice())?;
    let mut places = Vec::with_capacity(items.len());
    for item in &items {
        places.push(positions.get(&keyed.identity(item)?).copied());
    }
    for start in 1..items.len() {
        for at in (1..=start).rev() {
            let (before, here) = (places.get(at - 1).copied().flatten(), places.get(at).copied().flatten());
            if matches!((before, here), (Some(before), Some(here)) if here >= before) {
                break;
            }
            items.swap(at - 1, at);
            places.swap(at - 1, at);
        }
    }
    Ok(items)
}

fn is_order_same(original: &List, modified: &List, key: &str) -> Result<bool> {
    if original.len() != modified.len() {
        return Ok(false);
    }
    for (old, new) in original.iter().zip(modified) {
        if merge_key(old, key)? != merge_key(new, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Two patches of one object as one; what `delta` says counts.
fn joined(deletions: Map, delta: &Map, schema: Schema) -> Result<Map> {
    if deletions.is_empty() {
        return Ok(delta.clone());
    }
    let mut out = deletions.into_builder();
    for (key, new) in delta.iter() {
        let old = out.get_bytes(key.as_bytes()).cloned();
        let is_directive = key.as_bytes().starts_with(b"$");
        let value = match (old, new) {
            (Some(Value::Map(old)), Value::Map(map)) if !is_directive => {
                Value::Map(joined(old, map, schema.map_field(key)?.0)?)
            }
            (Some(Value::List(old)), Value::List(list)) if !is_directive => {
                let (inner, meta) = schema.list_field(key)?;
                let keyed = Keyed { kind: item_kind(&old, list)?, key: meta.merge_key() };
                joined_lists(old.into_vec(), list, inner, keyed)?
            }
            (_, new) => new.clone(),
        };
        out.insert(key.clone(), value);
    }
    Ok(out.build())
}

fn joined_lists(mut items: Vec<Value>, delta: &List, schema: Schema, keyed: Keyed) -> Result<Value> {
    let positions = keyed.positions(&items)?;
    for new in delta {
        let identity: Identity = keyed.identity(new)?;
        let place = positions.get(&identity).and_then(|at| items.get_mut(*at));
        match (place, new) {
            (Some(place @ Value::Map(_)), Value::Map(map)) => {
                if let Value::Map(old) = std::mem::take(place) {
                    *place = Value::Map(joined(old, map, schema)?);
                }
            }
            (Some(_), _) => {}
            (None, new) => items.push(new.clone()),
        }
    }
    Ok(Value::list(items))
}
