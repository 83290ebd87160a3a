//! What a fleet says about whether a merged change takes effect.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::yaml;
use aoa_core::{Fleet, Inputs, Options, resolve};

const ROOT: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/fleet, path: apps}
  destination: {name: in-cluster, namespace: argocd}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ['*']
  destinations: [{server: '*', namespace: '*'}]
  syncWindows:
  - {kind: deny, schedule: '0 9 * * *', duration: 8h, applications: ['web*']}
";

const APPS: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, annotations: {argocd.argoproj.io/skip-reconcile: 'true'}}
spec:
  project: shop
  source: {repoURL: https://git.example.com/fleet, path: web}
  destination: {name: in-cluster, namespace: web}
  syncPolicy: {automated: {}}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: rolled}
spec:
  generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
  strategy: {type: RollingSync, rollingSync: {steps: [{matchExpressions: [{key: env, operator: In, values: [dev]}]}]}}
  template:
    metadata: {name: 'api-{{env}}', labels: {env: '{{env}}'}}
    spec:
      project: default
      source: {repoURL: https://git.example.com/fleet, path: web}
      destination: {name: in-cluster, namespace: '{{env}}'}
";

fn fleet(now: i64, params: &str) -> Fleet {
    let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    let files = [("root.yaml", ROOT), ("apps/all.yaml", APPS), ("web/a.yaml", web)];
    let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.settings.params_cm = Some(yaml::load(params.as_bytes()).unwrap());
    let mut options = Options::default();
    options.now = now;
    resolve(&inputs, &options).unwrap()
}

/// `kind@name` of each obstacle.
fn obstacles(fleet: &Fleet, app: &str) -> Vec<String> {
    let of = fleet.app("argocd", app).unwrap().obstacles();
    of.iter().map(|o| format!("{}@{}", o.kind.name(), o.at.name)).collect()
}

#[test]
fn obstacles_are_those_of_the_application_and_of_what_is_above() {
    let noon = 12 * 3600 + 86_400;
    let fleet = fleet(noon, "{}");
    assert_eq!(obstacles(&fleet, "web"), ["skip-reconcile@web", "window@web", "manual@root"]);
    assert_eq!(obstacles(&fleet, "root"), ["manual@root"]);
}

#[test]
fn windows_are_judged_at_the_given_time_only() {
    let evening = 20 * 3600 + 86_400;
    assert_eq!(obstacles(&fleet(evening, "{}"), "web"), ["skip-reconcile@web", "manual@root"]);
    let unknown = obstacles(&fleet(0, "{}"), "web");
    assert_eq!(unknown, ["skip-reconcile@web", "window-at-unknown-time@web", "manual@root"]);
}

#[test]
fn a_rollout_syncs_what_its_steps_select() {
    let fleet = fleet(0, "{applicationsetcontroller.enable.progressive.syncs: 'true'}");
    let messages = |app: &str| -> Vec<String> {
        let of = fleet.app("argocd", app).unwrap().obstacles();
        of.iter().map(|o| format!("{}: {}", o.at.name, o.kind.message())).collect()
    };
    assert_eq!(
        messages("api-dev"),
        ["api-dev: synced in step 1 of the rollout", "root: automated sync is off"]
    );
    assert_eq!(
        messages("api-prod"),
        [
            "api-prod: no step of the rollout selects it: it is never synced by itself",
            "root: automated sync is off"
        ]
    );
}
