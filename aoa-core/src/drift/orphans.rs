//! Why something is there that nobody brings.

use super::snapshot::LiveObject;
use crate::diff::Stay;
use crate::fleet::{Fleet, SetOutcome};
use crate::model::{Kind, ObjectRef};

/// Why something is there that nobody brings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Orphaned {
    /// Its set may not delete it.
    KeptByPolicy {
        /// The set.
        set: ObjectRef,
        /// Its policy: `create-only` or `create-update`.
        policy: &'static str,
    },
    /// Its set fails or is not known: it is left alone.
    Frozen {
        /// The set.
        set: ObjectRef,
        /// What is wrong.
        why: String,
    },
    /// Its set does not make it any more, and has not deleted it yet.
    NotGenerated {
        /// The set.
        set: ObjectRef,
    },
    /// The set that owned it is not part of the fleet.
    SetGone {
        /// The set.
        set: ObjectRef,
    },
    /// The Application that brought it is not part of the fleet.
    ParentGone {
        /// The Application.
        parent: ObjectRef,
    },
    /// The Application that brought it does not prune it.
    NotPruned {
        /// The Application.
        parent: ObjectRef,
        /// Why not.
        why: String,
    },
    /// It is being deleted.
    Deleting,
    /// Nothing tells where it comes from: somebody made it by hand.
    ByHand,
}

impl Orphaned {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Orphaned::KeptByPolicy { .. } => "kept-by-policy",
            Orphaned::Frozen { .. } => "frozen",
            Orphaned::NotGenerated { .. } => "not-generated",
            Orphaned::SetGone { .. } => "set-gone",
            Orphaned::ParentGone { .. } => "parent-gone",
            Orphaned::NotPruned { .. } => "not-pruned",
            Orphaned::Deleting => "deleting",
            Orphaned::ByHand => "by-hand",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Orphaned::KeptByPolicy { set, policy } => {
                format!("kept: set {} may not delete ({policy})", set.name)
            }
            Orphaned::Frozen { set, why } => format!("left alone, while set {} fails: {why}", set.name),
            Orphaned::NotGenerated { set } => format!("set {} does not make it any more", set.name),
            Orphaned::SetGone { set } => format!("its set {} is not part of the fleet", set.name),
            Orphaned::ParentGone { parent } => format!("its parent {} is not part of the fleet", parent.name),
            Orphaned::NotPruned { parent, why } => {
                format!("{} does not bring it any more; {why}", parent.name)
            }
            Orphaned::Deleting => "it is being deleted".to_owned(),
            Orphaned::ByHand => "nothing tells where it comes from".to_owned(),
        }
    }
}

/// Whether the fleet has the object.
pub(super) fn is_in(fleet: &Fleet, object: &ObjectRef) -> bool {
    let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
    match object.kind {
        Kind::Application => fleet.app(&namespace, &name).is_some(),
        Kind::ApplicationSet => fleet.set(&namespace, &name).is_some(),
        // Argo CD makes the project `default` itself.
        Kind::AppProject => {
            name == "default" || fleet.projects().any(|p| p.namespace() == namespace && p.name() == name)
        }
    }
}

pub(super) fn orphaned(fleet: &Fleet, live: &LiveObject) -> Orphaned {
    if !live.text(&["metadata", "deletionTimestamp"]).is_empty() {
        return Orphaned::Deleting;
    }
    if let Some(set) = live.set() {
        return of_set(fleet, live, set);
    }
    let home = fleet.inputs().settings.namespace.to_str_lossy();
    let Some(parent) = live.parent(&home) else { return Orphaned::ByHand };
    let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
    let Some(found) = fleet.app(&namespace, &name) else { return Orphaned::ParentGone { parent } };
    let why = match crate::diff::stay_of(&live.value, &parent, found) {
        Ok(None) => "it has not been pruned yet".to_owned(),
        Ok(Some(Stay::Unpruned { why, .. })) => format!("it {}", why.message()),
        Ok(Some(stay)) => stay.message(),
        Err(error) => format!("it fails: {}", error.to_str_lossy().lines().next().unwrap_or_default()),
    };
    Orphaned::NotPruned { parent, why }
}

fn of_set(fleet: &Fleet, live: &LiveObject, set: ObjectRef) -> Orphaned {
    let (namespace, name) = (set.namespace.to_str_lossy(), set.name.to_str_lossy());
    let Some(found) = fleet.set(&namespace, &name) else { return Orphaned::SetGone { set } };
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    match found.outcome() {
        SetOutcome::Failed(error) | SetOutcome::Limited(error) => {
            Orphaned::Frozen { why: first(&error.to_str_lossy()), set }
        }
        SetOutcome::Unknown { gap, .. } => Orphaned::Frozen { why: gap.to_string(), set },
        SetOutcome::Generated { rejected, .. } if rejected.contains_key(&live.object.name) => {
            let why = rejected.get(&live.object.name).map(|error| first(&error.to_str_lossy()));
            Orphaned::Frozen { why: why.unwrap_or_default(), set }
        }
        _ if !found.sync_policy().allows_delete() => {
            Orphaned::KeptByPolicy { policy: found.sync_policy().name(), set }
        }
        _ => Orphaned::NotGenerated { set },
    }
}
