//! The same rule everywhere: containers have limits, and images tags that stay, in CEL and in Rego, as a rule of an own
//! policy, as a ValidatingAdmissionPolicy, as a constraint of Gatekeeper.

use aoa_core::inputs::PolicyFile;
use aoa_lang::source::TreePath;

/// The ValidatingAdmissionPolicy, bound.
pub const ADMISSION: &str = "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: containers}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}
  validations:
  - expression: object.spec.template.spec.containers.all(c, has(c.resources.limits) && !c.image.endsWith(':latest'))
    message: containers have limits and images tags
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: containers}
spec: {policyName: containers, validationActions: [Deny]}
";

/// The rule of an own policy in CEL.
#[must_use]
pub fn cel() -> String {
    "cel: \"manifest.spec.template.spec.containers.all(c, has(c.resources.limits) && !c.image.endsWith(':latest'))\"".to_owned()
}

/// The rule of an own policy in Rego.
#[must_use]
pub fn rego() -> String {
    "rego: |
      package rule
      deny contains msg if {
        some c in input.manifest.spec.template.spec.containers
        endswith(c.image, \":latest\")
        msg := sprintf(\"%s has no tag that stays\", [c.name])
      }
      deny contains msg if {
        some c in input.manifest.spec.template.spec.containers
        not c.resources.limits
        msg := sprintf(\"%s has no limits\", [c.name])
      }"
    .to_owned()
}

/// One policy for the whole fleet, with these rules over Deployments.
#[must_use]
pub fn own(rules: &[String]) -> Vec<PolicyFile> {
    let mut text =
        "apiVersion: aoa.dev/v1alpha1\nkind: Policy\nmetadata: {name: rules}\nspec:\n  rules:\n".to_owned();
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&format!(
            "  - name: rule-{at}\n    each: manifest\n    kinds: [apps/Deployment]\n    {rule}\n"
        ));
    }
    TreePath::new("rules.yaml").map(|path| PolicyFile::new(path, text)).into_iter().collect()
}

/// The template of Gatekeeper, and a constraint of it.
#[must_use]
pub fn gatekeeper() -> String {
    "apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: containers}
spec:
  crd: {spec: {names: {kind: Containers}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package containers
      violation[{\"msg\": msg}] {
        c := input.review.object.spec.template.spec.containers[_]
        endswith(c.image, \":latest\")
        msg := sprintf(\"%v has no tag that stays\", [c.name])
      }
      violation[{\"msg\": msg}] {
        c := input.review.object.spec.template.spec.containers[_]
        not c.resources.limits
        msg := sprintf(\"%v has no limits\", [c.name])
      }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Containers
metadata: {name: all}
spec: {match: {kinds: [{apiGroups: [apps], kinds: [Deployment]}]}}
"
    .to_owned()
}
