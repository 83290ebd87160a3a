//! Types of sources.

use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::typed::{self, Mode};
use aoa_core::model::read_source;
use aoa_core::render::{detect_type, merge_overrides};
use serde_json::{Value as Json, json};

use super::super::convert::{from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

pub(super) fn source_type(input: &Json) -> Answer {
    let files = input["files"].as_object().into_iter().flatten();
    let tree = Tree::in_memory(files.map(|(path, text)| (path.as_str(), text.as_str().unwrap_or_default())));
    let path = input["path"].as_str().unwrap_or_default();
    let folder = TreePath::new(path).ok_or_else(|| Refusal::invalid("the path leaves the repository"))?;
    if !tree.is_folder(&folder) {
        return Err(Refusal::invalid(format!("{path}: app path does not exist")));
    }
    let source = read_source(&from_json_with_ints(&input["source"]))?;
    let merged = merge_overrides(&tree, &folder, &source, input["app"].as_str().unwrap_or_default())?;
    let enabled = |kind: &str| input["enabledSourceTypes"][kind].as_bool().unwrap_or(true);
    let found = detect_type(&tree, &folder, &merged, &|kind| enabled(kind.name()))?;
    let of = typed::schema("argoproj.io/v1alpha1", "ApplicationSource").expect("a table");
    Ok(json!({"type": found.name(), "source": to_json(&typed::read(of, &merged, Mode::Json)?)}))
}
