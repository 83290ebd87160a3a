//! What the API server fills in: the defaults of Kubernetes 1.36's built-in kinds, as far as manifests meet them.
//!
//! An object is given as its Go type prints it; what has no value there is left out, or empty in fields without `omitempty`.

use aoa_lang::Value;
use aoa_lang::value::{List, Map, MapBuilder, Text};

mod others;
mod pods;
mod workloads;

/// `object` with the defaults of its kind. What it alone holds is changed in place.
pub(super) fn with_defaults(mut object: Value) -> Value {
    let text = |key| object.get(key).cloned().unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if let (Some(api_version), Some(kind)) = (api_version.as_str(), kind.as_str())
        && !workloads::fill(api_version, kind, &mut object)
    {
        others::fill(api_version, kind, &mut object);
    }
    object
}

/// Edits the maps that a path leads to; `*` stands for each item of a list. No deeper than the path is long.
fn edit_at(value: &mut Value, path: &[&str], edit: &dyn Fn(&mut MapBuilder)) {
    match (path.split_first(), value) {
        (None, Value::Map(map)) => edit_map(map, edit),
        (Some((&"*", rest)), Value::List(list)) => edit_list(list, &|item| edit_at(item, rest, edit)),
        (Some((key, rest)), Value::Map(map)) if map.contains_key(key) => edit_map(map, &|map| {
            if let Some(inner) = map.get_mut(key) {
                edit_at(inner, rest, edit);
            }
        }),
        _ => {}
    }
}

fn edit_map(map: &mut Map, edit: &dyn Fn(&mut MapBuilder)) {
    let mut builder = std::mem::take(map).into_builder();
    edit(&mut builder);
    *map = builder.build();
}

fn edit_list(list: &mut List, edit: &dyn Fn(&mut Value)) {
    let mut items = std::mem::take(list).into_vec();
    items.iter_mut().for_each(edit);
    *list = List::new(items);
}

/// Edits the items of a list.
fn each(map: &mut MapBuilder, key: &str, edit: &dyn Fn(&mut Value)) {
    if let Some(Value::List(list)) = map.get_mut(key) {
        edit_list(list, edit);
    }
}

/// Whether a field has the zero value of its type.
fn is_unset(map: &MapBuilder, key: &str) -> bool {
    match map.get(key) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        _ => false,
    }
}

fn default(map: &mut MapBuilder, key: &'static str, value: Value) {
    if is_unset(map, key) {
        map.insert(Text::from_static(key), value);
    }
}

/// The map in a field, which is made if it is not there.
fn inside(map: &mut MapBuilder, key: &'static str, edit: &dyn Fn(&mut MapBuilder)) {
    match map.get_mut(key) {
        Some(Value::Map(inner)) if !inner.is_nil() => edit_map(inner, edit),
        _ => {
            let mut inner = MapBuilder::default();
            edit(&mut inner);
            map.insert(Text::from_static(key), Value::Map(inner.build()));
        }
    }
}

fn empty() -> Value {
    Value::map::<&str>([])
}

fn is_empty_map(value: Option<&Value>) -> bool {
    value.and_then(Value::as_map).is_none_or(Map::is_empty)
}

/// Entries that are not there yet.
fn adopt(map: &mut MapBuilder, from: &Map) {
    for (key, value) in from.iter() {
        if map.get_bytes(key.as_bytes()).is_none() {
            map.insert(key.clone(), value.clone());
        }
    }
}
