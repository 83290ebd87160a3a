//! Renders pending Applications, in parallel, and follows their children.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result};

use super::admit::Arrival;
use super::run::Run;
use crate::fleet::{AppId, Content, Parent};
use crate::inputs::Root;
use crate::load::Found;
use crate::model::{Application, Cluster, Manifest};
use crate::policy::{Projects, Scopes, application_conditions, denied_manifests};
use crate::render::{RenderContext, render_application, render_folder};
use crate::sets::refusal_of_metadata;

/// What rendering an Application brought.
pub(super) struct Brought {
    content: Arc<Content>,
    /// What its manifests are read as, with their numbers.
    arrivals: Vec<(usize, Arrival)>,
    /// Whether there are CustomResourceDefinitions among them.
    defines_kinds: bool,
}

impl Run<'_> {
    /// The contents of `apps` and what they bring, in their order.
    pub(super) fn render_all(&self, apps: &[AppId]) -> Result<Vec<Brought>> {
        let ctx = self.render_context();
        let projects = self.projects();
        let brought = self.kept.workers.map(apps, |app| {
            let content = match self.data.application(*app) {
                Some(application) => {
                    self.judged(&application, render_application(&ctx, &application), &projects)
                }
                None => Arc::new(Content::skipped()),
            };
            let arrivals = self.arrivals(*app, &content);
            let defines_kinds = content.manifests.iter().any(Scopes::is_definition);
            Brought { content, arrivals, defines_kinds }
        });
        self.check_manifests()?;
        Ok(brought)
    }

    fn check_manifests(&self) -> Result<()> {
        if self.manifests.is_spent() {
            return Err(Error::limit(format!(
                "the fleet has more than {} manifests",
                self.options.max_manifests
            )));
        }
        Ok(())
    }

    /// What the manifests of `app` are read as, if they land on the control plane's own cluster.
    fn arrivals(&self, app: AppId, content: &Content) -> Vec<(usize, Arrival)> {
        let numbers = (0..).zip(content.manifests.iter());
        let driving: Vec<(usize, &Manifest)> =
            numbers.filter(|(_, manifest)| Arrival::kind_of(manifest).is_some()).collect();
        if driving.is_empty() {
            return Vec::new();
        }
        let destination = self.data.destination(app);
        let lands_here = destination.resolve(&self.data.clusters).is_ok_and(Cluster::is_control_plane);
        if !lands_here {
            return Vec::new();
        }
        let namespace = match destination.namespace.as_str() {
            "" => Text::from_static("default"),
            namespace => Text::from(namespace),
        };
        let read = |(at, manifest): &(usize, &Manifest)| Some((*at, Arrival::of(manifest, &namespace)?));
        self.kept.workers.map(&driving, read).into_iter().flatten().collect()
    }

    /// The content with what the project's rules say of it.
    fn judged(&self, app: &Application, content: Arc<Content>, projects: &Projects) -> Arc<Content> {
        let home = self.data.inputs.settings.namespace.to_str_lossy();
        let clusters = &self.data.clusters;
        let conditions = application_conditions(app, projects, clusters, &home);
        let denied = denied_manifests(app, &content.manifests, projects, clusters, &self.scopes, &home);
        let refusal = refusal_of_metadata(&app.object).map(Text::from);
        if conditions.is_empty() && denied.is_empty() && refusal.is_none() {
            return content;
        }
        Arc::new(Content { conditions, denied, refusal, ..(*content).clone() })
    }

    /// The projects that exist so far.
    pub(super) fn projects(&self) -> Projects {
        self.data.projects_now()
    }

    pub(super) fn render_root(&self, root: &Root, found: &Found) -> Result<Arc<Content>> {
        let content = render_folder(&self.render_context(), found, root)?;
        self.check_manifests()?;
        Ok(content)
    }

    fn render_context(&self) -> RenderContext<'_> {
        RenderContext {
            options: self.options,
            settings: &self.data.inputs.settings,
            repositories: &self.repositories,
            charts: &self.charts,
            cache: &self.kept.cache,
            workers: &self.kept.workers,
            installation: &self.installation,
            clusters: &self.data.clusters,
            jsonnet: self.data.inputs.jsonnet.as_deref(),
            plugins: self.data.inputs.plugins,
            budget: &self.manifests,
        }
    }

    /// Admits the children that an Application brings into the control plane's own cluster.
    pub(super) fn follow(&mut self, app: AppId, brought: Brought) -> Result<Arc<Content>> {
        let Brought { content, arrivals, defines_kinds } = brought;
        if defines_kinds {
            self.scopes.learn(&content.manifests);
        }
        for (at, arrival) in arrivals {
            if let Some(manifest) = content.manifests.get(at) {
                self.admit_arrival(manifest, arrival, Parent::App(app))?;
            }
        }
        Ok(content)
    }
}
