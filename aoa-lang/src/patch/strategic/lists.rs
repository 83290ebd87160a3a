//! Merging lists.

use std::collections::HashSet;

use super::elements::{
    Identity, ItemKind, Keyed, as_map, in_order, item_kind, merge_key, no_merge_key, type_name,
    without_duplicates,
};
use super::schema::{PatchMeta, Schema};
use super::{DIRECTIVE, ELEMENT_ORDER, Entry, merge_map, shown, unknown_directive, without_directives};
use crate::value::{List, MapBuilder, Text};
use crate::{Error, Result, Value};

/// Merges the lists that `$setElementOrder` names, and takes both out of the patch (`mergePatchIntoOriginal`).
pub(super) fn merge_ordered(into: &mut MapBuilder, patch: &mut MapBuilder, schema: Schema) -> Result<()> {
    let prefix = ELEMENT_ORDER.as_bytes();
    let directives: Vec<Text> =
        patch.iter().map(|(key, _)| key).filter(|key| key.as_bytes().starts_with(prefix)).cloned().collect();
    for directive in directives {
        let order = as_list(&patch.remove_bytes(directive.as_bytes()).unwrap_or_default())?;
        let Some([b'/', key @ ..]) = directive.as_bytes().strip_prefix(prefix) else {
            return Err(bad_order());
        };
        let key = Text::from_bytes(key);
        let original = into.get_bytes(key.as_bytes()).map(as_list).transpose()?;
        let patched = patch.get_bytes(key.as_bytes()).map(as_list).transpose()?;
        let (inner, meta) = schema.list_field(&key)?;
        check_order(patched.as_ref(), &order, meta.merge_key())?;
        let merged = match (&original, &patched) {
            (None, None) => continue,
            (Some(original), None) => original.clone(),
            (None, Some(patched)) => match without_directives(&Value::List(patched.clone()))? {
                Some(Value::List(list)) => list,
                _ => continue,
            },
            (Some(original), Some(patched)) => {
                merge_list(original.clone(), patched.clone(), inner, meta, Entry::Value)?
            }
        };
        let (original, patched) = (original.unwrap_or_default(), patched.unwrap_or_default());
        let (in_patch, others) = partition(&merged, order.as_slice(), meta.merge_key())?;
        let keyed = Keyed { kind: item_kind(&original, &patched)?, key: meta.merge_key() };
        let items = in_order(in_patch, others, order.as_slice(), original.as_slice(), keyed)?;
        into.insert(key.clone(), Value::list(items));
        patch.remove_bytes(key.as_bytes());
    }
    Ok(())
}

fn bad_order() -> Error {
    Error::invalid("invalid patch format of setElementOrder list")
}

fn as_list(value: &Value) -> Result<List> {
    value.as_list().cloned().ok_or_else(|| {
        Error::invalid(format!("expected a []interface {{}}, but received a {}", type_name(value)))
    })
}

/// The items of the patch must stand in the order that `$setElementOrder` gives, and none may be missing there.
fn check_order(patch: Option<&List>, order: &List, key: &str) -> Result<()> {
    let Some(patch) = patch.filter(|patch| !patch.is_empty() && !order.is_empty()) else { return Ok(()) };
    let mut items = Vec::with_capacity(patch.len());
    for item in patch.iter() {
        if key.is_empty() || as_map(item)?.get(DIRECTIVE).is_none_or(|d| d.as_str() != Some("delete")) {
            items.push(item);
        }
    }
    let identity =
        |item| if key.is_empty() { Identity::of(item) } else { Identity::of(merge_key(item, key)?) };
    let mut items = items.into_iter().filter(|item| !has_directive(item)).peekable();
    let mut order_left = order.iter();
    while let Some(item) = items.peek() {
        let Some(place) = order_left.next() else {
            return Err(Error::invalid(format!(
                "The order in patch list:\n{}\n doesn't match {ELEMENT_ORDER} list:\n{}\n",
                shown(&Value::List(patch.clone())),
                shown(&Value::List(order.clone()))
            )));
        };
        if identity(item)? == identity(place)? {
            items.next();
        }
    }
    Ok(())
}

fn has_directive(item: &Value) -> bool {
    item.as_map().is_some_and(|map| map.contains_key(DIRECTIVE))
}

/// Merges a list of the patch into that of the original, if the strategy of the field is to merge.
pub(super) fn merge_list(
    original: List,
    patch: List,
    schema: Schema,
    meta: PatchMeta,
    entry: Entry,
) -> Result<List> {
    if entry == Entry::Value && !meta.merges() {
        return Ok(patch);
    }
    if original.is_empty() && patch.is_empty() {
        return Ok(original);
    }
    let key = meta.merge_key();
    match item_kind(&original, &patch)? {
        ItemKind::Scalar if entry == Entry::Deletions => delete_scalars(&original, &patch),
        ItemKind::Scalar => merge_scalars(original, &patch, key),
        ItemKind::Map if key.is_empty() => {
            Err(Error::invalid(format!("cannot merge lists without merge key for {}", schema.kind())))
        }
        ItemKind::Map => merge_maps(original.into_vec(), &patch, schema, key),
    }
}

fn delete_scalars(original: &List, deletions: &List) -> Result<List> {
    let deletions: HashSet<Identity> = deletions.iter().map(Identity::of).collect::<Result<_>>()?;
    let mut kept = Vec::with_capacity(original.len());
    for item in original.iter() {
        if !deletions.contains(&Identity::of(item)?) {
            kept.push(item.clone());
        }
    }
    Ok(List::new(kept))
}

fn merge_scalars(original: List, patch: &List, key: &'static str) -> Result<List> {
    let mut order = original.as_slice().to_vec();
    let mut merged: Vec<Value> = order.iter().chain(patch.iter()).cloned().collect();
    let fits = merged.len() <= capacity(order.len());
    without_duplicates(&mut merged)?;
    if fits {
        // Upstream appends in place when Go's slice has room, and so changes the original too, by whose order it
        // goes on.
        let kept = order.len().min(merged.len());
        order.splice(..kept, merged.iter().take(kept).cloned());
    }
    let (in_patch, others) = partition(&List::new(merged), patch.as_slice(), key)?;
    let keyed = Keyed { kind: ItemKind::Scalar, key };
    in_order(in_patch, others, patch.as_slice(), &order, keyed).map(List::new)
}

/// The room in a slice that Go's JSON decoder has filled with `len` items.
fn capacity(len: usize) -> usize {
    len.checked_next_power_of_two().unwrap_or(len)
}

fn merge_maps(original: Vec<Value>, patch: &List, schema: Schema, key: &'static str) -> Result<List> {
    let (original, patch) = obey_directives(original, patch, key)?;
    let keyed = Keyed { kind: ItemKind::Map, key };
    let mut positions = keyed.positions(&original)?;
    let mut merged = original.clone();
    for item in &patch {
        let identity = Identity::of(merge_key(item, key)?)?;
        let place = positions.get(&identity).copied();
        match (place.and_then(|at| merged.get_mut(at)), item) {
            (Some(place @ Value::Map(_)), Value::Map(item)) => {
                if let Value::Map(old) = std::mem::take(place) {
                    *place = Value::Map(merge_map(old, item.clone(), schema)?);
                }
            }
            _ => {
                positions.insert(identity, merged.len());
                merged.push(item.clone());
            }
        }
    }
    let (in_patch, others) = partition(&List::new(merged), &patch, key)?;
    in_order(in_patch, others, &patch, &original, keyed).map(List::new)
}

/// Deletes what the patch deletes, and gives the items without a directive; after a `replace` they are all that is
/// left, and nothing is to be merged (`mergeSliceWithSpecialElements`).
fn obey_directives(mut original: Vec<Value>, patch: &List, key: &str) -> Result<(Vec<Value>, Vec<Value>)> {
    let mut items = Vec::with_capacity(patch.len());
    let mut replaces = false;
    let mut deleted = HashSet::new();
    for item in patch.iter() {
        let map = as_map(item)?;
        let Some(directive) = map.get(DIRECTIVE) else {
            items.push(item.clone());
            continue;
        };
        match directive.as_str() {
            Some("delete") => {
                let value = map.get(key).ok_or_else(|| no_merge_key(map, key))?;
                deleted.insert(Identity::of(value)?);
            }
            Some("replace") => replaces = true,
            Some("merge") => {
                return Err(Error::invalid("merging lists cannot yet be specified in the patch"));
            }
            _ => return Err(unknown_directive(directive, map)),
        }
    }
    if replaces {
        return Ok((items, Vec::new()));
    }
    if !deleted.is_empty() {
        original.retain(|item| {
            let value = item.get(key).and_then(|value| Identity::of(value).ok());
            value.is_none_or(|value| !deleted.contains(&value))
        });
    }
    Ok((original, items))
}

/// Splits a list into the items that `by` has, and the others.
fn partition(items: &List, by: &[Value], key: &'static str) -> Result<(Vec<Value>, Vec<Value>)> {
    let kind = if key.is_empty() { ItemKind::Scalar } else { ItemKind::Map };
    if kind == ItemKind::Map {
        for item in items.iter() {
            merge_key(item, key)?;
        }
        if let Some((at, _)) = by.iter().enumerate().find(|(_, item)| item.as_map().is_none()) {
            return Err(Error::invalid(format!("value for key {at} is not a map")));
        }
    }
    let keyed = Keyed { kind, key };
    let present = keyed.positions(by)?;
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for item in items.iter() {
        let place = if present.contains_key(&keyed.identity(item)?) { &mut inside } else { &mut outside };
        place.push(item.clone());
    }
    Ok((inside, outside))
}
