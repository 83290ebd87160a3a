//! An answer names the commit until which it would have been another one.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_host::core::Resolver;
use aoa_host::core::wire::Redactor;
use aoa_host::{LoadOptions, load, why_not_json};

use super::revisions::commit;

const CONFIG: &str =
    "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\nclusters: [clusters.yaml]\n";

const SET: &str = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web, namespace: argocd}\nspec:\n  generators: [{clusters: {selector: {matchLabels: {environment: prod}}}}]\n  template:\n    metadata: {name: 'web-{{name}}'}\n    spec:\n      project: default\n      source: {repoURL: 'https://git.example.com/fleet', path: web}\n      destination: {name: '{{name}}', namespace: web}\n";

fn clusters(environment: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: stage\n  labels:\n    argocd.argoproj.io/secret-type: cluster\n    environment: {environment}\nstringData: {{name: stage, server: 'https://stage.example.com'}}\n"
    )
}

/// What `why-not` says of a cluster whose label was each of these, one commit after the other.
fn asked(environments: &[&str]) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let repository = gix::init(folder.path()).unwrap();
    let mut commits: Vec<gix::ObjectId> = Vec::new();
    for environment in environments {
        let (clusters, note) = (clusters(environment), commits.len().to_string());
        let files = [
            ("aoa.yaml", CONFIG),
            ("root.yaml", SET),
            ("clusters.yaml", clusters.as_str()),
            ("README.md", note.as_str()),
        ];
        let parents: Vec<gix::ObjectId> = commits.last().copied().into_iter().collect();
        commits.push(commit(&repository, "main", &files, &parents));
    }
    let hashes: Vec<String> = commits.iter().map(|id| id.to_hex_with_len(7).to_string()).collect();
    let head = commits.last().unwrap().to_string();
    let loaded = load(folder.path(), &LoadOptions::default().with_commit(Some(head))).unwrap();
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap();
    let answer = why_not_json(&fleet, "appset:web", Some("cluster:stage"), &Redactor::new(&fleet, false));
    (answer.unwrap(), hashes)
}

#[test]
fn a_label_was_another_until_a_commit() {
    let (answer, commits) = asked(&["dev", "prod", "prod", "stage", "stage"]);
    let earlier = format!("\"earlier\":{{\"until\":\"{}\",\"value\":\"prod\"}}", commits[3]);
    assert!(answer.contains(&earlier), "{answer}");
}

#[test]
fn what_would_not_have_done_is_not_told() {
    for environments in [&["stage", "stage"][..], &["prod", "dev", "stage"]] {
        let (answer, _) = asked(environments);
        assert!(answer.contains("the label is stage") && !answer.contains("earlier"), "{answer}");
    }
}
