//! The expressions of a policy, compiled, each in the environment that upstream gives it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aoa_lang::cel::{Environment, Program, Type};

use super::policy::Policy;

/// All expressions of a policy.
pub(super) struct Expressions {
    pub(super) variables: BTreeMap<String, Expression>,
    pub(super) conditions: Vec<Expression>,
    pub(super) validations: Vec<Expression>,
    /// One for each validation that has one.
    pub(super) messages: Vec<Option<Expression>>,
    pub(super) annotations: Vec<Expression>,
    /// Whether any of them reads `request`: it is not made for others.
    pub(super) read_request: bool,
}

/// The environments of a policy's expressions.
pub(super) struct Environments {
    pub(super) variables: Environment,
    pub(super) messages: Environment,
    /// Of all others.
    pub(super) others: Environment,
}

/// One expression.
pub(super) struct Expression {
    pub(super) text: String,
    /// What runs it, or why it does not compile.
    pub(super) program: Result<Program, String>,
    pub(super) output: Option<Type>,
}

/// The types that an expression may have.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    Bool,
    String,
    StringOrNull,
    Any,
}

/// Which variables there are beside the request's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Authorizer {
    Declared,
    Absent,
}

/// The type of `variables`.
pub(super) const VARIABLES: &str = "kubernetes.variables";

static BASE: LazyLock<Environment> = LazyLock::new(base);

impl Expressions {
    /// Compiles all expressions of a policy.
    pub(super) fn compile(policy: &Policy) -> Self {
        let has_params = policy.param_kind.is_some();
        let full = environment(has_params, Authorizer::Declared);
        let messages = environment(has_params, Authorizer::Absent);
        Expressions::compile_in(policy, Environments { variables: full.clone(), others: full, messages })
    }

    /// Compiles them in other environments than those of the API server.
    pub(super) fn compile_in(policy: &Policy, environments: Environments) -> Self {
        let mut seen = composed(environments.variables);
        let (mut others, mut plain) = (composed(environments.others), composed(environments.messages));
        let mut variables = BTreeMap::new();
        for variable in &policy.variables {
            let expression = Expression::compile(&seen, &variable.expression, Wanted::Any);
            let type_ = expression.output.as_ref().map_or(Type::Dyn, declared);
            let with =
                |environment: Environment| environment.with_field(VARIABLES, &*variable.name, type_.clone());
            (seen, others, plain) = (with(seen), with(others), with(plain));
            variables.insert(variable.name.clone(), expression);
        }
        let compile = |text: &str, wanted| Expression::compile(&others, text, wanted);
        let mut all = Expressions {
            conditions: policy.conditions.iter().map(|c| compile(&c.expression, Wanted::Bool)).collect(),
            validations: policy.validations.iter().map(|v| compile(&v.expression, Wanted::Bool)).collect(),
            messages: policy
                .validations
                .iter()
                .map(|validation| {
                    let text = &validation.message_expression;
                    (!text.is_empty()).then(|| Expression::compile(&plain, text, Wanted::String))
                })
                .collect(),
            annotations: policy
                .annotations
                .iter()
                .map(|annotation| compile(&annotation.expression, Wanted::StringOrNull))
                .collect(),
            variables,
            read_request: false,
        };
        let read_request = all.programs().any(|program| program.variables().any(|name| name == "request"));
        all.read_request = read_request;
        all
    }

    /// Whether any of them asks who sends the request.
    pub(super) fn ask_sender(&self) -> bool {
        self.programs().any(|program| {
            program.variables().any(|name| name.starts_with("authorizer"))
                || program.reads("request", "userInfo")
        })
    }

    /// Whether any of them looks at the namespace.
    pub(super) fn ask_namespace(&self) -> bool {
        self.programs().any(|program| program.variables().any(|name| name == "namespaceObject"))
    }

    fn programs(&self) -> impl Iterator<Item = &Program> {
        let listed = self.conditions.iter().chain(&self.validations).chain(&self.annotations);
        let all = self.variables.values().chain(listed).chain(self.messages.iter().flatten());
        all.filter_map(|expression| expression.program.as_ref().ok())
    }
}

impl Expression {
    pub(super) fn compile(environment: &Environment, text: &str, wanted: Wanted) -> Self {
        let mut output = None;
        let program = environment
            .compile(text)
            .map_err(|issues| format!("compilation failed: {issues}"))
            .and_then(|checked| {
                wanted.check(checked.output_type())?;
                let program =
                    checked.program().map_err(|why| format!("program instantiation failed: {why}"))?;
                output = Some(checked.output_type().clone());
                Ok(program)
            });
        Expression { text: text.to_owned(), program, output }
    }
}

impl Wanted {
    fn check(self, found: &Type) -> Result<(), String> {
        let shown = found.declared();
        match self {
            Wanted::Any => Ok(()),
            Wanted::Bool if *found == Type::Bool => Ok(()),
            Wanted::String | Wanted::StringOrNull if *found == Type::String => Ok(()),
            Wanted::StringOrNull if *found == Type::Null => Ok(()),
            Wanted::Bool => Err(format!("must evaluate to bool but got {shown}")),
            Wanted::String => Err(format!("must evaluate to string but got {shown}")),
            Wanted::StringOrNull => {
                Err(format!("must evaluate to one of [string null_type] but got {shown}"))
            }
        }
    }
}

/// With `variables`, as yet without any.
pub(super) fn composed(environment: Environment) -> Environment {
    environment
        .with_structure(VARIABLES, BTreeMap::new())
        .with_variable("variables", Type::structure(VARIABLES))
}

/// The variables of a request.
pub(super) fn environment(has_params: bool, authorizer_is: Authorizer) -> Environment {
    let mut environment = BASE.clone();
    if has_params {
        environment = environment.with_variable("params", Type::Dyn);
    }
    if authorizer_is == Authorizer::Declared {
        environment = environment.with_variable("authorizer", authorizer()).with_variable(
            "authorizer.requestResource",
            Type::structure("kubernetes.authorization.ResourceCheck"),
        );
    }
    environment
}

/// The type of `authorizer`.
pub(super) fn authorizer() -> Type {
    Type::structure("kubernetes.authorization.Authorizer")
}

fn base() -> Environment {
    let object = |name: &str| Type::structure(name);
    let texts = || Type::list(Type::String);
    let labels = || Type::map(Type::String, Type::String);
    let fields = |fields: &[(&str, Type)]| {
        fields.iter().map(|(name, type_)| ((*name).to_owned(), type_.clone())).collect::<BTreeMap<_, _>>()
    };
    let kind =
        |last: &str| fields(&[("group", Type::String), ("version", Type::String), (last, Type::String)]);
    let request = fields(&[
        ("kind", object("kubernetes.GroupVersionKind")),
        ("resource", object("kubernetes.GroupVersionResource")),
        ("subResource", Type::String),
        ("requestKind", object("kubernetes.GroupVersionKind")),
        ("requestResource", object("kubernetes.GroupVersionResource")),
        ("requestSubResource", Type::String),
        ("name", Type::String),
        ("namespace", Type::String),
        ("operation", Type::String),
        ("userInfo", object("kubernetes.UserInfo")),
        ("dryRun", Type::Bool),
        ("options", Type::Dyn),
    ]);
    let user = fields(&[
        ("username", Type::String),
        ("uid", Type::String),
        ("groups", texts()),
        ("extra", Type::map(Type::String, texts())),
    ]);
    let metadata = fields(&[
        ("name", Type::String),
        ("generateName", Type::String),
        ("namespace", Type::String),
        ("labels", labels()),
        ("annotations", labels()),
        ("UID", Type::String),
        ("creationTimestamp", Type::Timestamp),
        ("deletionGracePeriodSeconds", Type::Int),
        ("deletionTimestamp", Type::Timestamp),
        ("generation", Type::Int),
        ("resourceVersion", Type::String),
        ("finalizers", texts()),
    ]);
    let condition = fields(&[
        ("status", Type::String),
        ("type", Type::String),
        ("lastTransitionTime", Type::Timestamp),
        ("message", Type::String),
        ("reason", Type::String),
    ]);
    let status = fields(&[
        ("conditions", Type::list(object("kubernetes.NamespaceCondition"))),
        ("phase", Type::String),
    ]);
    let namespace = fields(&[
        ("metadata", object("kubernetes.NamespaceMetadata")),
        ("spec", object("kubernetes.NamespaceSpec")),
        ("status", object("kubernetes.NamespaceStatus")),
    ]);
    Environment::kubernetes()
        .with_structure("kubernetes.GroupVersionKind", kind("kind"))
        .with_structure("kubernetes.GroupVersionResource", kind("resource"))
        .with_structure("kubernetes.UserInfo", user)
        .with_structure("kubernetes.AdmissionRequest", request)
        .with_structure("kubernetes.NamespaceMetadata", metadata)
        .with_structure("kubernetes.NamespaceSpec", fields(&[("finalizers", texts())]))
        .with_structure("kubernetes.NamespaceCondition", condition)
        .with_structure("kubernetes.NamespaceStatus", status)
        .with_structure("kubernetes.Namespace", namespace)
        .with_variable("object", Type::Dyn)
        .with_variable("oldObject", Type::Dyn)
        .with_variable("namespaceObject", object("kubernetes.Namespace"))
        .with_variable("request", object("kubernetes.AdmissionRequest"))
}

/// The type that a variable of this type is declared with: only plain types, lists and maps survive.
pub(super) fn declared(type_: &Type) -> Type {
    match type_ {
        Type::Any
        | Type::Bool
        | Type::Bytes
        | Type::Double
        | Type::Duration
        | Type::Int
        | Type::Null
        | Type::String
        | Type::Timestamp
        | Type::Uint => type_.clone(),
        Type::List(element) => Type::list(declared(element)),
        Type::Map(pair) => Type::map(declared(&pair.0), declared(&pair.1)),
        _ => Type::Dyn,
    }
}
