//! What the types of built-in kinds say against a policy's expressions (`validating/typechecking.go`).

use std::collections::BTreeSet;

use aoa_lang::cel::{Environment, Type};
use aoa_lang::typed;

use super::cluster::plural;
use super::expressions::{Authorizer, VARIABLES, authorizer, composed, declared, environment};
use super::policy::{ParamKind, Policy, Rule};
use crate::model::GroupVersionKind;

/// A warning that the API server writes into a policy's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeWarning {
    /// The expression: `spec.validations[0].expression`.
    pub field: String,
    /// What is wrong for each kind.
    pub text: String,
}

/// A kind with its table.
struct Known {
    gvk: GroupVersionKind<'static>,
    type_: &'static typed::Type,
}

/// No more types than this are looked at for one rule.
const MOST_TYPES: usize = 10;

/// Groups of the tables that are no built-in kinds of Kubernetes.
const FOREIGN: [&str; 3] = ["argoproj.io", "helm", "kustomize"];

/// What the type checker of the API server says of a policy; kinds that are not built in are not looked at.
#[must_use]
pub fn type_warnings(policy: &Policy) -> Vec<TypeWarning> {
    let environments: Vec<_> =
        kinds(policy).into_iter().map(|kind| (kind.gvk, checked_environment(policy, &kind))).collect();
    let mut warnings = Vec::new();
    let mut check = |field: String, expression: &str| {
        let found = environments.iter().filter_map(|(gvk, environment)| {
            let issues = environment.compile(expression).err()?;
            Some(format!("{}/{}, Kind={}: {issues}\n", gvk.group, gvk.version, gvk.kind))
        });
        let texts: Vec<_> = found.collect();
        if !texts.is_empty() {
            warnings.push(TypeWarning { field, text: texts.join("\n") });
        }
    };
    for (number, validation) in policy.validations.iter().enumerate() {
        check(format!("spec.validations[{number}].expression"), &validation.expression);
        if !validation.message_expression.is_empty() {
            check(format!("spec.validations[{number}].messageExpression"), &validation.message_expression);
        }
    }
    warnings
}

fn checked_environment(policy: &Policy, kind: &Known) -> Environment {
    let name = kind.gvk.kind;
    let object = Type::structure(name);
    let mut environment = environment(false, Authorizer::Absent)
        .with_kind(name, kind.type_)
        .with_variable("object", object.clone())
        .with_variable("oldObject", object)
        .with_variable("authorizer", authorizer());
    if let Some((params, type_)) = policy.param_kind.as_ref().and_then(params) {
        let of = match type_ {
            Some(type_) => {
                environment = environment.with_kind(params, type_);
                Type::structure(params)
            }
            None => Type::Dyn,
        };
        environment = environment.with_variable("params", of);
    }
    let mut environment = composed(environment);
    for variable in &policy.variables {
        let checked = environment.compile(&variable.expression);
        let type_ = checked.map_or(Type::Dyn, |checked| declared(checked.output_type()));
        environment = environment.with_field(VARIABLES, &*variable.name, type_);
    }
    environment
}

/// The kind of `params` and its table; `None` if `paramKind` names no kind at all.
fn params(kind: &ParamKind) -> Option<(&str, Option<&'static typed::Type>)> {
    if kind.api_version.matches('/').count() > 1 {
        return None;
    }
    let group = kind.api_version.split_once('/').map_or("", |(group, _)| group);
    let type_ = typed::schema(&kind.api_version, &kind.kind).filter(|_| !FOREIGN.contains(&group));
    Some((&kind.kind, type_))
}

/// The kinds that a policy's rules name, sorted.
fn kinds(policy: &Policy) -> Vec<Known> {
    let mut found: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for rule in policy.constraints.iter().flat_map(|constraints| &constraints.rules) {
        if add_kinds(rule, &mut found) {
            break;
        }
    }
    let known = found.into_iter().filter_map(|(group, version, kind)| {
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let type_ = typed::schema(&api_version, kind)?;
        Some(Known { gvk: GroupVersionKind { group, version, kind }, type_ })
    });
    known.collect()
}

/// Adds the kinds of a rule. Returns whether there are enough.
fn add_kinds(rule: &Rule, found: &mut BTreeSet<(&'static str, &'static str, &'static str)>) -> bool {
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort();
        texts
    };
    if rule.groups.iter().chain(&rule.versions).any(|text| text.contains('*')) {
        return false;
    }
    let mut resources = sorted(&rule.resources);
    resources.retain(|resource| !resource.contains(['*', '/']));
    let mut count = 0;
    for group in sorted(&rule.groups) {
        for version in sorted(&rule.versions) {
            for resource in &resources {
                for kind in named(&group, &version, &resource.to_lowercase()) {
                    found.insert(kind);
                    count += 1;
                    if count == MOST_TYPES {
                        return true;
                    }
                }
            }
        }
    }
    false
}

/// The built-in kinds of a resource. An empty group is any group, as in upstream's mapper.
fn named(
    group: &str,
    version: &str,
    resource: &str,
) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    typed::kinds()
        .filter_map(|name| {
            let (api_version, kind) = name.rsplit_once('/')?;
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            (!FOREIGN.contains(&group) && !FOREIGN.contains(&version)).then_some((group, version, kind))
        })
        .filter(move |(own, in_version, kind)| {
            (group.is_empty() || *own == group)
                && *in_version == version
                && (plural(kind) == resource || kind.to_lowercase() == resource)
        })
}
