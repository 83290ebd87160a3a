//! Manifests that the fleet does not hold: rendered again when they are asked for.

use std::sync::Arc;

use super::admit::Arrival;
use super::run::Run;
use crate::fleet::{AppId, AppObject, Content, Manifests, SourceType, State};
use crate::generate::GeneratedSet;
use crate::inputs::Inputs;
use crate::load::{Charts, Repositories};
use crate::model::{Application, Clusters, Manifest, ManifestList};
use crate::options::Options;
use crate::policy::{Scopes, delivered, own};
use crate::render::{
    Before, Installation, ManifestBudget, RenderCache, RenderContext, Workers, render_application,
};

/// Everything that rendering needs, kept beyond the run.
pub(super) struct Later {
    options: Arc<Options>,
    inputs: Arc<Inputs>,
    repositories: Arc<Repositories>,
    charts: Charts,
    installation: Installation,
    clusters: Clusters,
    /// The run's own: charts are not compiled anew.
    cache: Arc<RenderCache>,
    workers: Workers,
}

/// An Application, as little of it as makes the whole.
enum Seed {
    Whole(Arc<Application>),
    Generated { apps: Arc<GeneratedSet>, index: usize },
}

impl Run<'_> {
    /// `content`; if there is no room for its manifests, with what makes them again.
    pub(super) fn held(&self, app: AppId, content: Arc<Content>) -> Arc<Content> {
        let mut types = content.sources.iter().filter_map(|source| source.source_type);
        let is_made = |of: SourceType| matches!(of, SourceType::Helm | SourceType::Kustomize);
        let runs = content.sources.iter().any(|source| source.source_type == Some(SourceType::Plugin));
        if content.state != State::Rendered || runs || !types.any(is_made) {
            return content;
        }
        let all = content.manifests.all();
        if self.manifests.hold(all) || all.iter().any(must_be_held) {
            return content;
        }
        let Some(seed) = self.seed(app) else { return content };
        let later = self.later.get_or_init(|| Arc::new(self.make_later())).clone();
        let manifests = Manifests::outlined(all, move || later.manifests(&seed));
        Arc::new(Content { manifests, ..(*content).clone() })
    }

    fn seed(&self, app: AppId) -> Option<Seed> {
        match &self.data.apps.get(app)?.object {
            AppObject::Whole(app) => Some(Seed::Whole(app.clone())),
            AppObject::Generated { generation, index } => {
                let apps = self.data.generations.get(*generation as usize)?.apps.clone();
                Some(Seed::Generated { apps, index: *index as usize })
            }
        }
    }

    fn make_later(&self) -> Later {
        let inputs = self.data.inputs.clone();
        Later {
            options: self.data.options.clone(),
            repositories: Arc::new(Repositories::new(inputs.clone(), self.options.urls)),
            charts: Charts::new(inputs.clone()),
            installation: self.installation.clone(),
            clusters: self.data.clusters.clone(),
            cache: self.kept.cache.clone(),
            workers: Workers::new(1),
            inputs,
        }
    }
}

impl Later {
    fn manifests(&self, seed: &Seed) -> ManifestList {
        let app = match seed {
            Seed::Whole(app) => app.clone(),
            Seed::Generated { apps, index } => match apps.application(*index) {
                Some(object) => Arc::new(Application {
                    namespace: apps.namespace_text().clone(),
                    name: apps.name_text(*index).clone(),
                    object,
                    place: None,
                }),
                None => return ManifestList::default(),
            },
        };
        let budget = ManifestBudget::without_room(&self.options);
        let ctx = RenderContext {
            options: &self.options,
            settings: &self.inputs.settings,
            repositories: &self.repositories,
            charts: &self.charts,
            cache: &self.cache,
            workers: &self.workers,
            installation: &self.installation,
            clusters: &self.clusters,
            jsonnet: self.inputs.jsonnet.as_deref(),
            plugins: self.inputs.plugins,
            plugin_runner: self.inputs.plugin_runner.as_deref(),
            answers: &self.inputs.answers.recorded,
            budget: &budget,
            before: &Before::default(),
        };
        render_application(&ctx, &app).manifests.all().clone()
    }
}

/// What is looked for in all Applications: what drives the fleet, defines kinds or sets rules.
fn must_be_held(manifest: &Manifest) -> bool {
    Arrival::kind_of(manifest).is_some()
        || Scopes::is_definition(manifest)
        || own::is_policy(&manifest.object)
        || delivered::is_policy(manifest)
}
