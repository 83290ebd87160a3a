//! The rules of projects.

use aoa_core::lang::Value;
use aoa_core::model::{Cluster, Kind, ScopedRepository, read_object};
use aoa_core::policy::{ProjectRules, Projects, validate_project};
use serde_json::{Value as Json, json};

use super::super::convert::{from_json, from_json_with_ints, to_json};
use super::destination;
use crate::case::{Answer, Refusal};

pub(super) fn permit_source(input: &Json) -> Json {
    let rules = rules(&json!({"sourceRepos": input["sourceRepos"]}));
    rules.permits_source(text(input, "repoURL")).into()
}

pub(super) fn permit_destination(input: &Json) -> Answer {
    let rules = rules(&json!({
        "destinations": input["destinations"],
        "permitOnlyProjectScopedClusters": input["permitOnlyProjectScopedClusters"],
    }));
    permits(&rules, input)
}

pub(super) fn permit_resource(input: &Json) -> Answer {
    let rules = rules(&input["spec"]);
    let namespaced = input["namespaced"].as_bool().unwrap_or_default();
    let kind = rules.permits_kind(text(input, "group"), text(input, "kind"), text(input, "name"), namespaced);
    let mut want = json!({"kindPermitted": kind});
    if input["cluster"].is_object() {
        let namespace = text(input, "namespace");
        let destination = namespace.is_empty() || permits(&rules, input)?.as_bool() == Some(true);
        let kind = rules.permits_kind(
            text(input, "group"),
            text(input, "kind"),
            text(input, "name"),
            !namespace.is_empty(),
        );
        want["resourcePermitted"] = (kind && destination).into();
    }
    Ok(want)
}

pub(super) fn source_namespace(input: &Json) -> Json {
    let rules = rules(&json!({"sourceNamespaces": input["sourceNamespaces"]}));
    rules.permits_app_namespace(text(input, "appNamespace"), text(input, "controllerNamespace")).into()
}

/// The repositories that belong to projects.
pub(super) fn scoped_repositories(input: &Json) -> Vec<ScopedRepository> {
    let scoped = input["repositories"].as_array().into_iter().flatten().filter(|r| r["project"].is_string());
    scoped
        .map(|r| ScopedRepository { url: text(r, "url").into(), project: text(r, "project").into() })
        .collect()
}

pub(super) fn effective(input: &Json) -> Answer {
    let others = input["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut all = Vec::new();
    for project in std::iter::once(&input["project"]).chain(others) {
        all.push((text(&project["metadata"], "name"), read(project)?));
    }
    let repositories = scoped_repositories(input);
    let named = all.iter().map(|(name, project)| (*name, project));
    let settings = from_json(&input["settings"]);
    let projects = Projects::new(named, &destination::clusters(input), &repositories, Some(&settings));
    let name = text(&input["project"]["metadata"], "name");
    let project = projects.effective(name).ok_or_else(|| Refusal::invalid("no such project"))?;
    let mut spec = to_json(&project.spec);
    // The recording program wrote the spec as Go does, without empty lists.
    if let Some(spec) = spec.as_object_mut() {
        spec.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    Ok(json!({"globals": project.globals, "spec": spec}))
}

pub(super) fn validate(input: &Json) -> Answer {
    validate_project(&read(&input["project"])?)?;
    Ok(json!({"valid": true}))
}

/// A project as its type reads it.
pub(super) fn read(project: &Json) -> Result<Value, Refusal> {
    Ok(read_object(Kind::AppProject, &from_json_with_ints(project))?)
}

fn permits(rules: &ProjectRules, input: &Json) -> Answer {
    let cluster = &input["cluster"];
    if cluster.is_null() {
        return Ok(false.into());
    }
    let scoped: Vec<Cluster> = input["projectClusters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|c| Cluster {
            name: text(c, "name").into(),
            server: text(c, "server").into(),
            ..Cluster::default()
        })
        .collect();
    let (name, server) = (text(cluster, "name"), text(cluster, "server"));
    let permitted = rules.permits_destination(name, server, text(input, "namespace"), scoped.iter());
    match input["projectClustersError"].as_str() {
        Some(error) if rules.asks_for_clusters(name, server, text(input, "namespace")) => {
            Err(Refusal::invalid(format!("could not retrieve project clusters: {error}")))
        }
        _ => Ok(permitted.into()),
    }
}

fn rules(spec: &Json) -> ProjectRules {
    ProjectRules::new("proj", &from_json(spec))
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
