//! Values of Rego: JSON, with sets, and with objects whose keys may be anything.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use super::number::Num;
use crate::strconv;
use crate::value::{List, Map, MapKind, Text};
use crate::{Error, Result, Value};

/// A value. Lists and objects are shared.
#[derive(Clone, Debug)]
pub enum Val {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, with its text.
    Number(Num),
    /// A string.
    String(Text),
    /// An array.
    Array(Arc<Seq>),
    /// An object; the keys in order.
    Object(Arc<Entries>),
    /// A set; the elements in order.
    Set(Arc<Seq>),
}

/// Elements, and how deep they nest.
#[derive(Debug)]
pub struct Seq {
    depth: u16,
    items: Vec<Val>,
}

/// Entries, and how deep they nest.
#[derive(Debug)]
pub struct Entries {
    depth: u16,
    items: Vec<(Val, Val)>,
}

/// How deep values may nest.
const DEEPEST: u16 = 1_000;

pub(super) fn too_deep() -> Error {
    Error::limit(format!("a value nests deeper than {DEEPEST}"))
}

impl Val {
    pub(super) fn text(text: &str) -> Val {
        Val::String(Text::from(text))
    }

    pub(super) fn int(number: i64) -> Val {
        Val::Number(Num::Int(number))
    }

    pub(super) fn count(number: usize) -> Val {
        Val::int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// An array.
    ///
    /// # Errors
    /// `Limit` for what nests deeper than 1,000.
    pub fn array(items: Vec<Val>) -> Result<Val> {
        Ok(Val::Array(Arc::new(Seq { depth: above(items.iter())?, items })))
    }

    /// A set of these, in any order and number.
    ///
    /// # Errors
    /// `Limit` for what nests deeper than 1,000.
    pub fn set(mut items: Vec<Val>) -> Result<Val> {
        if !items.is_sorted_by(|a, b| a.order(b) == Ordering::Less) {
            items.sort_by(Val::order);
            items.dedup_by(|b, a| a.order(b) == Ordering::Equal);
        }
        Ok(Val::Set(Arc::new(Seq { depth: above(items.iter())?, items })))
    }

    /// An object of these, in any order; of equal keys the last counts.
    ///
    /// # Errors
    /// `Limit` for what nests deeper than 1,000.
    pub fn object(mut items: Vec<(Val, Val)>) -> Result<Val> {
        if !items.is_sorted_by(|a, b| a.0.order(&b.0) == Ordering::Less) {
            items.sort_by(|a, b| a.0.order(&b.0));
            items.dedup_by(|later, first| {
                let is_same = later.0.order(&first.0) == Ordering::Equal;
                if is_same {
                    std::mem::swap(&mut later.1, &mut first.1);
                }
                is_same
            });
        }
        let depth = above(items.iter().flat_map(|(key, value)| [key, value]))?;
        Ok(Val::Object(Arc::new(Entries { depth, items })))
    }

    fn depth(&self) -> u16 {
        match self {
            Val::Null | Val::Bool(_) | Val::Number(_) | Val::String(_) => 0,
            Val::Array(seq) | Val::Set(seq) => seq.depth,
            Val::Object(entries) => entries.depth,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Val::String(text) => Some(text),
            _ => None,
        }
    }

    /// The element with `key`: of an object, an array by its number, or a set's own.
    #[must_use]
    pub fn get(&self, key: &Val) -> Option<&Val> {
        match self {
            Val::Object(entries) => entries.get(key),
            Val::Array(seq) => match key {
                Val::Number(number) => {
                    let text = number.int()?;
                    seq.items.get(usize::try_from(text).ok()?)
                }
                _ => None,
            },
            Val::Set(seq) => seq.find(key),
            _ => None,
        }
    }

    /// The entry of an object with a string key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Val> {
        match self {
            Val::Object(entries) => entries.field(key.as_bytes()),
            _ => None,
        }
    }

    /// The order of all values for keys and elements.
    pub(super) fn order(&self, other: &Val) -> Ordering {
        self.compare_with(other, Num::order)
    }

    /// The order that `==`, `<` and unification use.
    pub(super) fn compare(&self, other: &Val) -> Ordering {
        self.compare_with(other, Num::compare)
    }

    fn compare_with(&self, other: &Val, numbers: fn(&Num, &Num) -> Ordering) -> Ordering {
        match (self, other) {
            (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
            (Val::Number(a), Val::Number(b)) => numbers(a, b),
            (Val::String(a), Val::String(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Val::Array(a), Val::Array(b)) | (Val::Set(a), Val::Set(b)) => {
                if Arc::ptr_eq(a, b) {
                    return Ordering::Equal;
                }
                let pairs = a.items.iter().zip(&b.items);
                let first = pairs.map(|(a, b)| a.compare_with(b, numbers)).find(|order| order.is_ne());
                first.unwrap_or_else(|| a.items.len().cmp(&b.items.len()))
            }
            (Val::Object(a), Val::Object(b)) => {
                if Arc::ptr_eq(a, b) {
                    return Ordering::Equal;
                }
                let pairs = a.items.iter().zip(&b.items);
                let mut orders = pairs.map(|(a, b)| {
                    a.0.compare_with(&b.0, numbers).then_with(|| a.1.compare_with(&b.1, numbers))
                });
                orders.find(|order| order.is_ne()).unwrap_or_else(|| a.items.len().cmp(&b.items.len()))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Val::Null => 0,
            Val::Bool(_) => 1,
            Val::Number(_) => 2,
            Val::String(_) => 3,
            Val::Array(_) => 4,
            Val::Object(_) => 5,
            Val::Set(_) => 6,
        }
    }

    /// `number`, `string` ...
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Val::Null => "null",
            Val::Bool(_) => "boolean",
            Val::Number(_) => "number",
            Val::String(_) => "string",
            Val::Array(_) => "array",
            Val::Object(_) => "object",
            Val::Set(_) => "set",
        }
    }

    /// The value as Rego writes it; texts in quotes.
    #[must_use]
    pub fn written(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Val::Null => out.push_str("null"),
            Val::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Val::Number(Num::Int(number)) => {
                let _ = write!(out, "{number}");
            }
            Val::Number(Num::Text(text)) => out.push_str(text),
            Val::String(text) => out.push_str(&strconv::quote(text.as_bytes())),
            Val::Set(seq) if seq.items.is_empty() => out.push_str("set()"),
            Val::Array(seq) => seq.write(out, '[', ']'),
            Val::Set(seq) => seq.write(out, '{', '}'),
            Val::Object(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    key.write(out);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Reads data; every number goes through float64 as Gatekeeper's own decoding does.
    ///
    /// # Errors
    /// `Limit` for data that nests deeper than 1,000.
    pub fn of_json(value: &Value) -> Result<Val> {
        Val::read(value, 0, Digits::Floats)
    }

    /// Reads data; numbers keep their texts.
    ///
    /// # Errors
    /// `Limit` for data that nests deeper than 1,000.
    pub fn of_data(value: &Value) -> Result<Val> {
        Val::read(value, 0, Digits::Texts)
    }

    fn read(value: &Value, depth: u16, digits: Digits) -> Result<Val> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        Ok(match value {
            Value::Null | Value::Object(_) | Value::Handle(_) => Val::Null,
            Value::Bool(value) => Val::Bool(*value),
            Value::Int(_, number) => match digits {
                #[expect(clippy::cast_precision_loss, reason = "rounding is what Go does")]
                Digits::Floats => Val::Number(Num::of_float(*number as f64)),
                Digits::Texts => Val::int(*number),
            },
            Value::Uint(_, number) => match digits {
                #[expect(clippy::cast_precision_loss, reason = "rounding is what Go does")]
                Digits::Floats => Val::Number(Num::of_float(*number as f64)),
                Digits::Texts => Val::Number(Num::of_text(&number.to_string())),
            },
            Value::Float(_, number) => Val::Number(Num::of_float(*number)),
            Value::Number(text) => match (digits, strconv::parse_float(text, 64)) {
                (Digits::Floats, Ok(number)) => Val::Number(Num::of_float(number)),
                _ => Val::Number(Num::of_text(text)),
            },
            Value::String(text) => Val::String(text.clone()),
            Value::List(list) => {
                let items = list.iter().map(|item| Val::read(item, depth + 1, digits));
                Val::array(items.collect::<Result<_>>()?)?
            }
            Value::Map(map) => {
                let entries = map.iter();
                let entry = |(key, value): (&Text, &Value)| {
                    Ok((Val::String(key.clone()), Val::read(value, depth + 1, digits)?))
                };
                Val::object(entries.map(entry).collect::<Result<_>>()?)?
            }
        })
    }

    /// The value as JSON has it: sets become lists, keys that are no strings their JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Val::Null => Value::Null,
            Val::Bool(value) => Value::Bool(*value),
            Val::Number(Num::Int(number)) => Value::Number(Arc::from(number.to_string())),
            Val::Number(Num::Text(text)) => Value::Number(text.clone()),
            Val::String(text) => Value::String(text.clone()),
            Val::Array(seq) | Val::Set(seq) => {
                Value::List(List::new(seq.items.iter().map(Val::to_json).collect()))
            }
            Val::Object(entries) => {
                let key = |key: &Val| match key {
                    Val::String(text) => text.clone(),
                    other => Text::from(crate::json::to_string(&other.to_json()).unwrap_or_default()),
                };
                let entries = entries.items.iter().map(|(k, v)| (key(k), v.to_json())).collect();
                Value::Map(Map::of(MapKind::Any, entries))
            }
        }
    }
}

/// What becomes of the texts of numbers.
#[derive(Clone, Copy)]
enum Digits {
    Floats,
    Texts,
}

fn above<'v>(mut items: impl Iterator<Item = &'v Val>) -> Result<u16> {
    let deepest = items.try_fold(0, |deepest: u16, item| Ok(deepest.max(item.depth())));
    match deepest {
        Ok(depth) if depth < DEEPEST => Ok(depth + 1),
        Ok(_) => Err(too_deep()),
        Err(error) => Err(error),
    }
}

impl Seq {
    /// The elements.
    #[must_use]
    pub fn items(&self) -> &[Val] {
        &self.items
    }

    /// The element of a set that equals `value`.
    #[must_use]
    pub fn find(&self, value: &Val) -> Option<&Val> {
        let at = self.items.binary_search_by(|item| item.order(value)).ok()?;
        self.items.get(at)
    }

    fn write(&self, out: &mut String, open: char, close: char) {
        out.push(open);
        for (at, item) in self.items.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { ", " });
            item.write(out);
        }
        out.push(close);
    }
}

impl Entries {
    /// The entries, in the order of their keys.
    #[must_use]
    pub fn items(&self) -> &[(Val, Val)] {
        &self.items
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &Val) -> Option<&Val> {
        if let Val::String(text) = key {
            return self.field(text.as_bytes());
        }
        let at = self.items.binary_search_by(|(known, _)| known.order(key)).ok()?;
        self.items.get(at).map(|(_, value)| value)
    }

    fn field(&self, key: &[u8]) -> Option<&Val> {
        let order = |known: &Val| match known {
            Val::String(text) => text.as_bytes().cmp(key),
            other => other.rank().cmp(&3),
        };
        let at = self.items.binary_search_by(|(known, _)| order(known)).ok()?;
        self.items.get(at).map(|(_, value)| value)
    }
}

impl PartialEq for Val {
    fn eq(&self, other: &Val) -> bool {
        self.compare(other) == Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_in_order() {
        let data = crate::yaml::load(b"{b: 1, a: [true, null, x], c: 1000000}").unwrap();
        assert_eq!(Val::of_json(&data).unwrap().written(), r#"{"a": [true, null, "x"], "b": 1, "c": 1e+06}"#);
        assert_eq!(Val::set(vec![Val::int(3), Val::int(1), Val::int(3)]).unwrap().written(), "{1, 3}");
        assert_eq!(Val::set(Vec::new()).unwrap().written(), "set()");
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        let object = Val::object(vec![
            (Val::int(2), Val::Null),
            (Val::int(1), Val::text("a")),
            (Val::int(1), Val::text("b")),
        ]);
        assert_eq!(object.unwrap().written(), r#"{1: "b", 2: null}"#);
    }
}
