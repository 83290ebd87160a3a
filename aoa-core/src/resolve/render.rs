//! Renders pending Applications, in parallel, and follows their children.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result};

use super::admit::Arrival;
use super::run::Run;
use crate::fleet::{AppId, Content, Judging, Parent};
use crate::inputs::Root;
use crate::load::Found;
use crate::model::{Application, Manifest, ManifestList};
use crate::overlay::Amended;
use crate::policy::{Projects, Scopes, application_conditions, denied_manifests, denied_where};
use crate::render::{RenderContext, render_application, render_folder};
use crate::sets::refusal_of_metadata;

/// What an Application brings besides its content.
struct Brought {
    /// What its manifests are read as, with their numbers.
    arrivals: Vec<(usize, Arrival)>,
    /// Whether there are CustomResourceDefinitions among them.
    defines_kinds: bool,
}

impl Run<'_> {
    /// The contents of `apps`, in their order.
    pub(super) fn render_all(&mut self, apps: &[AppId]) -> Result<Vec<Arc<Content>>> {
        let judging = Judging { projects: Arc::new(self.projects()), scopes: self.scopes.clone() };
        let number = u32::try_from(self.data.judgings.len()).unwrap_or(u32::MAX);
        for app in apps {
            if let Some(record) = self.data.apps.get_mut(*app) {
                record.judging = number;
            }
        }
        self.data.judgings.push(judging.clone());
        let ctx = self.render_context();
        let alike = self.older.as_ref().map(|older| older.alike(&judging)).unwrap_or_default();
        let contents =
            self.kept.workers.map(apps, |app| match self.kept_content(&ctx, *app, &judging, &alike) {
                Some(content) => content,
                None => self.content(&ctx, *app, &judging),
            });
        self.check_manifests()?;
        Ok(contents)
    }

    /// The content of an Application.
    pub(super) fn content(&self, ctx: &RenderContext<'_>, app: AppId, judging: &Judging) -> Arc<Content> {
        self.content_since(ctx, app, judging, None)
    }

    /// The same, of an Application whose object and whose judging have not changed since it contained `older`.
    pub(super) fn content_since(
        &self,
        ctx: &RenderContext<'_>,
        app: AppId,
        judging: &Judging,
        older: Option<&Content>,
    ) -> Arc<Content> {
        let Some(application) = self.data.application(app) else { return Arc::new(Content::skipped()) };
        let content = self.amended(app, render_application(ctx, &application));
        let known = older.and_then(|older| self.judged_as(&application, &content, judging, older));
        self.held(app, known.unwrap_or_else(|| self.judged(&application, content, judging)))
    }

    /// The content that an older fleet has, if nothing that it hangs on has changed; `alike` says which of its judgings are as
    /// `judging`.
    fn kept_content(
        &self,
        ctx: &RenderContext<'_>,
        app: AppId,
        judging: &Judging,
        alike: &[bool],
    ) -> Option<Arc<Content>> {
        let (content, judged_by) = self.older.as_ref()?.content(&self.data, app)?;
        ctx.budget.recount(&content);
        if alike.get(judged_by as usize) == Some(&true) {
            return Some(content);
        }
        Some(match self.data.application(app) {
            Some(application) => self.judged(&application, content, judging),
            None => content,
        })
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

    fn brought(&self, app: AppId, content: &Content) -> Brought {
        let defines_kinds = content.manifests.may_drive().iter().any(Scopes::is_definition);
        Brought { arrivals: self.arrivals(app, content), defines_kinds }
    }

    /// What the manifests of `app` are read as, if they land on the control plane's own cluster.
    fn arrivals(&self, app: AppId, content: &Content) -> Vec<(usize, Arrival)> {
        let numbers = (0..).zip(content.manifests.may_drive());
        let driving: Vec<(usize, &Manifest)> =
            numbers.filter(|(_, manifest)| Arrival::kind_of(manifest).is_some()).collect();
        if driving.is_empty() {
            return Vec::new();
        }
        let Some(namespace) = self.data.driven_namespace(app) else { return Vec::new() };
        let known = self.older.as_ref().map(|older| older.children(&self.data, app, content));
        let read = |(at, manifest): &(usize, &Manifest)| {
            let known = known.as_ref().and_then(|known| known.read(*at, manifest, &namespace));
            Some((*at, known.or_else(|| Arrival::of(manifest, &namespace))?))
        };
        self.kept.workers.map(&driving, read).into_iter().flatten().collect()
    }

    /// The content as the overlay wants it.
    fn amended(&self, app: AppId, content: Arc<Content>) -> Arc<Content> {
        if self.amendments.is_empty() {
            return content;
        }
        let Some(namespace) = self.data.driven_namespace(app) else { return content };
        let mut is_same = true;
        let manifests = content.manifests.may_drive().iter().filter_map(|manifest| {
            match self.amendments.manifest(manifest, &namespace) {
                Amended::Same => Some(manifest.clone()),
                Amended::Gone => {
                    is_same = false;
                    None
                }
                Amended::Changed(object) => {
                    is_same = false;
                    Some(Manifest { object, place: manifest.place.clone() })
                }
            }
        });
        let manifests: ManifestList = manifests.collect();
        if is_same {
            content
        } else {
            Arc::new(Content { manifests: manifests.into(), ..(*content).clone() })
        }
    }

    /// The content with what the project's rules say of it.
    fn judged(&self, app: &Application, content: Arc<Content>, judging: &Judging) -> Arc<Content> {
        let home = self.data.inputs.settings.namespace.to_str_lossy();
        let clusters = &self.data.clusters;
        let conditions = application_conditions(app, &judging.projects, clusters, &home);
        let denied = self.denied(app, &content.manifests.passing(), judging);
        let refusal = refusal_of_metadata(&app.object).map(Text::from);
        let is_judged = content.conditions == conditions && content.denied == denied;
        if is_judged && content.refusal == refusal {
            return content;
        }
        Arc::new(Content { conditions, denied, refusal, ..(*content).clone() })
    }

    /// The content with what was said of the older one, where nothing in either is denied.
    fn judged_as(
        &self,
        app: &Application,
        content: &Content,
        judging: &Judging,
        older: &Content,
    ) -> Option<Arc<Content>> {
        let [_, news] = older.manifests.may_drive().unshared(content.manifests.all());
        let is_fine = older.denied.is_empty() && self.denied(app, news, judging).is_empty();
        let (conditions, refusal) = (older.conditions.clone(), older.refusal.clone());
        is_fine.then(|| Arc::new(Content { conditions, refusal, ..content.clone() }))
    }

    /// What the rules deny to `app` of `manifests`, without building it.
    pub(super) fn denied_to<'m>(
        &self,
        app: AppId,
        manifests: impl IntoIterator<Item = &'m Manifest>,
        judging: &Judging,
    ) -> Vec<Text> {
        let data = &self.data;
        let (namespace, home) = (data.app_key(app).0, data.inputs.settings.namespace.to_str_lossy());
        let (project, destination) = (data.project_of(app), data.destination(app));
        let Judging { projects, scopes } = judging;
        denied_where((project, namespace, &destination), manifests, projects, &data.clusters, scopes, &home)
    }

    fn denied<'m>(
        &self,
        app: &Application,
        manifests: impl IntoIterator<Item = &'m Manifest>,
        judging: &Judging,
    ) -> Vec<Text> {
        let home = self.data.inputs.settings.namespace.to_str_lossy();
        let Judging { projects, scopes } = judging;
        denied_manifests(app, manifests, projects, &self.data.clusters, scopes, &home)
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

    pub(super) fn render_context(&self) -> RenderContext<'_> {
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
            plugin_runner: self.data.inputs.plugin_runner.as_deref(),
            answers: &self.data.inputs.answers.recorded,
            budget: &self.manifests,
            before: &self.before,
        }
    }

    /// Takes in the contents of `apps`: their children are admitted, those of the first Application first.
    ///
    /// # Errors
    ///
    /// As [`Run::admit`].
    pub(super) fn follow_all(&mut self, apps: &[AppId], contents: Vec<Arc<Content>>) -> Result<()> {
        let rendered: Vec<(AppId, Arc<Content>)> = apps.iter().copied().zip(contents).collect();
        let mut rest = rendered.as_slice();
        while let Some((batch, behind)) = rest.split_at_checked(batch(rest)).filter(|(b, _)| !b.is_empty()) {
            let brought = self.kept.workers.map(batch, |(app, content)| self.brought(*app, content));
            for ((app, content), brought) in batch.iter().zip(brought) {
                self.follow(*app, content, brought)?;
            }
            rest = behind;
        }
        Ok(())
    }

    fn follow(&mut self, app: AppId, content: &Arc<Content>, brought: Brought) -> Result<()> {
        if brought.defines_kinds {
            Arc::make_mut(&mut self.scopes).learn(content.manifests.may_drive());
        }
        for (at, arrival) in brought.arrivals {
            if let Some(manifest) = content.manifests.may_drive().get(at) {
                self.admit_arrival(manifest, arrival, Parent::App(app))?;
            }
        }
        self.data.contents.set(app, content.clone());
        Ok(())
    }
}

/// How many of `rendered` are read at one time: what was read of an Application's children is as large as they are, and it
/// may be that none of them is new.
fn batch(rendered: &[(AppId, Arc<Content>)]) -> usize {
    const MANIFESTS: usize = 1 << 13;
    let mut manifests = 0;
    let fits = |(_, content): &&(AppId, Arc<Content>)| {
        let room = manifests < MANIFESTS;
        manifests += content.manifests.len();
        room
    };
    rendered.iter().take_while(fits).count()
}
