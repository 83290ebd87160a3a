//! Whether a policy or binding is well formed (`admissionregistration/validation` of the API server, on create).
//!
//! | file | what |
//! |---|---|
//! | `problems` | what is wrong, in upstream's words |
//! | `metadata` | names and labels |
//! | `resources` | rules and selectors |
//! | `expressions` | conditions, variables, validations, annotations |
//! | `binding` | parameters and actions |

mod problems;

mod metadata;
mod resources;

mod binding;
mod expressions;

use aoa_lang::text::selector::subdomain_problems;
use aoa_lang::{Result, Value};

use self::metadata::dns_label_problems;
use self::problems::Problems;
use super::expressions::{Authorizer, composed, environment};
use super::policy::{Policy, decode};

/// Checks a ValidatingAdmissionPolicy as the API server does when it is created.
///
/// # Errors
/// `Invalid` with all that is wrong, a line each.
pub fn validate_policy(object: &Value) -> Result<()> {
    let object = decode(object, "ValidatingAdmissionPolicy")?;
    let policy = Policy::of(&object);
    let mut problems = Problems::default();
    problems.metadata(&object);
    problems.policy(object.get("spec").unwrap_or(&Value::Null), &policy);
    problems.result()
}

/// Checks a ValidatingAdmissionPolicyBinding as the API server does when it is created.
///
/// # Errors
/// `Invalid` with all that is wrong, a line each.
pub fn validate_binding(object: &Value) -> Result<()> {
    let object = decode(object, "ValidatingAdmissionPolicyBinding")?;
    let mut problems = Problems::default();
    problems.metadata(&object);
    problems.binding(object.get("spec").unwrap_or(&Value::Null));
    problems.result()
}

impl Problems {
    fn policy(&mut self, spec: &Value, policy: &Policy) {
        match spec.str_at(&["failurePolicy"]) {
            None | Some("Fail" | "Ignore") => {}
            Some(other) => self.unsupported("spec.failurePolicy", other, &["Fail", "Ignore"]),
        }
        if let Some(kind) = &policy.param_kind {
            self.param_kind(&kind.api_version, &kind.kind);
        }
        match spec.get("matchConstraints").filter(|constraints| !constraints.is_null()) {
            None => self.required("spec.matchConstraints", ""),
            Some(constraints) => {
                self.resources("spec.matchConstraints", constraints);
                if items(constraints, "resourceRules").is_empty() {
                    self.required("spec.matchConstraints.resourceRules", "");
                }
            }
        }
        let has_params = policy.param_kind.is_some();
        let base = environment(has_params, Authorizer::Declared);
        self.conditions(policy, &base);
        let (full, plain) = if policy.variables.is_empty() {
            (base, environment(has_params, Authorizer::Absent))
        } else {
            self.variables(policy, composed(base), composed(environment(has_params, Authorizer::Absent)))
        };
        if policy.validations.is_empty() && policy.annotations.is_empty() {
            let why = "validations or auditAnnotations must contain at least one item";
            self.required("spec.validations", why);
            self.required("spec.auditAnnotations", why);
            return;
        }
        for (number, _) in policy.validations.iter().enumerate() {
            self.validation(policy, number, &full, &plain);
        }
        self.annotations(policy, &full);
    }

    fn param_kind(&mut self, api_version: &str, kind: &str) {
        let field = "spec.paramKind.apiVersion";
        let parts: Vec<_> = api_version.split('/').collect();
        let (group, version) = match parts.as_slice() {
            _ if api_version == "/" => ("", ""),
            [version] => ("", *version),
            [group, version] => (*group, *version),
            _ => ("", "-"),
        };
        if api_version.is_empty() {
            self.required(field, "");
        } else if parts.len() > 2 {
            self.invalid(field, api_version, &format!("unexpected GroupVersion string: {api_version}"));
        } else {
            if !group.is_empty() {
                let problems = subdomain_problems(group);
                if !problems.is_empty() {
                    self.invalid(field, group, &problems.join(","));
                }
            }
            let problems = dns_label_problems(version);
            if version.is_empty() {
                self.invalid(field, api_version, "version must be specified");
            } else if !problems.is_empty() {
                self.invalid(field, version, &problems.join(","));
            }
        }
        let problems = dns_label_problems(&kind.to_lowercase());
        if kind.is_empty() {
            self.required("spec.paramKind.kind", "");
        } else if !problems.is_empty() {
            let why = format!("may have mixed case, but should otherwise match: {}", problems.join(","));
            self.invalid("spec.paramKind.kind", kind, &why);
        }
    }
}

fn items<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_list).map_or(&[], |list| list.as_slice())
}
