//! The clusterDecisionResource generator: clusters that some resource's status names.

use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, fmt};

use super::context::Context;
use super::crash::crash;
use super::params::{Element, Origin, ParamSets};
use super::providers::text;
use super::selectors::{label_selector, labels_of, selector_of};
use super::values::with_values;
use crate::model::{IN_CLUSTER_NAME, IN_CLUSTER_SERVER};

/// One parameter set per decision that names a known cluster.
pub(super) fn generate(context: &Context<'_>, decision: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    let name = text(decision, "configMapRef");
    let reading = |e: Error| e.prefixed("error reading configMapRef: ");
    let config = context.world.config_map(name).map_err(reading)?;
    let config = config.ok_or_else(|| reading(Error::invalid(format!("configmaps \"{name}\" not found"))))?;
    let entry = |key: &str| config.get(key).and_then(Value::as_str).unwrap_or_default();

    let resources = resources(context, decision, entry("apiVersion"), entry("kind"))?;
    let status_key = Some(entry("statusListKey")).filter(|key| !key.is_empty()).unwrap_or("clusters");
    let match_key = entry("matchKey");
    let mut elements = Vec::new();
    if !match_key.is_empty() {
        let values = values_of(decision);
        for decision in decisions(&resources, status_key)? {
            let Some((cluster, server)) = cluster_of(context, &decision, match_key) else { continue };
            let mut params = Map::from_iter([
                (Text::from("name"), Value::String(cluster.clone())),
                (Text::from("server"), Value::String(server)),
            ])
            .into_builder();
            for (key, value) in decision.iter() {
                params.insert(key.clone(), Value::from(fmt::display(value)));
            }
            let params = put_values(params.build(), &values, go)?;
            elements.push(Element { params, origin: Origin::Decision { cluster } });
        }
    }
    ParamSets::of_elements(elements, go)
}

/// `values` are never templates here.
fn values_of(decision: &Value) -> Vec<(Text, Value)> {
    let values = decision.get("values").and_then(Value::as_map);
    values.into_iter().flat_map(Map::iter).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn put_values(params: Map, values: &[(Text, Value)], go: bool) -> Result<Map> {
    if go && !values.is_empty() && params.contains_key("values") {
        return Err(crash(
            "a decision has an entry `values`, which leaves no place for the generator's",
            "interface conversion: interface {} is string, not map[string]string",
        ));
    }
    Ok(with_values(params, values.to_vec(), go))
}

fn resources(context: &Context<'_>, decision: &Value, api_version: &str, kind: &str) -> Result<Vec<Value>> {
    let (group, version) = match api_version.split_once('/') {
        Some((group, version)) if !group.is_empty() && !kind.is_empty() => (group, version),
        _ => {
            return Err(Error::invalid(
                "there is a problem with the apiVersion, kind or resourceName provided",
            ));
        }
    };
    let name = text(decision, "name");
    let selector = decision.get("labelSelector");
    let given = |key: &str| selector.and_then(|s| s.get(key)).is_some_and(|v| !v.is_null());
    if name.is_empty() != (given("matchLabels") || given("matchExpressions")) {
        return Err(Error::invalid(
            "there is a problem with the definition of the ClusterDecisionResource generator",
        ));
    }
    let mut found = context
        .world
        .decisions(group, version, kind)
        .map_err(|e| e.prefixed("failed to get dynamic resources: "))?;
    if name.is_empty() {
        let selector = selector_of(&label_selector(selector)).map_err(|_| {
            Error::invalid("failed to get dynamic resources: unable to parse requirement: <error>")
        })?;
        found.retain(|object| selector.matches(labels_of(object).as_slice()));
    } else {
        found.retain(|object| object.str_at(&["metadata", "name"]) == Some(name));
    }
    if found.is_empty() {
        return Err(Error::invalid("no clusterDecisionResources found"));
    }
    Ok(found)
}

/// The lists of all statuses, one behind the other.
fn decisions(resources: &[Value], status_key: &str) -> Result<Vec<Map>> {
    let mut found = Vec::new();
    for resource in resources {
        let status = match resource.get("status") {
            None | Some(Value::Null) => continue,
            Some(Value::Map(status)) if status.is_empty() => continue,
            Some(status) => status,
        };
        let Some(Value::List(list)) = status.get(status_key) else {
            let found = status.get(status_key).filter(|v| !v.is_null()).map_or("nil", Value::type_name);
            return Err(crash(
                &format!("`status.{status_key}` of a cluster decision is no list"),
                &format!("interface conversion: interface {{}} is {found}, not []interface {{}}"),
            ));
        };
        for decision in list {
            let Value::Map(decision) = decision else {
                let found = if decision.is_null() { "nil" } else { decision.type_name() };
                return Err(crash(
                    &format!("an item of `status.{status_key}` of a cluster decision is no object"),
                    &format!(
                        "interface conversion: interface {{}} is {found}, not map[string]interface {{}}"
                    ),
                ));
            };
            found.push(decision.clone());
        }
    }
    Ok(found)
}

/// The cluster that a decision names: the first of that name, Argo CD's own last.
fn cluster_of(context: &Context<'_>, decision: &Map, match_key: &str) -> Option<(Text, Text)> {
    let wanted = decision.get(match_key).filter(|value| !value.is_null()).map(fmt::display)?;
    if wanted.is_empty() {
        return None;
    }
    let clusters = context.world.clusters();
    if let Some(cluster) = clusters.iter().find(|cluster| cluster.name == *wanted) {
        return Some((cluster.name.clone(), cluster.server.clone()));
    }
    let has_local = clusters.iter().any(|cluster| cluster.server == IN_CLUSTER_SERVER);
    (!has_local && wanted == IN_CLUSTER_NAME).then(|| (IN_CLUSTER_NAME.into(), IN_CLUSTER_SERVER.into()))
}
