//! One Application: all of its sources, put together.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::budget::ManifestBudget;
use super::cache::RenderCache;
use super::installation::Installation;
use super::parallel::Workers;
use super::reach::Reach;
use super::references::check_references;
use super::source::{Request, render_source};
use super::splice::Before;
use crate::fleet::{Content, SourceResult, SourceType, State};
use crate::inputs::{JsonnetEvaluator, PluginRunner, Plugins, Root, Settings};
use crate::load::{Charts, Found, Repositories};
use crate::model::{
    AppName, Application, Clusters, Manifest, ManifestList, has_multiple_sources, sources_of,
};
use crate::options::Options;

/// What rendering needs to know of the fleet.
pub(crate) struct RenderContext<'c> {
    pub(crate) options: &'c Options,
    pub(crate) settings: &'c Settings,
    pub(crate) repositories: &'c Arc<Repositories>,
    pub(crate) charts: &'c Charts,
    pub(crate) cache: &'c RenderCache,
    pub(crate) workers: &'c Workers,
    /// What the settings say, read once.
    pub(crate) installation: &'c Installation,
    pub(crate) clusters: &'c Clusters,
    pub(crate) jsonnet: Option<&'c dyn JsonnetEvaluator>,
    pub(crate) plugins: Plugins,
    pub(crate) plugin_runner: Option<&'c dyn PluginRunner>,
    /// `RecordedAnswers` documents.
    pub(crate) answers: &'c [Value],
    pub(crate) budget: &'c ManifestBudget,
    /// What of the trees was otherwise, where the fleet is resolved from an older one.
    pub(crate) before: &'c Before,
}

/// The content of an Application.
pub(crate) fn render_application(ctx: &RenderContext<'_>, app: &Application) -> Arc<Content> {
    if ctx.budget.is_spent() {
        // The run ends with an error.
        return Arc::new(Content::skipped());
    }
    let spec = app.normalized_spec();
    let sources = sources_of(&spec);
    if let Err(error) = check_references(&sources) {
        return Arc::new(Content::failed(error.into()));
    }
    let request = request_of(ctx, app, &sources);
    Arc::new(render_sources(ctx, &request, None))
}

/// What the controller asks the repo-server for on behalf of `app`.
pub(super) fn request_of<'r>(
    ctx: &RenderContext<'r>,
    app: &Application,
    sources: &'r [Value],
) -> Request<'r> {
    let destination = app.destination();
    let cluster = destination.resolve(ctx.clusters).ok();
    let settings = ctx.settings;
    Request {
        app_name: instance_name(settings, app),
        namespace: destination.namespace.as_str().into(),
        project: app.project().into(),
        kube_version: cluster
            .and_then(|cluster| cluster.kube_version.clone())
            .unwrap_or_else(|| settings.kube_version.clone()),
        api_versions: cluster
            .and_then(|cluster| cluster.api_versions.as_deref())
            .unwrap_or(&settings.api_versions),
        multiple: has_multiple_sources(app.spec()),
        all: sources,
    }
}

/// The content of a root folder, rendered as Argo CD would render it as a source of an Application.
pub(crate) fn render_folder(ctx: &RenderContext<'_>, found: &Found, root: &Root) -> Result<Arc<Content>> {
    let fragment = root.source.as_map().cloned().unwrap_or_default();
    let source = fragment
        .with("repoURL", Value::String(found.url.clone()))
        .with("path", Value::from(root.path.as_str()));
    let sources = [Value::Map(source)];
    let request = Request {
        app_name: if root.name.is_empty() { Text::from_static("root") } else { root.name.clone() },
        namespace: Text::EMPTY,
        project: Text::EMPTY,
        kube_version: ctx.settings.kube_version.clone(),
        api_versions: &ctx.settings.api_versions,
        multiple: false,
        all: &sources,
    };
    Ok(Arc::new(render_sources(ctx, &request, Some(found))))
}

fn render_sources(ctx: &RenderContext<'_>, request: &Request<'_>, tree: Option<&Found>) -> Content {
    if request.all.is_empty() {
        return Content::failed("no sources".into());
    }
    let mut content = Content::skipped();
    content.state = State::Rendered;
    let mut manifests: Vec<Manifest> = Vec::new();
    let single = request.all.len() == 1;
    let mut reach = Reach::default();
    for source in request.all {
        let outcome = render_source(ctx, request, source, tree);
        reach = reach.and(outcome.reach.clone());
        content.is_random |= outcome.is_random;
        if outcome.state.rank() > content.state.rank() {
            content.state = outcome.state.clone();
        }
        let result = source_result(source, outcome.source_type, outcome.state, outcome.manifests.len());
        content.sources.push(SourceResult { resolved: outcome.resolved, ..result });
        // A folder's manifests are counted where they are made.
        let are_new = !single || outcome.source_type != Some(SourceType::Directory);
        if are_new && !ctx.budget.make(outcome.manifests.len()) {
            return Content::skipped();
        }
        if single {
            // One source's manifests are shared by all that render it.
            content.manifests = outcome.manifests.into();
        } else {
            manifests.extend(outcome.manifests.iter().cloned());
        }
    }
    if !single {
        manifests.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        content.manifests = ManifestList::from(manifests).into();
    }
    content.reach = reach;
    content
}

/// A source as the spec says it, with what became of it.
pub(crate) fn source_result(
    source: &Value,
    source_type: Option<SourceType>,
    state: State,
    manifests: usize,
) -> SourceResult {
    let text = |field| Text::from(source.str_at(&[field]).unwrap_or_default());
    SourceResult {
        repo_url: text("repoURL"),
        path: text("path"),
        chart: text("chart"),
        target_revision: text("targetRevision"),
        resolved: Text::EMPTY,
        reference: text("ref"),
        source_type,
        state,
        manifests,
    }
}

fn instance_name(settings: &Settings, app: &Application) -> Text {
    let (namespace, name) = (app.namespace.to_str_lossy(), app.name.to_str_lossy());
    AppName { namespace: &namespace, name: &name }.instance(&settings.namespace.to_str_lossy()).into()
}
