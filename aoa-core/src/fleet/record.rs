//! What a fleet stores: records that refer to each other by small numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::obstacle::Surroundings;
use super::{Conflict, Content, Contents, Fleet, KeyHash, KeyIndex, Stretches};
use crate::finding::{Finding, Need, Place};
use crate::generate::GeneratedSet;
use crate::generate::SetReach;
use crate::inputs::Inputs;
use crate::load::{Asked, Candidates};
use crate::model::{Application, Cluster, Clusters, Destination, Kind, ObjectRef, ScopedRepository};
use crate::options::Options;
use crate::overlay::Miss;
use crate::policy::own::FleetPolicies;
use crate::policy::{Projects, Scopes};
use crate::render::{Reach, ReachIndex};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AppId(pub(crate) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SetId(pub(crate) u32);

/// Who brings an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Parent {
    Root,
    App(AppId),
    Set(SetId),
}

/// Where an Application's object is.
#[derive(Clone)]
pub(crate) enum AppObject {
    /// A manifest.
    Whole(Arc<Application>),
    /// Application `index` of a generation.
    Generated { generation: u32, index: u32 },
}

#[derive(Clone)]
pub(crate) struct AppRecord {
    pub(crate) object: AppObject,
    pub(crate) parent: Parent,
    /// The number of its [`Judging`], once it is rendered.
    pub(crate) judging: u32,
}

/// What the Applications of one round are judged by.
#[derive(Clone)]
pub(crate) struct Judging {
    pub(crate) projects: Arc<Projects>,
    pub(crate) scopes: Arc<Scopes>,
}

/// What an ApplicationSet generated in one run of it.
#[derive(Clone)]
pub(crate) struct Generation {
    pub(crate) set: SetId,
    pub(crate) apps: Arc<GeneratedSet>,
}

#[derive(Clone)]
pub(crate) struct SetRecord {
    pub(crate) namespace: Text,
    pub(crate) name: Text,
    pub(crate) object: Value,
    pub(crate) parent: Parent,
    pub(crate) place: Option<Place>,
    pub(crate) outcome: super::SetOutcome,
    /// What of the repositories its outcome hangs on.
    pub(crate) reach: SetReach,
}

#[derive(Clone)]
pub(crate) struct ProjectRecord {
    pub(crate) namespace: Text,
    pub(crate) name: Text,
    pub(crate) object: Value,
    pub(crate) parent: Parent,
    pub(crate) place: Option<Place>,
}

/// A fleet: which objects there are, what the Applications contain, and what is to be said of it.
#[derive(Clone, Default)]
pub(crate) struct FleetData {
    /// Read and written through the fleet itself; shared by fleets that differ in Applications alone.
    pub(crate) shape: Arc<Shape>,
    /// Shared where they do not differ, as are contents.
    pub(crate) apps: Stretches<AppRecord>,
    pub(crate) app_index: Arc<KeyIndex>,
    /// By namespace and name.
    pub(crate) sorted: Arc<Vec<AppId>>,
    pub(crate) contents: Contents,
    pub(crate) inputs: Arc<Inputs>,
    pub(crate) findings: Arc<Vec<Finding>>,
    pub(crate) needs: Arc<Vec<Need>>,
    /// Which revisions of which repositories were asked for, and where they led.
    pub(crate) asked: Arc<Asked>,
    /// How many manifests were counted against their bound.
    pub(crate) counted: usize,
    /// How roots were found, where nobody declared any.
    pub(crate) found: Option<Arc<FoundRoots>>,
    /// Which Applications a file reaches; worked out when first asked for.
    pub(crate) reach: OnceLock<Arc<ReachIndex>>,
    /// Applications whose content hangs on something else now than that index says.
    pub(crate) rerendered: Vec<AppId>,
    /// Worked out when first asked for.
    pub(crate) policies: Arc<OnceLock<FleetPolicies>>,
}

/// How the roots of a fleet were found.
#[derive(Clone)]
pub(crate) struct FoundRoots {
    pub(crate) candidates: Arc<Candidates>,
    /// The fleet of all candidates, if there are several.
    pub(crate) trial: Option<Fleet>,
}

/// What Applications stand in: the sets and projects that there are, who brings them, and by what all are judged.
#[derive(Clone, Default)]
pub(crate) struct Shape {
    /// Fleets that were amended from one give the same numbers to the same objects, and this is one for all of them.
    pub(crate) lineage: Arc<()>,
    pub(crate) clusters: Clusters,
    pub(crate) sets: Vec<Arc<SetRecord>>,
    pub(crate) sorted_sets: Vec<SetId>,
    pub(crate) generations: Vec<Generation>,
    /// Sorted by namespace and name once the fleet is resolved.
    pub(crate) projects: Vec<ProjectRecord>,
    pub(crate) conflicts: Arc<Vec<Conflict>>,
    pub(crate) judgings: Vec<Judging>,
    /// What is known of kinds in the end.
    pub(crate) scopes: Arc<Scopes>,
    /// What the roots hang on.
    pub(crate) roots: Reach,
    /// What the roots that are folders contain, by their numbers.
    pub(crate) root_contents: BTreeMap<usize, Arc<Content>>,
    /// What is to be said of folders that are roots.
    pub(crate) root_causes: Vec<crate::finding::Cause>,
    pub(crate) rounds: u32,
    /// What the options say the present is; 0: not given.
    pub(crate) now: i64,
    /// How it was resolved.
    pub(crate) options: Arc<Options>,
    /// Whether it was read of an output.
    pub(crate) is_recorded: bool,
    /// What the overlay names and nobody has.
    pub(crate) misses: Vec<Miss>,
    /// Worked out when first asked for.
    pub(crate) surroundings: Arc<OnceLock<Surroundings>>,
}

impl Deref for FleetData {
    type Target = Shape;

    fn deref(&self) -> &Shape {
        &self.shape
    }
}

impl DerefMut for FleetData {
    fn deref_mut(&mut self) -> &mut Shape {
        Arc::make_mut(&mut self.shape)
    }
}

impl AppObject {
    /// Whether two objects of fleets with one shape are certainly the same.
    fn is_certainly(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Arc::ptr_eq(one, other),
            (
                Self::Generated { generation: one, index: at },
                Self::Generated { generation: other, index },
            ) => one == other && at == index,
            _ => false,
        }
    }
}

impl FleetData {
    /// The Applications whose objects are not certainly the same in a fleet of the same shape.
    pub(crate) fn differing_records<'d>(&'d self, other: &'d Self) -> impl Iterator<Item = AppId> + 'd {
        self.apps.differing(&other.apps, |one, other| one.object.is_certainly(&other.object))
    }

    /// The projects that exist so far.
    pub(crate) fn projects_now(&self) -> Projects {
        let home = &self.inputs.settings.namespace;
        let here = self.projects.iter().filter(|p| p.namespace == *home);
        let named = here.map(|p| (p.name.as_str().unwrap_or_default(), &p.object));
        let repositories: Vec<ScopedRepository> =
            self.inputs.objects.iter().filter_map(ScopedRepository::from_secret).collect();
        Projects::new(named, &self.clusters, &repositories, self.inputs.settings.argocd_cm.as_ref())
    }

    /// Adds an Application whose key is new, under the next number; it is not yet in the order by name.
    pub(crate) fn add_app(&mut self, record: AppRecord) -> AppId {
        let id = AppId(u32::try_from(self.apps.len()).unwrap_or(u32::MAX));
        self.apps.push(record);
        let hash = self.key_hash(id);
        Arc::make_mut(&mut self.app_index).insert_hashed(id.0, hash);
        id
    }

    /// Takes an Application out, its content too; it must not be in the order by name any more.
    pub(crate) fn remove_app(&mut self, id: AppId) {
        let hash = self.key_hash(id);
        Arc::make_mut(&mut self.app_index).remove_hashed(id.0, hash);
        self.apps.remove(id);
        self.contents.remove(id);
    }

    fn key_hash(&self, id: AppId) -> KeyHash {
        let (namespace, name) = self.app_key_bytes(id);
        KeyHash::of(namespace, name)
    }

    pub(crate) fn app_key(&self, id: AppId) -> (&str, &str) {
        let (namespace, name) = self.app_texts(id);
        (namespace.as_str().unwrap_or_default(), name.as_str().unwrap_or_default())
    }

    /// What [`FleetData::app_key`] is sorted and looked up by.
    pub(crate) fn app_key_bytes(&self, id: AppId) -> (&[u8], &[u8]) {
        let (namespace, name) = self.app_texts(id);
        (namespace.as_bytes(), name.as_bytes())
    }

    fn app_texts(&self, id: AppId) -> (&Text, &Text) {
        const NONE: (&Text, &Text) = (&Text::EMPTY, &Text::EMPTY);
        match self.apps.get(id).map(|record| &record.object) {
            Some(AppObject::Whole(app)) => (&app.namespace, &app.name),
            Some(AppObject::Generated { generation, index }) => self
                .generations
                .get(*generation as usize)
                .map_or(NONE, |g| (g.apps.namespace_text(), g.apps.name_text(*index as usize))),
            None => NONE,
        }
    }

    pub(crate) fn find_app(&self, namespace: &str, name: &str) -> Option<AppId> {
        let key_of = |id| self.app_key_bytes(AppId(id));
        self.app_index.find(namespace.as_bytes(), name.as_bytes(), key_of).map(AppId)
    }

    /// The set of this key.
    pub(crate) fn find_set(&self, namespace: &[u8], name: &[u8]) -> Option<SetId> {
        let key = |id: &SetId| {
            self.sets.get(id.0 as usize).map(|set| (set.namespace.as_bytes(), set.name.as_bytes()))
        };
        let at = self.sorted_sets.binary_search_by(|id| key(id).cmp(&Some((namespace, name)))).ok()?;
        self.sorted_sets.get(at).copied()
    }

    pub(crate) fn app_ref(&self, id: AppId) -> ObjectRef {
        let (namespace, name) = self.app_key(id);
        ObjectRef { kind: Kind::Application, namespace: namespace.into(), name: name.into() }
    }

    pub(crate) fn set_ref(&self, id: SetId) -> ObjectRef {
        let (namespace, name) =
            self.sets.get(id.0 as usize).map(|s| (s.namespace.clone(), s.name.clone())).unwrap_or_default();
        ObjectRef { kind: Kind::ApplicationSet, namespace, name }
    }

    pub(crate) fn parent_ref(&self, parent: Parent) -> Option<ObjectRef> {
        match parent {
            Parent::Root => None,
            Parent::App(id) => Some(self.app_ref(id)),
            Parent::Set(id) => Some(self.set_ref(id)),
        }
    }

    /// The object of an Application that need not be part of the fleet.
    pub(crate) fn object_of(&self, object: &AppObject) -> Option<Value> {
        match object {
            AppObject::Whole(app) => Some(app.object.clone()),
            AppObject::Generated { generation, index } => {
                self.generations.get(*generation as usize)?.apps.application(*index as usize)
            }
        }
    }

    /// Where it goes, without building the rest of it.
    pub(crate) fn destination(&self, id: AppId) -> Cow<'_, Destination> {
        let object = self.apps.get(id).map(|record| &record.object);
        match object {
            Some(AppObject::Whole(app)) => Cow::Owned(app.destination()),
            Some(AppObject::Generated { generation, index }) => {
                let apps = self.generations.get(*generation as usize).map(|g| &g.apps);
                let destination = apps.and_then(|apps| apps.destination(*index as usize));
                destination.map_or_else(|| Cow::Owned(Destination::default()), Cow::Borrowed)
            }
            None => Cow::Owned(Destination::default()),
        }
    }

    /// Its project; `default` if it names none.
    pub(crate) fn project_of(&self, id: AppId) -> &str {
        let project = match self.apps.get(id).map(|record| &record.object) {
            Some(AppObject::Whole(app)) => return app.project(),
            Some(AppObject::Generated { generation, index }) => {
                self.generations.get(*generation as usize).map_or("", |g| g.apps.project(*index as usize))
            }
            None => return "",
        };
        if project.is_empty() { crate::model::DEFAULT_PROJECT } else { project }
    }

    /// The namespace of what it brings without naming one; `None` if it does not land on the control plane's own cluster.
    pub(crate) fn driven_namespace(&self, id: AppId) -> Option<Text> {
        let destination = self.destination(id);
        let lands_here = destination.resolve(&self.clusters).is_ok_and(Cluster::is_control_plane);
        lands_here.then(|| match destination.namespace.as_str() {
            "" => Text::from_static("default"),
            namespace => Text::from(namespace),
        })
    }

    /// Where its manifest, or that of its ApplicationSet, begins.
    pub(crate) fn place(&self, id: AppId) -> Option<&Place> {
        match &self.apps.get(id)?.object {
            AppObject::Whole(app) => app.place.as_ref(),
            AppObject::Generated { generation, .. } => {
                let generation = self.generations.get(*generation as usize)?;
                self.sets.get(generation.set.0 as usize)?.place.as_ref()
            }
        }
    }

    /// The whole Application: what was written, or what the set's template gives.
    pub(crate) fn application(&self, id: AppId) -> Option<Arc<Application>> {
        match &self.apps.get(id)?.object {
            AppObject::Whole(app) => Some(app.clone()),
            AppObject::Generated { generation, index } => {
                let generation = self.generations.get(*generation as usize)?;
                let place = self.place(id).cloned();
                let object = generation.apps.application(*index as usize)?;
                let (namespace, name) = self.app_key(id);
                Some(Arc::new(Application { namespace: namespace.into(), name: name.into(), object, place }))
            }
        }
    }
}
