//! An older fleet, and what of it a change does not reach: Applications whose content, and sets whose outcome is the same.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::admit::Arrival;
use crate::fleet::{AppId, AppObject, Content, FleetData, Judging, Parent, SetId, SetOutcome, SetRecord};
use crate::generate::{GeneratedSet, SetReach};
use crate::inputs::Inputs;
use crate::model::{Kind, Manifest};

/// A set, and what it generated.
type Generated<'o> = (&'o SetRecord, &'o Arc<GeneratedSet>);

/// An older fleet, whose inputs differed in files alone.
pub(super) struct Older<'o> {
    data: &'o FleetData,
    /// Applications that the change reaches.
    reached: &'o BTreeSet<AppId>,
    /// Sets that it does not reach, by namespace and name.
    sets: HashMap<(&'o [u8], &'o [u8]), Generated<'o>>,
    /// Applications that several bring.
    contested: BTreeSet<AppId>,
}

/// What an Application brought in an older fleet.
pub(super) struct Children<'c> {
    older: &'c Older<'c>,
    parent: Option<AppId>,
    /// Of the manifests that it brings now.
    unchanged: Vec<bool>,
}

impl Children<'_> {
    /// What manifest `at` was read as, if it is an Application that came of the same manifest.
    pub(super) fn read(&self, at: usize, manifest: &Manifest, namespace: &Text) -> Option<Arrival> {
        let is_same = self.unchanged.get(at) == Some(&true);
        if !is_same || Arrival::kind_of(manifest) != Some(Kind::Application) {
            return None;
        }
        let namespace = match manifest.namespace() {
            "" => namespace.clone(),
            own => Text::from(own),
        };
        let data = self.older.data;
        let id = data.find_app(namespace.as_str()?, manifest.name())?;
        let record = data.apps.get(id)?;
        // Of several that bring it nobody knows which one was read.
        if record.parent != Parent::App(self.parent?) || self.older.contested.contains(&id) {
            return None;
        }
        let AppObject::Whole(app) = &record.object else { return None };
        Some(Arrival::known(manifest, namespace, app.object.clone()))
    }
}

impl<'o> Older<'o> {
    pub(super) fn new(
        data: &'o FleetData,
        reached: &'o BTreeSet<AppId>,
        reached_sets: &BTreeSet<SetId>,
    ) -> Self {
        let mut sets = HashMap::new();
        for generation in &data.generations {
            let Some(record) = data.sets.get(generation.set.0 as usize) else { continue };
            let is_whole = matches!(record.outcome, SetOutcome::Generated { .. });
            if is_whole && !reached_sets.contains(&generation.set) {
                let key = (record.namespace.as_bytes(), record.name.as_bytes());
                sets.insert(key, (&**record, &generation.apps));
            }
        }
        let conflicts = data.conflicts.iter().filter(|conflict| conflict.object.kind == Kind::Application);
        let contested = conflicts.filter_map(|conflict| {
            data.find_app(conflict.object.namespace.as_str()?, conflict.object.name.as_str()?)
        });
        Older { data, reached, sets, contested: contested.collect() }
    }

    pub(super) fn inputs(&self) -> &'o Inputs {
        &self.data.inputs
    }

    /// What `set` generates, if it is the same set.
    pub(super) fn generated(
        &self,
        set: &SetRecord,
        has_project: &dyn Fn(&str) -> bool,
    ) -> Option<(Arc<GeneratedSet>, SetReach)> {
        let (old, generated) = self.sets.get(&(set.namespace.as_bytes(), set.name.as_bytes()))?;
        // Generators of Git ask whether the project is there; when it did generate, it was.
        let project = set.object.str_at(&["spec", "template", "spec", "project"]).unwrap_or_default();
        let asks_the_same = project.contains("{{") || has_project(project);
        let is_same = asks_the_same && old.object == set.object;
        is_same.then(|| (Arc::clone(generated), old.reach.clone()))
    }

    /// The content of an Application of the newer fleet, if nothing that it hangs on has changed; and the number of its
    /// judging.
    pub(super) fn content(&self, newer: &FleetData, app: AppId) -> Option<(Arc<Content>, u32)> {
        let (namespace, name) = newer.app_key(app);
        let old = self.data.find_app(namespace, name).filter(|old| !self.reached.contains(old))?;
        let content = self.data.contents.get(old)?;
        let judging = self.data.apps.get(old)?.judging;
        self.is_same(old, newer, app).then(|| (content.clone(), judging))
    }

    /// Which of its judgings say the same as `judging`.
    pub(super) fn alike(&self, judging: &Judging) -> Vec<bool> {
        let is_alike =
            |old: &Judging| old.projects.are_like(&judging.projects) && old.scopes == judging.scopes;
        self.data.judgings.iter().map(is_alike).collect()
    }

    /// The children that an Application of the newer fleet had.
    pub(super) fn children<'c>(
        &'c self,
        newer: &FleetData,
        app: AppId,
        content: &'c Content,
    ) -> Children<'c> {
        let (namespace, name) = newer.app_key(app);
        let old = self.data.find_app(namespace, name);
        let before = old.and_then(|old| self.data.contents.get(old));
        let before = before.map(|content| content.manifests.may_drive()).unwrap_or_default();
        let mut unchanged = Vec::with_capacity(content.manifests.len());
        // Both are sorted.
        let mut rest = before.iter().peekable();
        for manifest in content.manifests.may_drive().iter() {
            let key = manifest.sort_key();
            while rest.next_if(|old| old.sort_key() < key).is_some() {}
            let same = rest.next_if(|old| old.sort_key() == key);
            unchanged.push(same.is_some_and(|old| old.object == manifest.object));
        }
        Children { older: self, parent: old, unchanged }
    }

    fn is_same(&self, old: AppId, newer: &FleetData, new: AppId) -> bool {
        let record = |data: &'_ FleetData, id: AppId| data.apps.get(id).map(|r| r.object.clone());
        match (record(self.data, old), record(newer, new)) {
            (Some(AppObject::Whole(old)), Some(AppObject::Whole(new))) => old.object == new.object,
            (
                Some(AppObject::Generated { generation: one, index: at }),
                Some(AppObject::Generated { generation: other, index }),
            ) => {
                let apps = |data: &'_ FleetData, generation: u32| {
                    data.generations.get(generation as usize).map(|g| g.apps.clone())
                };
                let (Some(one), Some(other)) = (apps(self.data, one), apps(newer, other)) else {
                    return false;
                };
                let object = |apps: &GeneratedSet, at: u32| apps.application(at as usize);
                Arc::ptr_eq(&one, &other) && at == index || {
                    let old: Option<Value> = object(&one, at);
                    old.is_some() && old == object(&other, index)
                }
            }
            _ => false,
        }
    }
}
