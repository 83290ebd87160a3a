//! Laws of comparisons, over fleets of every sort that are edited at random.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};

use aoa_core::diff::{AppChange, ChangeKind, Changes, FieldChange, ManifestChangeKind, diff};
use aoa_core::fleet::{App, State};
use aoa_core::lang::{Value, json};
use aoa_core::model::Manifest;
use aoa_core::{Fleet, Options, resolve};

use super::world::{Seed, World};

/// Fleets that come of each other by some edits.
fn pairs(seed: u64, count: usize) -> Vec<(Fleet, Fleet)> {
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

fn objects(app: App<'_>) -> BTreeMap<[String; 4], Vec<String>> {
    let mut found: BTreeMap<[String; 4], Vec<String>> = BTreeMap::new();
    for manifest in app.content().into_iter().flat_map(|content| content.manifests().iter()) {
        let text = json::to_string(&manifest.object).unwrap();
        found.entry(manifest.sort_key().map(str::to_owned)).or_default().push(text);
    }
    found
}

fn is_known(app: App<'_>) -> bool {
    app.content().is_some_and(|content| content.state == State::Rendered)
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
    let mut seen = BTreeMap::new();
    for (one, other) in (300..312).flat_map(|seed| pairs(seed, 8)) {
        let changes = diff(&one, &other);
        let mut names: BTreeSet<(String, String)> = one.apps().map(key).collect();
        for change in &changes.apps {
            *seen.entry(change.kind.name()).or_insert(0) += 1;
            let name = (change.app.namespace.to_string(), change.app.name.to_string());
            match &change.kind {
                ChangeKind::Added | ChangeKind::Appeared { .. } => assert!(names.insert(name)),
                ChangeKind::Removed | ChangeKind::Frozen { .. } => assert!(names.remove(&name)),
                ChangeKind::Renamed { from } => {
                    assert!(names.remove(&(from.namespace.to_string(), from.name.to_string())));
                    assert!(names.insert(name));
                }
                _ => assert!(names.contains(&name)),
            }
        }
        assert_eq!(names, other.apps().map(key).collect());
        let told = by_name(&changes);
        for now in other.apps() {
            let Some(old) = one.app(now.namespace(), now.name()) else { continue };
            let change = told.get(&key(now)).copied();
            assert_eq!(change.is_none_or(|change| change.fields.is_empty()), spec(old) == spec(now));
            if is_known(old) && is_known(now) {
                assert_eq!(untrue(old, change), Vec::<String>::new());
                let same = |manifest: &&Manifest| told_of(change, manifest).is_none();
                for manifest in old.content().unwrap().manifests().iter().filter(same) {
                    let is_there = objects(now).contains_key(&manifest.sort_key().map(str::to_owned));
                    let followed = manifest.kind() == "Application";
                    assert!(is_there || followed, "{} of {}", manifest.name(), now.name());
                }
            }
        }
    }
    for kind in ["added", "removed", "changed", "moved", "frozen", "appeared"] {
        assert!(seen.contains_key(kind), "{kind} never happens: {seen:?}");
    }
}

fn key(app: App<'_>) -> (String, String) {
    (app.namespace().to_owned(), app.name().to_owned())
}

/// What counts of the object.
fn spec(app: App<'_>) -> String {
    let object = app.application().unwrap();
    let metadata =
        ["annotations", "finalizers", "labels"].map(|key| object.object.at(&["metadata", key]).cloned());
    format!("{:?} {}", metadata, json::to_string(&app.spec()).unwrap())
}

fn told_of<'c>(
    change: Option<&'c AppChange>,
    manifest: &Manifest,
) -> Option<&'c aoa_core::diff::ManifestChange> {
    change?.manifests.iter().find(|told| {
        (&*told.kind, &*told.namespace, &*told.name)
            == (manifest.kind(), manifest.namespace(), manifest.name())
    })
}

/// Fields that do not have the value that they are told to have had.
fn untrue(old: App<'_>, change: Option<&AppChange>) -> Vec<String> {
    let mut wrong = Vec::new();
    for told in change.into_iter().flat_map(|change| change.manifests.iter()) {
        if told.change != ManifestChangeKind::Changed || told.was.is_some() {
            continue;
        }
        let is_it = |m: &&Manifest| {
            (m.kind(), m.namespace(), m.name()) == (&*told.kind, &*told.namespace, &*told.name)
        };
        let Some(manifest) = old.content().unwrap().manifests().iter().find(is_it) else { continue };
        for field in told.fields.iter().filter(|field| !field.path.contains('[')) {
            let path: Vec<&str> = field.path.split('.').collect();
            let value = manifest.object.at(&path).filter(|value| !value.is_null()).cloned();
            if written(&value) != written(&field.before) {
                wrong.push(format!("{} {}", told.name, field.path));
            }
        }
    }
    wrong
}
