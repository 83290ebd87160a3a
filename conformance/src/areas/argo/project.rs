//! The rules of projects.

use aoa_core::model::Cluster;
use aoa_core::policy::ProjectRules;
use serde_json::{Value as Json, json};

use super::super::convert::from_json;
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
