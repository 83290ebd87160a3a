//! Reading one Kubernetes object, as `unstructured.Unstructured` does (apimachinery 0.36.1).

use super::compose::{Composed, LoadOptions, Numbers};
use super::load::load_composed;
use crate::value::Map;
use crate::{Error, Limits, Result, Value, json};

/// Reads the first document as a Kubernetes object: a map with a `kind`, whole numbers as int64 where they fit.
///
/// A text without content is the empty object.
///
/// # Errors
///
/// As [`load`](super::load), and if the document is no map or has no kind, with the texts of `Unmarshal` into an
/// `Unstructured`.
///
/// ```
/// use aoa_lang::yaml;
/// let object = yaml::load_object(b"kind: ConfigMap\nmetadata: {name: web}\ndata: {a: 1.0}")?;
/// assert_eq!(object.get("data").and_then(|data| data.get("a")?.as_i64()), Some(1));
/// let error = yaml::load_object(b"data: {}").unwrap_err();
/// assert!(error.message().ends_with("Object 'Kind' is missing in '{\"data\":{}}'"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn load_object(text: &[u8]) -> Result<Map> {
    load_object_within(text, &Limits::default())
}

/// [`load_object`] with other limits.
///
/// # Errors
///
/// As [`load_object`].
pub fn load_object_within(text: &[u8], limits: &Limits) -> Result<Map> {
    match load_composed(text, &object_options(limits))? {
        None => Ok(Map::new()),
        Some(Composed { value: Value::Null, .. }) => Ok(Map::new()),
        Some(composed) => to_object(composed.value),
    }
}

pub(super) fn object_options(limits: &Limits) -> LoadOptions {
    LoadOptions::new().with_numbers(Numbers::Kubernetes).with_limits(limits.clone())
}

/// The object that a value is.
pub(super) fn to_object(value: Value) -> Result<Map> {
    let map = to_map(value, GO_MAP)?;
    if has_kind(&map) {
        return Ok(map);
    }
    let text = json::to_string(&Value::Map(map))?;
    let message = format!("{DECODING}Object 'Kind' is missing in '{text}'");
    Err(Error::invalid(message).with_help("every document needs `apiVersion` and `kind`"))
}

const DECODING: &str = "error unmarshaling JSON: while decoding JSON: ";

/// Go's name of what most maps are read into.
pub(super) const GO_MAP: &str = "map[string]interface {}";

/// The map that a value is, when it is read into a Go map of type `go_type`.
pub(super) fn to_map(value: Value, go_type: &str) -> Result<Map> {
    let found = match value {
        Value::Map(map) => return Ok(map),
        Value::Null => return Ok(Map::new()),
        Value::Bool(_) => "bool",
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Object(_) | Value::Handle(_) => "value",
    };
    Err(Error::invalid(format!("{DECODING}json: cannot unmarshal {found} into Go value of type {go_type}")))
}

/// Whether Kubernetes finds a kind. An apiVersion that is none hides it.
fn has_kind(map: &Map) -> bool {
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
    !text("kind").is_empty() && text("apiVersion").matches('/').count() <= 1
}
