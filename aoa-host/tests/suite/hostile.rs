//! Folders that were made to hurt: each ends in a typed error or in a finding, and nothing waits for anybody.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use aoa_core::fleet::State;
use aoa_core::lang::{ErrorKind, source::TreePath};
use aoa_core::{Fleet, resolve};
use aoa_host::{FolderLimits, LoadOptions, load, read_folder, read_inventory_text};
use tempfile::TempDir;

const ROOT: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\nspec:\n  \
                    project: default\n  source: {repoURL: 'HERE', path: apps}\n  \
                    destination: {name: in-cluster, namespace: argocd}\n";
const LEAF: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: leaf}\n";

/// A folder with one sound Application.
fn fleet_folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("file://{}", dir.path().canonicalize().unwrap().display());
    fs::create_dir(dir.path().join("apps")).unwrap();
    fs::write(dir.path().join("root.yaml"), ROOT.replace("HERE", &url)).unwrap();
    fs::write(dir.path().join("apps/leaf.yaml"), LEAF).unwrap();
    dir
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn fleet(dir: &TempDir) -> Fleet {
    let loaded = load(dir.path(), &LoadOptions::default()).unwrap();
    resolve(&loaded.inputs, &loaded.options).unwrap()
}

fn state(fleet: &Fleet) -> State {
    fleet.app("argocd", "root").unwrap().content().unwrap().state.clone()
}

fn reason(fleet: &Fleet) -> String {
    state(fleet).reason().unwrap_or_default()
}

#[test]
fn pipes_are_not_waited_for() {
    let dir = fleet_folder();
    for path in ["apps/pipe.yaml", "aoa.yaml", "pipe", "apps/.argocd-source.yaml", "apps/kustomization.yaml"]
    {
        pipe(&dir.path().join(path));
    }
    assert_eq!(state(&fleet(&dir)), State::Rendered);
    symlink("pipe.yaml", dir.path().join("apps/link.yaml")).unwrap();
    symlink("/dev/zero", dir.path().join("apps/zero.txt")).unwrap();
    assert!(reason(&fleet(&dir)).contains("out-of-bounds symlinks"));
    // What was a file when the folder was read is a pipe when it is opened.
    let tree = read_folder(dir.path(), FolderLimits::default()).unwrap();
    fs::remove_file(dir.path().join("apps/leaf.yaml")).unwrap();
    pipe(&dir.path().join("apps/leaf.yaml"));
    let error = tree.read(&TreePath::new("apps/leaf.yaml").unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, "`apps/leaf.yaml` is no file any more"));
}

#[test]
fn links_that_go_round_lead_nowhere() {
    let dir = fleet_folder();
    for (target, link) in [
        ("loop2.yaml", "apps/loop1.yaml"),
        ("loop1.yaml", "apps/loop2.yaml"),
        ("self.yaml", "apps/self.yaml"),
        ("..", "apps/up"),
        (".", "apps/here"),
        ("missing", "apps/missing.yaml"),
    ] {
        symlink(target, dir.path().join(link)).unwrap();
    }
    assert_eq!(state(&fleet(&dir)), State::Rendered);
}

#[test]
fn links_do_not_leave_the_folder() {
    for target in ["../../../../etc/passwd", "/etc/passwd"] {
        let dir = fleet_folder();
        symlink(target, dir.path().join("apps/out.yaml")).unwrap();
        assert!(reason(&fleet(&dir)).contains("out-of-bounds symlinks"), "{target}");
    }
    // A folder that becomes a link after it was read.
    let (dir, outside) = (fleet_folder(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("leaf.yaml"), "secret").unwrap();
    let tree = read_folder(dir.path(), FolderLimits::default()).unwrap();
    fs::remove_dir_all(dir.path().join("apps")).unwrap();
    symlink(outside.path(), dir.path().join("apps")).unwrap();
    let error = tree.read(&TreePath::new("apps/leaf.yaml").unwrap()).unwrap_err();
    assert_eq!(error.message(), "`apps/leaf.yaml` leads out of its repository");
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    let dir = fleet_folder();
    if fs::write(dir.path().join(OsStr::from_bytes(b"apps/caf\xE9.yaml")), LEAF).is_err() {
        // This file system does not take such names.
        return;
    }
    let error = load(dir.path(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().ends_with("is not UTF-8"), "{error}");
}

#[test]
fn what_may_not_be_read_is_said() {
    let dir = fleet_folder();
    let leaf = dir.path().join("apps/leaf.yaml");
    fs::set_permissions(&leaf, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&leaf).is_ok() {
        // Nothing keeps this user from reading.
        return;
    }
    assert!(reason(&fleet(&dir)).contains("may not be read"));
    let apps = dir.path().join("apps");
    fs::set_permissions(&apps, fs::Permissions::from_mode(0o000)).unwrap();
    let error = load(dir.path(), &LoadOptions::default()).unwrap_err();
    fs::set_permissions(&apps, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(error.message().ends_with("may not be read"), "{error}");
}

#[test]
fn files_that_go_away_are_said() {
    let dir = fleet_folder();
    let loaded = load(dir.path(), &LoadOptions::default()).unwrap();
    fs::remove_file(dir.path().join("apps/leaf.yaml")).unwrap();
    let mut inputs = loaded.inputs;
    inputs.roots.push(aoa_core::inputs::Root::new(TreePath::new("root.yaml").unwrap()));
    let fleet = resolve(&inputs, &loaded.options).unwrap();
    assert!(reason(&fleet).contains("does not exist"), "{}", reason(&fleet));
}

#[test]
fn oversized_files_are_not_read() {
    let dir = fleet_folder();
    // Sparse: large without taking room.
    let large = |path: &str| fs::File::create(dir.path().join(path)).unwrap().set_len(1 << 40).unwrap();
    large("apps/other.bin");
    assert_eq!(state(&fleet(&dir)), State::Rendered);
    large("apps/large.yaml");
    assert_eq!(reason(&fleet(&dir)), "`apps/large.yaml` is larger than 33554432 bytes");
    large("aoa.yaml");
    let error = load(dir.path(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    fs::write(dir.path().join("aoa.yaml"), "clusters: [clusters.yaml]").unwrap();
    large("clusters.yaml");
    let error = load(dir.path(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn huge_folders_are_refused() {
    let dir = fleet_folder();
    for at in 0..300 {
        fs::create_dir(dir.path().join(format!("folder{at}"))).unwrap();
    }
    let mut limits = FolderLimits::default();
    limits.files = 200;
    let error = read_folder(dir.path(), limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().ends_with("holds more than 200 files and folders"), "{error}");
}

#[test]
fn deep_folders_are_read_or_refused() {
    let dir = fleet_folder();
    // Within the longest path, as deep as can be.
    let deep = dir.path().join(vec!["d"; 1_900].join("/"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("leaf.yaml"), LEAF).unwrap();
    assert_eq!(state(&fleet(&dir)), State::Rendered);
}

#[test]
fn deep_inventories_are_read_or_refused() {
    let run = || {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_inventory_text(nested(9_000).as_bytes(), "lists").is_ok());
        assert!(read_inventory_text(nested(100_000).as_bytes(), "lists").is_err());
        let items = format!("{}{}{}", "{items: [".repeat(4_900), "", "]}".repeat(4_900));
        assert!(read_inventory_text(items.as_bytes(), "items").is_ok());
        let cluster = format!("{{name: a, server: b, labels: {{a: {}}}}}", nested(9_000));
        assert_eq!(read_inventory_text(cluster.as_bytes(), "labels").unwrap_err().kind(), ErrorKind::Invalid);
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
