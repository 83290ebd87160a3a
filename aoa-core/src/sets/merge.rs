//! JSON merge patches between two states of one object, as the controller sends them (`client.MergeFrom`).

use aoa_lang::Value;
use aoa_lang::value::{Map, Text};

/// Values that hang deeper are replaced as a whole.
const MAX_DEPTH: usize = 400;

/// `stored`, changed by what differs between `before` and `after`.
///
/// What `before` and `after` agree on stays as it is in `stored`, also where that differs from both. Nulls inside of new
/// values are lost, as they are in any merge patch.
pub(super) fn apply_changes(stored: &Value, before: &Value, after: &Value) -> Value {
    match diff(before, after, 0) {
        Some(patch) => merge(stored, &patch, 0),
        None => stored.clone(),
    }
}

/// The merge patch from one to the other; `None` if nothing differs. Null stands for removal.
fn diff(before: &Value, after: &Value, depth: usize) -> Option<Value> {
    let (Value::Map(old), Value::Map(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    if old.shares(new) {
        return None;
    }
    if depth > MAX_DEPTH {
        return (before != after).then(|| after.clone());
    }
    let removed = old.keys().filter(|key| new.get_bytes(key.as_bytes()).is_none());
    let mut patch: Vec<(Text, Value)> = removed.map(|key| (key.clone(), Value::Null)).collect();
    for (key, value) in new.iter() {
        let change = match old.get_bytes(key.as_bytes()) {
            Some(old) => diff(old, value, depth.saturating_add(1)),
            None => Some(value.clone()),
        };
        patch.extend(change.map(|change| (key.clone(), change)));
    }
    (!patch.is_empty()).then(|| Value::Map(Map::of(new.kind(), patch)))
}

fn merge(stored: &Value, patch: &Value, depth: usize) -> Value {
    let Value::Map(changes) = patch else { return patch.clone() };
    if depth > MAX_DEPTH {
        return patch.clone();
    }
    let stored = stored.as_map().cloned().unwrap_or_default();
    let mut merged = stored.clone().into_builder();
    for (key, change) in changes.iter() {
        let name = key.to_str_lossy();
        if change.is_null() {
            merged.remove(&name);
        } else {
            let old = stored.get(&name).unwrap_or(&Value::Null);
            merged.insert(key.clone(), merge(old, change, depth.saturating_add(1)));
        }
    }
    Value::Map(merged.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_changed() {
        let map = |entries: &[(&'static str, &'static str)]| {
            Value::map(entries.iter().map(|(k, v)| (*k, Value::from(*v))))
        };
        let stored = map(&[("a", "1"), ("b", "2"), ("mine", "x")]);
        let changed =
            apply_changes(&stored, &map(&[("a", "1"), ("b", "2")]), &map(&[("a", "3"), ("c", "4")]));
        assert!(changed == map(&[("a", "3"), ("c", "4"), ("mine", "x")]));
    }
}
