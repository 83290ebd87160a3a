//! The order of tasks: phase, wave, kind, name; then what others stand on is drawn to the front (`sync_tasks.go`).

use std::cmp::Ordering;
use std::collections::HashMap;

use aoa_lang::Value;

use super::tasks::{Action, SyncTask};
use crate::model::{GroupVersionKind, ObjectKey};

/// Kinds that go before all others of their wave, first the first.
const KINDS: [&str; 35] = [
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];

/// Up to this many, Go sorts by insertion.
const GO_INSERTION: usize = 12;

/// Puts tasks into the order of a sync.
pub(super) fn sort(mut tasks: Vec<SyncTask>) -> Vec<SyncTask> {
    let waves = tasks.iter().map(|task| task.wave);
    let (low, high) = (waves.clone().min().unwrap_or(0), waves.max().unwrap_or(0));
    if high.checked_sub(low).is_none() && tasks.len() <= GO_INSERTION {
        sort_as_go(&mut tasks);
    } else {
        tasks.sort_by_cached_key(Rank::of);
    }
    draw_forward(draw_forward(tasks, &NAMESPACES), &DEFINITIONS)
}

/// What tasks are sorted by; group and namespace where upstream leaves the order to chance.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    phase: super::SyncPhase,
    wave: i64,
    kind: usize,
    name: String,
    group: String,
    namespace: String,
}

impl Rank {
    fn of(task: &SyncTask) -> Self {
        let key = ObjectKey::of(&task.object);
        Rank {
            phase: task.phase,
            wave: task.wave,
            kind: rank_of(key.kind),
            name: key.name.to_owned(),
            group: key.group.to_owned(),
            namespace: key.namespace.to_owned(),
        }
    }
}

fn rank_of(kind: &str) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len())
}

/// Insertion sort with waves whose difference overflows, as Go's `int` does: the largest wave can go before the smallest.
fn sort_as_go(tasks: &mut [SyncTask]) {
    let less = |a: &SyncTask, b: &SyncTask| {
        let (x, y) = (Rank::of(a), Rank::of(b));
        let waves = a.wave.wrapping_sub(b.wave).cmp(&0);
        let rest = (x.kind, x.name, x.group, x.namespace).cmp(&(y.kind, y.name, y.group, y.namespace));
        x.phase.cmp(&y.phase).then(waves).then(rest) == Ordering::Less
    };
    for at in 1..tasks.len() {
        for here in (1..=at).rev() {
            let Some([before, after]) = tasks.get_mut(here - 1..=here) else { break };
            if !less(after, before) {
                break;
            }
            std::mem::swap(before, after);
        }
    }
}

/// Objects that others of the same sync stand on.
struct Dependency {
    /// By what name others know an object, if it is one that they can stand on.
    provides: fn(&Value) -> Option<String>,
    /// The name of what an object stands on.
    needs: fn(&Value) -> Option<String>,
}

const NAMESPACES: Dependency = Dependency {
    provides: |object| {
        let key = ObjectKey::of(object);
        ((key.group, key.kind) == ("", "Namespace")).then(|| key.name.to_owned())
    },
    needs: |object| {
        let namespace = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
        (!namespace.is_empty()).then(|| namespace.to_owned())
    },
};

const DEFINITIONS: Dependency = Dependency {
    provides: |object| {
        if !GroupVersionKind::of(object).is_crd() {
            return None;
        }
        let (group, kind) = (object.str_at(&["spec", "group"])?, object.str_at(&["spec", "names", "kind"])?);
        Some(format!("{group}/{kind}"))
    },
    needs: |object| {
        let of = GroupVersionKind::of(object);
        Some(format!("{}/{}", of.group, of.kind))
    },
};

/// Puts each object that others need right before the first of them, in its phase and wave (`adjustDeps`).
fn draw_forward(tasks: Vec<SyncTask>, by: &Dependency) -> Vec<SyncTask> {
    let mut first_in_need: HashMap<String, usize> = HashMap::new();
    let mut moved: Vec<Option<usize>> = vec![None; tasks.len()];
    for (at, task) in tasks.iter().enumerate().filter(|(_, task)| task.action != Action::Prune) {
        if let Some(name) = (by.provides)(&task.object) {
            if let (Some(first), Some(slot)) = (first_in_need.get(&name), moved.get_mut(at)) {
                *slot = Some(*first);
            }
        } else if let Some(name) = (by.needs)(&task.object) {
            first_in_need.entry(name).or_insert(at);
        }
    }
    let mut before: HashMap<usize, Vec<SyncTask>> = HashMap::new();
    let terms: Vec<_> = tasks.iter().map(|task| (task.phase, task.wave)).collect();
    let mut stay = Vec::with_capacity(tasks.len());
    for ((at, mut task), moved) in tasks.into_iter().enumerate().zip(moved) {
        match moved {
            None => stay.push((at, task)),
            Some(first) => {
                if let Some((phase, wave)) = terms.get(first) {
                    (task.phase, task.wave) = (*phase, *wave);
                }
                before.entry(first).or_default().push(task);
            }
        }
    }
    let mut ordered = Vec::with_capacity(terms.len());
    for (at, task) in stay {
        ordered.extend(before.remove(&at).unwrap_or_default());
        ordered.push(task);
    }
    ordered
}
