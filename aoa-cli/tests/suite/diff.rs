//! `aoa diff`: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::copy;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn fleets() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples/fleets/gitops-bridge");
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    copy(&fleet, &before);
    copy(&fleet, &after);
    (folder, before, after)
}

/// Standard output, standard error and the exit code of `aoa diff before after` and `more`.
fn diff(before: &Path, after: &Path, more: &[&str]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
    let out = command.arg("diff").args([before, after]).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(out.stdout), text(out.stderr), out.status.code().unwrap())
}

#[test]
fn a_fleet_and_itself_differ_in_nothing() {
    let (_folder, before, after) = fleets();
    let (answer, said, code) =
        diff(&before, &after, &["--exit-code", "--max-deletes", "0", "--max-unknown", "0"]);
    assert!(answer.starts_with("nothing changes\n"), "{answer}");
    assert_eq!((said.as_str(), code), ("", 0));
}

#[test]
fn a_relabelled_cluster_shows_on_the_first_line_what_it_costs() {
    let (_folder, before, after) = fleets();
    let cluster = after.join("clusters/stage.yaml");
    let text = fs::read_to_string(&cluster).unwrap();
    fs::write(&cluster, text.replace("enable_cert_manager: \"true\"", "enable_cert_manager: \"false\""))
        .unwrap();
    assert_ne!(text, fs::read_to_string(&cluster).unwrap());
    let (answer, said, code) = diff(&before, &after, &["--max-deletes", "0"]);
    assert!(answer.starts_with("DELETES 1 app on 1 cluster (stage); their objects stay\n"), "{answer}");
    assert!(
        answer.contains("- cert-manager-stage  stage  deleted with cert-manager: its objects stay"),
        "{answer}"
    );
    assert!(said.contains("Applications deleted: 1, gate is 0") && said.contains("--max-deletes"), "{said}");
    assert_eq!(code, 1);
    let (json, _, code) = diff(&before, &after, &["--json"]);
    assert!(json.contains("\"deleted\":1") && json.contains("\"cascade\":\"no-finalizer\""), "{json}");
    assert_eq!(code, 0);
}

#[test]
fn gates_are_those_of_the_older_side() {
    let (_folder, before, after) = fleets();
    fs::remove_file(after.join("clusters/stage.yaml")).unwrap();
    let config = fs::read_to_string(before.join("aoa.yaml")).unwrap();
    fs::write(before.join("aoa.yaml"), format!("{config}\ngates: {{max-deletes: 0}}\n")).unwrap();
    fs::write(after.join("aoa.yaml"), format!("{config}\ngates: {{max-deletes: 1000}}\n")).unwrap();
    let (_, said, code) = diff(&before, &after, &[]);
    assert!(said.contains("gate is 0") && said.contains("the gates of aoa.yaml change"), "{said}");
    assert_eq!(code, 1);
}

#[test]
fn what_judges_is_told_apart_and_counts_for_the_next_change() {
    let (_folder, before, after) = fleets();
    let policy = after.join("policies/platform.yaml");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace("registry.acme.example/**", "**")).unwrap();
    let web = after.join("teams/search/web/manifests/deployment.yaml");
    let manifest = fs::read_to_string(&web).unwrap();
    fs::write(&web, manifest.replace("registry.acme.example/search/web:1.0.0", "docker.io/acme/web"))
        .unwrap();
    let (answer, _, _) = diff(&before, &after, &[]);
    assert!(answer.contains("what judges changes: 1 change, not counted yet"), "{answer}");
    assert!(answer.contains("platform") && !answer.contains("A005"), "{answer}");
    // The policy of the older side still stands, and all rules are asked.
    let (answer, _, code) = diff(&before, &after, &["--check"]);
    assert!(answer.contains("[A005]") && answer.contains("is not allowed by platform/images"), "{answer}");
    assert!(answer.contains("[H002]"), "{answer}");
    assert_eq!(code, 0);
    let (json, _, _) = diff(&before, &after, &["--check", "--json"]);
    assert!(json.contains("\"rule\":\"A005\"") && json.contains("\"terms\":["), "{json}");
    // The other way round nothing is brought, and something is mended.
    let (json, _, _) = diff(&after, &before, &["--check", "--json"]);
    assert!(json.contains("\"introduced\":[]") && json.contains("\"rule\":\"H002\""), "{json}");
}
