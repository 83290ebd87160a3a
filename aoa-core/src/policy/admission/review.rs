//! All policies for one request (`validating/dispatcher.go`).

use std::collections::BTreeMap;

use aoa_lang::strconv::quote;
use aoa_lang::text::selector::label_key_problems;
use aoa_lang::{Error, ErrorKind, Result, Value, json};

use super::activation::{BUDGET, Values};
use super::cluster::{Cluster, Namespace, with};
use super::expressions::Expressions;
use super::matching::{Matched, matches};
use super::params::{Param, collect, scope};
use super::policy::{Action, Binding, FailurePolicy, MatchResources, Policy};
use super::request::{Request, Resource};
use super::validation::{Verdict, validate};
use crate::model::GroupVersionKind;

/// Policies with their bindings, every expression compiled.
pub struct PolicySet {
    entries: Vec<Entry>,
}

struct Entry {
    policy: Policy,
    expressions: Expressions,
    bindings: Vec<Binding>,
}

/// What policies say of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Every validation that did not pass under each action of its binding, in the order of policy, binding, parameter and
    /// validation.
    pub decisions: Vec<Decision>,
    /// What the sender gets if the request is refused.
    pub response: Option<Response>,
    /// What the sender is warned of.
    pub warnings: Vec<String>,
    /// What the audit log gets.
    pub annotations: BTreeMap<String, String>,
}

/// A validation that did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The policy.
    pub policy: String,
    /// The binding.
    pub binding: String,
    /// The parameter's name; empty if there is none.
    pub param: String,
    /// What the binding does about it.
    pub action: Action,
    /// Why.
    pub message: String,
    /// The reason of the response; absent where nothing was evaluated.
    pub reason: Option<String>,
    /// How it came about.
    pub evaluation: Evaluation,
}

/// How a decision came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evaluation {
    /// The expression was not true.
    Denied,
    /// The expression could not be evaluated.
    Failed,
    /// The policy or the binding could not be set up.
    Misconfigured,
}

/// The refusal of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The text.
    pub message: String,
    /// The machine-readable reason.
    pub reason: String,
    /// The HTTP status.
    pub code: u16,
}

/// A refusal before it is written.
struct Denial {
    message: String,
    reason: Option<String>,
}

/// The resources that policies do not see.
const EXCLUDED: [&str; 4] = [
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
];

/// The longest annotation.
const LONGEST_ANNOTATION: usize = 10 * 1024;
const FAILURE_ANNOTATION: &str = "validation.policy.admission.k8s.io/validation_failure";

impl PolicySet {
    /// Compiles policies; those without a binding do nothing. The order is that of names.
    #[must_use]
    pub fn new(policies: Vec<Policy>, mut bindings: Vec<Binding>) -> Self {
        bindings.sort_by(|a, b| a.name.cmp(&b.name));
        let mut entries: Vec<Entry> = policies
            .into_iter()
            .map(|policy| Entry {
                expressions: Expressions::compile(&policy),
                bindings: bindings.iter().filter(|b| b.policy == policy.name).cloned().collect(),
                policy,
            })
            .filter(|entry| !entry.bindings.is_empty())
            .collect();
        entries.sort_by(|a, b| a.policy.name.cmp(&b.policy.name));
        PolicySet { entries }
    }

    /// Whether any expression asks who sends the request.
    #[must_use]
    pub fn asks_sender(&self) -> bool {
        self.entries.iter().any(|entry| entry.expressions.ask_sender())
    }

    /// Whether any expression or selector looks at the namespace of an object.
    #[must_use]
    pub fn asks_namespace(&self) -> bool {
        let selects = |resources: &MatchResources| {
            resources.namespaces.as_ref().map_or(true, |selector| !selector.is_empty())
        };
        self.entries.iter().any(|entry| {
            let bound = entry.bindings.iter().filter_map(|binding| binding.resources.as_ref());
            entry.expressions.ask_namespace() || entry.policy.constraints.iter().chain(bound).any(selects)
        })
    }

    /// Whether a policy is asked about a request, or it cannot be told.
    #[must_use]
    pub fn means(&self, request: &Request<'_>, cluster: &Cluster) -> bool {
        let resource = cluster.resource(request.kind);
        let means = |resources: &MatchResources| {
            matches(resources, request, &resource, cluster).map_or(true, |matched| matched.is_some())
        };
        self.entries.iter().any(|entry| {
            entry.policy.constraints.as_ref().is_none_or(means)
                && entry.bindings.iter().any(|binding| binding.resources.as_ref().is_none_or(means))
        })
    }

    /// Asks all policies.
    ///
    /// # Errors
    /// `NotFound` for a request in a namespace that the cluster does not have, where a policy means it.
    pub fn review(&self, request: &Request<'_>, cluster: &Cluster) -> Result<Review> {
        let resource = cluster.resource(request.kind);
        if resource.group == "admissionregistration.k8s.io"
            && EXCLUDED.iter().any(|excluded| resource.name == *excluded)
        {
            return Ok(Review::default());
        }
        let mut reviewer = Reviewer {
            request,
            cluster,
            resource: &resource,
            review: Review::default(),
            denials: Vec::new(),
        };
        for entry in &self.entries {
            reviewer.policy(entry)?;
        }
        let Reviewer { mut review, denials, .. } = reviewer;
        review.response = denials.into_iter().next().map(|denial| respond(request, &resource, denial));
        Ok(review)
    }
}

impl Review {
    /// Whether the request is admitted.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.response.is_none()
    }
}

fn respond(request: &Request<'_>, resource: &Resource, denial: Denial) -> Response {
    let reason = denial.reason.filter(|reason| !reason.is_empty()).unwrap_or_else(|| "Invalid".to_owned());
    let code = match reason.as_str() {
        "Forbidden" => 403,
        "Unauthorized" => 401,
        "RequestEntityTooLarge" => 413,
        _ => 422,
    };
    let name = quote(request.shown_name().as_bytes());
    let message = format!("{} {name} is forbidden: {}", resource.qualified(), denial.message);
    Response { message, reason, code }
}

struct Reviewer<'r> {
    request: &'r Request<'r>,
    cluster: &'r Cluster,
    resource: &'r Resource,
    review: Review,
    denials: Vec<Denial>,
}

impl Reviewer<'_> {
    fn policy(&mut self, entry: &Entry) -> Result<()> {
        let policy = &entry.policy;
        let matched = match &policy.constraints {
            None => Err("policy contained no match constraints, a required field".to_owned()),
            Some(constraints) => matches(constraints, self.request, self.resource, self.cluster),
        };
        let scope = match matched {
            Ok(None) => return Ok(()),
            Ok(Some(matched)) => {
                scope(policy.param_kind.as_ref(), self.cluster).map(|scope| (matched, scope))
            }
            Err(why) => Err(why),
        };
        let (matched, scope) = match scope {
            Ok(found) => found,
            Err(why) => {
                self.misconfigured(policy, None, &entry.bindings, &why);
                return Ok(());
            }
        };
        let mut collected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for binding in &entry.bindings {
            let meant = match &binding.resources {
                None => Ok(true),
                Some(resources) => matches(resources, self.request, self.resource, self.cluster)
                    .map(|matched| matched.is_some()),
            };
            let params = match meant {
                Ok(false) => continue,
                Ok(true) => collect(
                    policy.param_kind.as_ref(),
                    binding.param_ref.as_ref(),
                    scope,
                    self.request.namespace,
                    self.cluster,
                ),
                Err(why) => Err(why),
            };
            match params {
                Ok(params) => self.binding(entry, binding, &matched, &params, &mut collected)?,
                Err(why) => {
                    self.misconfigured(policy, Some(binding), std::slice::from_ref(binding), &why);
                }
            }
        }
        for (key, values) in collected {
            self.annotate(format!("{}/{key}", policy.name), values.join(", "));
        }
        Ok(())
    }

    /// The policy or a binding cannot be set up: one refusal, told for each binding it concerns.
    fn misconfigured(&mut self, policy: &Policy, at: Option<&Binding>, concerned: &[Binding], why: &str) {
        let message = match (&policy.failure_policy, at) {
            (FailurePolicy::Ignore, _) => return,
            (FailurePolicy::Fail, None) => format!("failed to configure policy: {why}"),
            (FailurePolicy::Fail, Some(_)) => format!("failed to configure binding: {why}"),
            (FailurePolicy::Unknown(name), _) => format!("unrecognized failure policy: '{name}'"),
        };
        let message = denied(policy, at, &message);
        self.denials.push(Denial { message: message.clone(), reason: None });
        self.review.decisions.extend(concerned.iter().map(|binding| Decision {
            policy: policy.name.clone(),
            binding: binding.name.clone(),
            param: String::new(),
            action: Action::Deny,
            message: message.clone(),
            reason: None,
            evaluation: Evaluation::Misconfigured,
        }));
    }

    fn binding(
        &mut self,
        entry: &Entry,
        binding: &Binding,
        matched: &Matched,
        params: &[Param],
        collected: &mut BTreeMap<String, Vec<String>>,
    ) -> Result<()> {
        let namespace = self.namespace()?;
        let kind = matched.resource.kind(&matched.kind);
        let versioned =
            |object: Option<&Value>| object.map_or(Value::Null, |object| in_version(object, kind));
        let asked = |resource: &Resource| match entry.expressions.read_request {
            true => self.request.to_value(kind, resource, self.resource),
            false => Value::Null,
        };
        let mut values = Values {
            object: versioned(self.request.object.as_ref()),
            old_object: versioned(self.request.old_object.as_ref()),
            params: Value::Null,
            request: asked(&matched.resource),
            namespace: namespace.map_or(Value::Null, |namespace| namespace.shown.clone()),
        };
        // Match conditions see the resource that was asked for, and no namespace.
        let mut conditions =
            Values { request: asked(self.resource), namespace: Value::Null, ..values.clone() };
        let whole = namespace.map_or(Value::Null, |namespace| namespace.object.clone());
        let mut annotations = Values { namespace: whole, ..values.clone() };
        for param in params {
            let object = param.clone().unwrap_or(Value::Null);
            let name = object.str_at(&["metadata", "name"]).unwrap_or_default().to_owned();
            for values in [&mut values, &mut conditions, &mut annotations] {
                values.params = object.clone();
            }
            let verdict =
                validate(&entry.policy, &entry.expressions, &values, &conditions, &annotations, BUDGET);
            self.record(&entry.policy, binding, &name, verdict, collected);
        }
        Ok(())
    }

    /// The namespace that expressions see.
    fn namespace(&self) -> Result<Option<&Namespace>> {
        let kind = self.request.kind;
        let is_namespace = kind.group.is_empty() && kind.version == "v1" && kind.kind == "Namespace";
        let name = self.request.namespace;
        if name.is_empty() || is_namespace {
            return Ok(None);
        }
        let found = self.cluster.namespace(name);
        found.map(Some).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("namespaces {} not found", quote(name.as_bytes())))
        })
    }

    fn record(
        &mut self,
        policy: &Policy,
        binding: &Binding,
        param: &str,
        verdict: Verdict,
        collected: &mut BTreeMap<String, Vec<String>>,
    ) {
        let decision = |action, message: &str, reason: &Option<String>, evaluation| Decision {
            policy: policy.name.clone(),
            binding: binding.name.clone(),
            param: param.to_owned(),
            action,
            message: message.to_owned(),
            reason: reason.clone(),
            evaluation,
        };
        for (number, failed) in &verdict.failed {
            let evaluation = if failed.reason.is_some() { Evaluation::Denied } else { Evaluation::Failed };
            for action in &binding.actions {
                self.review.decisions.push(decision(*action, &failed.message, &failed.reason, evaluation));
                match action {
                    Action::Deny => self.denials.push(Denial {
                        message: denied(policy, Some(binding), &failed.message),
                        reason: failed.reason.clone(),
                    }),
                    Action::Warn => self.review.warnings.push(format!(
                        "Validation failed for ValidatingAdmissionPolicy '{}' with binding '{}': {}",
                        policy.name, binding.name, failed.message
                    )),
                    Action::Audit => {
                        let text = failure_annotation(policy, binding, *number, &failed.message);
                        self.annotate(FAILURE_ANNOTATION.to_owned(), text);
                    }
                }
            }
        }
        for annotation in verdict.annotations {
            match annotation.value {
                Ok(mut value) => {
                    value.truncate(value.floor_char_boundary(LONGEST_ANNOTATION));
                    let values = collected.entry(annotation.key).or_default();
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                // Refused whatever the actions of the binding are.
                Err(message) => {
                    self.review.decisions.push(decision(Action::Deny, &message, &None, Evaluation::Failed));
                    self.denials
                        .push(Denial { message: denied(policy, Some(binding), &message), reason: None });
                }
            }
        }
    }

    /// The first value of a key stays; keys that are no annotations are dropped.
    fn annotate(&mut self, key: String, value: String) {
        if key.matches('/').count() == 1 && label_key_problems(&key).is_empty() {
            self.review.annotations.entry(key).or_insert(value);
        }
    }
}

fn denied(policy: &Policy, binding: Option<&Binding>, message: &str) -> String {
    let policy = &policy.name;
    match binding {
        Some(binding) => {
            format!(
                "ValidatingAdmissionPolicy '{policy}' with binding '{}' denied request: {message}",
                binding.name
            )
        }
        None => format!("ValidatingAdmissionPolicy '{policy}' denied request: {message}"),
    }
}

fn failure_annotation(policy: &Policy, binding: &Binding, number: usize, message: &str) -> String {
    let actions = binding.actions.iter().map(|action| Value::from(action.name())).collect();
    let text = |text: &str| json::to_string(&Value::from(text)).unwrap_or_default();
    format!(
        "[{{\"message\":{},\"policy\":{},\"binding\":{},\"expressionIndex\":{number},\"validationActions\":{}}}]",
        text(message),
        text(&policy.name),
        text(&binding.name),
        json::to_string(&Value::list(actions)).unwrap_or_default(),
    )
}

/// The object as a custom kind converts it: only its version changes.
fn in_version(object: &Value, kind: GroupVersionKind<'_>) -> Value {
    if GroupVersionKind::of(object) == kind {
        return object.clone();
    }
    let api_version = if kind.group.is_empty() {
        kind.version.to_owned()
    } else {
        format!("{}/{}", kind.group, kind.version)
    };
    let object = with(Some(object), "apiVersion", Value::from(api_version));
    with(Some(&object), "kind", Value::from(kind.kind))
}
