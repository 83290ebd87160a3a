//! Charts that bring Applications and that no Application reads: Terraform, an operator or a person may install them, so that
//! the fleet may begin there. Nothing in the repository tells, so they are suggestions.

use aoa_core::finding::{Cause, Finding};
use aoa_core::inputs::Root;
use aoa_core::lang::Value;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::{Fleet, Resolver};

use crate::load::Loaded;

/// A chart that may be a root.
pub(crate) struct Unreferred {
    /// Its folder.
    pub(crate) path: TreePath,
    /// The value file that it does not render without.
    pub(crate) values: Option<String>,
    /// What is wrong, where it does not render by itself.
    pub(crate) error: Option<String>,
}

/// The charts of the repository that bring Applications or sets and that no Application of `fleet` reads, by path.
pub(crate) fn unreferred(loaded: &Loaded, fleet: &Fleet) -> Vec<Unreferred> {
    let Some(tree) = loaded.own_tree() else { return Vec::new() };
    let is_read = |folder: &TreePath| {
        fleet.apps().any(|app| {
            let paths = app.sources();
            let mut paths = paths.iter().filter_map(|source| source.path.as_str().and_then(TreePath::new));
            paths.any(|path| path == *folder)
        })
    };
    let charts = charts(tree).into_iter().filter(|folder| names_apps(tree, folder) && !is_read(folder));
    charts.filter_map(|folder| tried(loaded, tree, folder)).collect()
}

/// The folders of charts that are not part of another.
fn charts(tree: &Tree) -> Vec<TreePath> {
    let mut charts: Vec<TreePath> = Vec::new();
    for (path, _) in tree.entries().filter(|(path, _)| path.name() == "Chart.yaml") {
        let Some(folder) = path.parent() else { continue };
        if !charts.iter().any(|chart| folder.is_within(chart)) {
            charts.retain(|chart| !chart.is_within(&folder));
            charts.push(folder);
        }
    }
    charts
}

/// Whether a template of the chart looks like one of an Application or a set.
fn names_apps(tree: &Tree, chart: &TreePath) -> bool {
    let Some(templates) = chart.join("templates") else { return false };
    tree.within(&templates).any(|(path, _)| {
        let Ok(text) = tree.read(path) else { return false };
        let text = String::from_utf8_lossy(&text);
        text.contains("argoproj.io/")
            && text.lines().any(|line| line.trim_start().starts_with("kind: Application"))
    })
}

/// What comes of the chart as a root, by itself and with each of its other value files.
fn tried(loaded: &Loaded, tree: &Tree, path: TreePath) -> Option<Unreferred> {
    let Err(error) = resolved(loaded, &path, None)? else {
        return Some(Unreferred { path, values: None, error: None });
    };
    let renders = |file: &String| matches!(resolved(loaded, &path, Some(file.as_str())), Some(Ok(())));
    let values = value_files(tree, &path).into_iter().find(renders);
    let error = values.is_none().then_some(error);
    Some(Unreferred { path, values, error })
}

/// The value files of a chart besides the usual one.
fn value_files(tree: &Tree, chart: &TreePath) -> Vec<String> {
    let files = tree.within(chart).filter(|(path, _)| path.parent().as_ref() == Some(chart));
    let names = files.map(|(path, _)| path.name());
    let is_other = |name: &&str| {
        name.starts_with("values")
            && *name != "values.yaml"
            && (name.ends_with(".yaml") || name.ends_with(".yml"))
    };
    names.filter(is_other).map(str::to_owned).collect()
}

/// Whether the chart brings Applications or sets with this value file; `None` if it renders and brings none, else why it does not
/// render.
fn resolved(loaded: &Loaded, path: &TreePath, values: Option<&str>) -> Option<Result<(), String>> {
    let files = values.into_iter().map(Value::from).collect();
    let mut root = Root::new(path.clone());
    root.source = Value::map([("helm", Value::map([("valueFiles", Value::list(files))]))]);
    let mut inputs = loaded.inputs.clone();
    inputs.roots = vec![root];
    let fleet = match Resolver::new(loaded.options.clone()).resolve(&inputs) {
        Ok(fleet) => fleet,
        Err(error) => return Some(Err(error.to_string())),
    };
    let failed = |finding: &&Finding| matches!(finding.cause, Cause::SourceFailed { .. } | Cause::Unknown(_));
    if fleet.apps().len() + fleet.sets().len() > 0 {
        return Some(Ok(()));
    }
    fleet.findings().iter().find(failed).map(|finding| Err(finding.message()))
}
