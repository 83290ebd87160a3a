//! What may be a root: files in which objects that drive the fleet lie as they are, and kustomizations over such files.

use std::collections::BTreeSet;

use aoa_lang::source::{FileMode, Tree, TreePath};
use aoa_lang::{Limits, Value};

use super::changed::{ChangedPath, PathChange};
use super::documents;
use super::overlays::Overlays;
use crate::model::Kind;

/// The files of `tree` that hold Applications or ApplicationSets, sorted by path. For those that a kustomization takes in
/// the folders of the topmost ones stand.
///
/// Not among them: templates of charts, other files that a kustomization names, and objects whose names hold placeholders
/// of some other tool.
pub(crate) fn candidates(tree: &Tree, limits: &Limits, max_file_bytes: u64) -> Vec<TreePath> {
    let charts = chart_folders(tree);
    let overlays = Overlays::read(tree);
    let (mut found, mut taken_in) = (Vec::new(), Vec::new());
    for (path, entry) in tree.entries() {
        let is_manifest = [".yaml", ".yml", ".json"].iter().any(|end| path.as_str().ends_with(end));
        if !is_manifest || entry.mode != FileMode::File || entry.size > max_file_bytes {
            continue;
        }
        if charts.iter().any(|chart| in_chart(path, chart)) {
            continue;
        }
        let Ok(text) = tree.read(path) else { continue };
        if drives_in(&text, limits) {
            let into = if overlays.names(path) { &mut taken_in } else { &mut found };
            into.push(path.clone());
        }
    }
    found.extend(overlays.topmost_over(taken_in));
    found.sort();
    found
}

/// Whether a change of these files may make other candidates.
pub(crate) fn candidates_changed(
    old: &Tree,
    new: &Tree,
    paths: &[ChangedPath],
    limits: &Limits,
    max_file_bytes: u64,
) -> bool {
    const NAMED: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    paths.iter().any(|ChangedPath { path, change }| {
        if NAMED.contains(&path.name()) || path.name() == "Chart.yaml" && *change != PathChange::Content {
            return true;
        }
        let is_manifest = [".yaml", ".yml", ".json"].iter().any(|end| path.as_str().ends_with(end));
        let drives = |tree: &Tree| {
            let entry = tree.get(path).filter(|entry| entry.size <= max_file_bytes);
            entry.and_then(|_| tree.read(path).ok()).is_some_and(|text| drives_in(&text, limits))
        };
        is_manifest && drives(old) != drives(new)
    })
}

/// Whether a text holds an object that drives a fleet.
fn drives_in(text: &[u8], limits: &Limits) -> bool {
    contains(text, b"argoproj.io/") && documents(text, limits).iter().any(|d| drives(d.value.as_ref().ok()))
}

fn drives(object: Option<&Value>) -> bool {
    let Some(object) = object else { return false };
    let group = object.str_at(&["apiVersion"]).is_some_and(|v| v.starts_with("argoproj.io/"));
    let kind = object.str_at(&["kind"]).and_then(Kind::from_name);
    let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
    let placeholder = ["${", "{{", "<%", "$("].iter().any(|mark| name.contains(mark)) || name.is_empty();
    group && matches!(kind, Some(Kind::Application | Kind::ApplicationSet)) && !placeholder
}

fn chart_folders(tree: &Tree) -> BTreeSet<TreePath> {
    tree.entries()
        .filter(|(path, _)| path.name() == "Chart.yaml")
        .filter_map(|(path, _)| path.parent())
        .collect()
}

/// Whether `path` belongs to the chart in `chart`: its templates, CRDs and dependencies, not files that lie beside them.
fn in_chart(path: &TreePath, chart: &TreePath) -> bool {
    path.relative_to(chart)
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(folder, _)| matches!(folder, "templates" | "charts" | "crds"))
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}
