//! What is read of an output is the fleet that was written.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::diff::{Changes, diff};
use aoa_core::lang::Value;
use aoa_core::lang::json::{self, Numbers};
use aoa_core::wire::{Redactor, WireOptions, read_fleet, write_changes, write_fleet};
use aoa_core::{Fleet, Options};

use super::laws::pairs;

fn written(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    write_fleet(fleet, WireOptions::default().with_manifests(true).with_secrets(true), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(text: &str) -> Result<Fleet, aoa_core::lang::Error> {
    read_fleet(&json::read(text.as_bytes(), Numbers::PreserveInts).unwrap(), &Options::default())
}

fn again(fleet: &Fleet) -> Fleet {
    read(&written(fleet)).unwrap()
}

fn told(changes: &Changes, before: &Fleet, after: &Fleet) -> String {
    let mut out = Vec::new();
    write_changes(changes, &Redactor::of_both(before, after, true), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn nothing_changes_from_a_fleet_to_its_output() {
    for (fleet, _) in (400..420).flat_map(|seed| pairs(seed, 6)) {
        let recorded = again(&fleet);
        let changes = diff(&fleet, &recorded);
        assert!(changes.is_empty(), "{}", told(&changes, &fleet, &recorded));
        assert_eq!(changes.same, fleet.apps().len());
        // All but what the gaps were derived from, which stands at the end.
        let all = |fleet: &Fleet| written(fleet).split_once(",\n\"needs\":").unwrap().0.to_owned();
        assert_eq!(all(&recorded), all(&fleet));
    }
}

#[test]
fn outputs_change_as_their_fleets_do() {
    let mut seen = 0;
    for (before, after) in (420..440).flat_map(|seed| pairs(seed, 6)) {
        let expected = diff(&before, &after);
        let (old, new) = (again(&before), again(&after));
        let found = diff(&old, &new);
        assert_eq!(told(&found, &old, &new), told(&expected, &before, &after));
        seen += expected.apps.len();
    }
    assert!(seen > 100, "{seen} changes");
}

#[test]
fn what_is_no_output_is_said() {
    let wrong = [
        (r#"{}"#, "this is no fleet as aoa writes it"),
        (
            r#"{"schemaVersion": 2, "apps": [], "appSets": [], "clusters": []}"#,
            "this is version 2 of the output, and version 1 is known",
        ),
        (r#"{"schemaVersion": 1, "apps": {}, "appSets": [], "clusters": []}"#, "apps: this is no list"),
        (
            r#"{"schemaVersion": 1, "apps": [{}], "appSets": [], "clusters": []}"#,
            "apps[0]: there is no state `` of a content",
        ),
    ];
    for (text, message) in wrong {
        assert_eq!(read(text).err().unwrap().message(), message);
    }
    let app = |name: &str, rest: &str| format!(r#"{{"name": "{name}", "namespace": "argocd", {rest}}}"#);
    let parent = |name: &str| {
        format!(r#""parent": {{"kind": "Application", "namespace": "argocd", "name": "{name}"}}"#)
    };
    let skipped = r#""content": {"state": "skipped"}"#;
    let fleet = |apps: &[String]| {
        read(&format!(
            r#"{{"schemaVersion": 1, "apps": [{}], "appSets": [], "clusters": []}}"#,
            apps.join(",")
        ))
    };
    let with = |name: &str, above: &str| app(name, &format!("{}, {skipped}", parent(above)));
    let wrong = [
        (vec![with("a", "b")], "parent Application argocd/b is not there"),
        (vec![with("a", "a")], "Application argocd/a stands below itself"),
        (vec![with("a", "b"), with("b", "c"), with("c", "b")], "Application argocd/a stands below itself"),
        (vec![app("a", skipped), app("a", skipped)], "Application argocd/a is there twice"),
        (
            vec![app("a", r#""content": {"state": "known", "manifests": 2}"#)],
            "apps[0]: the output was written without manifests",
        ),
        (vec![app("a", r#""content": {"state": "new"}"#)], "apps[0]: there is no state `new` of a content"),
    ];
    for (apps, message) in wrong {
        assert_eq!(fleet(&apps).err().unwrap().message(), message);
    }
    assert_eq!(fleet(&[with("a", "b"), app("b", skipped)]).unwrap().roots().count(), 1);
}

#[test]
fn only_settings_that_decide_are_written() {
    let mut inputs = aoa_core::Inputs::default();
    let entries = [("dex.config", "clientSecret: x"), ("resource.exclusions", "[]")];
    inputs.settings.argocd_cm = Some(Value::map(entries.map(|(key, value)| (key, Value::from(value)))));
    let fleet = aoa_core::resolve(&inputs, &Options::default()).unwrap();
    let text = written(&fleet);
    assert!(text.contains("resource.exclusions") && !text.contains("clientSecret"), "{text}");
    let recorded = again(&fleet);
    assert_eq!(
        recorded.inputs().settings.argocd_cm.as_ref().unwrap().str_at(&["resource.exclusions"]),
        Some("[]")
    );
}
