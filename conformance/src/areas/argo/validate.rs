//! The checks of an Application that need neither a cluster nor a repository.

use aoa_core::model::{Condition, ConditionKind, synced_sources};
use aoa_core::policy::{Projects, application_conditions};
use aoa_core::render::{check_references, explicit_type};
use aoa_lang::Value;
use serde_json::{Map, Value as Json, json};

use super::super::convert::{from_json_with_ints, to_json};
use super::destination::clusters;
use super::project::scoped_repositories;
use super::render::{application, conditions};
use crate::case::{Answer, Refusal};

/// Where every imagined Argo CD is installed.
const CONTROL_PLANE: &str = "argocd";

pub(super) fn validate(input: &Json) -> Answer {
    let app = application(&input["app"])?;
    let clusters = clusters(input);
    let projects = projects(input);
    let settings = from_json_with_ints(&input["settings"]);
    let named = projects.iter().filter_map(|p| Some((p.str_at(&["metadata", "name"])?, p)));
    let projects = Projects::new(named, &clusters, &scoped_repositories(input), Some(&settings));
    let project = app.project();
    let Some(rules) = projects.get(project) else {
        let why = format!(
            "error getting app project \"{project}\": appproject.argoproj.io \"{project}\" not found"
        );
        return Err(Refusal::invalid(why));
    };
    let found = application_conditions(&app, &projects, &clusters, CONTROL_PLANE);
    if !rules.permits_app_namespace(&app.namespace.to_str_lossy(), CONTROL_PLANE) {
        return Err(Refusal::invalid(found.iter().map(ToString::to_string).collect::<String>()));
    }
    let found: Vec<Condition> =
        found.into_iter().map(|message| Condition::new(ConditionKind::InvalidSpecError, message)).collect();
    let sources = synced_sources(app.spec());
    let mut want = json!({
        "conditions": conditions(&found),
        "explicitTypes": sources.iter().map(type_of).collect::<Vec<_>>(),
        "normalised": to_json(&app.normalized_spec()),
    });
    match check_references(&sources) {
        Err(why) => want["refsError"] = why.into(),
        Ok(()) => want["refs"] = references(&sources),
    }
    Ok(want)
}

/// The given projects; without one a project `default` that permits all.
fn projects(input: &Json) -> Vec<Value> {
    let others = input["projects"].as_array().into_iter().flatten();
    let given = input.get("project").filter(|project| project.is_object());
    given.into_iter().chain(others).map(from_json_with_ints).collect()
}

fn type_of(source: &Value) -> String {
    match explicit_type(source, &|_| true) {
        Err(error) => error.message().to_owned(),
        Ok(found) => found.map(|found| found.name().to_owned()).unwrap_or_default(),
    }
}

fn references(sources: &[Value]) -> Json {
    let text = |source: &Value, key: &str| source.str_at(&[key]).unwrap_or_default().to_owned();
    let named = sources.iter().filter(|source| !text(source, "ref").is_empty());
    let targets = named.map(|source| {
        let target = json!({
            "repoURL": text(source, "repoURL"), "targetRevision": text(source, "targetRevision"),
            "chart": text(source, "chart"),
        });
        (format!("${}", text(source, "ref")), target)
    });
    targets.collect::<Map<_, _>>().into()
}
