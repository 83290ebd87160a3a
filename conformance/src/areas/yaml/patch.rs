//! Patches.

use aoa_lang::json::{self, Numbers};
use aoa_lang::patch::kustomize::{self, IdentityPart, MergeSchemas, Merged};
use aoa_lang::patch::{self, JsonPatch};
use aoa_lang::yaml::{Identity, Node};
use aoa_lang::{Error, Limits, Result, Value, yaml};
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

/// `kustomize build` of one resource and a patch for it.
pub(super) fn strategic_merge_kustomize(input: &Json) -> Option<Answer> {
    let (document, patch) = (input.get("doc")?.as_str()?, input.get("patch")?.as_str()?);
    let is_targeted = input.get("target").and_then(Json::as_bool).unwrap_or_default();
    Some(build(document, patch, is_targeted).map_err(Refusal::from))
}

fn build(document: &str, patch: &str, is_targeted: bool) -> Result<Json> {
    let limits = Limits::default();
    yaml::print_resource_file(document.as_bytes(), &limits)?;
    let mut resources = yaml::read_resources(document.as_bytes(), &limits)?;
    let patches = yaml::read_resources(patch.as_bytes(), &limits)?;
    if is_targeted && patches.len() > 1 {
        return Err(Error::invalid("Multiple Strategic-Merge Patches in one `patches` entry is not allowed"));
    }
    let identity = |node: &Node| Identity::of(node).with_default_namespace();
    for patch in &patches {
        let mut is_found = false;
        for at in (0..resources.len()).rev() {
            let resource = &mut resources[at];
            if !is_targeted && identity(resource) != identity(patch) {
                continue;
            }
            is_found = true;
            let patch = if is_targeted { kustomize::for_target(patch, resource) } else { patch.clone() };
            let kept = IdentityPart::Kept;
            if kustomize::merge(resource, &patch, MergeSchemas::built_in(), kept, kept)? == Merged::Deleted {
                resources.remove(at);
            }
        }
        if !is_found {
            let id = Identity::of(patch);
            return Err(Error::invalid(format!("no resource matches strategic merge patch \"{id}\"")));
        }
    }
    let texts = resources.iter().map(Node::to_text).collect::<Result<Vec<_>>>()?;
    let text = yaml::print_resource_file(texts.join("---\n").as_bytes(), &limits)?;
    yaml::load(text.as_bytes()).map(|value| to_json(&value))
}
