//! Writing a Go variable as encoding/json does: `omitempty`, `omitzero`, and null for what is nil.

use super::codec;
use super::decode::Slot;
use super::table::{Codec, Field, Shape, Type};
use crate::Value;
use crate::value::{Map, MapBuilder};

/// What encoding/json prints of a variable of `shape`. Recursion follows the type, so its depth is bounded.
pub(super) fn encode(shape: &'static Shape, slot: &Slot) -> Value {
    match (slot, shape) {
        (Slot::Unset, _) => zero(shape),
        (slot, Shape::Pointer(inner)) => encode(inner, slot),
        (Slot::Value(value), _) => value.clone(),
        (Slot::Struct(slots), _) => match shape.named() {
            Some(of) => structure(of, slots),
            None => Value::Null,
        },
        (Slot::List(items), _) => match shape.underlying() {
            Shape::List(item) => Value::list(items.iter().map(|slot| encode(item, slot)).collect()),
            _ => Value::Null,
        },
        (Slot::Map(entries), _) => match shape.underlying() {
            Shape::Map(pair) => {
                Value::Map(entries.iter().map(|(key, slot)| (key.clone(), encode(&pair.1, slot))).collect())
            }
            _ => Value::Null,
        },
    }
}

/// A variable that is there but holds nothing: what a new pointer points to.
pub(super) fn empty(shape: &'static Shape) -> Slot {
    match shape.underlying() {
        Shape::Struct => match shape.named() {
            Some(of) if matches!(of.codec, Codec::Plain | Codec::Parameter) => {
                Slot::Struct(of.fields().iter().map(|_| Slot::Unset).collect())
            }
            _ => Slot::Value(zero(shape)),
        },
        _ => Slot::Value(zero(shape)),
    }
}

/// What the zero value encodes to.
pub(super) fn zero(shape: &'static Shape) -> Value {
    match shape {
        Shape::Named(_) => match shape.named() {
            Some(of) => of.zero.get_or_init(|| zero_of(of)).clone(),
            None => Value::Null,
        },
        Shape::String => Value::from(""),
        Shape::Bool => Value::Bool(false),
        Shape::Int(_) => Value::int64(0),
        Shape::Uint(_) => Value::Uint(crate::value::UintKind::Uint64, 0),
        Shape::Float(_) => Value::float(0.0),
        Shape::Any | Shape::Bytes | Shape::Pointer(_) | Shape::List(_) | Shape::Map(_) | Shape::Struct => {
            Value::Null
        }
    }
}

fn zero_of(of: &'static Type) -> Value {
    match of.codec {
        Codec::Plain | Codec::Parameter if of.is_struct() => structure(of, &[]),
        Codec::Plain | Codec::Parameter => zero(&of.shape),
        codec => codec::zero(codec),
    }
}

/// The members of a struct; slots that are missing are zero.
fn structure(of: &'static Type, slots: &[Slot]) -> Value {
    if of.codec == Codec::Parameter {
        return parameter(of, slots);
    }
    let mut out = MapBuilder::default();
    for (at, field) in of.fields().iter().enumerate() {
        let slot = slots.get(at).unwrap_or(&Slot::Unset);
        if !is_omitted(field, slot) {
            out.insert(field.name(), encode(&field.shape, slot));
        }
    }
    Value::Map(out.build())
}

fn is_omitted(field: &'static Field, slot: &Slot) -> bool {
    field.omit_empty && is_empty(&field.shape, slot) || field.omit_zero && is_zero(&field.shape, slot)
}

/// encoding/json's `isEmptyValue`: a struct is never empty.
fn is_empty(shape: &'static Shape, slot: &Slot) -> bool {
    if let Shape::Pointer(_) = shape {
        return matches!(slot, Slot::Unset);
    }
    match (shape.underlying(), slot) {
        (Shape::Struct, _) => false,
        (_, Slot::Unset) => true,
        (Shape::Any, Slot::Value(value)) => value.is_null(),
        (_, Slot::Value(value)) => is_zero_scalar(value),
        (_, Slot::List(items)) => items.is_empty(),
        (_, Slot::Map(entries)) => entries.is_empty(),
        (_, Slot::Struct(_)) => false,
    }
}

/// encoding/json asks the type's own `IsZero` where it has one. The one struct behind `omitzero` is
/// `ApplicationSourceJsonnet`, to which empty lists are zero too.
fn is_zero(shape: &'static Shape, slot: &Slot) -> bool {
    match (shape, slot) {
        (_, Slot::Unset) => true,
        (Shape::Pointer(_), _) => false,
        (_, Slot::Struct(slots)) => match shape.named() {
            Some(of) => of.fields().iter().zip(slots).all(|(field, slot)| is_zero(&field.shape, slot)),
            None => false,
        },
        (_, Slot::Value(value)) => is_zero_scalar(value),
        (_, Slot::List(items)) => items.is_empty(),
        (_, Slot::Map(_)) => false,
    }
}

fn is_zero_scalar(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(_, 0) | Value::Uint(_, 0) => true,
        Value::Float(_, n) => *n == 0.0,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Argo CD's plugin parameter: the name always, a map or list also when it is empty but was written
/// (`ApplicationSourcePluginParameter.MarshalJSON`).
fn parameter(of: &'static Type, slots: &[Slot]) -> Value {
    let mut out = MapBuilder::default();
    for (at, field) in of.fields().iter().enumerate() {
        let value = match (field.name(), slots.get(at).unwrap_or(&Slot::Unset)) {
            ("name", slot) => encode(&field.shape, slot),
            (_, Slot::Unset) => continue,
            ("map", Slot::Value(_)) => Value::Map(Map::new()),
            ("array", Slot::Value(_)) => Value::list(Vec::new()),
            (_, slot) => encode(&field.shape, slot),
        };
        out.insert(field.name(), value);
    }
    Value::Map(out.build())
}
