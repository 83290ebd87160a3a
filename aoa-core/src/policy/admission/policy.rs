//! Policies and bindings, read from their objects with the defaults of the API.

use aoa_lang::text::selector::{LabelSelector, Selector};
use aoa_lang::typed::{self, Mode};
use aoa_lang::{Error, Result, Value};

/// A ValidatingAdmissionPolicy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) name: String,
    pub(super) failure_policy: FailurePolicy,
    pub(super) param_kind: Option<ParamKind>,
    pub(super) constraints: Option<MatchResources>,
    pub(super) conditions: Vec<Named>,
    pub(super) variables: Vec<Named>,
    pub(super) validations: Vec<Validation>,
    pub(super) annotations: Vec<Named>,
}

/// What an expression that cannot be evaluated means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailurePolicy {
    /// The request is refused.
    Fail,
    /// Nothing.
    Ignore,
    /// A value that the API does not know.
    Unknown(String),
}

/// A ValidatingAdmissionPolicyBinding.
#[derive(Clone, Debug)]
pub struct Binding {
    pub(super) name: String,
    pub(super) policy: String,
    pub(super) param_ref: Option<ParamRef>,
    pub(super) resources: Option<MatchResources>,
    pub(super) actions: Vec<Action>,
}

/// What a binding does with a validation that does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The request is refused.
    Deny,
    /// The sender is warned.
    Warn,
    /// The audit log is told.
    Audit,
}

/// The kind of the objects that parametrise a policy.
#[derive(Clone, Debug)]
pub(super) struct ParamKind {
    pub(super) api_version: String,
    pub(super) kind: String,
}

/// Which objects a binding takes as parameters.
#[derive(Clone, Debug)]
pub(super) struct ParamRef {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) selector: Option<Value>,
    pub(super) denies_missing: bool,
}

/// An expression with a name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) expression: String,
}

/// One of a policy's validations.
#[derive(Clone, Debug)]
pub(super) struct Validation {
    pub(super) expression: String,
    pub(super) message: String,
    pub(super) message_expression: String,
    pub(super) reason: Option<String>,
}

/// Which requests are meant.
#[derive(Clone, Debug)]
pub(super) struct MatchResources {
    pub(super) versions: Versions,
    /// A selector, or the text of why it is none.
    pub(super) namespaces: std::result::Result<Selector, String>,
    pub(super) objects: std::result::Result<Selector, String>,
    pub(super) rules: Vec<Rule>,
    pub(super) excluded: Vec<Rule>,
}

/// Whether other versions of a kind are meant as well (`matchPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Versions {
    Exact,
    Equivalent,
}

/// One of `resourceRules`.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) names: Vec<String>,
    pub(super) operations: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) versions: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) scope: Option<String>,
}

/// The group and version of both kinds.
pub(super) const API_VERSION: &str = "admissionregistration.k8s.io/v1";

impl Policy {
    /// Reads a policy as the API server does: unknown fields are refused.
    ///
    /// # Errors
    /// `Invalid` with the decoder's text.
    pub fn read(object: &Value) -> Result<Self> {
        Ok(Policy::of(&decode(object, "ValidatingAdmissionPolicy")?))
    }

    /// A policy that is decoded.
    pub(super) fn of(object: &Value) -> Self {
        let spec = object.get("spec").unwrap_or(&Value::Null);
        Policy {
            name: text(object, &["metadata", "name"]),
            failure_policy: match text(spec, &["failurePolicy"]).as_str() {
                "" | "Fail" => FailurePolicy::Fail,
                "Ignore" => FailurePolicy::Ignore,
                other => FailurePolicy::Unknown(other.to_owned()),
            },
            param_kind: spec.get("paramKind").filter(|kind| !kind.is_null()).map(|kind| ParamKind {
                api_version: text(kind, &["apiVersion"]),
                kind: text(kind, &["kind"]),
            }),
            constraints: spec.get("matchConstraints").filter(|c| !c.is_null()).map(MatchResources::read),
            conditions: list(spec, "matchConditions", |c| named(c, "name", "expression")),
            variables: list(spec, "variables", |v| named(v, "name", "expression")),
            validations: list(spec, "validations", |validation| Validation {
                expression: text(validation, &["expression"]),
                message: text(validation, &["message"]),
                message_expression: text(validation, &["messageExpression"]),
                reason: validation.str_at(&["reason"]).map(str::to_owned),
            }),
            annotations: list(spec, "auditAnnotations", |a| named(a, "key", "valueExpression")),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Binding {
    /// Reads a binding as the API server does: unknown fields are refused.
    ///
    /// # Errors
    /// `Invalid` with the decoder's text.
    pub fn read(object: &Value) -> Result<Self> {
        let object = decode(object, "ValidatingAdmissionPolicyBinding")?;
        let spec = object.get("spec").unwrap_or(&Value::Null);
        Ok(Binding {
            name: text(&object, &["metadata", "name"]),
            policy: text(spec, &["policyName"]),
            param_ref: spec.get("paramRef").filter(|param| !param.is_null()).map(|param| ParamRef {
                name: text(param, &["name"]),
                namespace: text(param, &["namespace"]),
                selector: param.get("selector").filter(|selector| !selector.is_null()).cloned(),
                denies_missing: text(param, &["parameterNotFoundAction"]) == "Deny",
            }),
            resources: spec.get("matchResources").filter(|r| !r.is_null()).map(MatchResources::read),
            actions: texts(spec, "validationActions")
                .iter()
                .filter_map(|action| Action::of(action))
                .collect(),
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the policy that it binds.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }
}

impl Action {
    fn of(name: &str) -> Option<Self> {
        match name {
            "Deny" => Some(Action::Deny),
            "Warn" => Some(Action::Warn),
            "Audit" => Some(Action::Audit),
            _ => None,
        }
    }

    /// The name in `validationActions`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Action::Deny => "Deny",
            Action::Warn => "Warn",
            Action::Audit => "Audit",
        }
    }
}

impl MatchResources {
    fn read(object: &Value) -> Self {
        let selector = |key| selector(object.get(key).filter(|s| !s.is_null()));
        MatchResources {
            versions: match object.str_at(&["matchPolicy"]) {
                Some("Exact") => Versions::Exact,
                _ => Versions::Equivalent,
            },
            namespaces: selector("namespaceSelector"),
            objects: selector("objectSelector"),
            rules: list(object, "resourceRules", Rule::read),
            excluded: list(object, "excludeResourceRules", Rule::read),
        }
    }
}

/// A selector; one that is not given selects everything, as the defaults of the API say.
pub(super) fn selector(object: Option<&Value>) -> std::result::Result<Selector, String> {
    let selector = object.map_or_else(LabelSelector::default, LabelSelector::read);
    Selector::from_object(Some(&selector)).map_err(|error: Error| error.message().to_owned())
}

impl Rule {
    fn read(object: &Value) -> Self {
        Rule {
            names: texts(object, "resourceNames"),
            operations: texts(object, "operations"),
            groups: texts(object, "apiGroups"),
            versions: texts(object, "apiVersions"),
            resources: texts(object, "resources"),
            scope: object.str_at(&["scope"]).map(str::to_owned),
        }
    }
}

/// The object as the API's Go type has it.
pub(super) fn decode(object: &Value, kind: &str) -> Result<Value> {
    let Some(type_) = typed::schema(API_VERSION, kind) else {
        return Err(Error::new(aoa_lang::ErrorKind::Internal, format!("no table of {kind}")));
    };
    typed::read(type_, object, Mode::KubernetesStrict)
}

pub(super) fn text(object: &Value, path: &[&str]) -> String {
    object.str_at(path).unwrap_or_default().to_owned()
}

pub(super) fn texts(object: &Value, key: &str) -> Vec<String> {
    list(object, key, |item| item.as_str().unwrap_or_default().to_owned())
}

fn list<T>(object: &Value, key: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
    object.get(key).and_then(Value::as_list).map(|items| items.iter().map(read).collect()).unwrap_or_default()
}

fn named(object: &Value, name: &str, expression: &str) -> Named {
    Named { name: text(object, &[name]), expression: text(object, &[expression]) }
}
