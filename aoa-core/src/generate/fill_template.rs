//! A generator's own template, filled up from the set's: mergo without override.

use aoa_lang::Value;
use aoa_lang::typed::{Content, Place, Type};
use aoa_lang::value::{Map, Text};

/// `own` with everything that is empty in it taken from `base` (`mergeGeneratorTemplate` of Argo CD 3.5.7).
///
/// "Empty" is Go's zero value: `prune: false`, `""` and an empty list cannot override anything.
pub(super) fn fill_template(own: &Value, base: &Value, of: &'static Type) -> Value {
    let (Some(own_map), Some(base_map)) = (own.as_map(), base.as_map()) else {
        return if own.is_null() { base.clone() } else { own.clone() };
    };
    let members = of.fields().iter().filter_map(|field| {
        let (own, base) = (own_map.get(field.name()), base_map.get(field.name()));
        let value = match (own, base) {
            (None, None) => return None,
            (Some(own), None) => own.clone(),
            (None, Some(base)) => base.clone(),
            (Some(own), Some(base)) => fill(own, base, field.place()),
        };
        Some((Text::from_static(field.name()), value))
    });
    Value::Map(members.collect())
}

fn fill(own: &Value, base: &Value, place: Place) -> Value {
    if place.is_pointer() && own.is_null() {
        return base.clone();
    }
    if place.is_pointer() && base.is_null() {
        return own.clone();
    }
    match place.content() {
        Content::Struct(of) => fill_template(own, base, of),
        Content::Map(_) => match (own.as_map(), base.as_map()) {
            (Some(own), Some(base)) => Value::Map(fill_map(own, base)),
            (None, Some(base)) => Value::Map(base.clone()),
            _ => own.clone(),
        },
        Content::Text | Content::Scalar | Content::List(_) | Content::NumberOrText | Content::Opaque => {
            if is_empty(own) && !is_empty(base) {
                base.clone()
            } else {
                own.clone()
            }
        }
        _ => own.clone(),
    }
}

fn fill_map(own: &Map, base: &Map) -> Map {
    let mut filled = own.clone().into_builder();
    for (key, value) in base.iter() {
        if own.get_bytes(key.as_bytes()).is_none_or(is_empty) {
            filled.insert(key.clone(), value.clone());
        }
    }
    filled.build()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Int(_, n) => *n == 0,
        Value::Uint(_, n) => *n == 0,
        Value::Float(_, n) => *n == 0.0,
        Value::String(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Number(_) | Value::Object(_) | Value::Handle(_) => false,
    }
}
