//! What a change deletes, cluster by cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::AppChange;
use super::fate::{Cascade, Fate, goes_along};
use super::manifests::{ManifestChangeKind, Pruned};
use crate::fleet::{App, Content, Fleet};
use crate::model::{Manifest, ObjectRef, SyncOptions};
use crate::policy::{Projects, Scopes, denied_where};

/// What a change deletes. Applications that are frozen or unknown are never among it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Radius {
    /// By the name of the cluster.
    pub clusters: BTreeMap<String, ClusterRadius>,
}

/// What a change deletes on one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterRadius {
    /// Applications that go to this cluster and whose objects are deleted.
    pub apps: Vec<ObjectRef>,
    /// Those of them whose objects stay.
    pub without_objects: Vec<ObjectRef>,
    /// How many objects go, those of Applications that live on counted.
    pub objects: usize,
    /// Namespaces that go, with everything in them, whoever brought it.
    pub namespaces: Vec<LostObject>,
    /// Claims and volumes that go.
    pub volumes: Vec<LostObject>,
    /// Sets of Pods whose claims stay behind.
    pub stateful: Vec<LostObject>,
    /// Definitions of kinds that go, with every object of the kind on the cluster.
    pub definitions: Vec<LostObject>,
    /// How many objects of these kinds the fleet brings to the cluster.
    pub of_lost_kinds: usize,
    /// Applications that go, and of which it is not known what they contain.
    pub unknown: usize,
}

/// An object that is deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct LostObject {
    /// The Application that brought it.
    pub app: ObjectRef,
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Radius {
    /// How many Applications are deleted.
    #[must_use]
    pub fn apps(&self) -> usize {
        self.clusters.values().map(|cluster| cluster.apps.len() + cluster.without_objects.len()).sum()
    }

    /// How many of them take their objects along.
    #[must_use]
    pub fn cascading(&self) -> usize {
        self.clusters.values().map(|cluster| cluster.apps.len()).sum()
    }
}

pub(super) fn radius(changes: &[AppChange], before: &Fleet, after: &Fleet) -> Radius {
    let mut radius = Radius::default();
    for change in changes {
        let Some(cluster) = change.before.as_ref().map(|before| before.cluster.clone()) else { continue };
        if let Some(Fate::Deleted { cascade, .. }) = &change.fate {
            let old = change.old_name();
            let Some(app) = before.app(&old.namespace.to_str_lossy(), &old.name.to_str_lossy()) else {
                continue;
            };
            let lost = radius.clusters.entry(cluster).or_default();
            match cascade {
                Cascade::Objects => lost.take(app, old, after),
                Cascade::NoFinalizer | Cascade::ClusterGone | Cascade::AwaitsConfirmation => {
                    lost.without_objects.push(old.clone());
                }
            }
        } else {
            let pruned: Vec<_> = change
                .manifests
                .iter()
                .filter(|manifest| manifest.change == ManifestChangeKind::Removed(Pruned::Deleted))
                .collect();
            if pruned.is_empty() {
                continue;
            }
            let lost = radius.clusters.entry(cluster).or_default();
            for manifest in pruned {
                lost.note(LostObject {
                    app: change.app.clone(),
                    kind: manifest.kind.clone(),
                    namespace: manifest.namespace.clone(),
                    name: manifest.name.clone(),
                });
            }
        }
    }
    for (name, lost) in &mut radius.clusters {
        lost.of_lost_kinds = of_lost_kinds(name, lost, before);
    }
    radius
}

impl ClusterRadius {
    /// An Application that is deleted with its objects.
    fn take(&mut self, app: App<'_>, name: &ObjectRef, after: &Fleet) {
        self.apps.push(name.clone());
        let Some(content) = app.content().filter(|content| content.state.reason().is_none()) else {
            self.unknown += 1;
            return;
        };
        let spec = app.application().map(|app| app.spec().clone()).unwrap_or_default();
        let option = SyncOptions::of_spec(&spec);
        let namespace = app.destination_of().namespace.clone();
        let denied = Denied::of(app, content, after);
        for manifest in content.manifests().iter().filter(|manifest| !denied.holds(app, manifest)) {
            if goes_along(&manifest.object, option.value("Delete")) {
                let own = manifest.namespace();
                self.note(LostObject {
                    app: name.clone(),
                    kind: manifest.kind().to_owned(),
                    namespace: if own.is_empty() { namespace.clone() } else { own.to_owned() },
                    name: manifest.name().to_owned(),
                });
            }
        }
    }

    fn note(&mut self, object: LostObject) {
        self.objects += 1;
        match object.kind.as_str() {
            "Namespace" => self.namespaces.push(object),
            "PersistentVolumeClaim" | "PersistentVolume" => self.volumes.push(object),
            "StatefulSet" => self.stateful.push(object),
            "CustomResourceDefinition" => self.definitions.push(object),
            _ => {}
        }
    }
}

/// Objects that a deletion passes over, since their project does not permit them: those that it permits neither before nor after
/// (`getPermittedAppLiveObjects` of Argo CD 3.5.7 asks the project that there is when it happens).
struct Denied<'f> {
    sides: Option<[(Projects, &'f Fleet); 2]>,
}

impl<'f> Denied<'f> {
    fn of(app: App<'f>, content: &Content, after: &'f Fleet) -> Self {
        let sides = [app.fleet(), after].map(|fleet| (fleet.data.projects_now(), fleet));
        Denied { sides: (!content.denied.is_empty()).then_some(sides) }
    }

    fn holds(&self, app: App<'_>, manifest: &Manifest) -> bool {
        let (project, destination) = (app.project(), app.destination_of());
        let denies = |(projects, fleet): &(Projects, &Fleet)| {
            let data = &fleet.data;
            let (at, one) = ((&*project, app.namespace(), &*destination), std::iter::once(manifest));
            let home = data.inputs.settings.namespace.to_str_lossy();
            !denied_where(at, one, projects, &data.clusters, &data.scopes, &home).is_empty()
        };
        self.sides.as_ref().is_some_and(|sides| sides.iter().all(denies))
    }
}

/// How many objects of kinds that go the fleet brings to a cluster.
fn of_lost_kinds(cluster: &str, lost: &ClusterRadius, before: &Fleet) -> usize {
    if lost.definitions.is_empty() {
        return 0;
    }
    let names: BTreeSet<&str> = lost.definitions.iter().map(|definition| definition.name.as_str()).collect();
    let here = || before.apps().filter(|app| app.cluster().is_some_and(|c| c.name == *cluster));
    let contents = || here().filter_map(|app| app.content());
    let mut kinds: BTreeSet<(&str, &str)> = BTreeSet::new();
    for manifest in contents().flat_map(|content| content.manifests.may_drive()) {
        if Scopes::is_definition(manifest) && names.contains(manifest.name()) {
            let text = |keys: &[&str]| manifest.object.str_at(keys).unwrap_or_default();
            kinds.insert((text(&["spec", "group"]), text(&["spec", "names", "kind"])));
        }
    }
    let keys = contents().flat_map(|content| content.manifests.keys());
    keys.filter(|key| kinds.contains(&(key.group, key.kind))).count()
}

impl AppChange {
    /// What it was called before.
    pub(super) fn old_name(&self) -> &ObjectRef {
        match &self.kind {
            super::ChangeKind::Renamed { from } => from,
            _ => &self.app,
        }
    }
}
