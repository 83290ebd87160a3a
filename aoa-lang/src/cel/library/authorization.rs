//! Checks of what the user of a request may do.

use super::super::authorization::Decision;
use super::super::declare::Functions;
use super::super::failure::Failure;
use super::super::formats::{dns1123_label, dns1123_subdomain};
use super::super::value::{Special, Val};
use super::{special_of, str_of};

const AUTHORIZER: &str = "authorization.Authorizer";
const PATH: &str = "authorization.PathCheck";
const GROUP: &str = "authorization.GroupCheck";
const RESOURCE: &str = "authorization.ResourceCheck";
const DECISION: &str = "authorization.Decision";

pub(super) fn declare(functions: &mut Functions) {
    functions.add("path", "authorizer_path", &format!("{AUTHORIZER}.(string) -> {PATH}"), Some(path));
    functions.add(
        "group",
        "authorizer_group",
        &format!("{AUTHORIZER}.(string) -> {GROUP}"),
        Some(|a| {
            let Special::Authorizer(authorizer) = special_of(a, 0)? else {
                return Err(Failure::no_overload());
            };
            str_of(a, 1)?;
            Ok(Val::special(Special::GroupCheck(authorizer.group())))
        }),
    );
    functions.add(
        "serviceAccount",
        "authorizer_serviceaccount",
        &format!("{AUTHORIZER}.(string, string) -> {AUTHORIZER}"),
        Some(service_account),
    );
    functions.add(
        "resource",
        "groupcheck_resource",
        &format!("{GROUP}.(string) -> {RESOURCE}"),
        Some(|a| {
            let Special::GroupCheck(group) = special_of(a, 0)? else { return Err(Failure::no_overload()) };
            if str_of(a, 1)?.trim().is_empty() {
                return Err(Failure::new("resource must not be empty"));
            }
            Ok(Val::special(Special::ResourceCheck(group.resource())))
        }),
    );
    for name in ["subresource", "namespace", "name", "fieldSelector", "labelSelector"] {
        functions.add(
            name,
            "resourcecheck_detail",
            &format!("{RESOURCE}.(string) -> {RESOURCE}"),
            Some(|a| {
                let Special::ResourceCheck(_) = special_of(a, 0)? else { return Err(Failure::no_overload()) };
                str_of(a, 1)?;
                a.first().cloned().ok_or(Failure::no_overload())
            }),
        );
    }
    functions.add("check", "pathcheck_check", &format!("{PATH}.(string) -> {DECISION}"), Some(check));
    functions.add("check", "resourcecheck_check", &format!("{RESOURCE}.(string) -> {DECISION}"), Some(check));
    functions.add(
        "errored",
        "decision_errored",
        &format!("{DECISION}.() -> bool"),
        Some(|a| Ok(Val::Bool(decision(a)?.error.is_some()))),
    );
    functions.add(
        "error",
        "decision_error",
        &format!("{DECISION}.() -> string"),
        Some(|a| Ok(Val::string(decision(a)?.error.unwrap_or_default()))),
    );
    functions.add(
        "allowed",
        "decision_allowed",
        &format!("{DECISION}.() -> bool"),
        Some(|a| Ok(Val::Bool(decision(a)?.allowed))),
    );
    functions.add(
        "reason",
        "decision_reason",
        &format!("{DECISION}.() -> string"),
        Some(|a| Ok(Val::string(decision(a)?.reason))),
    );
}

fn path(arguments: &[Val]) -> Result<Val, Failure> {
    let Special::Authorizer(authorizer) = special_of(arguments, 0)? else {
        return Err(Failure::no_overload());
    };
    if str_of(arguments, 1)?.trim().is_empty() {
        return Err(Failure::new("path must not be empty"));
    }
    Ok(Val::special(Special::PathCheck(authorizer.path())))
}

fn service_account(arguments: &[Val]) -> Result<Val, Failure> {
    let Special::Authorizer(authorizer) = special_of(arguments, 0)? else {
        return Err(Failure::no_overload());
    };
    let (namespace, name) = (str_of(arguments, 1)?, str_of(arguments, 2)?);
    if !dns1123_subdomain(&name).is_empty() {
        return Err(Failure::new("Invalid service account name"));
    }
    if !dns1123_label(&namespace).is_empty() {
        return Err(Failure::new("Invalid service account namespace"));
    }
    Ok(Val::special(Special::Authorizer(authorizer.clone())))
}

fn check(arguments: &[Val]) -> Result<Val, Failure> {
    str_of(arguments, 1)?;
    match special_of(arguments, 0)? {
        Special::PathCheck(_) | Special::ResourceCheck(_) => {
            Ok(Val::special(Special::Decision(Decision::NO_OPINION)))
        }
        _ => Err(Failure::no_overload()),
    }
}

fn decision(arguments: &[Val]) -> Result<&Decision, Failure> {
    match special_of(arguments, 0)? {
        Special::Decision(decision) => Ok(decision),
        _ => Err(Failure::no_overload()),
    }
}
