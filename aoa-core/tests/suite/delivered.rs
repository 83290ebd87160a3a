//! Policies that a fleet delivers, applied to what else it delivers.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::check::{CheckOptions, check};
use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::policy::delivered::{self, Outcome};
use aoa_core::{Fleet, Inputs, Options, resolve};

const ROOT: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: policies, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/fleet, path: policies}
  destination: {name: in-cluster, namespace: policies}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/fleet, path: web}
  destination: {name: in-cluster, namespace: web}
";

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 9
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: 'web:latest'}]}
---
{apiVersion: v1, kind: Namespace, metadata: {name: web, labels: {team: a}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: far, namespace: elsewhere}}
";

const REPLICAS: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
  validations: [{expression: object.spec.replicas <= 5, message: too many}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: replicas}
spec: {policyName: replicas, validationActions: [Deny]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: teams}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations: [{expression: \"has(namespaceObject.metadata.labels.team)\"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: teams}
spec: {policyName: teams, validationActions: [Warn]}
";

const LATEST: &str = "
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: nolatest}
spec:
  crd: {spec: {names: {kind: NoLatest}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package nolatest
      violation[{\"msg\": msg}] {
        c := input.review.object.spec.containers[_]
        endswith(c.image, \":latest\")
        msg := sprintf(\"%v floats\", [c.name])
      }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: NoLatest
metadata: {name: all}
spec:
  enforcementAction: dryrun
  match: {kinds: [{apiGroups: [''], kinds: [Pod]}], namespaceSelector: {matchLabels: {team: a}}}
---
{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: k}}
";

fn fleet() -> Fleet {
    let files = [
        ("root.yaml", ROOT),
        ("web/a.yaml", WEB),
        ("policies/replicas.yaml", REPLICAS),
        ("policies/latest.yaml", LATEST),
    ];
    let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    resolve(&inputs, &Options::default()).unwrap()
}

#[test]
fn each_policy_says_what_it_says() {
    let fleet = fleet();
    let mut said: Vec<String> = delivered::review(&fleet)
        .iter()
        .map(|verdict| {
            let policy = verdict.policy.manifest.name();
            let object = verdict.object.map_or("", |object| object.manifest.name());
            match &verdict.outcome {
                Outcome::Violated { action, message, by_pods } => {
                    format!("{policy} {object} {action} {by_pods}: {message}")
                }
                Outcome::Unknown { reason } => format!("{policy} {object}? {reason}"),
                _ => String::new(),
            }
        })
        .collect();
    said.sort();
    let expected = [
        "all web dryrun true: c floats",
        "k ? policies of Kyverno are not evaluated",
        "replicas web Deny false: too many",
        "teams far? it asks for labels of the namespace `elsewhere`, which the fleet does not deliver",
    ];
    assert_eq!(said, expected);
}

#[test]
fn the_check_says_it_too() {
    let fleet = fleet();
    let findings = check(&fleet, &CheckOptions::default());
    let mut ids: Vec<&str> =
        findings.iter().map(|found| found.finding.rule().id()).filter(|id| id.starts_with('A')).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["A001", "A002", "A003", "A003"]);
}
