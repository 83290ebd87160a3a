//! What a fleet's findings say and where they point.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::finding::Rule;
use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::{Value, yaml};
use aoa_core::{Fleet, Inputs, Options, resolve};

const URL: &str = "https://git.example.com/fleet";

fn fleet_of(files: &[(&'static str, &'static str)]) -> Fleet {
    fleet_with(files, None)
}

fn fleet_with(files: &[(&'static str, &'static str)], params: Option<Value>) -> Fleet {
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files.iter().copied()));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.settings.params_cm = params;
    resolve(&inputs, &Options::default()).unwrap()
}

/// `rule path:line:column` of every finding with one of `rules`.
fn places(fleet: &Fleet, rules: &[Rule]) -> Vec<String> {
    let of = |f: &aoa_core::finding::Finding| {
        let places = f.places.iter().map(|p| format!("{}:{}:{}", p.path, p.line, p.column));
        format!("{} {}", f.rule().id(), places.collect::<Vec<_>>().join(" "))
    };
    fleet.findings().iter().filter(|f| rules.contains(&f.rule())).map(of).collect()
}

const SECOND_DOCUMENT: &str = "# the tenants

apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: nobody
  sources:
    - repoURL: https://git.example.com/fleet
      path: web
    - repoURL: https://git.example.com/other
      path: nothing
  destination: {name: in-cluster, namespace: web}
";

#[test]
fn a_finding_points_at_the_field_in_its_document() {
    let fleet = fleet_of(&[("root.yaml", SECOND_DOCUMENT), ("web/a.yaml", "kind: X\napiVersion: v1\n")]);
    assert_eq!(places(&fleet, &[Rule::InvalidSpec]), ["R008 root.yaml:13:12"]);
    assert_eq!(places(&fleet, &[Rule::UnknownSource]), ["R004 root.yaml:17:16"]);
}

const SET: &str = "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  colour: red
  generators: [{list: {elements: [{env: dev}, {env: Prod}]}}]
  template:
    metadata:
      name: 'web-{{env}}'
    spec:
      project: default
      source:
        repoURL: https://git.example.com/other
        path: 'web/{{env}}'
      destination: {name: in-cluster, namespace: web}
";

#[test]
fn findings_of_generated_applications_point_into_the_template() {
    let fleet = fleet_of(&[("root.yaml", SET)]);
    assert_eq!(places(&fleet, &[Rule::UnknownSource]), ["R004 root.yaml:13:18"]);
}

#[test]
fn the_api_server_is_heard_about_sets_and_names() {
    let fleet = fleet_of(&[("root.yaml", SET)]);
    assert_eq!(places(&fleet, &[Rule::UnknownField]), ["R015 root.yaml:4:1"]);
    let refused: Vec<String> =
        fleet.findings().iter().filter(|f| f.rule() == Rule::RefusedObject).map(|f| f.message()).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with(
        "Application argocd/web-Prod: Application.argoproj.io \"web-Prod\" is invalid: metadata.name"
    ));
    let bare = "{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: x}, spec: {generators: []}}";
    let fleet = fleet_of(&[("root.yaml", bare)]);
    let messages: Vec<String> = fleet.findings().iter().map(|f| f.message()).collect();
    assert!(
        messages.contains(&"ApplicationSet argocd/x: spec.template: Required value".to_owned()),
        "{messages:?}"
    );
}

/// An Application whose source is the folder `path`.
fn app(name: &str, project: &str, path: &str, namespace: &str) -> &'static str {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: {project}
  source: {{repoURL: {URL}, path: {path}}}
  destination: {{name: in-cluster, namespace: {namespace}}}
"
    )
    .leak()
}

const PROJECT: &str = "apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: platform, namespace: argocd}
spec:
  sourceRepos: ['*']
  destinations: [{server: '*', namespace: '*'}]
";
const LATER: &str = "apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: later, namespace: argocd}
spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: allowed}]}
";

#[test]
fn a_project_that_only_the_application_itself_brings_is_a_deadlock() {
    let root = app("root", "platform", "apps", "argocd");
    let fleet = fleet_of(&[("root.yaml", root), ("apps/project.yaml", PROJECT)]);
    assert_eq!(places(&fleet, &[Rule::ProjectFromBelow]), ["R016 root.yaml:5:12"]);
    assert!(places(&fleet, &[Rule::InvalidSpec]).is_empty());
}

#[test]
fn a_project_that_comes_later_is_judged_by_once_it_is_there() {
    let root = app("root", "default", "apps", "argocd");
    let deeper = app("deeper", "default", "deeper", "argocd");
    let child = app("child", "later", "child", "forbidden");
    let files = [
        ("root.yaml", root),
        ("apps/child.yaml", child),
        ("apps/deeper.yaml", deeper),
        ("deeper/later.yaml", LATER),
        ("child/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"),
    ];
    let fleet = fleet_of(&files);
    let messages: Vec<String> = fleet
        .findings()
        .iter()
        .filter(|f| f.rule() == Rule::DeniedDestination)
        .map(|f| f.message())
        .collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(
        messages[0].contains("do not match any of the allowed destinations in project 'later'"),
        "{messages:?}"
    );
}

const ROLLING: &str = "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  syncPolicy: {applicationsSync: create-update, preserveResourcesOnDeletion: true}
  strategy:
    type: RollingSync
    deletionOrder: Reverse
    rollingSync:
      steps:
        - matchExpressions: [{key: env, operator: In, values: [dev]}]
        - matchExpressions: [{key: env, operator: In, values: [prod]}]
  generators: [{list: {elements: [{env: dev}, {env: prod}, {env: lab}]}}]
  template:
    metadata: {name: 'web-{{env}}', labels: {env: '{{env}}'}}
    spec:
      project: default
      source: {repoURL: https://git.example.com/fleet, path: web}
      destination: {name: in-cluster, namespace: web}
";

#[test]
fn a_set_tells_its_policy_and_its_steps() {
    let files =
        [("root.yaml", ROLLING), ("web/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")];
    let fleet = fleet_of(&files);
    let set = fleet.sets().next().unwrap();
    assert_eq!(set.sync_policy().name(), "create-update");
    assert!(set.preserves_resources());
    let rollout = set.rollout().unwrap();
    assert_eq!(rollout.is_enabled, None);
    assert_eq!(rollout.steps, [["web-dev"], ["web-prod"]]);
    assert_eq!(rollout.unselected, ["web-lab"]);
    assert_eq!(rollout.deletion_order.unwrap(), ["web-prod", "web-dev"]);

    let params =
        "{applicationsetcontroller.policy: sync, applicationsetcontroller.enable.progressive.syncs: 'true'}";
    let fleet = fleet_with(&files, Some(yaml::load(params.as_bytes()).unwrap()));
    let set = fleet.sets().next().unwrap();
    assert_eq!(set.sync_policy().name(), "sync", "a policy of the controller overrides the set's");
    assert_eq!(set.rollout().unwrap().is_enabled, Some(true));
}
