//! `spec.templatePatch`: a strategic merge patch on every generated Application, itself a template.

use std::sync::OnceLock;

use aoa_lang::patch::strategic_merge;
use aoa_lang::strconv::quote;
use aoa_lang::typed::{self, Type};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, json, yaml};

use super::transform::argo_type;

/// A patch, its placeholders filled in.
#[derive(Debug)]
pub(super) struct Patch {
    /// As JSON, as Argo CD's messages show it.
    json: Text,
    data: Value,
}

impl Patch {
    /// Reads a patch (the beginning of `applyTemplatePatch` of Argo CD 3.5.7).
    ///
    /// # Errors
    ///
    /// The patch is no YAML or does not fit an Application: Argo CD's texts.
    pub(super) fn read(text: &Text) -> Result<Patch> {
        let (json, data) = read(text)?;
        typed::read(argo_type("Application")?, &data, typed::Mode::Json)
            .map_err(|e| e.prefixed(&format!("invalid templatePatch {}: ", quote(json.as_bytes()))))?;
        Ok(Patch { json, data })
    }

    /// Applies it to an Application (the rest of `applyTemplatePatch`). The project stays.
    ///
    /// # Errors
    ///
    /// It cannot be applied: Argo CD's texts.
    pub(super) fn apply(&self, application: &Value) -> Result<Value> {
        let of = argo_type("Application")?;
        let merged = strategic_merge(of, application, &self.data).map_err(|e| {
            let json = quote(self.json.as_bytes());
            e.prefixed(&format!("error while applying templatePatch template to json {json}: "))
        })?;
        let read = typed::read(of, &merged, typed::Mode::Json)
            .map_err(|e| e.prefixed("error while unmarhsalling patched application: "))?;
        let project = application.at(&["spec", "project"]).cloned().unwrap_or_else(|| Value::from(""));
        finish(of, read, project)
    }
}

/// The error of a patch whose placeholders cannot be filled in.
pub(super) fn not_filled_in(error: Error) -> Error {
    error.prefixed("error replacing values in templatePatch: ")
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
