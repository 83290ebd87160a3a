//! Builds of kustomizations.

use std::sync::Arc;

use aoa_core::render::HelmTemplate;
use aoa_kustomize::{Helm, Options, Reorder, Restriction, build as build_folder};
use aoa_lang::source::{Tree, TreePath};
use serde_json::{Value as Json, json};

use crate::case::{Answer, Refusal};

/// `kustomize build PATH` in a tree of files.
pub(super) fn build(input: &Json) -> Answer {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (path, text) in input["files"].as_object().into_iter().flatten() {
        files.push((path.clone(), text.as_str().unwrap_or_default().into()));
    }
    for (path, text) in input["binary"].as_object().into_iter().flatten() {
        let bytes = aoa_lang::base64::decode(text.as_str().unwrap_or_default().as_bytes());
        files.push((path.clone(), bytes.map_err(|_| Refusal::invalid("bad case: base64"))?));
    }
    let path = input["path"].as_str().unwrap_or_default();
    let path = TreePath::new(path).ok_or_else(|| Refusal::invalid("the path leaves the tree"))?;
    let built = build_folder(&Tree::in_memory(files), &path, &options(&input["options"])).map_err(refusal)?;
    Ok(json!({ "yaml": built.to_yaml().map_err(refusal)? }))
}

fn options(flags: &Json) -> Options {
    let mut options = Options::default();
    if flags["reorder"] == "none" {
        options.reorder = Reorder::None;
    }
    if flags["loadRestrictor"] == "none" {
        options.restriction = Restriction::None;
    }
    options.managed_by_label = flags["enableManagedByLabel"] == true;
    if flags["enableHelm"] == true || flags["enableAlphaPlugins"] == true {
        let texts = flags["helmApiVersions"].as_array().into_iter().flatten();
        options.helm = Helm::Enabled {
            renderer: Some(Arc::new(HelmTemplate::default())),
            kube_version: flags["helmKubeVersion"].as_str().unwrap_or_default().to_owned(),
            api_versions: texts.filter_map(|text| text.as_str().map(str::to_owned)).collect(),
        };
    }
    options
}

fn refusal(error: aoa_kustomize::Error) -> Refusal {
    error.into_inner().into()
}
