//! What may be a root: files in which objects that drive the fleet lie as they are, and kustomizations over such files.

use std::collections::BTreeSet;
use std::sync::Arc;

use aoa_lang::source::{FileMode, Tree, TreePath};
use aoa_lang::{Limits, Value};

use super::changed::{ChangedPath, PathChange};
use super::documents;
use super::overlays::Overlays;
use crate::model::Kind;

/// What may be a root of a tree, and what that follows from.
pub(crate) struct Candidates {
    /// The files that hold Applications or ApplicationSets, sorted by path. For those that a kustomization takes in the folders
    /// of the topmost ones stand.
    ///
    /// Not among them: templates of charts, other files that a kustomization names, and objects whose names hold placeholders
    /// of some other tool.
    pub(crate) files: Vec<TreePath>,
    /// The folders of charts.
    charts: BTreeSet<TreePath>,
    overlays: Overlays,
    /// The files that hold such objects, outside charts.
    driving: BTreeSet<TreePath>,
}

impl Candidates {
    /// The candidates of a tree.
    pub(crate) fn of(tree: &Tree, limits: &Limits, max_file_bytes: u64) -> Self {
        let charts = chart_folders(tree);
        let paths = tree.entries().map(|(path, _)| path);
        let driving = paths.filter(|path| drives_at(tree, path, &charts, limits, max_file_bytes)).cloned();
        let driving = driving.collect();
        Candidates::made(charts, Overlays::read(tree), driving)
    }

    /// Those of a tree in which `paths` have changed: what did not is not read again.
    pub(crate) fn after(
        self: &Arc<Self>,
        tree: &Tree,
        paths: &[ChangedPath],
        limits: &Limits,
        max_file_bytes: u64,
    ) -> Arc<Self> {
        let is_chart = |ChangedPath { path, change }: &ChangedPath| {
            path.name() == "Chart.yaml" && *change != PathChange::Content
        };
        if paths.iter().any(is_chart) {
            return Arc::new(Candidates::of(tree, limits, max_file_bytes));
        }
        let drives = |path: &TreePath| drives_at(tree, path, &self.charts, limits, max_file_bytes);
        let paths = || paths.iter().map(|changed| &changed.path);
        let turned: Vec<&TreePath> =
            paths().filter(|path| drives(path) != self.driving.contains(*path)).collect();
        let overlays = self.overlays.after(tree, paths());
        if turned.is_empty() && overlays.is_none() {
            return self.clone();
        }
        let mut driving = self.driving.clone();
        for path in turned {
            if !driving.remove(path) {
                driving.insert(path.clone());
            }
        }
        let overlays = overlays.unwrap_or_else(|| self.overlays.clone());
        Arc::new(Candidates::made(self.charts.clone(), overlays, driving))
    }

    fn made(charts: BTreeSet<TreePath>, overlays: Overlays, driving: BTreeSet<TreePath>) -> Self {
        let (taken_in, mut files): (Vec<_>, Vec<_>) =
            driving.iter().cloned().partition(|path| overlays.names(path));
        files.extend(overlays.topmost_over(taken_in));
        files.sort();
        Candidates { files, charts, overlays, driving }
    }
}

/// Whether a file of `tree` holds an object that drives a fleet.
fn drives_at(
    tree: &Tree,
    path: &TreePath,
    charts: &BTreeSet<TreePath>,
    limits: &Limits,
    max_file_bytes: u64,
) -> bool {
    let is_manifest = [".yaml", ".yml", ".json"].iter().any(|end| path.as_str().ends_with(end));
    let Some(entry) = tree.get(path).filter(|_| is_manifest) else { return false };
    entry.mode == FileMode::File
        && entry.size <= max_file_bytes
        && !charts.iter().any(|chart| in_chart(path, chart))
        && tree.read(path).is_ok_and(|text| drives_in(&text, limits))
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
