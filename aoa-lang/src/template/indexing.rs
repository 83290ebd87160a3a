//! `index`, `slice` and `len`.

use super::arguments::type_name;
use super::heap::{Heap, Shape};
use super::program::Slot;
use crate::Value;
use crate::value::{GoType, IntKind, Structure, Text, UintKind};

/// `index item i j ...`
///
/// # Errors
/// Go's message.
pub(super) fn index(heap: &mut Heap, item: &Slot, indexes: &[Slot]) -> Result<Slot, String> {
    let mut item = item.clone();
    if item.value.is_null() {
        return Err("index of untyped nil".to_owned());
    }
    // Go takes the item out of its interface first.
    item.interface = false;
    for index in indexes {
        if item.value.is_null() {
            return Err("index of nil pointer".to_owned());
        }
        item = one(heap, &item.value, &index.value)?;
    }
    Ok(item)
}

fn one(heap: &mut Heap, item: &Value, index: &Value) -> Result<Slot, String> {
    match heap.shape(item) {
        Shape::List { kind, len, .. } => {
            let at = index_arg(&Slot::of(index.clone()), len, heap)?;
            let value = heap.item(item, at).ok_or("reflect: slice index out of range")?;
            Ok(Slot { value, interface: kind.element() == GoType::Any })
        }
        Shape::Map { kind, .. } => {
            let key = string_key(index, heap)?;
            let value = heap.entry(item, key.as_bytes()).unwrap_or_else(|| kind.element().zero());
            Ok(Slot { value, interface: kind.element() == GoType::Any })
        }
        Shape::Other => match item {
            Value::String(text) => string_byte(text.as_bytes(), index, heap),
            Value::Number(text) => string_byte(text.as_bytes(), index, heap),
            Value::Object(object) => match object.structure() {
                Structure::Map { key, element, entries } => object_entry(heap, index, key, element, &entries),
                _ => Err(format!("can't index item of type {}", object.type_name())),
            },
            other => Err(format!("can't index item of type {}", other.type_name())),
        },
    }
}

fn string_byte(text: &[u8], index: &Value, heap: &Heap) -> Result<Slot, String> {
    let at = index_arg(&Slot::of(index.clone()), text.len(), heap)?;
    let byte = text.get(at).ok_or("reflect: string index out of range")?;
    Ok(Slot::of(Value::Uint(UintKind::Uint8, u64::from(*byte))))
}

fn string_key(index: &Value, heap: &Heap) -> Result<Text, String> {
    match index {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Err("value is nil; should be of type string".to_owned()),
        other => Err(format!("value has type {}; should be string", type_name(other, heap))),
    }
}

fn object_entry(
    heap: &Heap,
    index: &Value,
    key: GoType,
    element: GoType,
    entries: &[(Value, Value)],
) -> Result<Slot, String> {
    let wanted = match (key, index) {
        (GoType::Any, index) => {
            let hashable = match index {
                Value::List(_) | Value::Map(_) | Value::Handle(_) => false,
                Value::Object(object) => !matches!(object.structure(), Structure::Map { .. }),
                _ => true,
            };
            if !hashable {
                let name = type_name(index, heap);
                return Err(format!("runtime error: hash of unhashable type {name}"));
            }
            index.clone()
        }
        (GoType::String, index) => Value::String(string_key(index, heap)?),
        (GoType::Int(IntKind::Int), Value::Int(_, n)) => Value::int(*n),
        (GoType::Int(IntKind::Int), Value::Uint(_, n)) => Value::int(i64::from_ne_bytes(n.to_ne_bytes())),
        (key, Value::Null) => return Err(format!("value is nil; should be of type {}", key.name())),
        (key, other) => {
            let name = type_name(other, heap);
            return Err(format!("value has type {name}; should be {}", key.name()));
        }
    };
    let found = entries.iter().find(|(k, _)| *k == wanted).map(|(_, v)| v.clone());
    Ok(Slot { value: found.unwrap_or_else(|| element.zero()), interface: element == GoType::Any })
}

/// A value as an index that is at most `cap`.
fn index_arg(index: &Slot, cap: usize, heap: &Heap) -> Result<usize, String> {
    let number = match &index.value {
        _ if index.interface => return Err("cannot index slice/array with type interface {}".to_owned()),
        Value::Int(_, n) => *n,
        Value::Uint(_, n) => i64::from_ne_bytes(n.to_ne_bytes()),
        Value::Null => return Err("cannot index slice/array with nil".to_owned()),
        other => {
            return Err(format!("cannot index slice/array with type {}", type_name(other, heap)));
        }
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at <= cap)
        .ok_or_else(|| format!("index out of range: {number}"))
}

/// `slice item i j k`
///
/// # Errors
/// Go's message.
pub(super) fn slice(heap: &mut Heap, item: &Slot, indexes: &[Slot]) -> Result<Slot, String> {
    let value = &item.value;
    if value.is_null() {
        return Err("slice of untyped nil".to_owned());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()));
    }
    let text = match value {
        Value::String(text) => Some(text.as_bytes()),
        Value::Number(text) => Some(text.as_bytes()),
        _ => None,
    };
    let (len, cap) = match (heap.shape(value), text) {
        (_, Some(_)) if indexes.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
        (_, Some(text)) => (text.len(), text.len()),
        (Shape::List { len, .. }, None) => (len, heap.capacity(value)),
        _ => return Err(format!("can't slice item of type {}", type_name(value, heap))),
    };
    let mut bounds = [0, len, 0];
    for (index, bound) in indexes.iter().zip(&mut bounds) {
        *bound = index_arg(index, cap, heap)?;
    }
    let [from, to, most] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    if indexes.len() == 3 && to > most {
        return Err(format!("invalid slice index: {to} > {most}"));
    }
    if let Some(text) = text {
        return Ok(Slot::of(Value::String(Text::from_bytes(text.get(from..to).unwrap_or_default()))));
    }
    let part = heap.sub_list(value, from, to).ok_or("reflect.Value.Slice: slice index out of bounds")?;
    Ok(Slot::of(part))
}

/// `len item`
///
/// # Errors
/// Go's message.
pub(super) fn len(heap: &Heap, item: &Slot) -> Result<usize, String> {
    match (&item.value, heap.shape(&item.value)) {
        (_, Shape::List { len, .. } | Shape::Map { len, .. }) => Ok(len),
        (Value::Null, _) if item.interface => Err("len of nil pointer".to_owned()),
        (Value::Null, _) => Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
        (Value::String(text), _) => Ok(text.len()),
        (Value::Number(text), _) => Ok(text.len()),
        (Value::Object(object), _) => match object.structure() {
            Structure::Map { entries, .. } => Ok(entries.len()),
            _ => Err(format!("len of type {}", object.type_name())),
        },
        (other, _) => Err(format!("len of type {}", other.type_name())),
    }
}
