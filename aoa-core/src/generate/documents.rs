//! Data that generators read: YAML and JSON texts as Go decodes them into maps and lists of maps.

use aoa_lang::typed::rewrite;
use aoa_lang::value::{Map, MapKind};
use aoa_lang::{Error, Result, Value, json};

/// `value` with every number a float64, as Go's JSON decoder makes them.
pub(super) fn with_floats(value: &Value) -> Result<Value> {
    rewrite(value, &mut |scalar| {
        Ok(match scalar {
            #[expect(clippy::cast_precision_loss, reason = "Go loses the same digits")]
            Value::Int(_, n) => Value::float(*n as f64),
            #[expect(clippy::cast_precision_loss, reason = "Go loses the same digits")]
            Value::Uint(_, n) => Value::float(*n as f64),
            Value::Float(_, n) => Value::float(*n),
            Value::Number(text) => text.parse::<f64>().map_or_else(|_| scalar.clone(), Value::float),
            other => other.clone(),
        })
    })
}

/// The first document of a YAML text, as sigs.k8s.io/yaml decodes it.
///
/// # Errors
///
/// `error converting YAML to JSON: ...`
pub(super) fn yaml(text: &[u8]) -> Result<Value> {
    let value = aoa_lang::yaml::load(text)?;
    with_floats(&value)
}

/// Decodes into a `map[string]any`; null is the nil map.
///
/// # Errors
///
/// The text of encoding/json.
pub(super) fn as_map(value: &Value) -> Result<Map> {
    match value {
        Value::Null => Ok(Map::nil(MapKind::Any)),
        Value::Map(map) => Ok(map.clone()),
        other => Err(cannot_decode(other, "map[string]interface {}")),
    }
}

/// Decodes into a `[]map[string]any`; null items are nil maps.
///
/// # Errors
///
/// The text of encoding/json.
pub(super) fn as_maps(value: &Value) -> Result<Vec<Map>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::List(items) => items.iter().map(as_map).collect(),
        other => Err(cannot_decode(other, "[]map[string]interface {}")),
    }
}

/// What sigs.k8s.io/yaml puts before an error of the JSON decoder.
pub(super) const DECODING: &str = "error unmarshaling JSON: while decoding JSON: ";

fn cannot_decode(value: &Value, into: &str) -> Error {
    Error::invalid(json::mismatch(value, into))
}
