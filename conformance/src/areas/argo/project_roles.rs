//! Roles of projects, and who may do what.

use aoa_core::policy::{
    AccessPolicy, AccessRequest, AccessSettings, Builtin, MatchMode, Subject, normalize_project,
    role_policies,
};
use serde_json::{Value as Json, json};

use super::super::convert::to_json;
use super::project::read;
use crate::case::Answer;

pub(super) fn normalise(input: &Json) -> Answer {
    let normalized = normalize_project(&read(&input["project"])?);
    let project = to_json(&normalized.project);
    Ok(json!({
        "tokensChanged": normalized.tokens_changed,
        "roles": project["spec"]["roles"],
        "status": project["status"],
        "policies": role_policies(&normalized.project),
    }))
}

pub(super) fn role_policy(input: &Json) -> Answer {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut settings = AccessSettings::default();
    settings.policy = text(&input["policy"]);
    settings.default_role = text(&input["defaultRole"]);
    if input["matchMode"] == "regex" {
        settings.match_mode = MatchMode::Regexp;
    }
    if input["noBuiltin"] == true {
        settings.builtin = Builtin::Off;
    }
    let policy = AccessPolicy::new(&settings)?;
    let project = if input["project"].is_null() { None } else { Some(read(&input["project"])?) };
    let groups: Vec<&str> =
        input["groups"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let subject = Subject { name: input["subject"].as_str().unwrap_or_default(), groups: &groups };
    let allowed = |request: &Json| {
        let part = |key: &str| request[key].as_str().unwrap_or_default();
        let request =
            AccessRequest { resource: part("resource"), action: part("action"), object: part("object") };
        let find = |name: &str| project.as_ref().filter(|p| p.str_at(&["metadata", "name"]) == Some(name));
        policy.allows(&subject, &request, find)
    };
    Ok(input["requests"].as_array().into_iter().flatten().map(allowed).collect())
}
