//! Between the case files' JSON and [`Value`].

use aoa_lang::value::{FloatKind, IntKind, UintKind};
use aoa_lang::{Value, strconv};
use serde_json::{Map, Number, Value as Json};

/// JSON as Go's `encoding/json` reads it into an `interface{}`: all numbers are float64.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::float(n.to_string().parse().unwrap_or(f64::NAN)),
        Json::String(s) => Value::string(s.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect()),
        Json::Object(entries) => Value::map(entries.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

/// JSON as Kubernetes' decoder reads it: whole numbers are int64 where they fit.
pub fn from_json_with_ints(json: &Json) -> Value {
    match json {
        Json::Number(n) => match n.to_string().parse::<i64>() {
            Ok(int) => Value::Int(IntKind::Int64, int),
            Err(_) => from_json(json),
        },
        Json::Array(items) => Value::list(items.iter().map(from_json_with_ints).collect()),
        Json::Object(entries) => {
            Value::map(entries.iter().map(|(k, v)| (k.as_str(), from_json_with_ints(v))))
        }
        _ => from_json(json),
    }
}

/// A value as Go's JSON encoder writes it.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Handle(_) => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(_, n) => Json::from(*n),
        Value::Uint(UintKind::Uint8 | _, n) => Json::from(*n),
        Value::Float(kind, n) => number(&json_float(*n, *kind)),
        Value::Number(text) => number(text),
        Value::String(text) => Json::String(text.to_str_lossy().into_owned()),
        Value::List(list) if list.is_nil() => Json::Null,
        Value::List(list) => Json::Array(list.iter().map(to_json).collect()),
        Value::Map(map) if map.is_nil() => Json::Null,
        Value::Map(map) => Json::Object(
            map.iter().map(|(k, v)| (k.to_str_lossy().into_owned(), to_json(v))).collect::<Map<_, _>>(),
        ),
        Value::Object(object) => to_json(&object.to_data()),
    }
}

fn number(text: &str) -> Json {
    // serde_json would write a `+` into exponents without a sign.
    let keep = |_| Json::Number(Number::from_string_unchecked(text.to_owned()));
    serde_json::from_str::<Number>(text).map_or(Json::Null, keep)
}

fn json_float(number: f64, kind: FloatKind) -> String {
    let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
    let magnitude = number.abs();
    let format = if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        strconv::FloatFormat::Exponent
    } else {
        strconv::FloatFormat::Fixed
    };
    // encoding/json turns e-09 into e-9.
    strconv::format_float(number, format, None, bits).replace("e-0", "e-")
}
