//! The target state of one Application: what Argo CD's controller holds against the cluster.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value, json};

use super::application::{RenderContext, request_of};
use super::budget::ManifestBudget;
use super::cache::RenderCache;
use super::installation::Installation;
use super::normalize::normalize_targets;
use super::parallel::Workers;
use super::references::check_references;
use super::source::{Request, render_source};
use super::splice::Before;
use crate::finding::Gap;
use crate::fleet::{SourceType, State};
use crate::inputs::Inputs;
use crate::load::{Charts, Repositories};
use crate::model::{Application, Clusters, Condition, ConditionKind, GroupVersionKind, synced_sources};
use crate::options::Options;
use crate::policy::Scopes;

/// What an Application's sources come to, ready to be compared with a cluster.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TargetState {
    /// The sources, in the order of the spec.
    pub sources: Vec<TargetSource>,
    /// The objects in the order of generation: marked, with namespaces by scope, one of each name, without excluded kinds.
    pub manifests: Vec<Value>,
    /// Warnings: repeated objects, sorted by message, then excluded ones.
    pub conditions: Vec<Condition>,
}

/// One source of a target state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetSource {
    /// Its type; `None` for one that is only referred to.
    pub source_type: Option<SourceType>,
    /// The commit or chart version; empty where it is not known.
    pub revision: Text,
}

/// Why there is no target state.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NoTargetState {
    /// Something was not given.
    Unknown(Gap),
    /// Argo CD's controller fails with this message.
    Failed(Text),
}

/// The target state of `app`: every source rendered by the steps of the repo-server (`GetRepoObjs`), then marked,
/// normalised and filtered (`CompareAppState` of Argo CD 3.5.7).
///
/// Of a hydrated Application the synced source counts. `scopes` says which kinds are namespaced on the destination.
///
/// # Errors
///
/// [`NoTargetState`]; the first source that is unknown or fails decides.
pub fn target_state(
    inputs: &Arc<Inputs>,
    options: &Options,
    app: &Application,
    scopes: &Scopes,
) -> std::result::Result<TargetState, NoTargetState> {
    let setting = inputs.settings.argocd("cluster.inClusterEnabled");
    let clusters = Clusters::new(inputs.clusters.clone(), Clusters::in_cluster_setting(setting));
    let ctx = RenderContext {
        options,
        settings: &inputs.settings,
        repositories: &Arc::new(Repositories::new(inputs.clone(), options.urls)),
        charts: &Charts::new(inputs.clone()),
        cache: &RenderCache::default(),
        workers: &Workers::new(1),
        installation: &Installation::read(&inputs.settings),
        clusters: &clusters,
        jsonnet: inputs.jsonnet.as_deref(),
        plugins: inputs.plugins,
        plugin_runner: inputs.plugin_runner.as_deref(),
        answers: &inputs.answers.recorded,
        budget: &ManifestBudget::new(options),
        before: &Before::default(),
    };
    let failed = |error: Error| NoTargetState::Failed(error.message().into());
    let filter = Installation::resource_filter(&inputs.settings).map_err(failed)?;
    let generated = generate(&ctx, app)?;
    let destination = app.destination();
    let app_name = request_of(&ctx, app, &[]).app_name;
    let mark = |object: &Value| {
        ctx.installation.tracking.mark(object, &app_name.to_str_lossy(), &destination.namespace)
    };
    let normalized =
        normalize_targets(generated.manifests, &destination.namespace, scopes, &mark).map_err(failed)?;
    let cluster = destination.resolve(&clusters).map_err(failed)?;
    let mut state = TargetState { manifests: Vec::new(), conditions: normalized.warnings, ..generated };
    for object in normalized.objects {
        let of = GroupVersionKind::of(&object);
        if filter.excludes(of.group, of.kind, cluster.server_key()) {
            let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
            let message = format!("Resource {}/{} {name} is excluded in the settings", of.group, of.kind);
            state.conditions.push(Condition::new(ConditionKind::ExcludedResourceWarning, message));
        } else {
            state.manifests.push(object);
        }
    }
    Ok(state)
}

/// The marked objects of all sources (`GetRepoObjs`).
fn generate(ctx: &RenderContext<'_>, app: &Application) -> std::result::Result<TargetState, NoTargetState> {
    let fail = |text: String| NoTargetState::Failed(text.into());
    let destination = app.destination();
    destination
        .resolve(ctx.clusters)
        .map_err(|e| fail(format!("failed to get destination cluster: {}", e.message())))?;
    let sources = synced_sources(app.spec());
    check_references(&sources).map_err(|e| fail(format!("failed to get ref sources: {e}")))?;
    let request = request_of(ctx, app, &sources);
    let mut state = TargetState::default();
    for (at, source) in sources.iter().enumerate() {
        let which = format!("source {} of {}", at + 1, sources.len());
        let outcome = render_source(ctx, &request, source, None);
        match &outcome.state {
            State::Rendered | State::Skipped => {}
            State::Unknown(gap) => return Err(NoTargetState::Unknown(gap.clone())),
            State::Failed(error) => {
                return Err(fail(generation_error(app, &which, &error.to_str_lossy())));
            }
        }
        if !ctx.budget.make(outcome.generated.len()) {
            let most = ctx.options.max_manifests;
            return Err(fail(format!("the Application has more than {most} manifests")));
        }
        state.sources.push(TargetSource { source_type: outcome.source_type, revision: outcome.revision });
        let mut marked = Vec::with_capacity(outcome.generated.len());
        for manifest in outcome.generated.iter() {
            let object = mark(ctx, &request, &manifest.object)
                .map_err(|error| fail(generation_error(app, &which, error.message())))?;
            marked.push(object);
        }
        for object in marked {
            if object.str_at(&["kind"]).is_none_or(str::is_empty) {
                let text = json::to_string(&object).unwrap_or_default();
                return Err(fail(format!(
                    "failed to unmarshal manifests for {which}: Object 'Kind' is missing in '{text}'"
                )));
            }
            state.manifests.push(object);
        }
    }
    Ok(state)
}

/// Marks an object as the repo-server does: definitions of custom resources are left alone, since several Applications may
/// bring one.
fn mark(ctx: &RenderContext<'_>, request: &Request<'_>, object: &Value) -> Result<Value> {
    if GroupVersionKind::of(object).is_crd() || request.app_name.is_empty() {
        return Ok(object.clone());
    }
    let (app, namespace) = (request.app_name.to_str_lossy(), request.namespace.to_str_lossy());
    ctx.installation
        .tracking
        .mark(object, &app, &namespace)
        .map_err(|e| e.prefixed("failed to set app instance tracking info on manifest: "))
}

fn generation_error(app: &Application, which: &str, error: &str) -> String {
    // What gRPC makes of an error that is no status.
    let status = if error.starts_with("rpc error: code = ") {
        error.to_owned()
    } else {
        format!("rpc error: code = Unknown desc = {error}")
    };
    let text = format!("failed to generate manifest for {which}: {status}");
    let hydrator = app.spec().get("sourceHydrator");
    match hydrator.filter(|h| h.get("hydrateTo").is_some_and(|to| !to.is_null())) {
        Some(hydrator) if text.contains("app path does not exist") => {
            let branch = |keys: &[&str]| hydrator.str_at(keys).unwrap_or_default().to_owned();
            format!(
                "{text} - waiting for an external process to update {} from {}",
                branch(&["syncSource", "targetBranch"]),
                branch(&["hydrateTo", "targetBranch"])
            )
        }
        _ => text,
    }
}
