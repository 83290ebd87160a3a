//! Which type a source has: overrides in `.argocd-source*.yaml`, explicit types, and what lies in the folder.

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Error, Result, Value, patch, yaml};

use super::files;
use crate::fleet::SourceType;

/// The source with the overrides of `.argocd-source.yaml` and `.argocd-source-<app>.yaml` merged into it. Where the
/// files are and at which revision cannot be overridden (`mergeSourceParameters` of Argo CD 3.5.7).
///
/// # Errors
///
/// An override is no YAML, no map, or has fields of wrong types.
pub fn merge_overrides(tree: &Tree, folder: &TreePath, source: &Value, app_name: &str) -> Result<Value> {
    let mut names = vec![".argocd-source.yaml".to_owned()];
    if !app_name.is_empty() {
        names.push(format!(".argocd-source-{app_name}.yaml"));
    }
    let mut merged = source.clone();
    let mut changed = false;
    for name in names {
        let Some(path) = folder.join(&name) else { continue };
        if tree.get(&path).is_none() {
            continue;
        }
        let text = tree.read(&path)?;
        merged =
            merge(&merged, &text).map_err(|e| e.prefixed(&format!("<path to cached source>/{path}: ")))?;
        changed = true;
    }
    if !changed {
        return Ok(merged);
    }
    let mut fields = merged.as_map().cloned().unwrap_or_default().into_builder();
    for field in ["chart", "path", "repoURL", "targetRevision"] {
        match source.get(field) {
            Some(value) => fields.insert(field, value.clone()),
            None => fields.remove(field),
        };
    }
    Ok(Value::Map(fields.build()))
}

fn merge(source: &Value, text: &[u8]) -> Result<Value> {
    let patch = yaml::load(text)?;
    crate::model::read_source(&patch::merge(source, &patch)?)
}

/// The type of a source: the one whose options it has, else what lies in its folder. The last file in walk order
/// decides between a chart and a kustomization. `enabled` says which types Argo CD's settings leave on.
///
/// # Errors
///
/// As [`explicit_type`].
pub fn detect_type(
    tree: &Tree,
    folder: &TreePath,
    source: &Value,
    enabled: &dyn Fn(SourceType) -> bool,
) -> Result<SourceType> {
    Ok(explicit_type(source, enabled)?.unwrap_or_else(|| found_type(tree, folder, enabled)))
}

/// The type whose options a source has; a type that is switched off is read as plain manifests.
///
/// # Errors
///
/// `Invalid` if the source has the options of several types.
pub fn explicit_type(source: &Value, enabled: &dyn Fn(SourceType) -> bool) -> Result<Option<SourceType>> {
    // In the order of the names in Argo CD's message (`ExplicitType`).
    let explicit: Vec<SourceType> = [
        ("kustomize", SourceType::Kustomize),
        ("helm", SourceType::Helm),
        ("directory", SourceType::Directory),
        ("plugin", SourceType::Plugin),
    ]
    .into_iter()
    .filter(|(field, _)| source.get(field).is_some_and(|v| !v.is_null()))
    .map(|(_, source_type)| source_type)
    .collect();
    match explicit.as_slice() {
        [] => Ok(None),
        [one] if enabled(*one) => Ok(Some(*one)),
        [_] => Ok(Some(SourceType::Directory)),
        several => {
            let names: Vec<&str> = several.iter().map(|t| t.name()).collect();
            Err(Error::invalid(format!("multiple application sources defined: {}", names.join(","))))
        }
    }
}

fn found_type(tree: &Tree, folder: &TreePath, enabled: &dyn Fn(SourceType) -> bool) -> SourceType {
    const NAMES: [&str; 4] = ["Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization"];
    let mut found = SourceType::Directory;
    // Folders may be large, and few of their files are called so.
    let named = tree.within(folder).filter(|(path, _)| NAMES.iter().any(|end| path.as_str().ends_with(end)));
    let mut named: Vec<&TreePath> = named.map(|(path, _)| path).filter(|path| *path != folder).collect();
    named.sort_by(|a, b| files::walk_order(a.as_str(), b.as_str()));
    for path in named {
        let Some(name) = path.relative_to(folder).filter(|rest| !rest.contains('/')) else { continue };
        if name.ends_with("Chart.yaml") && enabled(SourceType::Helm) {
            found = SourceType::Helm;
        }
        let kustomization = matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization");
        if kustomization && enabled(SourceType::Kustomize) {
            found = SourceType::Kustomize;
        }
    }
    found
}
