//! Writing YAML.

use aoa_lang::{Value, yaml};
use serde_json::Value as Json;

use crate::areas::convert::from_json_with_ints;
use crate::case::Answer;

/// `sigs.k8s.io/yaml` `Marshal`
pub fn emit(input: &Json) -> Answer {
    Ok(yaml::emit(&with_number_texts(&input["value"]))?.into())
}

/// `kyaml` `yaml.Marshal` of a value.
pub fn emit_kyaml(input: &Json) -> Option<Answer> {
    let value = input.get("value")?;
    Some(yaml::emit_kyaml(&from_json_with_ints(value)).map(Json::from).map_err(Into::into))
}

/// The value with its numbers as `json.Number`.
fn with_number_texts(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::Number(n.to_string().into()),
        Json::String(s) => Value::string(s.as_str()),
        Json::Array(items) => Value::list(items.iter().map(with_number_texts).collect()),
        Json::Object(entries) => Value::map(entries.iter().map(|(k, v)| (k.as_str(), with_number_texts(v)))),
    }
}
