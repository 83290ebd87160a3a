//! Laws of comparisons, over fleets of every sort that are edited at random.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};

use aoa_core::diff::{AppChange, ChangeKind, Changes, FieldChange, ManifestChangeKind, diff};
use aoa_core::lang::{Value, json};
use aoa_core::{Fleet, Options, resolve};

use super::apply::{applied, model};
use super::world::{Seed, World};

/// Fleets that come of each other by some edits.
pub(super) fn pairs(seed: u64, count: usize) -> Vec<(Fleet, Fleet)> {
    let mut seed = Seed(seed);
    let mut world = World::new(&mut seed);
    let fleet = |world: &World| resolve(&world.inputs(), &Options::default()).unwrap();
    let mut older = fleet(&world);
    let mut found = Vec::new();
    for _ in 0..count {
        for _ in 0..=seed.below(4) {
            world.edit(&mut seed);
        }
        let newer = fleet(&world);
        found.push((older, newer.clone()));
        older = newer;
    }
    found
}

fn by_name(changes: &Changes) -> BTreeMap<(String, String), &AppChange> {
    let name = |change: &AppChange| (change.app.namespace.to_string(), change.app.name.to_string());
    changes.apps.iter().map(|change| (name(change), change)).collect()
}

/// What a change is from the other side.
fn opposite(kind: &ChangeKind) -> &'static [&'static str] {
    match kind {
        ChangeKind::Added | ChangeKind::Appeared { .. } => &["removed", "frozen"],
        ChangeKind::Removed | ChangeKind::Frozen { .. } => &["added", "appeared"],
        ChangeKind::Changed => &["changed"],
        ChangeKind::Moved => &["moved"],
        _ => &["renamed"],
    }
}

fn written(value: &Option<Value>) -> Option<String> {
    value.as_ref().map(|value| json::to_string(value).unwrap())
}

fn fields(fields: &[FieldChange], turned: bool) -> BTreeSet<(String, Option<String>, Option<String>)> {
    let one = |field: &FieldChange| {
        let (before, after) = (written(&field.before), written(&field.after));
        let (before, after) = if turned { (after, before) } else { (before, after) };
        (field.path.clone(), before, after)
    };
    fields.iter().map(one).collect()
}

#[test]
fn nothing_changes_from_a_fleet_to_itself() {
    for (one, other) in (100..108).flat_map(|seed| pairs(seed, 6)) {
        assert!(diff(&one, &one).is_empty() && diff(&other, &other).is_empty());
        assert_eq!(diff(&one, &one).same, one.apps().len());
    }
}

#[test]
fn the_way_back_is_the_reverse() {
    let mut seen = 0;
    for (one, other) in (200..212).flat_map(|seed| pairs(seed, 8)) {
        let (there, back) = (diff(&one, &other), diff(&other, &one));
        assert_eq!(there.same, back.same);
        let backwards = by_name(&back);
        for change in &there.apps {
            let app = match &change.kind {
                ChangeKind::Renamed { from } => from,
                _ => &change.app,
            };
            let reverse = backwards[&(app.namespace.to_string(), app.name.to_string())];
            assert!(opposite(&change.kind).contains(&reverse.kind.name()), "{change:#?}\n{reverse:#?}");
            assert_eq!((&change.before, &change.after), (&reverse.after, &reverse.before));
            assert_eq!(fields(&change.fields, false), fields(&reverse.fields, true));
            let kind = |change: ManifestChangeKind, turned: bool| match (change, turned) {
                (ManifestChangeKind::Added, false) | (ManifestChangeKind::Removed(_), true) => "comes",
                (ManifestChangeKind::Added, true) | (ManifestChangeKind::Removed(_), false) => "goes",
                _ => "changes",
            };
            let manifests = |change: &AppChange, turned| -> BTreeSet<_> {
                let one = |m: &aoa_core::diff::ManifestChange| {
                    let name = (m.kind.clone(), m.namespace.clone(), m.name.clone());
                    (name, kind(m.change, turned), fields(&m.fields, turned))
                };
                change.manifests.iter().filter(|m| m.was.is_none()).map(one).collect()
            };
            assert_eq!(manifests(change, false), manifests(reverse, true));
            seen += 1;
        }
        assert_eq!(there.apps.len(), back.apps.len());
        let prints = |findings: &[aoa_core::finding::Finding]| -> BTreeSet<String> {
            findings.iter().map(|finding| finding.fingerprint()).collect()
        };
        assert_eq!(prints(&there.findings.introduced), prints(&back.findings.fixed));
    }
    assert!(seen > 100, "{seen} changes");
}

#[test]
fn what_is_told_makes_the_one_fleet_of_the_other() {
    let (mut seen, mut rebuilt) = (BTreeMap::new(), BTreeMap::new());
    for (one, other) in (300..324).flat_map(|seed| pairs(seed, 8)) {
        let changes = diff(&one, &other);
        for change in &changes.apps {
            *seen.entry(change.kind.name()).or_insert(0) += 1;
            for manifest in change.manifests.iter() {
                *rebuilt.entry(manifest.kind.clone()).or_insert(0) += 1;
            }
        }
        let (made, meant) = (applied(&changes, &one, &other), model(&other));
        for (key, app) in &meant {
            assert_eq!(made.get(key), Some(app), "{key:?}: {:#?}", by_name(&changes).get(key));
        }
        assert_eq!(made.len(), meant.len());
    }
    for kind in ["added", "removed", "changed", "moved", "renamed", "frozen", "appeared"] {
        assert!(seen.contains_key(kind), "{kind} never happens: {seen:?}");
    }
    for kind in ["AppProject", "ApplicationSet", "ConfigMap", "Deployment", "Secret", "Service"] {
        assert!(rebuilt.get(kind).is_some_and(|count| *count > 3), "{kind} hardly changes: {rebuilt:?}");
    }
}
