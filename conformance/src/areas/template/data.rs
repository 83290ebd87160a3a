//! The data of template cases: plain JSON, and JSON in which `{"$kind": ...}` stands for other Go values.

use std::sync::Arc;

use aoa_lang::template::Complex;
use aoa_lang::time::{Time, Zone};
use aoa_lang::value::{
    FloatKind, GoType, IntKind, List, ListKind, Map, MapKind, Object, Structure, Text, UintKind,
};
use aoa_lang::{Value, fmt};
use serde_json::Value as Json;

use crate::areas::convert::from_json;

/// JSON as Go's decoder reads it, with the capacities of its slices.
pub(super) fn plain(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(List::new(items.iter().map(plain).collect()).appended()),
        Json::Object(entries) => Value::map(entries.iter().map(|(k, v)| (k.as_str(), plain(v)))),
        _ => from_json(json),
    }
}

/// The typed form; see the oracle's README.
pub(super) fn typed(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::list(items.iter().map(typed).collect()),
        Json::Object(entries) => match entries.iter().next() {
            Some((key, arg)) if entries.len() == 1 && key.starts_with('$') => tagged(&key[1..], arg),
            _ => Value::map(entries.iter().map(|(k, v)| (k.as_str(), typed(v)))),
        },
        _ => from_json(json),
    }
}

fn tagged(kind: &str, arg: &Json) -> Value {
    let text = arg.as_str().map_or_else(|| arg.to_string(), str::to_owned);
    match kind {
        "int" => Value::Int(IntKind::Int, text.parse().unwrap()),
        "int8" => Value::Int(IntKind::Int8, text.parse().unwrap()),
        "int16" => Value::Int(IntKind::Int16, text.parse().unwrap()),
        "int32" => Value::Int(IntKind::Int32, text.parse().unwrap()),
        "int64" => Value::Int(IntKind::Int64, text.parse().unwrap()),
        "uint" => Value::Uint(UintKind::Uint, text.parse().unwrap()),
        "uint8" => Value::Uint(UintKind::Uint8, text.parse().unwrap()),
        "uint16" => Value::Uint(UintKind::Uint16, text.parse().unwrap()),
        "uint32" => Value::Uint(UintKind::Uint32, text.parse().unwrap()),
        "uint64" => Value::Uint(UintKind::Uint64, text.parse().unwrap()),
        "float32" => Value::Float(FloatKind::Float32, f64::from(text.parse::<f32>().unwrap())),
        "float64" => Value::Float(FloatKind::Float64, text.parse().unwrap()),
        "complex" => complex(&text),
        "bytes" => Value::List(List::bytes(text.as_bytes())),
        "hex" => Value::List(List::bytes(&unhex(&text))),
        "strhex" => Value::String(Text::from(unhex(&text))),
        "time" => Value::from(
            Time::parse(b"2006-01-02T15:04:05.999999999Z07:00", text.as_bytes()).unwrap().to_zone(Zone::Utc),
        ),
        "strings" => list(ListKind::String, arg),
        "ints" => list(ListKind::Int, arg),
        "floats" => list(ListKind::Float64, arg),
        "bools" => list(ListKind::Bool, arg),
        "maps" => list(ListKind::Map, arg),
        "strmap" => map(MapKind::String, arg),
        "listmap" => map(MapKind::List, arg),
        "intmap" => {
            let mut entries: Vec<(i64, Value)> =
                arg.as_object().unwrap().iter().map(|(k, v)| (k.parse().unwrap(), typed(v))).collect();
            entries.sort_by_key(|e| e.0);
            let entries = entries.into_iter().map(|(k, v)| (Value::int(k), v)).collect();
            Value::Object(Arc::new(OtherMap { key: GoType::INT, name: "map[int]interface {}", entries }))
        }
        "anymap" => {
            let pairs = arg.as_array().unwrap().iter().map(|p| (typed(&p[0]), typed(&p[1])));
            let mut entries: Vec<(Value, Value)> = pairs.collect();
            entries.sort_by_key(|a| order_of_keys(&a.0));
            let name = "map[interface {}]interface {}";
            Value::Object(Arc::new(OtherMap { key: GoType::Any, name, entries }))
        }
        "nil" => match text.as_str() {
            "map" => Value::Map(Map::nil(MapKind::Any)),
            "strmap" => Value::Map(Map::nil(MapKind::String)),
            "strings" => Value::List(List::nil(ListKind::String)),
            _ => Value::List(List::nil(ListKind::Any)),
        },
        other => panic!("unknown kind ${other}"),
    }
}

fn list(kind: ListKind, arg: &Json) -> Value {
    let item = |item: &Json| match (kind, item) {
        (ListKind::Int, Json::Number(n)) => Value::int(n.to_string().parse().unwrap()),
        _ => typed(item),
    };
    Value::List(List::of(kind, arg.as_array().unwrap().iter().map(item).collect()))
}

fn map(kind: MapKind, arg: &Json) -> Value {
    let entries = arg.as_object().unwrap().iter().map(|(k, v)| (Text::from(k), typed(v)));
    Value::Map(Map::of(kind, entries.collect()))
}

fn complex(text: &str) -> Value {
    let split = text[1..].rfind(['+', '-']).unwrap() + 1;
    let (real, imaginary) = text.split_at(split);
    Value::from(Complex {
        real: real.parse().unwrap(),
        imaginary: imaginary.trim_end_matches('i').parse().unwrap(),
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Go sorts keys of different types by the addresses of their types; within the recorded cases that is this order.
fn order_of_keys(key: &Value) -> (u8, i64, String) {
    match key {
        Value::Null => (0, 0, String::new()),
        Value::String(text) => (1, 0, text.to_str_lossy().into_owned()),
        Value::Int(_, n) => (2, *n, String::new()),
        Value::Bool(b) => (4, i64::from(*b), String::new()),
        _ => (3, 0, String::new()),
    }
}

/// A Go map whose keys are no strings.
struct OtherMap {
    key: GoType,
    name: &'static str,
    entries: Vec<(Value, Value)>,
}

impl Object for OtherMap {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn text(&self) -> Text {
        Text::from(fmt::display(&Value::map([("entries", Value::Null)])))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Map { key: self.key, element: GoType::Any, entries: self.entries.clone() }
    }

    fn truth(&self) -> bool {
        !self.entries.is_empty()
    }
}
