//! Fields and methods of values: Go's `evalField`.

use super::arguments::type_name;
use super::heap::{Heap, Shape};
use super::methods;
use super::options::MissingKey;
use super::program::{PathField, Slot};
use crate::value::{GoType, Map, Object, Structure};
use crate::{Value, strconv};
use std::sync::Arc;

/// Walks fields through frozen maps without touching anything else; `Err` is where a slower way must go on: the value
/// that is reached, whether it stands in an `interface {}`, and how many fields led there.
pub(super) fn walk<'v>(
    from: &'v Value,
    interface: bool,
    path: &[PathField],
) -> Result<(&'v Value, bool), (&'v Value, bool, usize)> {
    let (mut value, mut interface) = (from, interface);
    for (at, field) in path.iter().enumerate() {
        let next = match value {
            Value::Map(map) if methods::hides(map.kind(), &field.name) => None,
            Value::Map(map) => map
                .get_near(field.name.as_bytes(), &field.hint)
                .map(|v| (v, map.kind().element() == GoType::Any)),
            _ => None,
        };
        (value, interface) = next.ok_or((value, interface, at))?;
    }
    Ok((value, interface))
}

/// What a field is.
pub(super) enum Field {
    Value(Slot),
    /// A method of this receiver, to be called with arguments.
    Method(Arc<dyn Object>),
}

/// Field `name` of `receiver`, which gets arguments if `has_args`.
///
/// # Errors
/// Go's message.
pub(super) fn field(
    heap: &mut Heap,
    receiver: &Slot,
    name: &str,
    has_args: bool,
    missing: MissingKey,
    depth: usize,
) -> Result<Field, String> {
    if receiver.is_invalid() {
        if missing == MissingKey::Error {
            return Err(format!("nil data; no entry for key {}", strconv::quote(name.as_bytes())));
        }
        return Ok(Field::Value(Slot::default()));
    }
    let value = &receiver.value;
    let type_name = if receiver.interface { "interface {}" } else { type_name(value, heap) };
    if value.is_null() {
        return Err(format!("nil pointer evaluating interface {{}}.{name}"));
    }
    if let Some(receiver) = methods::receiver(heap, value, name, depth).map_err(|e| e.message().to_owned())? {
        return Ok(Field::Method(receiver));
    }
    if let Value::Object(object) = value {
        return object_field(object, name, has_args, type_name, missing);
    }
    let Shape::Map { kind, .. } = heap.shape(value) else {
        return Err(format!("can't evaluate field {name} in type {type_name}"));
    };
    if has_args {
        return Err(format!("{name} is not a method but has arguments"));
    }
    let found = heap.entry(value, name.as_bytes());
    entry(found, kind.element(), name, missing).map(Field::Value)
}

fn entry(found: Option<Value>, element: GoType, name: &str, missing: MissingKey) -> Result<Slot, String> {
    let interface = element == GoType::Any;
    match (found, missing) {
        (Some(value), _) => Ok(Slot { value, interface }),
        (None, MissingKey::Invalid) => Ok(Slot::default()),
        (None, MissingKey::Zero) => Ok(Slot { value: element.zero(), interface }),
        (None, MissingKey::Error) => {
            Err(format!("map has no entry for key {}", strconv::quote(name.as_bytes())))
        }
    }
}

fn object_field(
    object: &Arc<dyn Object>,
    name: &str,
    has_args: bool,
    type_name: &str,
    missing: MissingKey,
) -> Result<Field, String> {
    if object.method(name).is_some() {
        return Ok(Field::Method(object.clone()));
    }
    match object.structure() {
        Structure::Map { key: GoType::Any | GoType::String, element, entries } => {
            if has_args {
                return Err(format!("{name} is not a method but has arguments"));
            }
            let found = entries.into_iter().find(|(k, _)| k.as_str() == Some(name)).map(|(_, v)| v);
            entry(found, element, name, missing).map(Field::Value)
        }
        _ => match object.field(name) {
            Some(_) if has_args => Err(format!("{name} has arguments but cannot be invoked as function")),
            Some(value) => Ok(Field::Value(Slot::of(value))),
            None => Err(format!("can't evaluate field {name} in type {type_name}")),
        },
    }
}

/// Go's truth: whether the value is not the zero value of its kind, or not empty.
pub(super) fn is_true(value: &Value, heap: &Heap) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(_, n) => *n != 0,
        Value::Uint(_, n) => *n != 0,
        Value::Float(_, n) => *n != 0.0,
        Value::Number(text) => !text.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !Map::is_empty(map),
        Value::Object(object) => object.truth(),
        Value::Handle(_) => match heap.shape(value) {
            Shape::List { len, .. } | Shape::Map { len, .. } => len > 0,
            Shape::Other => false,
        },
    }
}
