//! The clusters generator: one parameter set per registered cluster, or all in one with `flatList`.

use aoa_lang::value::{List, ListKind, Map, Text};
use aoa_lang::{Result, Value};

use super::cluster_index::local_params;
use super::context::Context;
use super::params::{Element, Origin, ParamSets};
use super::selectors::{clusters_selector, label_selector};
use super::values::Values;
use crate::model::{IN_CLUSTER_NAME, IN_CLUSTER_SERVER};

/// The clusters that the selector matches, by name, then Argo CD's own if it has no Secret and nothing is selected.
///
/// Upstream has the clusters in the order of a Go map, its own always last.
pub(super) fn generate(context: &Context<'_>, clusters: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    let index = context.world.clusters();
    let own = label_selector(clusters.get("selector"));
    let selects = !own.match_labels.is_empty() || !own.match_expressions.is_empty();
    let selector = clusters_selector(clusters)
        .map_err(|e| e.prefixed("error getting cluster secrets: error converting label selector: "))?;

    let values = Values::of(clusters, context.dialect);
    let mut elements = Vec::new();
    let mut has_local = false;
    for at in index.select(&selector) {
        let Some(cluster) = index.get(at) else { continue };
        let params = values
            .append(index.params(at, go))
            .map_err(|e| e.prefixed("error appending templated values for cluster: "))?;
        has_local |= cluster.server == IN_CLUSTER_SERVER;
        let origin = Origin::Cluster { name: cluster.name.clone(), server: cluster.server.clone() };
        elements.push(Element { params, origin });
    }
    if !selects && !has_local {
        let params = values
            .append(local_params())
            .map_err(|e| e.prefixed("error appending templated values for local cluster: "))?;
        let origin = Origin::Cluster { name: IN_CLUSTER_NAME.into(), server: IN_CLUSTER_SERVER.into() };
        elements.push(Element { params, origin });
    }
    if clusters.get("flatList").and_then(Value::as_bool) == Some(true) {
        elements = vec![all_in_one(elements)];
    }
    ParamSets::of_elements(elements, go)
}

fn all_in_one(elements: Vec<Element>) -> Element {
    let count = elements.len();
    let sets: Vec<Value> = elements.into_iter().map(|element| Value::Map(element.params)).collect();
    // Nobody has added to upstream's list if it is empty, so that it is nil.
    let sets = if sets.is_empty() { List::nil(ListKind::Map) } else { List::of(ListKind::Map, sets) };
    let params: Map = [(Text::from("clusters"), Value::List(sets))].into_iter().collect();
    Element { params, origin: Origin::Clusters { count } }
}
