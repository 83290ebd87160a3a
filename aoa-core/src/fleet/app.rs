//! One Application of a fleet.

use std::borrow::Cow;
use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::obstacle::{Switches, obstacles};
use super::{AppId, AppObject, AppRecord, Content, Fleet, Obstacle, Parent, SourceResult, State};
use crate::finding::Place;
use crate::generate::GeneratedSet;
use crate::model::{Application, Cluster, Destination, Key, ObjectRef, cluster_at, sources_of};
use crate::policy::Scopes;
use crate::render::source_result;

/// A handle to one Application.
#[derive(Clone, Copy)]
pub struct App<'f> {
    fleet: &'f Fleet,
    id: AppId,
}

impl<'f> App<'f> {
    pub(crate) fn new(fleet: &'f Fleet, id: AppId) -> Self {
        App { fleet, id }
    }

    pub(crate) fn fleet(&self) -> &'f Fleet {
        self.fleet
    }

    pub(crate) fn id(&self) -> AppId {
        self.id
    }

    pub(crate) fn record(&self) -> Option<&'f AppRecord> {
        self.fleet.data.apps.get(self.id)
    }

    /// Its stable name.
    #[must_use]
    pub fn key(&self) -> Key {
        Key {
            instance: self.instance().clone(),
            namespace: self.namespace().into(),
            name: self.name().into(),
        }
    }

    /// The Argo CD instance that it belongs to.
    pub(crate) fn instance(&self) -> &'f Text {
        let settings = &self.fleet.data.inputs.settings;
        if settings.instance.is_empty() { &settings.namespace } else { &settings.instance }
    }

    /// Where it was generated: the number of the generation, and its number there.
    pub(crate) fn generated(&self) -> Option<(u32, &'f GeneratedSet, usize)> {
        match &self.record()?.object {
            AppObject::Generated { generation, index } => {
                let apps = &self.fleet.data.generations.get(*generation as usize)?.apps;
                Some((*generation, apps, *index as usize))
            }
            AppObject::Whole(_) => None,
        }
    }

    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'f str {
        self.fleet.data.app_key(self.id).0
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'f str {
        self.fleet.data.app_key(self.id).1
    }

    /// Its kind, namespace and name.
    #[must_use]
    pub fn object_ref(&self) -> ObjectRef {
        self.fleet.data.app_ref(self.id)
    }

    /// Who brings it: an Application or an ApplicationSet; `None` for a root.
    #[must_use]
    pub fn parent(&self) -> Option<ObjectRef> {
        self.fleet.data.parent_ref(self.record()?.parent)
    }

    /// The ApplicationSet that generates it.
    #[must_use]
    pub fn origin(&self) -> Option<ObjectRef> {
        match self.record()?.parent {
            Parent::Set(id) => Some(self.fleet.data.set_ref(id)),
            Parent::Root | Parent::App(_) => None,
        }
    }

    /// The whole object, as Argo CD's type reads it.
    #[must_use]
    pub fn application(&self) -> Option<Arc<Application>> {
        self.fleet.data.application(self.id)
    }

    /// `spec`, normalised as Argo CD does.
    #[must_use]
    pub fn spec(&self) -> Value {
        self.application().map_or(Value::Null, |app| app.normalized_spec())
    }

    /// Its project; `default` if it names none.
    #[must_use]
    pub fn project(&self) -> String {
        self.project_name().to_owned()
    }

    /// As [`App::project`].
    pub(crate) fn project_name(&self) -> &'f str {
        self.fleet.data.project_of(self.id)
    }

    /// Where it goes.
    #[must_use]
    pub fn destination(&self) -> Destination {
        self.destination_of().into_owned()
    }

    /// As [`App::destination`].
    pub(crate) fn destination_of(&self) -> Cow<'f, Destination> {
        self.fleet.data.destination(self.id)
    }

    /// `spec.destination.namespace`, without building anything.
    pub(crate) fn destination_namespace(&self) -> Option<&'f str> {
        let namespace = match &self.record()?.object {
            AppObject::Whole(app) => app.spec().str_at(&["destination", "namespace"])?,
            AppObject::Generated { .. } => {
                let (_, set, at) = self.generated()?;
                set.destination(at)?.namespace.as_str()
            }
        };
        Some(namespace).filter(|namespace| !namespace.is_empty())
    }

    /// Address and name of the cluster, as its destination has them.
    pub(crate) fn destination_texts(&self) -> (&'f str, &'f str) {
        match self.record().map(|record| &record.object) {
            Some(AppObject::Whole(app)) => {
                let text = |key| app.spec().str_at(&["destination", key]).unwrap_or_default();
                (text("server"), text("name"))
            }
            Some(AppObject::Generated { .. }) => {
                let destination = self.generated().and_then(|(_, set, at)| set.destination(at));
                destination.map_or(("", ""), |to| (to.server.as_str(), to.name.as_str()))
            }
            None => ("", ""),
        }
    }

    /// The registered cluster that it goes to; `None` if there is no such cluster.
    #[must_use]
    pub fn cluster(&self) -> Option<&'f Cluster> {
        cluster_at(self.destination_texts(), &self.fleet.data.clusters)
    }

    /// Where its manifest, or that of its ApplicationSet, begins.
    #[must_use]
    pub fn place(&self) -> Option<&'f Place> {
        self.fleet.data.place(self.id)
    }

    /// What it contains; `None` only if the options said not to render.
    #[must_use]
    pub fn content(&self) -> Option<&'f Content> {
        self.fleet.data.contents.get(self.id).map(|content| &**content)
    }

    /// Its sources, in the order of the spec, and what became of them.
    #[must_use]
    pub fn sources(&self) -> Cow<'f, [SourceResult]> {
        match self.content() {
            Some(content) => Cow::Borrowed(&content.sources),
            None => {
                let spec = self.spec();
                let sources = sources_of(&spec);
                sources.iter().map(|source| source_result(source, None, State::Skipped, 0)).collect()
            }
        }
    }

    /// What keeps a merged change from reaching the cluster by itself: what stands at it, then what stands above it, from the
    /// nearest, then parents that bring it too and lost. Nothing: a merge takes effect.
    ///
    /// What stands above matters to changes of the Application's own object; a change of what its sources hold meets
    /// only its own obstacles. Sync windows are judged at [`Options::now`](crate::Options).
    #[must_use]
    pub fn obstacles(&self) -> Vec<Obstacle> {
        self.obstacles_of(self.application().map(|app| Switches::of(&app.object)).as_ref())
    }

    /// The same, where what its object says is at hand.
    pub(crate) fn obstacles_of(&self, switches: Option<&Switches>) -> Vec<Obstacle> {
        obstacles(self.fleet, self.id, switches)
    }

    /// Which kinds are namespaced where it goes: those of Kubernetes, of well-known operators, and those that the fleet's own
    /// Applications define on the same cluster.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        let mut scopes = Scopes::default();
        let server = self.cluster().map(Cluster::server_key);
        for app in self.fleet.apps().filter(|app| app.cluster().map(Cluster::server_key) == server) {
            if let Some(content) = app.content() {
                scopes.learn(content.manifests.may_drive());
            }
        }
        scopes
    }

    /// The Applications that it renders or that the ApplicationSets which it renders generate, by namespace and name.
    pub fn children(&self) -> impl Iterator<Item = App<'f>> {
        let (fleet, me) = (self.fleet, self.id);
        fleet.apps().filter(move |app| app.record().is_some_and(|r| r.parent == Parent::App(me)))
    }
}

impl std::fmt::Debug for App<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({}/{})", self.namespace(), self.name())
    }
}
