//! Whether a project is well formed (`ValidateProject` of Argo CD 3.5.7).

use std::collections::HashSet;

use aoa_lang::text::glob::Glob;
use aoa_lang::unicode::is_space;
use aoa_lang::value::List;
use aoa_lang::{Error, Result, Value};

use super::windows::{SyncWindow, WindowKind};

/// Checks a project, read as its type, as Argo CD's server does when one is created or changed through it. What is
/// applied to the cluster past the server is not checked by anybody.
///
/// # Errors
///
/// `Invalid`, with Argo CD's text for the first thing that is wrong. Upstream's text on a repeated window has a hash that
/// depends on what the process did before; here it is left out.
pub fn validate_project(project: &Value) -> Result<()> {
    let none = Value::Null;
    let spec = project.get("spec").unwrap_or(&none);
    let name = project.str_at(&["metadata", "name"]).unwrap_or_default();
    check_destinations(spec)?;
    let mut seen = HashSet::new();
    for namespace in texts(spec, "sourceNamespaces") {
        if !seen.insert(namespace) {
            return Err(argument(format!("source namespace '{namespace}' already added")));
        }
    }
    check_repositories(spec)?;
    check_roles(name, spec)?;
    check_windows(spec)?;
    check_service_accounts(spec)
}

fn check_destinations(spec: &Value) -> Result<()> {
    let mut seen = HashSet::new();
    for destination in list(spec, "destinations") {
        for field in ["name", "server", "namespace"] {
            if text(destination, field) == "!*" {
                return Err(argument(format!("{field} has an invalid format, '!*'")));
            }
        }
        let (server, name) = (text(destination, "server"), text(destination, "name"));
        let cluster = if server.is_empty() { name } else { server };
        let key = format!("{cluster}/{}", text(destination, "namespace"));
        if seen.contains(&key) {
            return Err(argument(format!("destination '{key}' already added")));
        }
        seen.insert(key);
    }
    Ok(())
}

fn check_repositories(spec: &Value) -> Result<()> {
    let mut seen = HashSet::new();
    for repository in texts(spec, "sourceRepos") {
        if repository == "!*" {
            return Err(argument("source repository has an invalid format, '!*'".to_owned()));
        }
        if !seen.insert(repository) {
            return Err(argument(format!("source repository '{repository}' already added")));
        }
    }
    Ok(())
}

fn check_roles(project: &str, spec: &Value) -> Result<()> {
    let mut names = HashSet::new();
    for role in list(spec, "roles") {
        let name = text(role, "name");
        if names.contains(name) {
            return Err(exists(format!("role '{name}' already exists")));
        }
        if !is_role_name(name) {
            return Err(argument(format!(
                "invalid role name '{name}'. Must consist of alphanumeric characters, '-' or '_', and must start and end with an alphanumeric character"
            )));
        }
        let mut seen = HashSet::new();
        for policy in texts(role, "policies") {
            if seen.contains(policy) {
                return Err(exists(format!("policy '{policy}' already exists for role '{name}'")));
            }
            check_policy(project, name, policy)?;
            seen.insert(policy);
        }
        let mut seen = HashSet::new();
        for group in texts(role, "groups") {
            if seen.contains(group) {
                return Err(exists(format!("group '{group}' already exists for role '{name}'")));
            }
            check_group(group)?;
            seen.insert(group);
        }
        names.insert(name);
    }
    Ok(())
}

fn is_role_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
}

fn check_policy(project: &str, role: &str, policy: &str) -> Result<()> {
    let invalid = |why: String| Err(argument(format!("invalid policy rule '{policy}': {why}")));
    let parts: Vec<&str> = policy.split(',').map(|part| part.trim_matches(' ')).collect();
    let ["p", subject, resource, action, object, effect] = parts.as_slice() else {
        return invalid("must be of the form: 'p, sub, res, act, obj, eft'".to_owned());
    };
    let expected = format!("proj:{project}:{role}");
    if *subject != expected {
        return invalid(format!("policy subject must be: '{expected}', not '{subject}'"));
    }
    let scoped = ["applications", "applicationsets", "logs", "exec", "clusters", "repositories"];
    if !scoped.contains(resource) {
        return invalid(format!(
            "project resource must be: 'applications', 'applicationsets', 'repositories', 'exec', 'logs' or 'clusters', not '{resource}'"
        ));
    }
    if !is_action(action) {
        return invalid(format!("invalid action '{action}'"));
    }
    if !is_object(project, object) {
        return invalid(format!(
            "object must be of form '{project}/*', '{project}[/<NAMESPACE>]/<APPNAME>' or '{project}/<APPNAME>', not '{object}'"
        ));
    }
    if !["allow", "deny"].contains(effect) {
        return invalid("effect must be: 'allow' or 'deny'".to_owned());
    }
    Ok(())
}

fn is_action(action: &str) -> bool {
    // Upstream's patterns of the second kind are not anchored.
    ["get", "create", "update", "delete", "sync", "override", "*"].contains(&action)
        || ["action/", "update/", "delete/"].iter().any(|part| action.contains(part))
}

/// `project/name` or `project/namespace/name`, of letters, digits and `_*-.`.
fn is_object(project: &str, object: &str) -> bool {
    let Some(rest) = object.strip_prefix(project).and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_*-.".contains(&b))
    };
    rest.split('/').count() <= 2 && rest.split('/').all(is_part)
}

fn check_group(group: &str) -> Result<()> {
    let invalid = |name: &str, why: &str| Err(argument(format!("group '{name}' {why}")));
    let trimmed = group.trim_matches(is_space);
    let quoted = (trimmed.len() > 1).then(|| trimmed.strip_prefix('"')?.strip_suffix('"')).flatten();
    let name = quoted.unwrap_or(trimmed);
    if quoted.is_none() && name.contains(',') {
        return invalid(name, "must be quoted");
    }
    if name.is_empty() {
        return invalid(name, "is empty");
    }
    if name.contains(['"', '\n', '\r', '\t']) {
        return invalid(name, "contains invalid characters");
    }
    let several = group.chars().nth(1).is_some();
    if several && group.starts_with(is_space) {
        return invalid(name, "contains a leading space");
    }
    if several && group.ends_with(is_space) {
        return invalid(name, "contains a trailing space");
    }
    Ok(())
}

fn check_windows(spec: &Value) -> Result<()> {
    let mut seen = HashSet::new();
    for window in list(spec, "syncWindows").iter().filter(|window| !window.is_null()) {
        let read = SyncWindow::read(window);
        let (kind, schedule, duration) = (text(window, "kind"), &read.schedule, &read.duration);
        if !seen.insert(identity(window)) {
            return Err(exists(format!(
                "sync window with kind '{kind}', schedule '{schedule}', and duration '{duration}' already exists (duplicate detected)"
            )));
        }
        if read.kind == WindowKind::Neither {
            return Err(Error::invalid(format!("kind '{kind}' mismatch: can only be allow or deny")));
        }
        read.terms()?;
        if text(window, "description").len() > 255 {
            return Err(Error::invalid("description must not exceed 255 characters"));
        }
        if WINDOW_LISTS.iter().all(|key| list(window, key).is_empty()) {
            return Err(status(
                "OutOfRange",
                &format!(
                    "window '{kind}':'{schedule}':'{duration}' requires one of application, cluster or namespace"
                ),
            ));
        }
    }
    Ok(())
}

const WINDOW_LISTS: [&str; 3] = ["applications", "namespaces", "clusters"];

/// What makes two windows the same: all but what they let pass and what they say (`HashIdentity`).
fn identity(window: &Value) -> (Vec<&str>, [Vec<&str>; 3], bool) {
    let fields = ["kind", "schedule", "duration", "timeZone"].map(|key| text(window, key));
    let lists = WINDOW_LISTS.map(|key| texts(window, key).collect());
    (fields.to_vec(), lists, window.get("andOperator").and_then(Value::as_bool).unwrap_or(false))
}

fn check_service_accounts(spec: &Value) -> Result<()> {
    let mut seen = HashSet::new();
    for entry in list(spec, "destinationServiceAccounts") {
        let invalid =
            |field: &str| Err(argument(format!("{field} has an invalid format, '{}'", text(entry, field))));
        for field in ["server", "namespace"] {
            if text(entry, field).contains('!') {
                return invalid(field);
            }
        }
        let account = text(entry, "defaultServiceAccount");
        if account.trim_matches(' ').is_empty() || account.contains(['!', '*', '[', ']', '{', '}', '\\', '/'])
        {
            return invalid("defaultServiceAccount");
        }
        for field in ["server", "namespace"] {
            if Glob::new(text(entry, field), "").is_err() {
                return invalid(field);
            }
        }
        let key = format!("{}/{}", text(entry, "server"), text(entry, "namespace"));
        if seen.contains(&key) {
            return Err(argument(format!("destinationServiceAccount '{key}' already added")));
        }
        seen.insert(key);
    }
    Ok(())
}

fn argument(text: String) -> Error {
    status("InvalidArgument", &text)
}

fn exists(text: String) -> Error {
    status("AlreadyExists", &text)
}

fn status(code: &str, text: &str) -> Error {
    Error::invalid(format!("rpc error: code = {code} desc = {text}"))
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.str_at(&[key]).unwrap_or_default()
}

fn texts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    list(value, key).iter().filter_map(Value::as_str)
}
