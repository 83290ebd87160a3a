//! JSON merge patches (RFC 7386) as evanphx/json-patch applies and creates them.

use crate::value::{List, Map, MapBuilder, Place, Rewrite, Text};
use crate::{Error, Result, Value};

/// Applies a merge patch: maps are merged, null removes, everything else replaces.
///
/// Upstream's oddities: nulls inside of new maps go, nulls in lists stay; a list that replaces a map keeps its nulls
/// inside of maps as well; a patch that is a list replaces the whole; a document that is neither map nor null gives way
/// to the patch.
///
/// # Errors
///
/// `Invalid JSON Document` for null, `Invalid JSON Patch` for a patch that is neither map nor list.
///
/// ```
/// use aoa_lang::{Value, patch};
/// let document = Value::map([("a", Value::int(1)), ("b", Value::int(2))]);
/// let patched = patch::merge(&document, &Value::map([("a", Value::Null), ("c", Value::int(3))]))?;
/// assert!(patched == Value::map([("b", Value::int(2)), ("c", Value::int(3))]));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn merge(document: &Value, patch: &Value) -> Result<Value> {
    if is_null(document) {
        return Err(Error::invalid("Invalid JSON Document"));
    }
    match (document, patch) {
        (_, patch) if is_null(patch) => Err(Error::invalid("Invalid JSON Patch")),
        (Value::Map(document), Value::Map(patch)) => merge_maps(document, patch),
        (_, Value::Map(_) | Value::List(_)) => without_nulls(patch),
        _ => Err(Error::invalid("Invalid JSON Patch")),
    }
}

/// A map that is being merged, and the patch entries that are left.
struct Merging<'p> {
    key: Text,
    into: MapBuilder,
    patch: std::slice::Iter<'p, (Text, Value)>,
}

fn merge_maps(document: &Map, patch: &Map) -> Result<Value> {
    let open = |key: Text, into: Map, patch| Merging { key, into: into.into_builder(), patch };
    let mut stack = vec![open(Text::EMPTY, document.clone(), patch.as_slice().iter())];
    loop {
        let Some(top) = stack.last_mut() else { return Ok(Value::Null) };
        let Some((key, value)) = top.patch.next() else {
            let Some(done) = stack.pop() else { return Ok(Value::Null) };
            let merged = Value::Map(done.into.build());
            match stack.last_mut() {
                Some(parent) => parent.into.insert(done.key, merged),
                None => return Ok(merged),
            };
            continue;
        };
        let current = top.into.get_bytes(key.as_bytes()).filter(|current| !is_null(current));
        match (current, value) {
            (_, value) if is_null(value) => {
                top.into.remove_bytes(key.as_bytes());
            }
            (Some(Value::Map(map)), Value::Map(patch)) => {
                let into = map.clone();
                // Taken out, so that it is changed in place where nobody shares it.
                top.into.insert(key.clone(), Value::Null);
                stack.push(open(key.clone(), into, patch.as_slice().iter()));
            }
            // merge.go looks for nulls only where the document has no map.
            (Some(Value::Map(_)), value) => {
                top.into.insert(key.clone(), value.clone());
            }
            (_, value) => {
                top.into.insert(key.clone(), without_nulls(value)?);
            }
        }
    }
}

/// JSON's null in all the forms that a Go value has for it.
fn is_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

fn without_nulls(value: &Value) -> Result<Value> {
    value.rewrite(&mut |value, place| {
        Ok(if is_null(value) && matches!(place, Place::Entry(_)) { Rewrite::Remove } else { Rewrite::Keep })
    })
}

/// The merge patch that makes `modified` of `original`.
///
/// Numbers are compared, and written into the patch, as float64; two lists give the list of the patches of their
/// items.
///
/// # Errors
///
/// `Mismatched JSON Documents` for a list against something else, `Invalid JSON Document` for anything that is no map,
/// no null and no pair of lists of such with one length.
pub fn create_merge(original: &Value, modified: &Value) -> Result<Value> {
    match (original, modified) {
        (Value::List(a), Value::List(b)) if !a.is_nil() && !b.is_nil() => {
            if a.len() != b.len() {
                return Err(bad_document());
            }
            a.iter().zip(b.iter()).map(|(a, b)| difference(a, b)).collect::<Result<List>>().map(Value::List)
        }
        (Value::List(list), _) | (_, Value::List(list)) if !list.is_nil() => {
            Err(Error::invalid("Mismatched JSON Documents"))
        }
        _ => difference(original, modified),
    }
}

fn bad_document() -> Error {
    Error::invalid("Invalid JSON Document")
}

/// Two maps that are being compared, and what differs so far.
struct Comparing {
    key: Text,
    original: Map,
    modified: Map,
    at: usize,
    into: Vec<(Text, Value)>,
}

impl Comparing {
    fn new(key: Text, original: Map, modified: Map) -> Self {
        Comparing { key, original, modified, at: 0, into: Vec::new() }
    }

    fn finish(mut self) -> Vec<(Text, Value)> {
        let gone = self.original.keys().filter(|key| self.modified.get_bytes(key.as_bytes()).is_none());
        self.into.extend(gone.map(|key| (key.clone(), Value::Null)));
        self.into
    }
}

fn difference(original: &Value, modified: &Value) -> Result<Value> {
    let map = |value: &Value| match floats(value)? {
        Value::Map(map) => Ok(map),
        value if is_null(&value) => Ok(Map::new()),
        _ => Err(bad_document()),
    };
    let mut stack = vec![Comparing::new(Text::EMPTY, map(original)?, map(modified)?)];
    loop {
        let Some(top) = stack.last_mut() else { return Ok(Value::Null) };
        let Some((key, new)) = top.modified.as_slice().get(top.at).cloned() else {
            let Some(done) = stack.pop() else { return Ok(Value::Null) };
            let key = done.key.clone();
            let entries = done.finish();
            match stack.last_mut() {
                Some(parent) if entries.is_empty() => parent.at += 1,
                Some(parent) => {
                    parent.at += 1;
                    parent.into.push((key, Value::map(entries)));
                }
                None => return Ok(Value::map(entries)),
            }
            continue;
        };
        match (top.original.get_bytes(key.as_bytes()), &new) {
            (Some(Value::Map(old)), Value::Map(new)) if !old.shares(new) => {
                let next = Comparing::new(key, old.clone(), new.clone());
                stack.push(next);
                continue;
            }
            (Some(old), new) if old == new => {}
            _ => top.into.push((key, new)),
        }
        top.at += 1;
    }
}

/// The value as encoding/json reads it into an `interface{}`.
fn floats(value: &Value) -> Result<Value> {
    value.rewrite(&mut |value, _| {
        let number = match value {
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Float(..) => return Ok(Rewrite::Keep),
            value if is_null(value) => return Ok(Rewrite::Replace(Value::Null)),
            Value::List(_) | Value::Map(_) => return Ok(Rewrite::Keep),
            Value::Object(object) => return Ok(Rewrite::Replace(object.to_data())),
            Value::Int(_, n) => n.to_string().parse(),
            Value::Uint(_, n) => n.to_string().parse(),
            Value::Number(text) => text.parse::<f64>(),
            Value::Handle(_) => return Ok(Rewrite::Replace(Value::Null)),
        };
        let number = number.ok().filter(|n| n.is_finite()).ok_or_else(bad_document)?;
        Ok(Rewrite::Replace(Value::float(number)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Data without nulls in maps, which a merge patch cannot say.
    fn data() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            (0..4i64).prop_map(|n| Value::float(n as f64)),
            "[ab]{0,2}".prop_map(Value::string),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::list),
                prop::collection::btree_map("[abc]", inner, 0..4).prop_map(Value::map),
            ]
        })
    }

    fn document() -> impl Strategy<Value = Value> {
        prop::collection::btree_map("[abc]", data(), 0..4).prop_map(Value::map)
    }

    proptest! {
        #[test]
        fn applying_the_difference_gives_the_modified(a in document(), b in document()) {
            let patch = create_merge(&a, &b).unwrap();
            prop_assert!(merge(&a, &patch).unwrap() == b);
        }

        #[test]
        fn the_empty_patch_changes_nothing(a in document()) {
            prop_assert!(merge(&a, &Value::Map(Map::new())).unwrap() == a);
            prop_assert!(create_merge(&a, &a).unwrap() == Value::Map(Map::new()));
        }
    }

    #[test]
    fn deep_documents_do_not_overflow() {
        let deep = |leaf| (0..100_000).fold(leaf, |inner, _| Value::map([("k", inner)]));
        let run = move || {
            let (a, b) = (deep(Value::float(1.0)), deep(Value::float(2.0)));
            let patch = create_merge(&a, &b).unwrap();
            assert!(merge(&a, &patch).unwrap() == b);
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }
}
