//! Patches.

use aoa_lang::json::{self, Numbers};
use aoa_lang::patch::{self, JsonPatch};
use aoa_lang::{Error, Result, Value, yaml};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::typed::find;
use crate::areas::convert::to_json;
use crate::case::{Answer, Refusal};

/// A case whose JSON is not taken apart.
#[derive(Deserialize)]
struct Line<'t> {
    #[serde(borrow, rename = "in")]
    input: Patching<'t>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patching<'t> {
    #[serde(borrow)]
    doc: &'t RawValue,
    #[serde(borrow)]
    patch: Option<&'t RawValue>,
    patch_text: Option<String>,
}

/// Answers a JSON patch from the line of the case: the spelling of its JSON matters.
pub(super) fn json_patch(line: &str) -> Option<Answer> {
    let input = serde_json::from_str::<Line<'_>>(line).ok()?.input;
    let patch = match (input.patch_text, input.patch) {
        (Some(text), _) => text,
        (None, patch) => patch.map_or("null", RawValue::get).to_owned(),
    };
    Some(apply(input.doc.get(), &patch).map_err(Refusal::from))
}

fn apply(document: &str, patch: &str) -> Result<Json> {
    // As in Kustomize, what does not begin with a bracket is YAML.
    let patch = if patch.starts_with('[') {
        JsonPatch::parse(patch.as_bytes())?
    } else {
        JsonPatch::from_value(&yaml::load(patch.as_bytes())?)?
    };
    let text = patch.apply_text(document.as_bytes())?;
    json::read(text.as_bytes(), Numbers::Text).map(|value| to_json(&value))
}

/// A value of a case, or the text of a patch, with its numbers as texts.
fn value(input: &Json, name: &str) -> Result<Value> {
    match input.get("patchText").and_then(Json::as_str).filter(|_| name == "patch") {
        Some(text) => {
            json::read(text.as_bytes(), Numbers::Text).map_err(|_| Error::invalid("Invalid JSON Patch"))
        }
        None => json::read(input.get(name).unwrap_or(&Json::Null).to_string().as_bytes(), Numbers::Text),
    }
}

pub(super) fn merge(input: &Json) -> Option<Answer> {
    let result = value(input, "doc").and_then(|doc| patch::merge(&doc, &value(input, "patch")?));
    Some(result.map(|value| to_json(&value)).map_err(Refusal::from))
}

pub(super) fn create_merge(input: &Json) -> Option<Answer> {
    let result = value(input, "doc").and_then(|doc| patch::create_merge(&doc, &value(input, "modified")?));
    Some(result.map(|value| to_json(&value)).map_err(Refusal::from))
}

pub(super) fn strategic_merge(input: &Json) -> Option<Answer> {
    let of = find(input.get("type")?.as_str()?)?;
    let read = |name: &str| {
        let text = match input.get("patchText").and_then(Json::as_str).filter(|_| name == "patch") {
            Some(text) => text.to_owned(),
            None => input.get(name).unwrap_or(&Json::Null).to_string(),
        };
        json::read(text.as_bytes(), Numbers::PreserveInts)
            .map_err(|_| Error::invalid("invalid JSON document"))
    };
    let result = read("doc").and_then(|doc| patch::strategic_merge(of, &doc, &read("patch")?));
    Some(result.map(|value| to_json(&value)).map_err(Refusal::from))
}
