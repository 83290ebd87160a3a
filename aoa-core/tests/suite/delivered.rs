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
    fleet_of(WEB, &[REPLICAS, LATEST].join("---"))
}

fn fleet_of(web: &str, policies: &str) -> Fleet {
    let files = [("root.yaml", ROOT), ("web/a.yaml", web), ("policies/all.yaml", policies)];
    let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    resolve(&inputs, &Options::default()).unwrap()
}

fn said(fleet: &Fleet) -> Vec<String> {
    let mut said: Vec<String> = delivered::review(fleet)
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
    said
}

#[test]
fn each_policy_says_what_it_says() {
    let said = said(&fleet());
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

/// A policy with this validation of objects of one resource, bound.
fn policy(name: &str, group: &str, resource: &str, expression: &str) -> String {
    format!(
        "---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  matchConstraints:
    resourceRules: [{{apiGroups: ['{group}'], apiVersions: [v1], operations: [CREATE], resources: [{resource}]}}]
  validations: [{{expression: \"{expression}\"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {name}}}
spec: {{policyName: {name}, validationActions: [Deny]}}
"
    )
}

/// A template with this rule and a constraint for one kind.
fn template(name: &str, kind: &str, rule: &str) -> String {
    format!(
        "---
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {{name: {name}}}
spec:
  crd: {{spec: {{names: {{kind: {name}}}}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package p
      violation[{{\"msg\": msg}}] {{ {rule} }}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: {name}
metadata: {{name: all}}
spec: {{match: {{kinds: [{{apiGroups: ['*'], kinds: [{kind}]}}]}}}}
"
    )
}

#[test]
fn policies_see_what_the_server_fills_in() {
    let web = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  typo: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: 'web:1', resources: {limits: {cpu: 1}}}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}
";
    let policies = [
        policy("replicas", "apps", "deployments", "object.spec.replicas == 1 && !has(object.spec.typo)"),
        policy(
            "quantities",
            "",
            "pods",
            "quantity(object.spec.containers[0].resources.requests.cpu).isInteger()",
        ),
        policy("accounts", "", "pods", "object.spec.serviceAccountName != 'default'"),
        policy("services", "", "services", "object.spec.type != 'ClusterIP'"),
        template(
            "pulls",
            "Pod",
            "input.review.object.spec.containers[_].imagePullPolicy == \"IfNotPresent\"; msg := \"pull\"",
        ),
    ];
    let expected = [
        "accounts web Deny true: failed expression: object.spec.serviceAccountName != 'default'",
        "all web deny true: pull",
        "services web Deny false: failed expression: object.spec.type != 'ClusterIP'",
    ];
    assert_eq!(said(&fleet_of(web, &policies.concat())), expected);
}

#[test]
fn gatekeeper_is_asked_as_a_webhook_is() {
    let web = "
{apiVersion: v1, kind: ConfigMap, metadata: {name: near}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: web, labels: {team: a}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: far, namespace: elsewhere}}
";
    let policies = [
        template(
            "created",
            "ConfigMap",
            "input.review.operation == \"CREATE\"; msg := input.review.resource.resource",
        ),
        template("sent", "ConfigMap", "not input.review.userInfo.username; msg := \"nobody\""),
        template("teams", "ConfigMap", "msg := input.review.namespaceObject.metadata.labels.team"),
    ];
    let expected = [
        "all far deny false: configmaps",
        "all far? it asks for labels of the namespace `elsewhere`, which the fleet does not deliver",
        "all near deny false: a",
        "all near deny false: configmaps",
        "sent ? it asks who sends the request",
    ];
    assert_eq!(said(&fleet_of(web, &policies.concat())), expected);
}

#[test]
fn expansion_templates_make_what_controllers_make() {
    let web = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: 'web:1'}]}
---
{apiVersion: example.com/v1, kind: Rig, metadata: {name: rig}, spec: {template: {spec: {containers: [{name: d, image: 'rig:1'}]}}}}
";
    let expansion = "---
apiVersion: expansion.gatekeeper.sh/v1beta1
kind: ExpansionTemplate
metadata: {name: workloads}
spec:
  applyTo:
  - {groups: [apps], kinds: [Deployment], versions: [v1]}
  - {groups: [example.com], kinds: [Rig], versions: [v1]}
  templateSource: spec.template
  enforcementAction: warn
  generatedGVK: {group: '', kind: Pod, version: v1}
";
    let rule = template("images", "Pod", "msg := input.review.object.spec.containers[_].name");
    let expected =
        ["all rig warn true: [Implied by workloads] d", "all web warn true: [Implied by workloads] c"];
    assert_eq!(said(&fleet_of(web, &format!("{rule}{expansion}"))), expected);
    assert_eq!(said(&fleet_of(web, &rule)), ["all web deny true: c"]);
}
