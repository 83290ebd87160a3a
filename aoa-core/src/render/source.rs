//! One source: where its files are, which type it has, which renderer it gets.
//!
//! The steps are those of the repo-server (`GenerateManifest`, `runRepoOperation`, `runManifestGenAsync` and
//! `GenerateManifests` of Argo CD 3.5.7) in their order, since the first thing that is wrong decides the message.

use aoa_lang::Value;
use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

use super::app_path::{AppFolder, app_folder};
use super::application::RenderContext;
use super::detect::{detect_type, explicit_type, merge_overrides};
use super::directory::{DirectoryOptions, render_directory};
use super::environment::{Environment, EnvironmentOf};
use super::helm::render_helm;
use super::kustomize::render_kustomize;
use super::plugin::render_plugin;
use super::reach::{Reach, says_commit};
use super::references::{Referenced, referenced};
use crate::finding::Gap;
use crate::fleet::{SourceType, State};
use crate::load::{Found, NoTree};
use crate::model::{Manifest, ManifestList};

/// What a source's rendering depends on besides the source: the repo-server's `ManifestRequest`.
pub(crate) struct Request<'r> {
    /// The instance name of the Application.
    pub(crate) app_name: Text,
    /// The namespace of the destination.
    pub(crate) namespace: Text,
    /// The project.
    pub(crate) project: Text,
    /// The Kubernetes version of the destination.
    pub(crate) kube_version: Text,
    /// The API versions that the destination serves.
    pub(crate) api_versions: &'r [Text],
    /// Whether `spec.sources` is used.
    pub(crate) multiple: bool,
    /// All sources of the Application.
    pub(crate) all: &'r [Value],
}

/// A source whose files are at hand and whose type is known: what a renderer works on.
pub(crate) struct Located<'l> {
    pub(crate) request: &'l Request<'l>,
    /// The source with the overrides from its folder merged in.
    pub(crate) source: &'l Value,
    /// The tree that holds the folder, with its URL and commit.
    pub(crate) found: &'l Found,
    pub(crate) folder: &'l AppFolder,
    /// The trees that `$name/...` leads to.
    pub(crate) referenced: &'l Referenced,
    pub(crate) environment: &'l Environment,
}

/// Why a source has no manifests.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// Something was not given.
    Unknown(Gap),
    /// Argo CD fails with this message. One that is a gRPC status already begins with `rpc error: code = `.
    Failed(Text),
}

impl Stop {
    pub(crate) fn failed(error: impl Into<Text>) -> Self {
        Stop::Failed(error.into())
    }

    /// Whether it says the name of a commit, at least the short one.
    fn names(&self, commit: &str) -> bool {
        let Some(short) = commit.get(..7) else { return !commit.is_empty() };
        matches!(self, Stop::Failed(error) if error.to_str_lossy().contains(short))
    }
}

impl From<Gap> for Stop {
    fn from(gap: Gap) -> Self {
        Stop::Unknown(gap)
    }
}

impl From<NoTree> for Stop {
    fn from(none: NoTree) -> Self {
        match none {
            NoTree::Gap(gap) => Stop::Unknown(gap),
            NoTree::Unresolved(error) => Stop::Failed(error),
        }
    }
}

/// What became of a source.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) source_type: Option<SourceType>,
    /// The commit or chart version; empty where it is not known.
    pub(crate) revision: Text,
    /// The commit if that is not what is checked out, the chart version if the source says another.
    pub(crate) resolved: Text,
    pub(crate) state: State,
    /// By group, kind, namespace and name.
    pub(crate) manifests: ManifestList,
    /// The same in the order of generation.
    pub(crate) generated: ManifestList,
    /// Whether values in it are drawn anew each time that it is rendered.
    pub(crate) is_random: bool,
    /// What of the repositories it hangs on.
    pub(crate) reach: Reach,
}

impl Outcome {
    /// `generated` is in the order of generation.
    pub(super) fn rendered(source_type: Option<SourceType>, generated: Vec<Manifest>) -> Self {
        let generated = ManifestList::from(generated);
        let mut order: Vec<([&str; 4], &Manifest)> = generated.iter().map(|m| (m.sort_key(), m)).collect();
        let manifests = if order.is_sorted_by(|(a, _), (b, _)| a <= b) {
            generated.clone()
        } else {
            order.sort_by_key(|(key, _)| *key);
            order.into_iter().map(|(_, manifest)| manifest.clone()).collect()
        };
        Outcome {
            source_type,
            revision: Text::EMPTY,
            resolved: Text::EMPTY,
            state: State::Rendered,
            manifests,
            generated,
            is_random: false,
            reach: Reach::default(),
        }
    }

    pub(super) fn stopped(source_type: Option<SourceType>, stop: Stop) -> Self {
        let (source_type, state) = match stop {
            Stop::Unknown(gap) => (source_type, State::Unknown(gap)),
            Stop::Failed(error) => (None, State::Failed(error)),
        };
        Outcome { source_type, state, ..Outcome::rendered(None, Vec::new()) }
    }

    /// The same, found there.
    fn of(self, source: &Value, found: &Found) -> Self {
        let says = |field, value: &Text| *value == *source.str_at(&[field]).unwrap_or_default();
        let is_chart = !says("chart", &Text::EMPTY);
        let is_told = found.is_elsewhere || is_chart && !says("targetRevision", &found.commit);
        let resolved = if is_told { found.commit.clone() } else { Text::EMPTY };
        Outcome { revision: found.commit.clone(), resolved, ..self }
    }

    pub(super) fn with_reach(self, reach: Reach) -> Self {
        Outcome { reach, ..self }
    }
}

/// Renders a source; `tree` is given for roots, which are read from whatever tree is at hand.
pub(crate) fn render_source(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
    tree: Option<&Found>,
) -> Outcome {
    render_steps(ctx, request, source, tree).unwrap_or_else(|stop| Outcome::stopped(None, stop))
}

fn render_steps(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
    tree: Option<&Found>,
) -> Result<Outcome, Stop> {
    let text = |field| source.str_at(&[field]).unwrap_or_default();
    let (url, path, chart, revision) = (text("repoURL"), text("path"), text("chart"), text("targetRevision"));
    let is_git = !url.starts_with("oci://") && chart.is_empty();
    if request.multiple && path.is_empty() && is_git && !text("ref").is_empty() {
        let found = ctx.repositories.resolve(url, revision, "")?;
        return Ok(Outcome::rendered(None, Vec::new()).of(source, &found));
    }
    let found = match tree {
        Some(tree) => tree.clone(),
        None => locate(ctx, source)?,
    };
    let referenced = referenced(ctx, request, source)?;
    if let Some(link) = ctx.cache.out_of_bounds_link(&found) {
        let what = if is_git { "repository" } else { "chart" };
        return Err(Stop::failed(format!("{what} contains out-of-bounds symlinks. file: {link}")));
    }
    if request.multiple && path.is_empty() && chart.is_empty() {
        return Ok(Outcome::rendered(None, Vec::new()).of(source, &found));
    }
    // Where the source says that its files are, if nothing else is read.
    let named = TreePath::new(path).filter(|_| is_git).unwrap_or_else(TreePath::root);
    let own = Reach::below(&found, &named);
    let stopped = |stop: Stop| {
        let names = says_commit(source) || !referenced.is_empty() || stop.names(&found.commit.to_str_lossy());
        Ok(Outcome::stopped(None, stop).with_reach(own.clone().with_commits(names)))
    };
    let folder = if is_git { app_folder(&found.tree, path) } else { Ok(AppFolder::root()) };
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => return stopped(Stop::failed(error)),
    };
    if let Err(error) = referenced.check(source, &found) {
        return stopped(Stop::failed(error));
    }
    match render_located(ctx, request, source, &found, &folder, &referenced) {
        Ok(outcome) => {
            let reach = outcome.reach.with_commits(!referenced.is_empty());
            Ok(Outcome { reach, ..outcome }.of(source, &found))
        }
        Err(stop) => stopped(stop),
    }
}

/// The tree of a source: a repository at a commit, a chart of a version, an OCI artifact.
fn locate(ctx: &RenderContext<'_>, source: &Value) -> Result<Found, Stop> {
    let text = |field| source.str_at(&[field]).unwrap_or_default();
    let (url, chart, revision) = (text("repoURL"), text("chart"), text("targetRevision"));
    if url.starts_with("oci://") {
        return Err(Gap::Oci { url: url.into() }.into());
    }
    if !chart.is_empty() {
        return Ok(ctx.charts.resolve(url, chart, revision)?);
    }
    Ok(ctx.repositories.resolve(url, revision, text("tagPrefix"))?)
}

fn render_located(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
    found: &Found,
    folder: &AppFolder,
    referenced: &Referenced,
) -> Result<Outcome, Stop> {
    let merged = merge_overrides(&found.tree, &folder.path, source, &request.app_name.to_str_lossy());
    let merged = merged.map_err(|error| {
        Stop::failed(format!("error getting app source type: error while parsing source parameters: {error}"))
    })?;
    let enabled = |source_type| ctx.installation.renders(source_type);
    // A walk does not enter a folder that is a link, so that nothing is found there.
    let source_type = if folder.is_link {
        explicit_type(&merged, &enabled).map(|found| found.unwrap_or(SourceType::Directory))
    } else {
        detect_type(&found.tree, &folder.path, &merged, &enabled)
    };
    let source_type = source_type.map_err(|e| Stop::failed(format!("error getting app source type: {e}")))?;
    let environment = environment(request, &merged, found);
    let located = Located { request, source: &merged, found, folder, referenced, environment: &environment };
    let outcome = match source_type {
        SourceType::Directory => render_directory(ctx, &located, &DirectoryOptions::read(&located)),
        SourceType::Helm => render_helm(ctx, &located),
        SourceType::Kustomize => render_kustomize(ctx, &located),
        SourceType::Plugin => render_plugin(ctx, &located).with_reach(Reach::everything()),
    };
    let reach = outcome.reach.with_commits(says_commit(&merged));
    Ok(Outcome { reach, ..outcome })
}

fn environment(request: &Request<'_>, source: &Value, found: &Found) -> Environment {
    let text = |field| source.str_at(&[field]).unwrap_or_default();
    Environment::standard(EnvironmentOf {
        app_name: &request.app_name.to_str_lossy(),
        namespace: &request.namespace.to_str_lossy(),
        project: &request.project.to_str_lossy(),
        revision: &found.commit.to_str_lossy(),
        repo_url: text("repoURL"),
        path: text("path"),
        target_revision: text("targetRevision"),
    })
}
