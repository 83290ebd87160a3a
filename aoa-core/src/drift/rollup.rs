//! Health and sync status, up the tree.

use std::collections::BTreeMap;

use super::snapshot::Snapshot;
use crate::fleet::Fleet;
use crate::model::{Kind, ObjectRef};

/// How an Application is, from the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Health {
    /// All is well.
    Healthy,
    /// It is paused.
    Suspended,
    /// It is on the way.
    Progressing,
    /// Something of it is missing.
    Missing,
    /// Something of it failed.
    Degraded,
    /// Not known.
    Unknown,
}

/// How many Applications are how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// By health.
    pub health: BTreeMap<Health, usize>,
    /// Synced ones.
    pub synced: usize,
    /// Those out of sync.
    pub out_of_sync: usize,
    /// Those of which it is not known.
    pub sync_unknown: usize,
}

/// An owner with all that is below it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rollup {
    /// The Application or set.
    pub owner: ObjectRef,
    /// How deep it stands: 0 for a root.
    pub depth: usize,
    /// The Applications below it.
    pub below: Tally,
    /// Those right below it that are degraded or missing something.
    pub failing: Vec<ObjectRef>,
}

impl Health {
    fn from_name(name: &str) -> Self {
        match name {
            "Healthy" => Health::Healthy,
            "Suspended" => Health::Suspended,
            "Progressing" => Health::Progressing,
            "Missing" => Health::Missing,
            "Degraded" => Health::Degraded,
            _ => Health::Unknown,
        }
    }

    /// The name, as Argo CD has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Health::Healthy => "Healthy",
            Health::Suspended => "Suspended",
            Health::Progressing => "Progressing",
            Health::Missing => "Missing",
            Health::Degraded => "Degraded",
            Health::Unknown => "Unknown",
        }
    }

    fn fails(self) -> bool {
        matches!(self, Health::Missing | Health::Degraded)
    }
}

impl Tally {
    /// How many Applications it counts.
    #[must_use]
    pub fn apps(&self) -> usize {
        self.health.values().sum()
    }

    /// How many of them are degraded or missing something.
    #[must_use]
    pub fn failing(&self) -> usize {
        self.health.iter().filter(|(health, _)| health.fails()).map(|(_, count)| count).sum()
    }

    fn add(&mut self, health: Health, sync: &str) {
        let count = self.health.entry(health).or_default();
        *count = count.saturating_add(1);
        let count = match sync {
            "Synced" => &mut self.synced,
            "OutOfSync" => &mut self.out_of_sync,
            _ => &mut self.sync_unknown,
        };
        *count = count.saturating_add(1);
    }
}

/// All Applications, and every owner with what is below it, from the roots down; nothing where the snapshot has no status.
pub(super) fn rollup(fleet: &Fleet, snapshot: &Snapshot) -> (Tally, Vec<Rollup>) {
    let mut all = Tally::default();
    let mut found: BTreeMap<Vec<ObjectRef>, Rollup> = BTreeMap::new();
    let mut ways: BTreeMap<ObjectRef, Vec<ObjectRef>> = BTreeMap::new();
    for app in fleet.apps() {
        let object =
            ObjectRef { kind: Kind::Application, namespace: app.namespace().into(), name: app.name().into() };
        let Some(live) = snapshot.get(&object) else { continue };
        let health = live.text(&["status", "health", "status"]);
        let sync = live.text(&["status", "sync", "status"]);
        if health.is_empty() && sync.is_empty() {
            continue;
        }
        let health = Health::from_name(health);
        all.add(health, sync);
        let Some(parent) = app.parent() else { continue };
        let way = way(fleet, &parent, &mut ways);
        for end in 1..=way.len() {
            let Some(key) = way.get(..end) else { continue };
            let Some(owner) = key.last() else { continue };
            let entry = found.entry(key.to_vec()).or_insert_with(|| Rollup {
                owner: owner.clone(),
                depth: end.saturating_sub(1),
                below: Tally::default(),
                failing: Vec::new(),
            });
            entry.below.add(health, sync);
            if end == way.len() && health.fails() {
                entry.failing.push(object.clone());
            }
        }
    }
    (all, found.into_values().collect())
}

/// The owners from a root down to `owner`.
fn way(fleet: &Fleet, owner: &ObjectRef, known: &mut BTreeMap<ObjectRef, Vec<ObjectRef>>) -> Vec<ObjectRef> {
    if let Some(way) = known.get(owner) {
        return way.clone();
    }
    let mut way = vec![owner.clone()];
    let mut at = owner.clone();
    // A chain of parents has no cycles: each object keeps the parent that came first.
    loop {
        let (namespace, name) = (at.namespace.to_str_lossy(), at.name.to_str_lossy());
        let parent = match at.kind {
            Kind::Application => fleet.app(&namespace, &name).and_then(|app| app.parent()),
            Kind::ApplicationSet => fleet.set(&namespace, &name).and_then(|set| set.parent()),
            Kind::AppProject => None,
        };
        match parent {
            Some(parent) => {
                way.push(parent.clone());
                at = parent;
            }
            None => break,
        }
    }
    way.reverse();
    known.insert(owner.clone(), way.clone());
    way
}
