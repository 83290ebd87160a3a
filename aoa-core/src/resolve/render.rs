//! Renders pending Applications, in parallel, and follows their children.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result};

use super::run::Run;
use crate::fleet::{AppId, Content, Parent};
use crate::inputs::Root;
use crate::load::Found;
use crate::model::Application;
use crate::policy::{Projects, application_conditions, denied_manifests};
use crate::render::{RenderContext, render_application, render_folder};
use crate::sets::refusal_of_metadata;

impl Run<'_> {
    /// The contents of `apps`, in their order.
    pub(super) fn render_all(&self, apps: &[AppId]) -> Result<Vec<Arc<Content>>> {
        let ctx = self.render_context();
        let projects = self.projects();
        let contents = crate::render::in_parallel(self.options.threads, apps, |app| {
            let Some(application) = self.data.application(*app) else { return Arc::new(Content::skipped()) };
            self.judged(&application, render_application(&ctx, &application), &projects)
        });
        self.check_manifests()?;
        Ok(contents)
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
            cache: self.cache,
            installation: &self.installation,
            clusters: &self.data.clusters,
            jsonnet: self.data.inputs.jsonnet.as_deref(),
            plugins: self.data.inputs.plugins,
            budget: &self.manifests,
        }
    }

    /// Admits the children that a content brings into the control plane's own cluster.
    pub(super) fn follow(&mut self, app: AppId, content: &Content) -> Result<()> {
        self.scopes.learn(&content.manifests);
        if content.manifests.is_empty() {
            return Ok(());
        }
        let destination = self.data.destination(app);
        let lands_here =
            destination.resolve(&self.data.clusters).is_ok_and(crate::model::Cluster::is_control_plane);
        if !lands_here {
            return Ok(());
        }
        let namespace = match destination.namespace.as_str() {
            "" => Text::from_static("default"),
            namespace => Text::from(namespace),
        };
        for manifest in content.manifests.iter() {
            self.admit(manifest, Parent::App(app), &namespace)?;
        }
        Ok(())
    }
}
