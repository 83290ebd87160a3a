//! A history of commits, each fleet resolved from the one before: the same as from the beginning.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use aoa_core::diff::{Changes, diff};
use aoa_core::wire::{Redactor, WireOptions, write_changes, write_fleet};
use aoa_core::{Fleet, Resolver};
use aoa_host::{LoadOptions, load};
use gix::objs::Tree;
use gix::objs::tree::{Entry, EntryKind};

const CONFIG: &str = "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n";

type Files = BTreeMap<String, String>;

/// Writes the folder of these files.
fn tree(repository: &gix::Repository, files: &Files) -> gix::ObjectId {
    let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
    let mut entries = Vec::new();
    for (path, text) in files {
        match path.split_once('/') {
            Some((folder, rest)) => {
                folders.entry(folder).or_default().insert(rest.to_owned(), text.clone());
            }
            None => entries.push(Entry {
                mode: EntryKind::Blob.into(),
                filename: path.as_str().into(),
                oid: repository.write_blob(text).unwrap().detach(),
            }),
        }
    }
    for (folder, files) in folders {
        let oid = tree(repository, &files);
        entries.push(Entry { mode: EntryKind::Tree.into(), filename: folder.into(), oid });
    }
    entries.sort();
    repository.write_object(&Tree { entries }).unwrap().detach()
}

fn commit(repository: &gix::Repository, files: &Files, parent: Option<gix::ObjectId>) -> gix::ObjectId {
    let time = "1700000000 +0000";
    let who = gix::actor::SignatureRef { name: "a".into(), email: "a@example.com".into(), time };
    let tree = tree(repository, files);
    repository.commit_as(who, who, "refs/heads/main", "a change", tree, parent).unwrap().detach()
}

fn app(name: &str, path: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  project: \
         default\n  source: {{repoURL: 'https://git.example.com/fleet', path: {path}}}\n  destination: {{name: in-cluster, \
         namespace: argocd}}\n"
    )
}

/// What each commit writes, or takes away.
fn history() -> Vec<Vec<(&'static str, Option<String>)>> {
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: files, namespace: argocd}\nspec:\n  \
               generators: [{git: {repoURL: 'https://git.example.com/fleet', revision: HEAD, files: [{path: 'tenants/*.yaml'}]}}]\n  \
               template:\n    metadata: {name: '{{name}}'}\n    spec:\n      project: default\n      source: {repoURL: \
               'https://git.example.com/fleet', path: web}\n      destination: {name: in-cluster, namespace: '{{name}}'}\n";
    let map = |value: &str| {
        Some(format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{v: '{value}'}}}}"))
    };
    vec![
        vec![
            ("aoa.yaml", Some(CONFIG.to_owned())),
            ("root.yaml", Some(app("root", "apps"))),
            ("apps/web.yaml", Some(app("web", "web"))),
            ("apps/sets.yaml", Some(set.to_owned())),
            ("tenants/one.yaml", Some("name: one\n".to_owned())),
            ("web/a.yaml", map("1")),
        ],
        vec![("web/a.yaml", map("2"))],
        vec![("README.md", Some("read me".to_owned()))],
        vec![("apps/shop.yaml", Some(app("shop", "shop"))), ("shop/a.yaml", map("1"))],
        vec![("tenants/two.yaml", Some("name: two\n".to_owned()))],
        vec![("apps/web.yaml", Some(format!("# where\n{}", app("web", "shop"))))],
        vec![("apps/shop.yaml", None)],
        vec![("apps/sets.yaml", None), ("shop/a.yaml", None)],
        vec![("root.yaml", Some(app("root", "web")))],
    ]
}

fn seen(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    let options = WireOptions::default().with_manifests(true).with_secrets(true);
    write_fleet(fleet, options, &mut out).unwrap();
    format!("{}\n{:#?}\n{:#?}", String::from_utf8(out).unwrap(), fleet.findings(), fleet.conflicts())
}

fn written(changes: &Changes, before: &Fleet, after: &Fleet) -> String {
    let mut out = Vec::new();
    write_changes(changes, &Redactor::of_both(before, after, true), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn commits_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let repository = gix::init(folder.path()).unwrap();
    let (mut files, mut parent) = (Files::new(), None);
    let mut older: Option<(Resolver, Fleet, Fleet)> = None;
    let mut counts = Vec::new();
    for (number, edits) in history().into_iter().enumerate() {
        for (path, text) in edits {
            match text {
                Some(text) => drop(files.insert(path.to_owned(), text)),
                None => drop(files.remove(path)),
            }
        }
        let id = commit(&repository, &files, parent);
        parent = Some(id);
        let options = LoadOptions::default().with_commit(Some(id.to_string()));
        let loaded = load(folder.path(), &options).unwrap();
        let mut fresh = Resolver::new(loaded.options.clone());
        let cold = fresh.resolve(&loaded.inputs).unwrap();
        let Some((mut resolver, before, before_cold)) = older.take() else {
            older = Some((fresh, cold.clone(), cold));
            continue;
        };
        let newer = resolver.resolve_since(&before, &loaded.inputs).unwrap();
        assert_eq!(seen(&newer), seen(&cold), "commit {number}");
        let changes = diff(&before, &newer);
        let cold_changes = diff(&before_cold, &cold);
        let is = written(&changes, &before, &newer);
        assert_eq!(is, written(&cold_changes, &before_cold, &cold), "commit {number}");
        counts.push(changes.apps.len());
        older = Some((resolver, newer, cold));
    }
    assert_eq!(counts, [2, 0, 1, 1, 1, 1, 4, 2]);
}
