//! Reading YAML.

use aoa_lang::value::Map;
use aoa_lang::{Value, fmt, yaml};
use serde_json::{Value as Json, json};

use crate::areas::convert::to_json;
use crate::case::{Answer, Refusal};

/// The text of a case: `{"yaml": text}`, or `{"yaml64": base64}`.
pub(super) fn text(input: &Json) -> Option<Vec<u8>> {
    match input.get("yaml64").and_then(Json::as_str) {
        Some(encoded) => Some(decode(encoded)),
        None => input.get("yaml").and_then(Json::as_str).map(|text| text.as_bytes().to_vec()),
    }
}

pub(super) fn load(input: &Json) -> Option<Answer> {
    Some(plain(yaml::load(&text(input)?)))
}

pub(super) fn load_strict(input: &Json) -> Option<Answer> {
    Some(plain(yaml::load_strict(&text(input)?)))
}

pub(super) fn load_object(input: &Json) -> Option<Answer> {
    Some(typed_map(yaml::load_object(&text(input)?)))
}

pub(super) fn load_helm_values(input: &Json) -> Option<Answer> {
    Some(typed_map(yaml::load_helm_values(&text(input)?)))
}

pub(super) fn read_helm_values(input: &Json) -> Option<Answer> {
    Some(typed_map(yaml::read_helm_values(&text(input)?)))
}

pub(super) fn split(input: &Json) -> Option<Answer> {
    let documents = yaml::split(&text(input)?).all();
    let objects = documents.map(|all| all.into_iter().map(|d| to_json(&Value::Map(d.object))).collect());
    Some(objects.map_err(Refusal::from))
}

fn typed_map(result: aoa_lang::Result<Map>) -> Answer {
    result.map(|map| typed(&Value::Map(map))).map_err(Refusal::from)
}

fn plain(result: aoa_lang::Result<Value>) -> Answer {
    result.map(|value| to_json(&value)).map_err(Refusal::from)
}

/// A value with each number as its Go type and text.
pub(super) fn typed(value: &Value) -> Json {
    match value {
        Value::Int(_, n) => json!({"t": "int64", "v": n.to_string()}),
        Value::Float(..) => json!({"t": "float64", "v": fmt::display(value)}),
        Value::List(list) => list.iter().map(typed).collect(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(k, v)| (k.to_str_lossy().into_owned(), typed(v))).collect())
        }
        other => to_json(other),
    }
}

fn decode(text: &str) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for chunk in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits =
            chunk.iter().fold(0_u32, |bits, b| bits << 6 | u32::from(value(*b))) << (6 * (4 - chunk.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    out
}
