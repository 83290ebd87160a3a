//! Jsonnet sources as the command renders them: in a child process, which may fail without taking the fleet along.
#![cfg(feature = "jsonnet")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn write(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// A fleet of one Application whose folder holds `program` and a library.
fn render(program: &str) -> Output {
    render_as(program, &[])
}

fn render_as(program: &str, flags: &[&str]) -> Output {
    let fleet = tempfile::tempdir().unwrap();
    let root = fleet.path();
    write(
        root,
        "aoa.yaml",
        "repositories: {\"https://git.example/fleet\": .}\nroots: [{path: apps/web.yaml}]\n",
    );
    write(
        root,
        "apps/web.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  project: default\n  \
         source: {repoURL: https://git.example/fleet, path: web, directory: {jsonnet: {extVars: [{name: count, value: \"2\", code: true}]}}}\n  \
         destination: {server: https://kubernetes.default.svc, namespace: web}\n",
    );
    write(root, "web/main.jsonnet", program);
    write(
        root,
        "web/map.libsonnet",
        "{map(name):: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: name}}}",
    );
    Command::new(env!("CARGO_BIN_EXE_aoa"))
        .current_dir(root)
        .args(["render", "web"])
        .args(flags)
        .output()
        .unwrap()
}

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn programs_import_files_and_read_variables() {
    let program =
        "local m = import 'map.libsonnet'; [m.map('a-%d' % i) for i in std.range(1, std.extVar('count'))]";
    let out = render(program);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(text.contains("name: a-1\n") && text.contains("name: a-2\n"), "{text}");
}

#[test]
fn normalized_manifests_are_marked_and_have_namespaces() {
    let out = render_as("(import 'map.libsonnet').map('a')", &["--normalized"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{}", stderr(&out));
    assert!(text.contains("argocd.argoproj.io/tracking-id: web:/ConfigMap:web/a\n"), "{text}");
    assert!(text.contains("  namespace: web\n"), "{text}");
}

#[test]
fn an_error_of_the_program_is_one_of_the_application() {
    let out = render("error 'boom'");
    assert_eq!(out.status.code(), Some(2));
    assert!(
        stderr(&out).contains("Failed to evaluate jsonnet \"main.jsonnet\": RUNTIME ERROR: boom"),
        "{}",
        stderr(&out)
    );
}

#[test]
fn a_program_that_eats_all_memory_leaves_its_application_unknown() {
    let out = render(
        "local double(s, n) = if n == 0 then s else double(s + s, n - 1); std.length(std.md5(double('abcdefgh', 40)))",
    );
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("was given up"), "{}", stderr(&out));
}

#[test]
fn the_order_of_a_sync_is_told() {
    let program = "[{apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web'}}, \
                   {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'late', annotations: {'argocd.argoproj.io/sync-wave': '1'}}}, \
                   {apiVersion: 'v1', kind: 'Service', metadata: {name: 'web'}}, \
                   {apiVersion: 'batch/v1', kind: 'Job', metadata: {name: 'db', annotations: {'argocd.argoproj.io/hook': 'PreSync'}}}]";
    let out = render_as(program, &["--order"]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{}", stderr(&out));
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let want = [
        ["PreSync", "wave", "0", "hook", "Job", "web/db"],
        ["Sync", "wave", "0", "apply", "Service", "web/web"],
        ["Sync", "wave", "0", "apply", "Deployment", "web/web"],
        ["Sync", "wave", "1", "apply", "ConfigMap", "web/late"],
    ];
    assert_eq!(lines, want);
}
