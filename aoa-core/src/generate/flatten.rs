//! Parameters as the flat texts that the non-Go dialect and post-selectors see (`flatten` with dots).

use std::borrow::Cow;

use aoa_lang::fmt::display;
use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

/// Deepest nesting that is flattened; data comes from YAML and JSON, whose own bound is the same.
const DEPTH: usize = 10_000;

/// Flattens nested maps and lists to `a.b.0`, every leaf as Go's `%v` prints it.
///
/// As in github.com/jeremywohl/flatten only `map[string]any` and `[]any` are opened: an empty one leaves nothing, a
/// `map[string]string` is a leaf. Where two leaves have one key upstream takes any; here the last in the order of keys.
///
/// # Errors
///
/// The value is nested too deeply.
///
/// ```
/// use aoa_core::generate::flatten;
/// use aoa_lang::{Value, value::Map};
///
/// let nested: Map = [("a", Value::map([("b", Value::list(vec![Value::from("x")]))]))].into_iter().collect();
/// assert_eq!(flatten(&nested)?.get("a.b.0").and_then(Value::as_str), Some("x"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn flatten(object: &Map) -> Result<Map> {
    let mut flat = Vec::new();
    let mut pending: Vec<(Vec<u8>, &Value, usize)> = Vec::new();
    push_entries(&mut pending, b"", object, 0);
    while let Some((key, value, depth)) = pending.pop() {
        if depth > DEPTH {
            return Err(Error::limit("parameters are nested too deeply"));
        }
        match value {
            Value::Map(map) if map.kind() == MapKind::Any => push_entries(&mut pending, &key, map, depth),
            Value::List(list) if list.kind() == aoa_lang::value::ListKind::Any => {
                let items = list.iter().enumerate().rev();
                pending.extend(
                    items.map(|(at, item)| (joined(&key, at.to_string().as_bytes()), item, depth + 1)),
                );
            }
            leaf => flat.push((Text::from(key), text_of(leaf))),
        }
    }
    Ok(Map::of(MapKind::Any, flat))
}

fn push_entries<'v>(pending: &mut Vec<(Vec<u8>, &'v Value, usize)>, key: &[u8], map: &'v Map, depth: usize) {
    let entries = map.iter().rev();
    pending.extend(entries.map(|(name, value)| {
        let key = if depth == 0 && key.is_empty() {
            name.as_bytes().to_vec()
        } else {
            joined(key, name.as_bytes())
        };
        (key, value, depth + 1)
    }));
}

fn joined(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    [prefix, b".", name].concat()
}

/// The leaf that [`flatten`] would put at `key`, looked up without flattening; `map[string]string` are opened too, as
/// post-selectors do (`normalizeMapForFlatten`).
#[must_use]
pub(super) fn leaf<'v>(map: &'v Map, key: &str) -> Option<Cow<'v, Value>> {
    // Labels have dots in their keys, so every way to cut the key is tried.
    let mut pending: Vec<(&'v Value, &str, bool)> = Vec::new();
    enter_map(map, key, true, &mut pending);
    let mut steps = 0u32;
    while let Some((value, rest, normalized)) = pending.pop() {
        steps += 1;
        if steps > 100_000 {
            return None;
        }
        match value {
            Value::Map(map) if opens(map, normalized) => {
                // A map itself is no leaf.
                if let Some(below) = rest.strip_prefix('.') {
                    enter_map(map, below, normalized, &mut pending);
                }
            }
            Value::List(list) if list.kind() == aoa_lang::value::ListKind::Any => {
                let Some(rest) = rest.strip_prefix('.') else { continue };
                let (index, below) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
                let at = index.parse::<usize>().ok().filter(|at| at.to_string() == index);
                if let Some(item) = at.and_then(|at| list.get(at)) {
                    // Maps inside of lists are not normalised.
                    pending.push((item, below, false));
                }
            }
            leaf if rest.is_empty() => return Some(Cow::Borrowed(leaf)),
            _ => {}
        }
    }
    None
}

fn opens(map: &Map, normalized: bool) -> bool {
    map.kind() == MapKind::Any || (normalized && map.kind() == MapKind::String)
}

/// Every entry of `map` whose key is all of `key` or ends before one of its dots; the longest comes last.
fn enter_map<'v, 'k>(
    map: &'v Map,
    key: &'k str,
    normalized: bool,
    pending: &mut Vec<(&'v Value, &'k str, bool)>,
) {
    let ends = key.match_indices('.').map(|(at, _)| at).chain([key.len()]);
    for end in ends {
        let (name, rest) = key.split_at(end);
        if let Some(value) = map.get(name) {
            pending.push((value, rest, normalized));
        }
    }
}

/// A leaf as `%v` prints it.
pub(super) fn text_of(leaf: &Value) -> Value {
    match leaf {
        Value::String(_) => leaf.clone(),
        other => Value::from(display(other)),
    }
}
