//! CEL in constraint templates, which Gatekeeper runs as the policy of an API server without one.

use std::collections::BTreeMap;

use aoa_lang::cel::PER_CALL_LIMIT;
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::activation::Values;
use super::cluster::{Cluster, shown};
use super::expressions::{Authorizer, Environments, Expressions, environment};
use super::policy::{FailurePolicy, Named, Policy, Validation};
use super::request::{Request, Resource, User};
use super::validation::validate;
use crate::model::GroupVersionKind;
use crate::policy::gatekeeper::Operation;

/// The code of a template for the engine `K8sNativeValidation`, compiled.
pub(in crate::policy) struct ConstraintCode {
    policy: Policy,
    expressions: Expressions,
}

/// The object, or the one that is deleted.
const ANY_OBJECT: &str =
    r#"has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object"#;
const PARAMS: &str = "!has(params.spec) ? null : !has(params.spec.parameters) ? null: params.spec.parameters";
const RESERVED: &str = "gatekeeper_internal_";

impl ConstraintCode {
    /// Reads and compiles the source of a template. An expression that does not compile is told when it is asked.
    ///
    /// # Errors
    /// `Invalid` with Gatekeeper's texts.
    pub(in crate::policy) fn compile(source: &Value) -> Result<Self> {
        let conditions = named(source, "matchCondition")?;
        let variables = named(source, "variables")?;
        if let Some(condition) = conditions.iter().find(|condition| condition.name.starts_with(RESERVED)) {
            return Err(reserved("match condition", "invalid match condition definition", &condition.name));
        }
        if let Some(variable) = variables.iter().find(|variable| variable.name.starts_with(RESERVED)) {
            return Err(reserved("variable", "invalid variable definition", &variable.name));
        }
        let failure_policy = match text(source, "failurePolicy")?.as_deref() {
            None | Some("Fail") => FailurePolicy::Fail,
            Some("Ignore") => FailurePolicy::Ignore,
            Some(other) => {
                let message = format!("invalid failure policy: unrecognized failure policy: {other}");
                return Err(Error::invalid(message));
            }
        };
        let mut validations = Vec::new();
        for validation in list(source, "validations")? {
            validations.push(Validation {
                expression: text(validation, "expression")?.unwrap_or_default(),
                message: text(validation, "message")?.unwrap_or_default(),
                message_expression: text(validation, "messageExpression")?.unwrap_or_default(),
                reason: None,
            });
        }
        let bound =
            |name: &str, expression: &str| Named { name: name.to_owned(), expression: expression.to_owned() };
        let policy = Policy {
            name: String::new(),
            failure_policy,
            param_kind: None,
            constraints: None,
            conditions,
            variables: [bound("anyObject", ANY_OBJECT), bound("params", PARAMS)]
                .into_iter()
                .chain(variables)
                .collect(),
            validations,
            annotations: Vec::new(),
        };
        Ok(ConstraintCode { expressions: expressions(&policy), policy })
    }

    /// Whether it asks who sends the request.
    pub(in crate::policy) fn asks_sender(&self) -> bool {
        self.expressions.ask_sender()
    }

    /// Whether it looks at the namespace of the object.
    pub(in crate::policy) fn asks_namespace(&self) -> bool {
        self.expressions.ask_namespace()
    }

    /// The messages of the validations that an object does not pass under a constraint; `named` is its kind, its namespace and
    /// its name.
    pub(in crate::policy) fn review(
        &self,
        object: &Value,
        constraint: &Value,
        named: (GroupVersionKind<'_>, &str, &str),
        operation: Operation,
        within: Option<&Value>,
    ) -> Vec<String> {
        let (kind, namespace, name) = named;
        let user =
            User { name: String::new(), uid: String::new(), groups: Vec::new(), extra: BTreeMap::new() };
        let request = Request {
            operation: operation.name(),
            kind,
            namespace,
            name,
            user: Some(user),
            ..Request::default()
        };
        let resource = match operation {
            Operation::None => Resource { group: Text::EMPTY, version: Text::EMPTY, name: Text::EMPTY },
            Operation::Create => Cluster::default().resource(kind),
        };
        let values = Values {
            object: object.clone(),
            old_object: Value::Null,
            params: constraint.clone(),
            request: if self.expressions.read_request {
                request.to_value(kind, &resource, &resource)
            } else {
                Value::Null
            },
            namespace: within.map_or(Value::Null, shown),
        };
        let verdict = validate(&self.policy, &self.expressions, &values, &values, &values, PER_CALL_LIMIT);
        verdict.failed.into_iter().map(|(_, failed)| failed.message).collect()
    }
}

/// Parameters are seen by variables alone.
fn expressions(policy: &Policy) -> Expressions {
    let (variables, others) = (environment(true, Authorizer::Absent), environment(false, Authorizer::Absent));
    Expressions::compile_in(policy, Environments { variables, messages: others.clone(), others })
}

fn reserved(what: &str, prefix: &str, name: &str) -> Error {
    Error::invalid(format!("{prefix}: {name} is not a valid {what}; cannot have \"{RESERVED}\" as a prefix"))
}

fn wrong_type(key: &str) -> Error {
    Error::invalid(format!("unrecognized type in {key}"))
}

fn text(object: &Value, key: &str) -> Result<Option<String>> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.to_str_lossy().into_owned())),
        Some(_) => Err(wrong_type(key)),
    }
}

fn list<'v>(object: &'v Value, key: &str) -> Result<&'v [Value]> {
    let items = match object.get(key) {
        None | Some(Value::Null) => return Ok(&[]),
        Some(Value::List(items)) => items.as_slice(),
        Some(_) => return Err(wrong_type(key)),
    };
    match items.iter().all(|item| item.as_map().is_some()) {
        true => Ok(items),
        false => Err(wrong_type(key)),
    }
}

fn named(object: &Value, key: &str) -> Result<Vec<Named>> {
    let read = |item: &Value| {
        Ok(Named {
            name: text(item, "name")?.unwrap_or_default(),
            expression: text(item, "expression")?.unwrap_or_default(),
        })
    };
    list(object, key)?.iter().map(read).collect()
}
