//! What sigs.k8s.io/yaml does between YAML and JSON: numbers and booleans meant for a string become one.

use super::table::{Case, Codec, Shape};
use crate::strconv::{FloatFormat, format_float};
use crate::value::{List, Map, Rewrite, Text};
use crate::{Error, Result, Value};

/// `value` with every number or boolean that a Go string of `target` receives turned into text.
///
/// The search for the target is sigs.k8s.io/yaml's own (`yaml.go`, `convertToJSONableObject`): for a member of an
/// embedded struct it looks at that struct instead of the member, so such scalars stay what they are.
///
/// # Errors
///
/// Infinities and not-a-numbers outside of strings, which JSON cannot say.
pub(super) fn coerce(value: &Value, target: &'static Shape) -> Result<Value> {
    let coerced = convert(value, target).unwrap_or_else(|| value.clone());
    coerced.rewrite(&mut |value, _| match value {
        Value::Float(_, n) if !n.is_finite() => Err(unsupported(*n)),
        _ => Ok(Rewrite::Keep),
    })
}

/// The changed value, or `None` if nothing changes. Recursion follows the type, so its depth is bounded.
fn convert(value: &Value, target: &'static Shape) -> Option<Value> {
    let target = concrete(target)?;
    match (value, target.underlying()) {
        (Value::Map(map), Shape::Struct) => {
            let of = target.named()?;
            convert_entries(map, |key| {
                let field = of.fields().get(of.position(key.as_bytes(), Case::Insensitive)?)?;
                Some(field.embedded.as_ref().map_or(&field.shape, |embedded| &embedded.shape))
            })
        }
        (Value::Map(map), Shape::Map(pair)) => convert_entries(map, |_| Some(&pair.1)),
        (Value::List(list), Shape::List(item)) => {
            let mut changed: Option<Vec<Value>> = None;
            for (at, value) in list.iter().enumerate() {
                if let Some(new) = convert(value, item) {
                    let items = changed.get_or_insert_with(|| list.as_slice().to_vec());
                    if let Some(place) = items.get_mut(at) {
                        *place = new;
                    }
                }
            }
            changed.map(|items| Value::List(List::of(list.kind(), items)))
        }
        (scalar, Shape::String) => text_of(scalar).map(Value::string),
        _ => None,
    }
}

fn convert_entries(map: &Map, target: impl Fn(&Text) -> Option<&'static Shape>) -> Option<Value> {
    let mut changed = None;
    for (key, value) in map.iter() {
        let Some(target) = target(key) else { continue };
        if let Some(new) = convert(value, target) {
            changed.get_or_insert_with(|| map.clone().into_builder()).insert(key.clone(), new);
        }
    }
    changed.map(|builder| Value::Map(builder.build()))
}

/// The type behind pointers; `None` for one that reads JSON by itself.
fn concrete(mut shape: &'static Shape) -> Option<&'static Shape> {
    while let Shape::Pointer(inner) = shape {
        shape = inner;
    }
    match shape.named().map_or(Codec::Plain, |t| t.codec) {
        // The parameter only writes by itself.
        Codec::Plain | Codec::Parameter => Some(shape),
        Codec::Raw | Codec::Time | Codec::MicroTime | Codec::Quantity | Codec::IntOrString => None,
    }
}

fn text_of(scalar: &Value) -> Option<String> {
    Some(match scalar {
        Value::Bool(b) => b.to_string(),
        Value::Int(_, n) => n.to_string(),
        Value::Uint(_, n) => n.to_string(),
        // Upstream prints every float with the digits of a float32.
        Value::Float(_, n) => format_float(*n, FloatFormat::General, None, 32),
        Value::Number(text) => text.to_string(),
        _ => return None,
    })
}

pub(super) fn unsupported(number: f64) -> Error {
    let text = format_float(number, FloatFormat::General, None, 64);
    Error::invalid(format!("json: unsupported value: {text}"))
}
