//! Writing YAML.

use aoa_lang::yaml::Node;
use aoa_lang::{Limits, Value, yaml};
use serde_json::Value as Json;

use super::load::text;
use crate::areas::convert::{from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

/// `sigs.k8s.io/yaml` `Marshal`
pub(super) fn emit(input: &Json) -> Answer {
    Ok(yaml::emit(&with_number_texts(&input["value"]))?.into())
}

/// `kyaml`: `yaml.Marshal` of a value, or `Parse` and `String` of a text.
pub(super) fn emit_kyaml(input: &Json) -> Answer {
    if let Some(value) = input.get("value") {
        return Ok(yaml::emit_kyaml(&from_json_with_ints(value))?.into());
    }
    match Node::parse(input["yaml"].as_str().unwrap_or_default())? {
        Some(document) => Ok(document.to_text()?.into()),
        None => Err(Refusal::invalid("EOF")),
    }
}

/// `kyaml` `Parse` and `MarshalJSON`.
pub(super) fn load_kyaml(input: &Json) -> Answer {
    match Node::parse_within(&text(input).unwrap_or_default(), &Limits::default())? {
        Some(document) => Ok(to_json(&document.to_value()?)),
        None => Err(Refusal::invalid("EOF")),
    }
}

/// `kustomize build` of one resource file.
pub(super) fn emit_kustomize(input: &Json) -> Answer {
    Ok(yaml::print_resource_file(&text(input).unwrap_or_default(), &Limits::default())?.into())
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
