//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`: comparison by kind.

use std::cmp::Ordering;

use super::arguments::type_name;
use super::heap::{Heap, Shape};
use crate::value::Structure;
use crate::{Value, fmt};

/// Kinds that compare with each other.
#[derive(PartialEq)]
enum Basic {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Vec<u8>),
    Complex(f64, f64),
    /// Neither of these.
    None,
}

const BAD_TYPE: &str = "invalid type for comparison";

fn basic(value: &Value) -> Basic {
    match value {
        Value::Bool(b) => Basic::Bool(*b),
        Value::Int(_, n) => Basic::Int(*n),
        Value::Uint(_, n) => Basic::Uint(*n),
        Value::Float(_, n) => Basic::Float(*n),
        Value::String(text) => Basic::Text(text.as_bytes().to_vec()),
        Value::Number(text) => Basic::Text(text.as_bytes().to_vec()),
        Value::Object(object) => match object.structure() {
            Structure::Complex(re, im) => Basic::Complex(re, im),
            _ => Basic::None,
        },
        Value::Null | Value::List(_) | Value::Map(_) | Value::Handle(_) => Basic::None,
    }
}

/// Whether `first` equals one of `others`; values are frozen or handles, null is Go's nil.
///
/// # Errors
/// Go's message.
pub(super) fn equal_to_any(
    heap: &mut Heap,
    first: &Value,
    others: &[Value],
    depth: usize,
) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equal(heap, first, other, depth)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(heap: &mut Heap, a: &Value, b: &Value, depth: usize) -> Result<bool, String> {
    match (basic(a), basic(b)) {
        (Basic::None, Basic::None) => equal_composites(heap, a, b, depth),
        (Basic::Int(a), Basic::Uint(b)) | (Basic::Uint(b), Basic::Int(a)) => Ok(u64::try_from(a) == Ok(b)),
        (x, y) if std::mem::discriminant(&x) == std::mem::discriminant(&y) => Ok(x == y),
        _ if a.is_null() || b.is_null() => Ok(false),
        _ => Err(incompatible(a, b, heap)),
    }
}

fn incompatible(a: &Value, b: &Value, heap: &Heap) -> String {
    format!("incompatible types for comparison: {} and {}", type_name(a, heap), type_name(b, heap))
}

fn equal_composites(heap: &mut Heap, a: &Value, b: &Value, depth: usize) -> Result<bool, String> {
    if !a.is_null() && !b.is_null() && kind(a, heap) != kind(b, heap) {
        let text = with_verb_s(heap, a, depth)?;
        return Err(format!(
            "non-comparable types {text}: {}, {}: {}",
            type_name(a, heap),
            // Go's own message has the last two the wrong way around.
            type_name(b, heap),
            shown(heap, b, depth)?
        ));
    }
    let (a_nil, b_nil) = (is_nil(a, heap), is_nil(b, heap));
    if a_nil || b_nil {
        return Ok(a_nil == b_nil);
    }
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if !matches!(y.structure(), Structure::Map { .. }) => {
            Ok(std::sync::Arc::ptr_eq(x, y) || x.equals(&**y))
        }
        _ => {
            let text = with_verb_s(heap, b, depth)?;
            Err(format!("non-comparable type {text}: {}", type_name(b, heap)))
        }
    }
}

fn with_verb_s(heap: &mut Heap, value: &Value, depth: usize) -> Result<String, String> {
    let value = heap.freeze(value, depth).map_err(|e| e.message().to_owned())?;
    let text = fmt::sprintf(b"%s", &[value], 1 << 20).unwrap_or_default();
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn shown(heap: &mut Heap, value: &Value, depth: usize) -> Result<String, String> {
    let value = heap.freeze(value, depth).map_err(|e| e.message().to_owned())?;
    Ok(fmt::display(&value))
}

fn kind(value: &Value, heap: &Heap) -> u8 {
    match heap.shape(value) {
        Shape::List { .. } => 0,
        Shape::Map { .. } => 1,
        Shape::Other => match value {
            Value::Object(object) if matches!(object.structure(), Structure::Map { .. }) => 1,
            Value::Object(object) if object.type_name().starts_with('*') => 2,
            _ => 3,
        },
    }
}

fn is_nil(value: &Value, heap: &Heap) -> bool {
    match heap.shape(value) {
        Shape::List { nil, .. } | Shape::Map { nil, .. } => nil,
        Shape::Other => value.is_null(),
    }
}

/// Whether `a < b`.
///
/// # Errors
/// Go's message.
pub(super) fn less(a: &Value, b: &Value, heap: &Heap) -> Result<bool, String> {
    match (basic(a), basic(b)) {
        (Basic::None, _) | (_, Basic::None) => Err(BAD_TYPE.to_owned()),
        (Basic::Int(a), Basic::Uint(b)) => Ok(u64::try_from(a).is_ok_and(|a| a < b) || a < 0),
        (Basic::Uint(a), Basic::Int(b)) => Ok(u64::try_from(b).is_ok_and(|b| a < b)),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            Err(BAD_TYPE.to_owned())
        }
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Text(a), Basic::Text(b)) => Ok(a.cmp(&b) == Ordering::Less),
        _ => Err(incompatible(a, b, heap)),
    }
}
