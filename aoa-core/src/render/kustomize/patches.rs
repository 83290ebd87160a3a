//! Patches of a source: Argo CD itself appends them to the file, since no command does.

use aoa_kustomize::Editor;
use aoa_lang::{Value, yaml};

use super::super::source::Stop;

/// Appends patches to those of the first kustomization file.
pub(super) fn append(editor: &mut Editor<'_>, added: &[Value]) -> Result<(), Stop> {
    let loaded =
        editor.file().map_err(|error| Stop::failed(format!("failed to load kustomization.yaml: {error}")))?;
    let Some((path, text)) = loaded else {
        return Err(Stop::failed("kustomization file not found in the path"));
    };
    let written = yaml::load(&text).map_err(|error| {
        let problem = "failed to unmarshal kustomization.yaml: error converting YAML to JSON";
        Stop::failed(format!("{problem}: {error}"))
    })?;
    let Value::Map(fields) = written else {
        // What upstream prints here is the type that it wanted.
        return Err(Stop::failed(
            "expected kustomization.yaml to be type map[string]any, but got map[string]interface {}",
        ));
    };
    let mut patches = match fields.get("patches") {
        None => Vec::new(),
        Some(Value::List(list)) => list.iter().cloned().collect(),
        Some(other) => {
            return Err(Stop::failed(format!(
                "expected 'patches' field in kustomization.yaml to be []any, but got {}",
                go_type(other)
            )));
        }
    };
    patches.extend(added.iter().cloned());
    let fields = Value::Map(fields.with("patches", Value::list(patches)));
    let text = yaml::emit(&fields).map_err(|error| {
        Stop::failed(format!("failed to marshal kustomization.yaml after adding patches: {error}"))
    })?;
    editor.replace(path, text.into_bytes());
    Ok(())
}

/// How Go calls the type of data that was read from JSON.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Map(_) => "map[string]interface {}",
        Value::List(_) => "[]interface {}",
        Value::Int(..) | Value::Uint(..) | Value::Float(..) => "float64",
        _ => "string",
    }
}
