//! Renders pending Applications, in parallel, and follows their children.

use std::sync::Arc;

use aoa_lang::Result;
use aoa_lang::value::Text;

use super::run::Run;
use crate::finding::Cause;
use crate::fleet::{AppId, Content, Parent, State};
use crate::inputs::Root;
use crate::load::Found;
use crate::model::{Application, Destination};
use crate::policy::{Projects, application_conditions, denied_manifests};
use crate::render::{RenderContext, render_application, render_folder};

impl Run<'_> {
    /// The contents of `apps`, in their order.
    pub(super) fn render_all(&self, apps: &[AppId]) -> Result<Vec<Arc<Content>>> {
        let ctx = self.render_context();
        let projects = self.projects();
        Ok(crate::render::in_parallel(self.options.threads, apps, |app| {
            let Some(application) = self.data.application(*app) else { return Arc::new(Content::skipped()) };
            let content = render_application(&ctx, &application);
            if self.options.render { self.judged(&application, content, &projects) } else { content }
        }))
    }

    /// The content with what the project's rules say of it.
    fn judged(&self, app: &Application, content: Arc<Content>, projects: &Projects) -> Arc<Content> {
        let home = self.data.inputs.settings.namespace.to_str_lossy();
        let clusters = &self.data.clusters;
        let conditions = application_conditions(app, projects, clusters, &home);
        let denied = denied_manifests(app, &content.manifests, projects, clusters, &self.scopes, &home);
        if conditions.is_empty() && denied.is_empty() {
            return content;
        }
        Arc::new(Content { conditions, denied, ..(*content).clone() })
    }

    /// The projects that exist so far.
    fn projects(&self) -> Projects {
        let home = &self.data.inputs.settings.namespace;
        let here = self.data.projects.iter().filter(|p| p.namespace == *home);
        let named = here.map(|p| (p.name.as_str().unwrap_or_default(), &p.object));
        Projects::new(named, &self.data.clusters, self.data.inputs.settings.argocd_cm.as_ref())
    }

    pub(super) fn render_root(&self, root: &Root, found: &Found) -> Result<Arc<Content>> {
        render_folder(&self.render_context(), found, root)
    }

    fn render_context(&self) -> RenderContext<'_> {
        RenderContext {
            options: self.options,
            settings: &self.data.inputs.settings,
            repositories: &self.repositories,
            cache: self.cache,
        }
    }

    /// Says what is to be said of a content, and admits the children that it brings into the control plane's own
    /// cluster.
    pub(super) fn follow(&mut self, app: AppId, content: &Content) {
        self.note(app, content);
        self.scopes.learn(&content.manifests);
        let Some(destination) = self.destination(app) else { return };
        let lands_here =
            destination.resolve(&self.data.clusters).is_ok_and(crate::model::Cluster::is_control_plane);
        if !lands_here {
            return;
        }
        let namespace = if destination.namespace.is_empty() {
            Text::from_static("default")
        } else {
            destination.namespace.into()
        };
        for manifest in content.manifests.iter() {
            self.admit(manifest, Parent::App(app), &namespace);
        }
    }

    fn destination(&self, app: AppId) -> Option<Destination> {
        Some(self.data.application(app)?.destination())
    }

    fn note(&mut self, app: AppId, content: &Content) {
        let subject = || Some(self.data.app_ref(app));
        let place = self.data.application(app).and_then(|a| a.place.clone());
        let mut causes = Vec::new();
        for source in &content.sources {
            match &source.state {
                State::Unknown(gap) => causes.push(Cause::Unknown(gap.clone())),
                State::Failed(error) => causes.push(Cause::SourceFailed { error: error.clone() }),
                State::Rendered | State::Skipped => {}
            }
        }
        if content.sources.is_empty()
            && let State::Failed(error) = &content.state
        {
            causes.push(Cause::SourceFailed { error: error.clone() });
        }
        causes.extend(content.conditions.iter().map(|error| Cause::InvalidSpec { error: error.clone() }));
        causes.extend(content.denied.iter().map(|error| Cause::DeniedManifest { error: error.clone() }));
        for cause in causes {
            self.findings.add(cause, subject(), place.clone());
        }
    }
}
