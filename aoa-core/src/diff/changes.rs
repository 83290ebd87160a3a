//! The changes of a whole fleet.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aoa_lang::value::Text;

use super::comparing::{Comparing, missing, reason, reference, whereabouts};
use super::fate::{Fate, departure, fate, stalled};
use super::fields::FieldChange;
use super::hang::{Hang, hang};
use super::manifests::ManifestChange;
use super::pairs::{Pair, Unshared, renamed};
use super::race::Race;
use super::radius::{Radius, radius};
use super::random::Drift;
use super::terms::TermChange;
use crate::finding::Finding;
use crate::fleet::{App, Fleet, Obstacle, SetOutcome};
use crate::model::{Kind, ObjectRef};

/// What changes from one fleet to another.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Changes {
    /// The Applications that change, by namespace and name.
    pub apps: Vec<AppChange>,
    /// How many do not.
    pub same: usize,
    /// How many of these are not known in full, on either side.
    pub same_unknown: usize,
    /// What there is to say of the fleets.
    pub findings: FindingChanges,
    /// What changes of what judges the fleet, where it was looked at: [`Changes::add_terms`].
    pub terms: Vec<TermChange>,
    /// What the Applications that were compared object by object draw anew at each rendering: left out of their changes.
    pub drifts: Vec<Drift>,
    /// What is worth knowing of the fleets that were compared: filled by who loaded them.
    pub notes: Vec<String>,
    pub(super) radius: Radius,
}

/// One Application that changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppChange {
    /// The Application; of a renamed one what it is called afterwards.
    pub app: ObjectRef,
    /// What becomes of it.
    pub kind: ChangeKind,
    /// Where it was; `None` if it was not.
    pub before: Option<Whereabouts>,
    /// Where it is; `None` if it is not.
    pub after: Option<Whereabouts>,
    /// The fields of its own object that differ.
    pub fields: Vec<FieldChange>,
    /// The manifests that differ; all of them if it comes or goes.
    pub manifests: Arc<[ManifestChange]>,
    /// What is not known of its content, on either side: its manifests are not compared then.
    pub missing: Option<MissingContent>,
    /// Of one that goes: who deletes it, and what with it.
    pub fate: Option<Fate>,
    /// What keeps the deletion of one that goes from coming to an end.
    pub hang: Option<Hang>,
    /// Who may delete it before another takes it over.
    pub race: Option<Race>,
    /// What keeps the change from taking effect by itself.
    pub obstacles: Vec<Obstacle>,
}

/// What becomes of an Application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is there now; whether it was before is not known, for this reason.
    Appeared {
        /// What was wrong before.
        why: Text,
    },
    /// Nobody brings it any more: see [`AppChange::fate`].
    Removed,
    /// Nobody brings it any more, but only since something fails or is not known: it stays as it is.
    Frozen {
        /// What is wrong now.
        why: Text,
    },
    /// Its object or its content differs.
    Changed,
    /// It belongs somewhere else now: another parent, set, project or destination.
    Moved,
    /// It has another name, and is the same otherwise: the old one goes, a new one comes.
    Renamed {
        /// What it was called.
        from: ObjectRef,
    },
}

/// Where an Application belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Whereabouts {
    /// Who brings it; `None` for a root.
    pub parent: Option<ObjectRef>,
    /// Its project.
    pub project: String,
    /// The cluster it goes to: its name, or what the destination says where there is no such cluster.
    pub cluster: String,
    /// The namespace that it goes to.
    pub namespace: String,
}

/// Why contents cannot be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingContent {
    /// Why it was not known before.
    pub before: Option<String>,
    /// Why it is not known now.
    pub after: Option<String>,
}

/// What there is to say of one fleet and not of the other.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FindingChanges {
    /// What the change brings.
    pub introduced: Vec<Finding>,
    /// What it mends.
    pub fixed: Vec<Finding>,
    /// How many are on both sides.
    pub unchanged: usize,
}

impl Changes {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let same_findings = self.findings.introduced.is_empty() && self.findings.fixed.is_empty();
        self.apps.is_empty() && same_findings && self.terms.is_empty()
    }

    /// What is deleted.
    #[must_use]
    pub fn radius(&self) -> &Radius {
        &self.radius
    }

    /// Applications whose fate or content is not known, the unchanged ones among them not counted.
    pub fn unknown(&self) -> impl Iterator<Item = &AppChange> {
        self.apps.iter().filter(|change| change.is_unknown())
    }
}

impl AppChange {
    /// Whether it is not known what happens to it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        let unknown = matches!(self.kind, ChangeKind::Frozen { .. } | ChangeKind::Appeared { .. });
        unknown || self.missing.is_some()
    }

    /// Whether its object is deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        matches!(self.fate, Some(Fate::Deleted { .. }))
    }
}

impl ChangeKind {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Appeared { .. } => "appeared",
            ChangeKind::Removed => "removed",
            ChangeKind::Frozen { .. } => "frozen",
            ChangeKind::Changed => "changed",
            ChangeKind::Moved => "moved",
            ChangeKind::Renamed { .. } => "renamed",
        }
    }
}

pub(super) fn compare(before: &Fleet, after: &Fleet) -> Changes {
    let mut changes = Changes::default();
    let mut comparing = Comparing::default();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let looked_at = Unshared::of(before, after);
    (changes.same, changes.same_unknown) = looked_at.shared;
    for pair in looked_at.pairs() {
        match pair {
            Pair::Gone(app) => gone.push(app),
            Pair::New(app) => new.push(app),
            Pair::Both(old, now) => match comparing.both(old, now) {
                Some(change) => changes.apps.push(change),
                None => {
                    changes.same += 1;
                    changes.same_unknown += usize::from(reason(old).is_some() || reason(now).is_some());
                }
            },
        }
    }
    let renamed = renamed(&gone, &new);
    let new_names: HashSet<_> = renamed.iter().map(|(old, _)| old.id()).collect();
    let old_names: HashMap<_, _> = renamed.iter().map(|(old, now)| (now.id(), *old)).collect();
    for old in gone.into_iter().filter(|old| !new_names.contains(&old.id())) {
        changes.apps.push(removed(old, before, after));
    }
    for now in new {
        changes.apps.push(match old_names.get(&now.id()) {
            Some(old) => renaming(*old, now, (before, after), &mut comparing),
            None => added(now, before),
        });
    }
    changes.apps.sort_by(|a, b| a.app.cmp(&b.app));
    changes.drifts = comparing.drifts;
    changes.drifts.sort_by(|a, b| (&a.app, &a.kind, &a.name).cmp(&(&b.app, &b.kind, &b.name)));
    changes.radius = radius(&changes.apps, before, after);
    changes.findings = findings(before, after);
    changes
}

fn removed(old: App<'_>, before: &Fleet, after: &Fleet) -> AppChange {
    let (kind, fate) = match fate(old, departure(old, before, after), after) {
        Ok(fate) => (ChangeKind::Removed, Some(fate)),
        Err(why) => (ChangeKind::Frozen { why }, None),
    };
    let missing = reason(old).map(|before| MissingContent { before: Some(before), after: None });
    let hang = hang(old, fate.as_ref(), before, after);
    AppChange {
        app: reference(old),
        kind,
        before: Some(whereabouts(old)),
        after: None,
        fields: Vec::new(),
        manifests: Arc::default(),
        missing,
        fate,
        hang,
        race: None,
        obstacles: Vec::new(),
    }
}

fn renaming<'f>(
    old: App<'f>,
    now: App<'f>,
    (before, after): (&Fleet, &Fleet),
    comparing: &mut Comparing<'f>,
) -> AppChange {
    let from = reference(old);
    let gone = removed(old, before, after);
    let change = comparing.both(old, now);
    let (fields, manifests) = change.map(|change| (change.fields, change.manifests)).unwrap_or_default();
    AppChange {
        app: reference(now),
        kind: ChangeKind::Renamed { from },
        before: gone.before,
        after: Some(whereabouts(now)),
        fields,
        manifests,
        missing: missing(old, now),
        fate: gone.fate,
        hang: gone.hang,
        race: None,
        obstacles: now.obstacles(),
    }
}

fn added(now: App<'_>, before: &Fleet) -> AppChange {
    let kind = match unknown_before(now, before) {
        Some(why) => ChangeKind::Appeared { why },
        None => ChangeKind::Added,
    };
    let missing = reason(now).map(|after| MissingContent { before: None, after: Some(after) });
    AppChange {
        app: reference(now),
        kind,
        before: None,
        after: Some(whereabouts(now)),
        fields: Vec::new(),
        manifests: Arc::default(),
        missing,
        fate: None,
        hang: None,
        race: None,
        obstacles: now.obstacles(),
    }
}

/// What was wrong before with the nearest owner of `app` that was there: it may have had the Application already.
fn unknown_before(app: App<'_>, before: &Fleet) -> Option<Text> {
    let mut owner = app.parent()?;
    let fleet = app.fleet();
    loop {
        let (namespace, name) = (owner.namespace.to_str_lossy(), owner.name.to_str_lossy());
        let above = match owner.kind {
            Kind::Application => {
                if let Some(known) = before.app(&namespace, &name) {
                    return known.content().and_then(stalled);
                }
                fleet.app(&namespace, &name)?.parent()?
            }
            Kind::ApplicationSet => {
                if let Some(known) = before.set(&namespace, &name) {
                    return match known.outcome() {
                        SetOutcome::Unknown { gap, .. } => Some(gap.to_string().into()),
                        SetOutcome::Failed(error) | SetOutcome::Limited(error) => Some(error.clone()),
                        SetOutcome::Pending | SetOutcome::Generated { .. } => None,
                    };
                }
                fleet.set(&namespace, &name)?.parent()?
            }
            Kind::AppProject => return None,
        };
        owner = above;
    }
}

fn findings(before: &Fleet, after: &Fleet) -> FindingChanges {
    if Arc::ptr_eq(&before.data.findings, &after.data.findings) {
        return FindingChanges { unchanged: before.findings().len(), ..FindingChanges::default() };
    }
    let (before, after) = (before.findings(), after.findings());
    let mut old: HashMap<String, Vec<&Finding>> = HashMap::new();
    for finding in before {
        old.entry(finding.fingerprint()).or_default().push(finding);
    }
    let mut changes = FindingChanges::default();
    for finding in after {
        match old.get_mut(&finding.fingerprint()).and_then(Vec::pop) {
            Some(_) => changes.unchanged += 1,
            None => changes.introduced.push(finding.clone()),
        }
    }
    let mut left: HashMap<String, usize> = old.into_iter().map(|(print, left)| (print, left.len())).collect();
    for finding in before {
        if let Some(count) = left.get_mut(&finding.fingerprint()).filter(|count| **count > 0) {
            *count -= 1;
            changes.fixed.push(finding.clone());
        }
    }
    changes
}
