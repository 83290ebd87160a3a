//! Revisions, and the build environment that tells them.

use aoa_core::inputs::Reference;
use aoa_core::load::{max_version, resolve_revision};
use aoa_core::render::Environment;
use aoa_lang::text::semver::Version;
use serde_json::{Value as Json, json};

use crate::case::Answer;

pub(super) fn target(input: &Json) -> Answer {
    let references = input["refs"].as_array().into_iter().flatten();
    let references: Vec<Reference> =
        references.filter_map(|pair| Some(Reference::new(pair[0].as_str()?, pair[1].as_str()?))).collect();
    Ok(resolve_revision(&references, text(input, "revision"), text(input, "tagPrefix"))?.into())
}

/// A version is taken as it is, all else is a constraint.
pub(super) fn chart(input: &Json) -> Answer {
    let revision = text(input, "revision");
    if Version::parse(revision).is_ok() {
        return Ok(json!({"version": revision, "exact": true}));
    }
    let versions = input["versions"].as_array().into_iter().flatten();
    let versions: Vec<&str> = versions.filter_map(Json::as_str).collect();
    let found = max_version(revision, &versions, "").map_err(|e| e.prefixed("invalid revision: "))?;
    Ok(json!({"version": found, "exact": false}))
}

pub(super) fn substitute(input: &Json) -> Json {
    let variables = input["env"].as_object().into_iter().flatten();
    let env = Environment::new(variables.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))));
    env.substitute(text(input, "text")).into()
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
