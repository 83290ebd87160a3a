//! The roles of a project: its policies as one text, and what Argo CD makes of roles when it reads them
//! (`app_project_types.go` of Argo CD 3.5.7).

use aoa_lang::Value;
use aoa_lang::value::{List, Map};
use indexmap::IndexMap;

/// All policies of the roles of a project, a line each: reading the project itself, the policies of the role as
/// written, and the groups that have the role.
#[must_use]
pub fn role_policies(project: &Value) -> String {
    let name = project.str_at(&["metadata", "name"]).unwrap_or_default();
    let mut lines = Vec::new();
    for role in roles(project) {
        let role_name = text(role, "name");
        lines.push(format!("p, proj:{name}:{role_name}, projects, get, {name}, allow"));
        lines.extend(list(role, "policies").iter().filter_map(Value::as_str).map(str::to_owned));
        let groups = list(role, "groups").iter().filter_map(Value::as_str);
        lines.extend(groups.map(|group| format!("g, {group}, proj:{name}:{role_name}")));
    }
    lines.join("\n")
}

/// A project whose policies are evenly written and whose tokens stand both in the spec and in the status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NormalizedProject {
    /// The project.
    pub project: Value,
    /// Whether its tokens were changed.
    pub tokens_changed: bool,
}

/// Normalises a project, read as its type: `NormalizePolicies` and `NormalizeJWTTokens`.
///
/// Tokens are named after the time of their issue if they have no name; those of the spec and the status are put together
/// by name, the spec's above, newest first. Upstream leaves tokens of one time to chance; here the status goes first.
#[must_use]
pub fn normalize_project(project: &Value) -> NormalizedProject {
    let mut by_role = project.at(&["status", "jwtTokensByRole"]).and_then(Value::as_map).cloned();
    let mut changed = false;
    let mut named = |tokens: &Value| -> Value {
        let tokens = tokens.as_list().map(List::as_slice).unwrap_or_default();
        Value::list(
            tokens
                .iter()
                .map(|token| {
                    if text(token, "id").is_empty() {
                        changed = true;
                        with_id(token)
                    } else {
                        token.clone()
                    }
                })
                .collect(),
        )
    };
    let mut normalized: Vec<Map> = Vec::new();
    for role in roles(project) {
        let mut role = role.as_map().cloned().unwrap_or_default();
        if let Some(policies) = role.get("policies").and_then(Value::as_list) {
            let policies = policies.iter().filter_map(Value::as_str).map(|p| Value::from(even(p).as_str()));
            role = role.clone().with("policies", Value::list(policies.collect()));
        }
        if let Some(tokens) = role.get("jwtTokens").filter(|tokens| !tokens.is_null()) {
            role = role.clone().with("jwtTokens", named(tokens));
        }
        normalized.push(role);
    }
    if let Some(all) = &mut by_role {
        for (role, entry) in all.clone().iter() {
            if let Some(tokens) = entry.get("items").filter(|items| !items.is_null()) {
                let entry = entry.as_map().cloned().unwrap_or_default().with("items", named(tokens));
                *all = all.clone().with(role.clone(), Value::Map(entry));
            }
        }
    }
    let (roles, by_role, moved) = synchronize(normalized, by_role);
    let mut object = project.as_map().cloned().unwrap_or_default();
    let part = |object: &Map, key: &str| object.get(key).and_then(Value::as_map).cloned().unwrap_or_default();
    if project.at(&["spec", "roles"]).is_some() {
        let spec = part(&object, "spec").with("roles", Value::list(roles));
        object = object.with("spec", Value::Map(spec));
    }
    let status = part(&object, "status");
    let status = match by_role.filter(|all| !all.is_empty()) {
        Some(all) => status.with("jwtTokensByRole", Value::Map(all)),
        None => status.without("jwtTokensByRole"),
    };
    NormalizedProject {
        project: Value::Map(object.with("status", Value::Map(status))),
        tokens_changed: changed || moved,
    }
}

/// Puts the tokens of spec and status together; tells whether that changed either (`syncJWTTokenBetweenStatusAndSpec`).
fn synchronize(roles: Vec<Map>, by_role: Option<Map>) -> (Vec<Value>, Option<Map>, bool) {
    let mut moved = false;
    let mut all = by_role;
    let mut names = Vec::new();
    let mut synchronized = Vec::new();
    for role in roles {
        let name = role.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let spec = role.get("jwtTokens").and_then(Value::as_list).map(newest_first);
        let status = all.as_ref().and_then(|all| all.get(&name)?.get("items")?.as_list().map(newest_first));
        let mut tokens: IndexMap<String, Value> = IndexMap::new();
        for token in status.iter().chain(&spec).flatten() {
            tokens.insert(text(token, "id").to_owned(), token.clone());
        }
        let tokens = (!tokens.is_empty()).then(|| newest_first(&List::new(tokens.into_values().collect())));
        // An empty list is not the same to upstream as none.
        moved |= tokens != spec || tokens != status;
        let role = match &tokens {
            Some(tokens) => role.with("jwtTokens", Value::list(tokens.clone())),
            None => role.without("jwtTokens"),
        };
        let items = tokens.map_or_else(Map::new, |t| Map::new().with("items", Value::list(t)));
        all = Some(all.unwrap_or_default().with(name.as_str(), Value::Map(items)));
        synchronized.push(Value::Map(role));
        names.push(name);
    }
    if let Some(kept) = &mut all {
        for (name, _) in kept.clone().iter() {
            if !names.iter().any(|known| *name == **known) {
                *kept = kept.clone().without(&name.to_str_lossy());
                moved = true;
            }
        }
    }
    (synchronized, all, moved)
}

fn newest_first(tokens: &List) -> Vec<Value> {
    let mut tokens: Vec<Value> = tokens.iter().cloned().collect();
    tokens
        .sort_by_key(|token| std::cmp::Reverse(token.get("iat").and_then(Value::as_i64).unwrap_or_default()));
    tokens
}

fn with_id(token: &Value) -> Value {
    let issued = token.get("iat").and_then(Value::as_i64).unwrap_or_default();
    let token = token.as_map().cloned().unwrap_or_default();
    Value::Map(token.with("id", Value::from(issued.to_string().as_str())))
}

/// A policy with one blank behind each comma; what stands before the first comma stays as it is.
fn even(policy: &str) -> String {
    let mut even = String::new();
    for part in policy.split(',') {
        if even.is_empty() {
            part.clone_into(&mut even);
        } else {
            even.push_str(", ");
            even.push_str(part.trim_matches(' '));
        }
    }
    even
}

fn roles(project: &Value) -> &[Value] {
    project.get("spec").map_or(&[], |spec| list(spec, "roles"))
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.str_at(&[key]).unwrap_or_default()
}
