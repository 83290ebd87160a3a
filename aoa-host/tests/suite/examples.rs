//! The example programs print what is expected of them; those in Python and Node are held against the same texts.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Runs an example on the fleet `shop`; cargo builds examples before tests, next to them.
fn run(name: &str, more: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(program.exists(), "build the examples first: cargo build -p aoa-host --examples");
    Command::new(program).current_dir(root()).arg("examples/fleets/shop").args(more).output().unwrap()
}

fn prints(name: &str, more: &[&str], code: i32) {
    let output = run(name, more);
    let expected = std::fs::read_to_string(root().join(format!("examples/expected/{name}.txt"))).unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn apps_per_cluster() {
    prints("apps_per_cluster", &[], 0);
}

#[test]
fn gate() {
    prints("gate", &[], 1);
}

#[test]
fn graph() {
    prints("graph", &[], 0);
}

#[test]
fn what_if() {
    prints("what_if", &["examples/fleets/shop/aoa.next.yaml"], 0);
    assert_eq!(run("what_if", &[]).status.code(), Some(1), "it says how it is used");
}
