//! One Application of a fleet.

use std::sync::Arc;

use aoa_lang::Value;

use super::{AppId, AppObject, AppRecord, Content, Fleet, Parent};
use crate::model::{Application, Cluster, Destination, Key, ObjectRef};

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
        match self.record().map(|r| &r.object) {
            Some(AppObject::Generated { generation, index }) => {
                let generation = self.fleet.data.generations.get(*generation as usize);
                generation.and_then(|g| g.apps.destination(*index as usize)).cloned().unwrap_or_default()
            }
            Some(AppObject::Whole(app)) => app.destination(),
            None => Destination::default(),
        }
    }

    /// The registered cluster that it goes to; `None` if there is no such cluster.
    #[must_use]
    pub fn cluster(&self) -> Option<Cluster> {
        self.destination().resolve(&self.fleet.data.clusters).ok().cloned()
    }

    /// What it contains; `None` only if the options said not to render.
    #[must_use]
    pub fn content(&self) -> Option<&'f Content> {
        self.record()?.content.as_deref()
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
