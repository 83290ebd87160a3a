//! Runs an ApplicationSet, validates what it generates as the controller does, and admits it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Result, Value};

use super::run::Run;
use super::world::SetWorld;
use crate::finding::Gap;
use crate::fleet::{AppObject, AppRecord, Generation, Parent, SetId, SetOutcome};
use crate::generate::{ApplicationSet, GeneratedSet, SetReach};
use crate::model::{Application, DEFAULT_PROJECT, Kind, ObjectRef};
use crate::overlay::Amended;

/// What one run of a set's generators gives.
pub(super) struct Tried {
    pub(super) generated: Arc<GeneratedSet>,
    pub(super) reach: SetReach,
    /// What becomes of the set if they fail.
    pub(super) failed: Option<SetOutcome>,
}

impl Run<'_> {
    /// Tries a set. Whatever goes wrong becomes its outcome.
    pub(super) fn generate(&mut self, id: SetId) -> Result<()> {
        if let Some(tried) = self.tried_with.get_mut(id.0 as usize) {
            *tried = Some(self.data.projects.len());
        }
        let Some(record) = self.data.sets.get(id.0 as usize) else { return Ok(()) };
        let object = record.object.clone();
        let compiled = Arc::new(ApplicationSet::new(&object, self.surroundings.template_options()));
        let has_project = |name: &str| name == DEFAULT_PROJECT || self.project(name).is_some();
        let known = self.older.as_ref().and_then(|older| older.generated(record, &has_project));
        let known = known.map(|(generated, reach)| Tried { generated, reach, failed: None });
        let tried = known.unwrap_or_else(|| self.tried(&object, &compiled, &has_project));
        let Tried { generated, reach, failed } = tried;
        if let Some(failed) = failed {
            self.set_outcome(id, failed, reach);
            return Ok(());
        }
        if self.data.apps.len().saturating_add(generated.len()) > self.options.max_apps {
            return Err(Error::limit(format!(
                "the fleet has more than {} Applications",
                self.options.max_apps
            )));
        }
        let order = by_name(&generated);
        let rejected = self.validate(&compiled, &generated, &order, &has_project);
        self.admit_generated(id, (generated, reach), &order, rejected)
    }

    /// Runs the generators of a set.
    pub(super) fn tried(
        &self,
        object: &Value,
        compiled: &Arc<ApplicationSet>,
        has_project: &dyn Fn(&str) -> bool,
    ) -> Tried {
        let world = SetWorld {
            surroundings: &self.surroundings,
            repositories: &self.repositories,
            has_project,
            gaps: Mutex::default(),
            trees: Mutex::default(),
        };
        let generated = Arc::new(compiled.generate(&world));
        let into = world.trees.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(failure) = generated.failure() else {
            let reach = SetReach::of(object, into);
            return Tried { generated, reach, failed: None };
        };
        let gap = world.gaps.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().next();
        let failed = Some(failed(&failure.error, gap));
        Tried { reach: SetReach::anything(into), failed, generated }
    }

    /// Which Applications are not written, and why: by name, so that of two with one name neither is
    /// (`validateGeneratedApplications`).
    pub(super) fn validate(
        &self,
        set: &ApplicationSet,
        generated: &GeneratedSet,
        order: &[u32],
        has_project: &dyn Fn(&str) -> bool,
    ) -> BTreeMap<Text, Text> {
        let destinations: Vec<Option<String>> = generated
            .destinations()
            .iter()
            .map(|d| d.resolve(&self.data.clusters).err().map(|e| e.message().to_owned()))
            .collect();
        let mut known: HashMap<&str, bool> = HashMap::new();
        let mut rejected = BTreeMap::new();
        let mut before: Option<&Text> = None;
        // Of those with one name all but the first are duplicates; whatever is wrong with the first, this is said last.
        for at in order.iter().map(|at| *at as usize) {
            let (name, project) = (generated.name_text(at), generated.project(at));
            if before.replace(name) == Some(name) {
                let why = format!(
                    "ApplicationSet {} contains applications with duplicate name: {name}",
                    set.name()
                );
                rejected.insert(name.clone(), why.into());
            } else if !*known.entry(project).or_insert_with(|| has_project(project)) {
                let why = format!("application references project {project} which does not exist");
                rejected.insert(name.clone(), why.into());
            } else if let Some(Some(error)) =
                generated.destination_number(at).and_then(|n| destinations.get(n))
            {
                let why = format!("application destination spec is invalid: {error}");
                rejected.insert(name.clone(), why.into());
            }
        }
        rejected
    }

    fn admit_generated(
        &mut self,
        id: SetId,
        (generated, reach): (Arc<GeneratedSet>, SetReach),
        order: &[u32],
        rejected: BTreeMap<Text, Text>,
    ) -> Result<()> {
        let Ok(generation) = u32::try_from(self.data.generations.len()) else {
            return Err(Error::limit("the fleet has too many sets"));
        };
        self.data.generations.push(Generation { set: id, apps: generated });
        self.reserve_apps(order.len());
        let mut names = Vec::with_capacity(order.len());
        for index in order.iter().copied() {
            let object = AppObject::Generated { generation, index };
            let (namespace, name) = self.generated_key(generation, index);
            if rejected.contains_key(&name) {
                continue;
            }
            let object = match self.amended_app(object, &namespace, &name, id) {
                Some(object) => object,
                None => continue,
            };
            names.push(name.clone());
            self.admit_generated_app(
                id,
                AppRecord { object, parent: Parent::Set(id), judging: 0 },
                namespace,
                name,
            )?;
        }
        self.set_outcome(id, SetOutcome::Generated { names, rejected }, reach);
        Ok(())
    }

    /// The Application as the overlay wants it; `None` if it is not to be.
    fn amended_app(&self, object: AppObject, namespace: &Text, name: &Text, set: SetId) -> Option<AppObject> {
        if self.amendments.is_empty() {
            return Some(object);
        }
        let kind = Kind::Application;
        let key = ObjectRef { kind, namespace: namespace.clone(), name: name.clone() };
        match self.amendments.object(&key, &|| self.data.object_of(&object).unwrap_or_default()) {
            Amended::Same => Some(object),
            Amended::Gone => None,
            Amended::Changed(object) => {
                let place = self.data.sets.get(set.0 as usize).and_then(|set| set.place.clone());
                let (namespace, name) = (namespace.clone(), name.clone());
                Some(AppObject::Whole(Arc::new(Application { namespace, name, object, place })))
            }
        }
    }

    fn generated_key(&self, generation: u32, index: u32) -> (Text, Text) {
        let apps = self.data.generations.get(generation as usize).map(|g| &g.apps);
        apps.map_or((Text::EMPTY, Text::EMPTY), |apps| {
            (apps.namespace_text().clone(), apps.name_text(index as usize).clone())
        })
    }

    fn admit_generated_app(
        &mut self,
        id: SetId,
        record: AppRecord,
        namespace: Text,
        name: Text,
    ) -> Result<()> {
        let texts = (namespace.as_str().unwrap_or_default(), name.as_str().unwrap_or_default());
        let Some(kept) = self.data.find_app(texts.0, texts.1) else { return self.add_app(record) };
        let place = self.data.sets.get(id.0 as usize).and_then(|s| s.place.clone());
        let spec = self.data.application(kept).map(|app| app.spec().clone());
        let own = self.data.object_of(&record.object).and_then(|object| object.get("spec").cloned());
        let object = ObjectRef { kind: Kind::Application, namespace, name };
        let kept_parent = self.data.apps.get(kept).map(|r| r.parent);
        self.conflict(object, Parent::Set(id), kept_parent, spec == own, place)
    }

    fn set_outcome(&mut self, id: SetId, outcome: SetOutcome, reach: SetReach) {
        if let Some(record) = self.data.sets.get_mut(id.0 as usize) {
            let record = Arc::make_mut(record);
            (record.outcome, record.reach) = (outcome, reach);
        }
    }
}

/// The numbers of the Applications by name; those of one name in the order of generation.
pub(super) fn by_name(generated: &GeneratedSet) -> Vec<u32> {
    let mut order: Vec<u32> = (0..).take(generated.len()).collect();
    order.sort_by(|a, b| generated.name_text(*a as usize).cmp(generated.name_text(*b as usize)));
    order
}

/// Unknown, if something was not given; limited, if it takes too much; else failed, with Argo CD's message.
pub(super) fn failed(error: &Error, gap: Option<Gap>) -> SetOutcome {
    match gap {
        Some(gap) if error.kind() == ErrorKind::NotFound => {
            SetOutcome::Unknown { gap, error: error.message().into() }
        }
        _ if error.kind() == ErrorKind::Limit => SetOutcome::Limited(error.message().into()),
        _ => SetOutcome::Failed(error.message().into()),
    }
}
