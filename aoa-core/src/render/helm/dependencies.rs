//! A chart with the charts that it depends on, also those that do not lie in its `charts` folder.
//!
//! Argo CD runs `helm dependency build` where `helm template` says that a dependency is missing. Here a missing one is taken from
//! the folder that it names (`file://`), else from the charts that were given. What is vendored stays as it is.

use std::sync::Arc;

use aoa_helm::{Chart, Dependency, LoadLimits};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::{Error, strconv, yaml};

use crate::finding::Gap;
use crate::load::Charts;

/// Why there is no chart to render.
#[derive(Clone, Debug)]
pub(crate) enum NoChart {
    /// Helm cannot load it.
    Broken(Error),
    /// `helm dependency build` fails.
    Dependencies(String),
    /// A chart was not given.
    Gap(Gap),
}

/// A chart, and where else in its tree it was looked for in.
#[derive(Clone)]
pub(crate) struct LoadedChart {
    pub(super) chart: Result<Chart, NoChart>,
    pub(super) folders: Arc<[TreePath]>,
}

/// The chart in `folder`.
pub(super) fn load_chart(charts: &Charts, tree: &Tree, folder: &TreePath) -> LoadedChart {
    let mut folders = Vec::new();
    let chart = load(charts, tree, folder, &mut folders);
    LoadedChart { chart, folders: folders.into() }
}

fn load(
    charts: &Charts,
    tree: &Tree,
    folder: &TreePath,
    folders: &mut Vec<TreePath>,
) -> Result<Chart, NoChart> {
    let limits = LoadLimits::default();
    let chart = Chart::load_from(tree, folder, &limits).map_err(NoChart::Broken)?;
    let missing = chart.missing_dependencies();
    if missing.is_empty() {
        return Ok(chart);
    }
    let locked = Locked::read(tree, folder);
    let mut found = Vec::with_capacity(missing.len());
    for dependency in missing {
        let repository = dependency.repository.as_str();
        found.push(match repository.strip_prefix("file://") {
            Some(path) => {
                folders.extend(folder.join(path));
                from_folder(tree, folder, path, dependency, &limits)?
            }
            None if repository.is_empty() => {
                return Err(NoChart::Dependencies(format!("directory charts/{} not found", dependency.name)));
            }
            None => from_given(charts, dependency, &locked)?,
        });
    }
    Ok(chart.with_subcharts(&found))
}

/// A dependency that lies in another folder of the repository, from where Helm packs it.
fn from_folder(
    tree: &Tree,
    folder: &TreePath,
    path: &str,
    dependency: &Dependency,
    limits: &LoadLimits,
) -> Result<Chart, NoChart> {
    let fails = |error: String| NoChart::Dependencies(error);
    let constraint = Constraint::parse(&dependency.version).map_err(|error| {
        let name = strconv::quote(dependency.name.as_bytes());
        fails(format!("dependency {name} has an invalid version/constraint format: {error}"))
    })?;
    // What is absolute lies outside of the repository.
    let at = if path.starts_with('/') { None } else { folder.join(path) };
    let at = at.filter(|at| tree.is_folder(at));
    let Some(at) = at else { return Err(fails(format!("directory {} not found", clean(path)))) };
    let chart = Chart::load_from(tree, &at, limits).map_err(|error| fails(error.to_string()))?;
    let version = chart.metadata().map(|m| m.version.clone()).unwrap_or_default();
    if !Version::parse(&version).is_ok_and(|version| constraint.check(&version)) {
        let quoted = |text: &str| strconv::quote(text.as_bytes());
        return Err(fails(format!(
            "can't get a valid version for 1 subchart(s): {} (repository {}, version {}). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml",
            quoted(&dependency.name),
            quoted(&dependency.repository),
            quoted(&dependency.version)
        )));
    }
    Ok(chart)
}

/// A dependency from a chart repository: at the version of the lock file where there is one.
fn from_given(charts: &Charts, dependency: &Dependency, locked: &Locked) -> Result<Chart, NoChart> {
    let Dependency { name, repository, version, .. } = dependency;
    let version = locked.version(name, repository).unwrap_or(version);
    let given = charts.dependency(repository, name, version).ok_or_else(|| {
        NoChart::Gap(Gap::Chart {
            repository: repository.as_str().into(),
            chart: name.as_str().into(),
            version: version.into(),
        })
    })?;
    Chart::load(&given.tree).map_err(|error| NoChart::Dependencies(error.to_string()))
}

/// What `Chart.lock` says.
#[derive(Default)]
struct Locked {
    /// Name, repository, version.
    entries: Vec<(String, String, String)>,
}

impl Locked {
    fn read(tree: &Tree, folder: &TreePath) -> Self {
        let text = ["Chart.lock", "requirements.lock"]
            .iter()
            .find_map(|name| folder.join(name).and_then(|path| tree.read(&path).ok()));
        let value = text.and_then(|text| yaml::load(&text).ok()).unwrap_or_default();
        let list = value.get("dependencies").and_then(aoa_lang::Value::as_list);
        let entries = list.into_iter().flatten().map(|entry| {
            let text = |key| entry.str_at(&[key]).unwrap_or_default().to_owned();
            (text("name"), text("repository"), text("version"))
        });
        Locked { entries: entries.collect() }
    }

    fn version(&self, name: &str, repository: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|(n, r, _)| n == name && r == repository)?;
        Some(&entry.2)
    }
}

/// Go's `filepath.Join(".", path)`.
fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let text = parts.join("/");
    if absolute { format!("/{text}") } else { text }
}
