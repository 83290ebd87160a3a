//! An Application that another brings now: who had it may delete it before the other takes it over.

use aoa_lang::Value;

use super::fate::{Departure, Fate, departure, fate};
use crate::fleet::App;
use crate::model::{Kind, ObjectRef, SyncOptions};

/// Who had an Application prunes it, unless whoever brings it now takes it over first: the order of their syncs decides.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Race {
    /// Who had it.
    pub by: ObjectRef,
    /// Whether its objects would go with it.
    pub takes_objects: bool,
}

impl Race {
    /// What may happen, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        let objects = if self.takes_objects { ", with its objects" } else { "" };
        format!("a race: {} deletes it{objects}, unless it is taken over first", self.by.name)
    }

    /// How to be safe, in a few words.
    #[must_use]
    pub fn remedy(&self, app: &ObjectRef) -> String {
        format!(
            "in two steps: annotate {} with argocd.argoproj.io/sync-options: Prune=false, merge, then move it",
            app.name
        )
    }
}

/// What a new owner means for an Application that is there on both sides.
#[derive(Default)]
pub(super) struct Handover {
    /// If it is certainly deleted, and made anew.
    pub(super) fate: Option<Fate>,
    /// If it may be.
    pub(super) race: Option<Race>,
}

/// What it means that another brings `old` now. A set deletes what it owns, and nobody takes it over before. A sync prunes before it
/// makes anything (`runTasks` of gitops-engine), so that a set that comes with it finds nothing.
pub(super) fn handover(old: App<'_>, now: App<'_>) -> Handover {
    let (before, after) = (old.fleet(), now.fleet());
    // Who still brings it, after another, does not let it go.
    let (object, owner) = (now.object_ref(), old.parent());
    if after.conflicts().iter().any(|conflict| conflict.object == object && conflict.parent == owner) {
        return Handover::default();
    }
    let departure = departure(old, before, after);
    if let Departure::Frozen(_) | Departure::Stays(_) = departure {
        return Handover::default();
    }
    let Ok(fate) = fate(old, departure, after) else { return Handover::default() };
    let Fate::Deleted { by, cascade } = &fate else { return Handover::default() };
    let is_certain = match old.origin() {
        Some(set) => now.origin().as_ref() != Some(&set),
        None => comes_with(old, now, by) && !prunes_last(old, by),
    };
    if is_certain {
        return Handover { fate: Some(fate), race: None };
    }
    let takes_objects = *cascade == super::Cascade::Objects;
    Handover { fate: None, race: Some(Race { by: by.clone(), takes_objects }) }
}

/// Whether the set that generates `now` is new, and comes with the sync of `by`.
fn comes_with(old: App<'_>, now: App<'_>, by: &ObjectRef) -> bool {
    let Some(owner) = now.origin() else { return false };
    let (namespace, name) = (owner.namespace.to_str_lossy(), owner.name.to_str_lossy());
    let [was, is] = [old, now].map(|app| app.fleet().set(&namespace, &name));
    was.is_none() && is.is_some_and(|set| set.parent().as_ref() == Some(by))
}

fn prunes_last(old: App<'_>, by: &ObjectRef) -> bool {
    let asks = |object: &Value| {
        let own = crate::sync::annotation_option(object, "argocd.argoproj.io/sync-options", "PruneLast");
        own == Some("true")
    };
    let (namespace, name) = (by.namespace.to_str_lossy(), by.name.to_str_lossy());
    let parent = Some(by).filter(|by| by.kind == Kind::Application);
    let parent = parent.and_then(|_| old.fleet().app(&namespace, &name)?.application());
    let of_parent = |spec: &Value| SyncOptions::of_spec(spec).value("PruneLast") == Some("true");
    old.application().is_some_and(|app| asks(&app.object)) || parent.is_some_and(|app| of_parent(app.spec()))
}
