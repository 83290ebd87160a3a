//! An older fleet, and what of it a change does not reach: Applications whose content, and sets whose outcome is the same.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aoa_lang::Value;

use crate::fleet::{AppId, AppObject, Content, FleetData, SetId, SetOutcome, SetRecord};
use crate::generate::{GeneratedSet, SetReach};

/// An older fleet, whose inputs differed in files alone.
pub(super) struct Older<'o> {
    data: &'o FleetData,
    /// Applications that the change reaches.
    reached: &'o BTreeSet<AppId>,
    /// Sets that it does not reach, by namespace and name.
    sets: HashMap<(&'o [u8], &'o [u8]), (&'o SetRecord, &'o Arc<GeneratedSet>)>,
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
                sets.insert(key, (record, &generation.apps));
            }
        }
        Older { data, reached, sets }
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

    /// The content of an Application of the newer fleet, if nothing that it hangs on has changed.
    pub(super) fn content(&self, newer: &FleetData, app: AppId) -> Option<Arc<Content>> {
        let (namespace, name) = newer.app_key(app);
        let old = self.data.find_app(namespace, name).filter(|old| !self.reached.contains(old))?;
        let content = self.data.contents.get(old)?;
        self.is_same(old, newer, app).then(|| content.clone())
    }

    fn is_same(&self, old: AppId, newer: &FleetData, new: AppId) -> bool {
        let record = |data: &'_ FleetData, id: AppId| data.apps.get(id.0 as usize).map(|r| r.object.clone());
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
