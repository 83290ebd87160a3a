//! The same rule everywhere: containers have limits, and images tags that stay, in CEL and in Rego, as a rule of an own
//! policy, as a ValidatingAdmissionPolicy, as a constraint of Gatekeeper.

use aoa_core::inputs::PolicyFile;
use aoa_lang::source::TreePath;

/// So many ValidatingAdmissionPolicies, bound.
#[must_use]
pub fn admission(count: usize) -> String {
    let policy = |at| {
        format!(
            "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: containers-{at}}}
spec:
  matchConstraints: {{resourceRules: [{{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}}]}}
  validations:
  - expression: object.spec.template.spec.containers.all(c, has(c.resources.limits) && !c.image.endsWith(':latest'))
    message: containers have limits and images tags
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: containers-{at}}}
spec: {{policyName: containers-{at}, validationActions: [Deny]}}
---
"
        )
    };
    (0..count).map(policy).collect()
}

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

/// So many templates of Gatekeeper, and a constraint of each.
#[must_use]
pub fn gatekeeper(count: usize) -> String {
    let template = |at| {
        format!(
            "apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {{name: containers{at}}}
spec:
  crd: {{spec: {{names: {{kind: Containers{at}}}}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package containers
      violation[{{\"msg\": msg}}] {{
        c := input.review.object.spec.template.spec.containers[_]
        endswith(c.image, \":latest\")
        msg := sprintf(\"%v has no tag that stays\", [c.name])
      }}
      violation[{{\"msg\": msg}}] {{
        c := input.review.object.spec.template.spec.containers[_]
        not c.resources.limits
        msg := sprintf(\"%v has no limits\", [c.name])
      }}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Containers{at}
metadata: {{name: all}}
spec: {{match: {{kinds: [{{apiGroups: [apps], kinds: [Deployment]}}]}}}}
---
"
        )
    };
    (0..count).map(template).collect()
}
