//! `spec.templatePatch`: a strategic merge patch on every generated Application, itself a template.

use std::sync::OnceLock;

use aoa_lang::patch::strategic_merge;
use aoa_lang::strconv::quote;
use aoa_lang::typed::{self, Type};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, json, yaml};

use super::transform::argo_type;

/// Applies a patch, its placeholders filled in, to an Application (`applyTemplatePatch` of Argo CD 3.5.7). The project
/// stays.
///
/// # Errors
///
/// The patch is no YAML, does not fit an Application, or cannot be applied: Argo CD's texts.
pub(super) fn apply(application: &Value, text: &Text) -> Result<Value> {
    let of = argo_type("Application")?;
    let (patch_text, patch) = read(text)?;
    let quoted = || quote(patch_text.as_bytes());
    typed::read(of, &patch, typed::Mode::Json)
        .map_err(|e| e.prefixed(&format!("invalid templatePatch {}: ", quoted())))?;
    let merged = strategic_merge(of, application, &patch).map_err(|e| {
        e.prefixed(&format!("error while applying templatePatch template to json {}: ", quoted()))
    })?;
    let read = typed::read(of, &merged, typed::Mode::Json)
        .map_err(|e| e.prefixed("error while unmarhsalling patched application: "))?;
    let project = application.at(&["spec", "project"]).cloned().unwrap_or_else(|| Value::from(""));
    finish(of, read, project)
}

/// The patch as JSON text and as data: what begins with `{` is JSON, everything else YAML.
fn read(text: &Text) -> Result<(Text, Value)> {
    let shown = text.to_str_lossy();
    if shown.trim().starts_with('{') {
        let patch = json::read(text.as_bytes(), json::Numbers::Float64)
            .map_err(|e| e.prefixed(&format!("invalid templatePatch {}: ", quote(text.as_bytes()))))?;
        return Ok((text.clone(), patch));
    }
    let converted = yaml::load(text.as_bytes()).and_then(|value| Ok((json::to_string(&value)?, value)));
    let (json, value) = converted.map_err(|e| {
        let message = e.message();
        // `YAMLToJSON` has no name for the step that `Unmarshal` puts before its errors.
        let message = message.strip_prefix("error converting YAML to JSON: ").unwrap_or(message);
        Error::new(
            e.kind(),
            format!("error while converting template to json {}: {message}", quote(text.as_bytes())),
        )
    })?;
    Ok((Text::from(json), value))
}

/// Go writes fields that nobody set; they are left out here.
fn finish(of: &'static Type, application: Value, project: Value) -> Result<Value> {
    let Value::Map(map) = application else { return Ok(application) };
    let mut application = map.into_builder();
    if application.get("status") == Some(zero_status(of)) {
        application.remove("status");
    }
    if let Some(Value::Map(metadata)) = application.get("metadata")
        && metadata.get("creationTimestamp").is_some_and(Value::is_null)
    {
        let metadata = metadata.clone().without("creationTimestamp");
        application.insert("metadata", Value::Map(metadata));
    }
    if let Some(Value::Map(spec)) = application.get("spec") {
        let spec = spec.clone().with("project", project);
        application.insert("spec", Value::Map(spec));
    }
    Ok(Value::Map(application.build()))
}

/// What Go writes for a status that nobody set.
fn zero_status(of: &'static Type) -> &'static Value {
    static ZERO: OnceLock<Value> = OnceLock::new();
    ZERO.get_or_init(|| {
        let zero = typed::read(of, &Value::Map(Map::new()), typed::Mode::Json);
        zero.ok().and_then(|zero| zero.get("status").cloned()).unwrap_or_default()
    })
}
