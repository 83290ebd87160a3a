//! One Application of a fleet.

use std::borrow::Cow;
use std::sync::Arc;

use aoa_lang::Value;

use super::obstacle::obstacles;
use super::{AppId, AppObject, AppRecord, Content, Fleet, Obstacle, Parent, SourceResult, State};
use crate::finding::Place;
use crate::model::{Application, Cluster, Destination, Key, ObjectRef, sources_of};
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

    pub(crate) fn id(&self) -> AppId {
        self.id
    }

    fn record(&self) -> Option<&'f AppRecord> {
        self.fleet.data.apps.get(self.id.0 as usize)
    }

    /// Its stable name.
    #[must_use]
    pub fn key(&self) -> Key {
        let settings = &self.fleet.data.inputs.settings;
        let instance = if settings.instance.is_empty() { &settings.namespace } else { &settings.instance };
        Key { instance: instance.clone(), namespace: self.namespace().into(), name: self.name().into() }
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
        match self.record().map(|r| &r.object) {
            Some(AppObject::Generated { generation, index }) => {
                let generation = self.fleet.data.generations.get(*generation as usize);
                let project = generation.map_or("", |g| g.apps.project(*index as usize));
                if project.is_empty() { crate::model::DEFAULT_PROJECT } else { project }.to_owned()
            }
            Some(AppObject::Whole(app)) => app.project().to_owned(),
            None => String::new(),
        }
    }

    /// Where it goes.
    #[must_use]
    pub fn destination(&self) -> Destination {
        self.fleet.data.destination(self.id).into_owned()
    }

    /// The registered cluster that it goes to; `None` if there is no such cluster.
    #[must_use]
    pub fn cluster(&self) -> Option<&'f Cluster> {
        let data = &self.fleet.data;
        data.destination(self.id).resolve(&data.clusters).ok()
    }

    /// Where its manifest, or that of its ApplicationSet, begins.
    #[must_use]
    pub fn place(&self) -> Option<&'f Place> {
        self.fleet.data.place(self.id)
    }

    /// What it contains; `None` only if the options said not to render.
    #[must_use]
    pub fn content(&self) -> Option<&'f Content> {
        self.record()?.content.as_deref()
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
        self.obstacles_of(self.application().as_deref())
    }

    /// The same, where its object is at hand.
    pub(crate) fn obstacles_of(&self, application: Option<&Application>) -> Vec<Obstacle> {
        obstacles(self.fleet, self.id, application)
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
