//! Writes `aoa.yaml` from what is found in a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aoa_core::inputs::Declared;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::{Limits, Result, Value};
use aoa_core::load::documents;
use aoa_core::model::Cluster;
use aoa_core::{Fleet, Resolver};

use crate::load::{CONFIG_FILE, LoadOptions, Loaded, load};
use crate::settings;
use crate::unreferred::unreferred;

/// A configuration that fits a folder.
///
/// ```
/// let empty = tempfile::tempdir().unwrap();
/// let suggestion = aoa_host::suggest_config(empty.path())?;
/// assert!(!suggestion.has_roots && suggestion.file.ends_with("aoa.yaml"));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suggestion {
    /// Where it belongs.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// What was found, in short lines.
    pub found: Vec<String>,
    /// Whether there is a file that the fleet can begin with.
    pub has_roots: bool,
}

/// Looks for roots, cluster Secrets, settings of Argo CD and repositories, and says so as `aoa.yaml`. A configuration that is there is not
/// read.
///
/// # Errors
///
/// As [`load`].
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # let folder = folder.path();
/// let suggestion = aoa_host::suggest_config(folder)?;
/// assert!(suggestion.text.contains("- path: root.yaml"));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn suggest_config(folder: &Path) -> Result<Suggestion> {
    let options = LoadOptions { ignore_config: true, ..LoadOptions::default() };
    let loaded = load(folder, &options)?;
    let mut found = Vec::new();
    let mut text = String::from("# What aoa resolves; everything is optional. Schema: aoa schema config\n");
    let fleet = Resolver::new(loaded.options.clone()).resolve(&loaded.inputs)?;
    let has_roots = roots(&fleet, &mut text, &mut found);
    charts(&loaded, &fleet, &mut text, &mut found);
    clusters(&loaded, &mut text, &mut found);
    argocd(&loaded, &fleet, &mut text, &mut found);
    repositories(&loaded, &fleet, &mut text, &mut found);
    Ok(Suggestion { file: loaded.top.join(CONFIG_FILE), text, found, has_roots })
}

fn roots(fleet: &Fleet, text: &mut String, found: &mut Vec<String>) -> bool {
    let roots: Vec<_> = fleet.inputs().roots.iter().filter(|r| r.declared == Declared::Found).collect();
    if roots.is_empty() {
        text.push_str("roots: []  # no file with Applications or ApplicationSets found\n");
        return false;
    }
    text.push_str("roots:\n");
    for root in &roots {
        text.push_str(&format!("  - path: {}\n", quoted(root.path.as_str())));
    }
    found.push(format!("{} root{}", roots.len(), if roots.len() == 1 { "" } else { "s" }));
    true
}

/// Charts that may be roots.
fn charts(loaded: &Loaded, fleet: &Fleet, text: &mut String, found: &mut Vec<String>) {
    let charts = unreferred(loaded, fleet);
    if charts.is_empty() {
        return;
    }
    text.push_str("# charts that bring Applications and that no Application reads; if something else installs one, it is a root:\n");
    for chart in &charts {
        let path = quoted(chart.path.as_str());
        let line = match (&chart.values, &chart.error) {
            (Some(file), _) => format!("#   - {{path: {path}, helm: {{valueFiles: [{}]}}}}\n", quoted(file)),
            (_, Some(error)) => {
                // Helm's own words stand behind those of its command.
                let error = error.lines().next().unwrap_or_default();
                let error = error.rsplit("exit status 1: ").next().unwrap_or(error);
                format!("#   - {{path: {path}, helm: {{valueFiles: []}}}}  # without values: {error}\n")
            }
            _ => format!("#   - {{path: {path}, helm: {{}}}}\n"),
        };
        text.push_str(&line);
    }
    let count = charts.len();
    let (charts, bring) = if count == 1 { ("chart", "brings") } else { ("charts", "bring") };
    found.push(format!("{count} {charts} that {bring} Applications and that nobody refers to: see `roots:`"));
}

fn clusters(loaded: &Loaded, text: &mut String, found: &mut Vec<String>) {
    let tree = loaded.own_tree();
    let files = tree.map(cluster_files).unwrap_or_default();
    if files.is_empty() {
        text.push_str(
            "# no cluster Secrets found; export them, without credentials:\n\
             #   kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters - > clusters.yaml\n\
             # clusters: [clusters.yaml]\n",
        );
        return;
    }
    text.push_str("clusters:\n");
    for file in &files {
        text.push_str(&format!("  - {}\n", quoted(file)));
    }
    found.push(format!("{} file{} with clusters", files.len(), if files.len() == 1 { "" } else { "s" }));
}

fn cluster_files(tree: &Tree) -> Vec<String> {
    files_with(tree, &["argocd.argoproj.io/secret-type"], |object| Cluster::from_secret(object).is_some())
}

/// Where Argo CD runs, and its settings.
fn argocd(loaded: &Loaded, fleet: &Fleet, text: &mut String, found: &mut Vec<String>) {
    let mut lines = String::new();
    if let Some(namespace) = only_namespace(fleet) {
        lines.push_str(&format!("  namespace: {}\n", quoted(&namespace)));
        found.push(format!("Argo CD in {namespace}, where all Applications are"));
    }
    let mut remarks = String::new();
    let tree = loaded.own_tree();
    let files =
        tree.map(|tree| files_with(tree, &settings::WORDS, settings::is_settings)).unwrap_or_default();
    match files.as_slice() {
        [] => {}
        [file] => {
            lines.push_str(&format!("  settings: {}\n", quoted(file)));
            found.push("settings of Argo CD".to_owned());
        }
        several => {
            remarks
                .push_str("# several files hold settings of Argo CD; name the one that counts\n# argocd:\n");
            for file in several {
                remarks.push_str(&format!("#   settings: {}\n", quoted(file)));
            }
            found.push(format!("{} files with settings of Argo CD: choose one in aoa.yaml", several.len()));
        }
    }
    if !lines.is_empty() {
        text.push_str(&format!("argocd:\n{lines}"));
    }
    text.push_str(&remarks);
}

/// The namespace of all Applications and sets, where it is another than Argo CD's usual one.
fn only_namespace(fleet: &Fleet) -> Option<String> {
    let apps = fleet.apps().map(|app| app.namespace().to_owned());
    let all: BTreeSet<String> = apps.chain(fleet.sets().map(|set| set.namespace().to_owned())).collect();
    let only = all.first().filter(|_| all.len() == 1)?;
    (*only != *fleet.inputs().settings.namespace.to_str_lossy()).then(|| only.clone())
}

/// The files that hold such an object; only those that have one of `words` are read as YAML.
fn files_with(tree: &Tree, words: &[&str], is_it: impl Fn(&Value) -> bool) -> Vec<String> {
    let is_manifest =
        |path: &str| path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    tree.entries()
        .filter(|(path, _)| is_manifest(path.as_str()))
        .filter(|(path, _)| {
            let Ok(text) = tree.read(path) else { return false };
            let plain = String::from_utf8_lossy(&text);
            words.iter().any(|word| plain.contains(word))
                && documents(&text, &Limits::default()).iter().any(|d| d.value.as_ref().is_ok_and(&is_it))
        })
        .map(|(path, _)| path.as_str().to_owned())
        .collect()
}

fn repositories(loaded: &Loaded, fleet: &Fleet, text: &mut String, found: &mut Vec<String>) {
    let tree = loaded.own_tree();
    let missing: Vec<String> = fleet
        .needs()
        .iter()
        .filter_map(|need| match &need.gap {
            aoa_core::finding::Gap::Repository { url } => Some(url.to_str_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let (own, others): (Vec<&String>, Vec<&String>) =
        missing.iter().partition(|url| tree.is_some_and(|tree| has_paths_of(tree, fleet, url)));
    if !own.is_empty() {
        text.push_str("repositories:  # what sources read of them is in this checkout\n");
        for url in &own {
            text.push_str(&format!("  {}: .\n", quoted(url)));
        }
        found
            .push(format!("{}: this checkout", own.iter().map(|url| &***url).collect::<Vec<_>>().join(", ")));
    }
    if !others.is_empty() {
        text.push_str("# repositories that sources name and that are not here; give a checkout of each to know their content\n");
        text.push_str(if own.is_empty() { "# repositories:\n" } else { "" });
        for url in &others {
            text.push_str(&format!("#   {}: ../checkout\n", quoted(url)));
        }
        found.push(format!("{} other repositories, not here", others.len()));
    }
}

/// Whether all paths that sources read of a repository are folders of `tree`, and some tell: a checkout without remotes.
fn has_paths_of(tree: &Tree, fleet: &Fleet, url: &str) -> bool {
    let apps: Vec<_> = fleet.apps().map(|app| app.sources()).collect();
    let sources = apps.iter().flat_map(|sources| sources.iter());
    let of_it = sources.filter(|source| source.repo_url == *url && source.chart.is_empty());
    let mut paths = of_it.filter_map(|source| TreePath::new(source.path.as_str()?)).peekable();
    let is_told = |path: &TreePath| !path.as_str().is_empty() && tree.is_folder(path);
    paths.peek().is_some() && paths.all(|path| is_told(&path))
}

fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-@".contains(c))
        && !text.starts_with(['-', '@', '.']);
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
