//! `git-files`: what a pattern of the git generator lists.

use aoa_core::generate::{glob, list_as_git};
use aoa_lang::source::Tree;
use serde_json::{Value as Json, json};

use crate::case::Answer;

pub(super) fn list(input: &Json) -> Answer {
    let files = input["files"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let tree = Tree::in_memory(files.map(|path| (path, "")));
    let pattern = input["pattern"].as_str().unwrap_or_default();
    let listed = match input["newGlobbing"].as_bool() {
        Some(true) => glob(&tree, pattern)?,
        _ => list_as_git(&tree, pattern)?,
    };
    Ok(json!(listed.iter().map(|path| path.as_str()).collect::<Vec<_>>()))
}
