//! Destinations and repository URLs.

use aoa_core::model::{Cluster, Clusters, Destination, repo_url as urls};
use serde_json::{Value as Json, json};

use crate::case::Answer;

pub(super) fn resolve(input: &Json) -> Answer {
    let given = &input["destination"];
    let destination = Destination {
        server: text(given, "server"),
        namespace: text(given, "namespace"),
        name: text(given, "name"),
    };
    let clusters = clusters(input);
    let cluster = destination.resolve(&clusters)?;
    Ok(json!({
        "server": cluster.server_key(), "name": cluster.name.to_string(), "project": cluster.project.to_string(),
    }))
}

/// The clusters of an installation.
pub(super) fn clusters(input: &Json) -> Clusters {
    let given = input["clusters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let registered = given.iter().map(|c| Cluster {
        name: text(c, "name").into(),
        server: text(c, "server").into(),
        namespaces: c["namespaces"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|n| Some(n.as_str()?.into()))
            .collect(),
        project: text(c, "project").into(),
        ..Cluster::default()
    });
    let setting = input["settings"]["cluster.inClusterEnabled"].as_str();
    Clusters::new(registered.collect(), Clusters::in_cluster_setting(setting))
}

fn text(json: &Json, key: &str) -> String {
    json[key].as_str().unwrap_or_default().to_owned()
}

pub(super) fn repo_url(input: &Json) -> Json {
    let url = input["url"].as_str().unwrap_or_default();
    let user = urls::ssh_user(url);
    let mut want = json!({
        "normalized": urls::normalize(url).unwrap_or_default(),
        "normalizedAllowInvalid": urls::normalize_or_keep(url),
        "ssh": user.is_some(),
        "sshUser": user.unwrap_or_default(),
        "https": urls::is_https(url),
        "helmOci": urls::is_helm_oci(url),
    });
    if let Some(other) = input["other"].as_str() {
        want["same"] = Json::Bool(urls::same(url, other));
    }
    want
}
