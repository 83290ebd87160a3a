//! The items of lists: their types, their identity, their order.

use std::collections::{BTreeSet, HashMap};

use super::shown;
use crate::value::{List, Map, Text};
use crate::{Error, Result, Value};

/// What the items of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    Scalar,
    Map,
}

/// The type that Go's JSON decoder gives a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DataType {
    Nil,
    Bool,
    Int,
    Float,
    String,
    List,
    Map,
}

fn data_type(value: &Value) -> DataType {
    match value {
        Value::Null | Value::Handle(_) => DataType::Nil,
        Value::Bool(_) => DataType::Bool,
        Value::Int(..) => DataType::Int,
        Value::Uint(_, n) if i64::try_from(*n).is_ok() => DataType::Int,
        Value::Uint(..) | Value::Float(..) => DataType::Float,
        Value::Number(text) if text.parse::<i64>().is_ok() => DataType::Int,
        Value::Number(_) => DataType::Float,
        Value::String(_) | Value::Object(_) => DataType::String,
        Value::List(_) => DataType::List,
        Value::Map(_) => DataType::Map,
    }
}

/// Whether Go sees one type in both.
pub(super) fn same_type(a: &Value, b: &Value) -> bool {
    data_type(a) == data_type(b)
}

/// Go's name of the type of decoded data, as error messages have it.
pub(super) fn type_name(value: &Value) -> &'static str {
    match data_type(value) {
        DataType::Nil => "%!s(<nil>)",
        DataType::Bool => "bool",
        DataType::Int => "int64",
        DataType::Float => "float64",
        DataType::String => "string",
        DataType::List => "[]interface {}",
        DataType::Map => "map[string]interface {}",
    }
}

/// The one kind of all items of both lists.
pub(super) fn item_kind(original: &List, patch: &List) -> Result<ItemKind> {
    let mut first: Option<DataType> = None;
    for item in original.iter().chain(patch.iter()) {
        let this = data_type(item);
        match first {
            None if this == DataType::List => return Err(Error::invalid("lists of lists are not supported")),
            // Upstream crashes here.
            None if this == DataType::Nil => return Err(Error::invalid("null in a list cannot be merged")),
            None => first = Some(this),
            Some(first) if first != this => {
                let both = Value::list(vec![Value::List(original.clone()), Value::List(patch.clone())]);
                return Err(Error::invalid(format!(
                    "list element types are not identical: {}",
                    shown(&both)
                )));
            }
            Some(_) => {}
        }
    }
    match first {
        None => Err(Error::invalid("no elements in any of the given slices")),
        Some(DataType::Map) => Ok(ItemKind::Map),
        Some(_) => Ok(ItemKind::Scalar),
    }
}

/// What Go's `==` compares of a scalar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    Nil,
    Bool(bool),
    Int(i64),
    Float(u64),
    String(Text),
}

impl Identity {
    /// # Errors
    ///
    /// Lists and maps cannot be compared: upstream crashes.
    pub(super) fn of(value: &Value) -> Result<Identity> {
        Ok(match (data_type(value), value) {
            (DataType::Nil, _) => Identity::Nil,
            (DataType::Bool, value) => Identity::Bool(value.as_bool().unwrap_or_default()),
            (DataType::Int, Value::Number(text)) => Identity::Int(text.parse().unwrap_or_default()),
            (DataType::Int, value) => Identity::Int(value.as_i64().unwrap_or_default()),
            (DataType::Float, value) => Identity::Float(float_bits(value)),
            (DataType::String, Value::String(text)) => Identity::String(text.clone()),
            (DataType::String, Value::Object(object)) => Identity::String(object.text()),
            (DataType::String | DataType::List | DataType::Map, _) => {
                return Err(Error::invalid("a list or map cannot be a merge key"));
            }
        })
    }
}

fn float_bits(value: &Value) -> u64 {
    let number = match value {
        Value::Float(_, n) => *n,
        Value::Uint(_, n) => n.to_string().parse().unwrap_or_default(),
        Value::Number(text) => text.parse().unwrap_or_default(),
        _ => 0.0,
    };
    // 0 and -0 are equal.
    if number == 0.0 { 0 } else { number.to_bits() }
}

/// How the items of a list are told apart.
#[derive(Clone, Copy)]
pub(super) struct Keyed {
    pub(super) kind: ItemKind,
    pub(super) key: &'static str,
}

impl Keyed {
    /// The identity of an item: a map's merge key, nil if it has none, or the scalar itself.
    pub(super) fn identity(self, item: &Value) -> Result<Identity> {
        match (self.kind, item) {
            (ItemKind::Map, Value::Map(map)) => map.get(self.key).map_or(Ok(Identity::Nil), Identity::of),
            (ItemKind::Map, _) => Ok(Identity::Nil),
            (ItemKind::Scalar, item) => Identity::of(item),
        }
    }

    /// Where each identity first stands.
    pub(super) fn positions(self, items: &[Value]) -> Result<HashMap<Identity, usize>> {
        let mut positions = HashMap::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            positions.entry(self.identity(item)?).or_insert(at);
        }
        Ok(positions)
    }
}

/// The merge key of a map.
pub(super) fn merge_key<'v>(item: &'v Value, key: &str) -> Result<&'v Value> {
    let map = as_map(item)?;
    map.get(key).ok_or_else(|| no_merge_key(map, key))
}

pub(super) fn as_map(item: &Value) -> Result<&Map> {
    item.as_map().ok_or_else(|| {
        Error::invalid(format!("expected a map[string]interface {{}}, but received a {}", type_name(item)))
    })
}

pub(super) fn no_merge_key(map: &Map, key: &str) -> Error {
    let map = shown(&Value::Map(map.clone()));
    Error::invalid(format!("map: {map} does not contain declared merge key: {key}"))
}

/// Puts the items of the patch and those that are only in the original in order: each of the two keeps its own, and
/// an item of the original stands before the first item of the patch that was behind it (`normalizeElementOrder`).
pub(super) fn in_order(
    patched: Vec<Value>,
    others: Vec<Value>,
    patch_order: &[Value],
    original_order: &[Value],
    keyed: Keyed,
) -> Result<Vec<Value>> {
    let original = keyed.positions(original_order)?;
    let patched = sorted(patched, patch_order, &keyed.positions(patch_order)?, keyed)?;
    let others = sorted(others, original_order, &original, keyed)?;
    let place = |item: &Value| Ok(original.get(&keyed.identity(item)?).copied());
    let mut out = Vec::with_capacity(patched.len() + others.len());
    let (mut patched, mut others) = (patched.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let take_other = match (others.peek(), patched.peek()) {
            (None, None) => return Ok(out),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(other), Some(patched)) => match (place(other)?, place(patched)?) {
                (Some(other), Some(patched)) => other < patched,
                _ => false,
            },
        };
        out.extend(if take_other { others.next() } else { patched.next() });
    }
}

/// Sorts `items` by `order`, those to be deleted last (`normalizeSliceOrder`).
fn sorted(
    items: Vec<Value>,
    order: &[Value],
    positions: &HashMap<Identity, usize>,
    keyed: Keyed,
) -> Result<Vec<Value>> {
    let mut deleted = Vec::new();
    let mut kept = Vec::with_capacity(items.len());
    if keyed.kind == ItemKind::Map {
        for item in items.iter().chain(order) {
            merge_key(item, keyed.key)?;
        }
    }
    for item in items {
        let is_deleted = keyed.kind == ItemKind::Map && item.str_at(&[super::DIRECTIVE]) == Some("delete");
        if is_deleted {
            deleted.push(item);
        } else {
            kept.push((positions.get(&keyed.identity(&item)?).copied(), item));
        }
    }
    if kept.iter().all(|(place, _)| place.is_some()) {
        kept.sort_by_key(|(place, _)| *place);
    } else {
        insertion_sort(&mut kept);
    }
    Ok(kept.into_iter().map(|(_, item)| item).chain(deleted).collect())
}

/// What Go's stable sort does with upstream's comparison, which finds anything less than an item without a place.
fn insertion_sort(items: &mut [(Option<usize>, Value)]) {
    let less = |a: Option<usize>, b: Option<usize>| match (a, b) {
        (Some(a), Some(b)) => a < b,
        _ => true,
    };
    for end in 1..items.len() {
        for at in (1..=end).rev() {
            match (items.get(at), items.get(at - 1)) {
                (Some(item), Some(before)) if less(item.0, before.0) => items.swap(at, at - 1),
                _ => break,
            }
        }
    }
}

/// Removes duplicates as upstream does: the place of one is taken by the last item.
pub(super) fn without_duplicates(items: &mut Vec<Value>) -> Result<()> {
    let mut identities: Vec<Identity> = items.iter().map(Identity::of).collect::<Result<_>>()?;
    let mut places: HashMap<Identity, BTreeSet<usize>> = HashMap::new();
    for (at, identity) in identities.iter().enumerate() {
        places.entry(identity.clone()).or_default().insert(at);
    }
    let mut at = 0;
    while let Some(identity) = identities.get(at).cloned() {
        let next_duplicate = |places: &mut HashMap<Identity, BTreeSet<usize>>| {
            let own = places.get_mut(&identity)?;
            let duplicate = own.range(at + 1..).next().copied()?;
            own.remove(&duplicate);
            Some(duplicate)
        };
        while let Some(duplicate) = next_duplicate(&mut places) {
            let last = identities.len() - 1;
            if duplicate != last
                && let Some(moved) = identities.last().and_then(|moved| places.get_mut(moved))
            {
                moved.remove(&last);
                moved.insert(duplicate);
            }
            items.swap_remove(duplicate);
            identities.swap_remove(duplicate);
        }
        at += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_give_their_place_to_the_last() {
        for (before, after) in
            [("aabbbc", "acb"), ("abc", "abc"), ("aaaa", "a"), ("abab", "ab"), ("abcda", "abcd")]
        {
            let mut items: Vec<Value> = before.chars().map(|c| Value::string(c.to_string())).collect();
            without_duplicates(&mut items).unwrap();
            let text: String = items.iter().filter_map(Value::as_str).collect();
            assert_eq!(text, after, "{before}");
        }
    }
}
