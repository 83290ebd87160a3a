//! What runs against what should run: a fleet beside the exported state of its Argo CD.
//!
//! A [`Snapshot`] is what `kubectl get applications,applicationsets,appprojects -A -o yaml` or `argocd app list -o json` print, from any number of
//! places. Applications are paired by namespace and name; their specs are compared as Argo CD normalises them, without what its
//! settings, the parent's `ignoreDifferences` and the set's `ignoreApplicationDifferences` leave out.
//!
//! | file | what |
//! |---|---|
//! | `snapshot` | what was exported |
//! | `compare` | one Application, as it is and as it should be |
//! | `orphans` | why something is there that nobody brings |
//! | `rollup` | health and sync status, up the tree |

mod compare;
mod orphans;
mod rollup;
mod snapshot;

pub use orphans::Orphaned;
pub use rollup::{Health, Rollup, Tally};
pub use snapshot::{LiveObject, Snapshot};

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::FieldChange;
use crate::fleet::{App, Fleet};
use crate::model::{Kind, ObjectRef};

/// How a fleet and its Argo CD differ.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Drift {
    /// What differs, by kind, namespace and name.
    pub differences: Vec<Difference>,
    /// How many Applications are as they should be.
    pub equal: usize,
    /// How many Applications there are, on either side.
    pub apps: usize,
    /// How many sets and projects are as they should be.
    pub equal_others: usize,
    /// Sets whose Applications are as they should be on some clusters and not on others.
    pub partial: Vec<Partial>,
    /// Health and sync status of all Applications of the fleet that are there.
    pub health: Tally,
    /// The same, of each owner with all that is below it.
    pub rollup: Vec<Rollup>,
    /// Applications that more than one snapshot holds.
    pub repeated: Vec<ObjectRef>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// What.
    pub object: ObjectRef,
    /// The cluster that an Application goes to.
    pub cluster: String,
    /// How.
    pub kind: DriftKind,
    /// The fields that differ: as they should be, and as they are.
    pub fields: Vec<FieldChange>,
}

/// How something is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DriftKind {
    /// It should be there and is not.
    Missing {
        /// What keeps it from being there, as far as the fleet tells.
        why: Vec<String>,
    },
    /// It is there, and nobody brings it.
    Orphaned(Orphaned),
    /// It reads otherwise.
    Edited {
        /// Whether Argo CD itself sees it: what is only added to an object that a parent brings, it does not.
        is_seen: bool,
        /// Who keeps it so: the set's policy, an Application that does not sync by itself.
        why: Vec<String>,
    },
    /// It follows another revision, and is the same otherwise.
    Revision,
    /// It is as it should be, but was last synced at another commit.
    Behind {
        /// The commit that was synced.
        synced: String,
        /// The commit that should be.
        wanted: String,
    },
}

/// A set that is as it should be in some places only.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Partial {
    /// The set.
    pub set: ObjectRef,
    /// Clusters where all of its Applications are as they should be.
    pub equal: Vec<String>,
    /// Clusters where they are not.
    pub different: Vec<String>,
}

impl DriftKind {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            DriftKind::Missing { .. } => "missing",
            DriftKind::Orphaned(_) => "orphaned",
            DriftKind::Edited { .. } => "edited",
            DriftKind::Revision => "revision",
            DriftKind::Behind { .. } => "behind",
        }
    }
}

impl Drift {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// How many Applications differ.
    #[must_use]
    pub fn different_apps(&self) -> usize {
        self.differences.iter().filter(|difference| difference.object.kind == Kind::Application).count()
    }
}

/// How `snapshot` differs from `fleet`.
///
/// ```
/// use aoa_core::drift::{Snapshot, drift};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::lang::yaml;
/// # use aoa_core::{Inputs, Options, resolve};
/// # let app = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: web}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory([("root.yaml", app), ("web/a.yaml", web)]));
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// # let fleet = resolve(&inputs, &Options::default())?;
/// let live = yaml::load(b"
/// apiVersion: argoproj.io/v1alpha1
/// kind: Application
/// metadata: {name: web, namespace: argocd}
/// spec:
///   project: default
///   source: {repoURL: https://git.example.com/fleet, path: web, targetRevision: v1}
///   destination: {name: in-cluster, namespace: web}
/// ")?;
/// let mut snapshot = Snapshot::default();
/// snapshot.add(&live);
/// let drift = drift(&fleet, &snapshot);
/// assert_eq!(drift.differences[0].kind.name(), "revision");
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn drift(fleet: &Fleet, snapshot: &Snapshot) -> Drift {
    let mut drift = Drift { repeated: snapshot.repeated().to_vec(), ..Drift::default() };
    let comparison = compare::Comparison::new(fleet);
    let mut by_set: BTreeMap<ObjectRef, Vec<(String, bool)>> = BTreeMap::new();
    for app in fleet.apps() {
        drift.apps = drift.apps.saturating_add(1);
        let object =
            ObjectRef { kind: Kind::Application, namespace: app.namespace().into(), name: app.name().into() };
        let found = match snapshot.get(&object) {
            None => Some((DriftKind::Missing { why: missing(app, snapshot) }, Vec::new())),
            Some(live) => comparison.application(app, live),
        };
        let cluster = cluster_of(app);
        if let Some(set) = app.origin() {
            by_set.entry(set).or_default().push((cluster.clone(), found.is_none()));
        }
        match found {
            None => drift.equal = drift.equal.saturating_add(1),
            Some((kind, fields)) => drift.differences.push(Difference { object, cluster, kind, fields }),
        }
    }
    others(fleet, snapshot, &comparison, &mut drift);
    for live in snapshot.objects() {
        if orphans::is_in(fleet, &live.object) {
            continue;
        }
        if live.object.kind == Kind::Application {
            drift.apps = drift.apps.saturating_add(1);
        }
        let orphaned = orphans::orphaned(fleet, live);
        drift.differences.push(Difference {
            object: live.object.clone(),
            cluster: live.cluster(),
            kind: DriftKind::Orphaned(orphaned),
            fields: Vec::new(),
        });
    }
    drift.differences.sort_by(|a, b| a.object.cmp(&b.object));
    drift.partial = by_set.into_iter().filter_map(|(set, apps)| partial(set, &apps)).collect();
    (drift.health, drift.rollup) = rollup::rollup(fleet, snapshot);
    drift
}

/// Sets and projects, if there are any in the snapshot: not all that is exported holds them.
fn others(fleet: &Fleet, snapshot: &Snapshot, comparison: &compare::Comparison<'_>, drift: &mut Drift) {
    let reference = |kind, namespace: &str, name: &str| ObjectRef {
        kind,
        namespace: namespace.into(),
        name: name.into(),
    };
    let sets = fleet.sets().map(|set| {
        (reference(Kind::ApplicationSet, set.namespace(), set.name()), set.object().get("spec").cloned())
    });
    let projects = fleet.projects().map(|project| {
        (reference(Kind::AppProject, project.namespace(), project.name()), Some(project.spec().clone()))
    });
    for (object, spec) in sets.chain(projects) {
        if !snapshot.has_kind(object.kind) {
            continue;
        }
        let found = match snapshot.get(&object) {
            None => Some((DriftKind::Missing { why: Vec::new() }, Vec::new())),
            Some(live) => comparison.other(&spec.unwrap_or_default(), live),
        };
        match found {
            None => drift.equal_others = drift.equal_others.saturating_add(1),
            Some((kind, fields)) => {
                drift.differences.push(Difference { object, cluster: String::new(), kind, fields });
            }
        }
    }
}

/// Why it may not be there: what stands above it, from the nearest.
fn missing(app: App<'_>, snapshot: &Snapshot) -> Vec<String> {
    let mut why = Vec::new();
    if let Some(parent) = app.parent() {
        if snapshot.has_kind(parent.kind) && snapshot.get(&parent).is_none() {
            why.push(format!("its parent {} is missing, too", parent.name));
            return why;
        }
        why.extend(compare::held_up_above(app));
    }
    why
}

fn cluster_of(app: App<'_>) -> String {
    match app.cluster() {
        Some(cluster) => cluster.name.to_string(),
        None => {
            let to = app.destination();
            if to.name.is_empty() { to.server } else { to.name }
        }
    }
}

fn partial(set: ObjectRef, apps: &[(String, bool)]) -> Option<Partial> {
    let different: BTreeSet<&String> =
        apps.iter().filter(|(_, equal)| !equal).map(|(cluster, _)| cluster).collect();
    let equal: BTreeSet<&String> =
        apps.iter().map(|(cluster, _)| cluster).filter(|cluster| !different.contains(cluster)).collect();
    if equal.is_empty() || different.is_empty() {
        return None;
    }
    let texts = |clusters: BTreeSet<&String>| clusters.into_iter().cloned().collect();
    Some(Partial { set, equal: texts(equal), different: texts(different) })
}
