//! Fields that other managers own: where both states differ in them, they are left out of both
//! (`util/argo/managedfields` of Argo CD 3.5.7, without a schema: lists are whole).

use aoa_lang::value::Map;
use aoa_lang::{Value, json};

/// Both states without the fields of `managers` in which they differ.
pub(super) fn without_those_of(managers: &[String], live: &Value, desired: &Value) -> (Value, Value) {
    let (mut left, mut right) = (live.clone(), desired.clone());
    if managers.is_empty() {
        return (left, right);
    }
    let entries = live.at(&["metadata", "managedFields"]).and_then(Value::as_list);
    for entry in entries.map(|list| list.as_slice()).unwrap_or_default() {
        let manager = entry.str_at(&["manager"]).unwrap_or_default();
        if !managers.iter().any(|trusted| trusted == manager) {
            continue;
        }
        let Some(Value::Map(fields)) = entry.get("fieldsV1") else { continue };
        let mut removed = Vec::new();
        differing(live, desired, fields, &mut Vec::new(), &mut removed, 0);
        for path in removed {
            left = without(&left, &path);
            right = without(&right, &path);
        }
    }
    (left, right)
}

/// Deeper than any object that is meant.
const MAX_DEPTH: usize = 500;

/// Collects the paths of owned fields that both have and that differ.
fn differing(
    live: &Value,
    desired: &Value,
    owned: &Map,
    path: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
    depth: usize,
) {
    let (Value::Map(live), Value::Map(desired)) = (live, desired) else { return };
    if depth > MAX_DEPTH {
        return;
    }
    for (name, inner) in owned.iter() {
        let Some(field) = name.as_str().and_then(|name| name.strip_prefix("f:")) else { continue };
        let (Some(left), Some(right), Some(inner)) = (live.get(field), desired.get(field), inner.as_map())
        else {
            continue;
        };
        path.push(field.to_owned());
        if left.as_map().is_some() && right.as_map().is_some() {
            differing(left, right, inner, path, found, depth + 1);
        } else if (inner.is_empty() || inner.contains_key(".")) && json_of(left) != json_of(right) {
            found.push(path.clone());
        }
        path.pop();
    }
}

fn json_of(value: &Value) -> String {
    json::to_string(value).unwrap_or_default()
}

/// The object without a field.
fn without(object: &Value, path: &[String]) -> Value {
    let (Some((field, rest)), Value::Map(map)) = (path.split_first(), object) else { return object.clone() };
    let Some(inner) = map.get(field) else { return object.clone() };
    if !rest.is_empty() {
        return Value::Map(map.clone().with(field.as_str(), without(inner, rest)));
    }
    Value::Map(map.clone().without(field))
}
