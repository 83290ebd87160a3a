//! Which generated Applications the controller refuses to write.

use std::collections::{BTreeMap, HashSet};

use aoa_lang::{Error, Result, Value};

use super::object::{items_of, name, qualified_name, text_at};
use crate::model::{Clusters, Destination};

/// What generated Applications are checked against.
pub struct Known<'k> {
    /// The clusters of the Argo CD.
    pub clusters: &'k Clusters,
    /// Whether there is an AppProject of this name in the Argo CD's namespace.
    pub has_project: &'k dyn Fn(&str) -> bool,
}

/// The refused Applications of set `set_name`, by qualified name, and why (`validateGeneratedApplications` of Argo CD
/// 3.5.7): a name that was generated before, a project that does not exist, a destination that is no cluster.
///
/// Of Applications with one name all are refused, and only the name counts. Refused Applications are not written, and
/// those that exist are kept.
#[must_use]
pub fn refusals(set_name: &str, applications: &[Value], known: &Known<'_>) -> BTreeMap<String, String> {
    let mut names = HashSet::new();
    let mut refused = BTreeMap::new();
    for application in applications {
        let name = name(application);
        let refusal = if names.insert(name) {
            refusal(application, known)
        } else {
            Some(format!("ApplicationSet {set_name} contains applications with duplicate name: {name}"))
        };
        if let Some(refusal) = refusal {
            refused.insert(qualified_name(application), refusal);
        }
    }
    refused
}

fn refusal(application: &Value, known: &Known<'_>) -> Option<String> {
    let project = text_at(application, &["spec", "project"]);
    if !(known.has_project)(project) {
        return Some(format!("application references project {project} which does not exist"));
    }
    let destination = destination(application);
    let error = destination.resolve(known.clusters).err()?;
    Some(format!("application destination spec is invalid: {}", error.message()))
}

/// `spec.destination`.
pub(super) fn destination(application: &Value) -> Destination {
    let text = |field| text_at(application, &["spec", "destination", field]).to_owned();
    Destination { server: text("server"), namespace: text("namespace"), name: text("name") }
}

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

const GENERATOR_FIELDS: [&str; 10] = [
    "clusterDecisionResource",
    "clusters",
    "git",
    "list",
    "matrix",
    "merge",
    "plugin",
    "pullRequest",
    "scmProvider",
    "selector",
];

/// Whether every entry of `spec.generators` holds a generator that Argo CD knows (`CheckInvalidGenerators`); it logs a
/// warning, and goes on.
///
/// The names of the others are taken from the annotation that `kubectl apply` leaves, since the API server has dropped
/// them; of several in one entry the first is named, upstream takes any.
///
/// # Errors
///
/// `Invalid`, with the text of the warning.
pub fn check_generators(set: &Value) -> Result<()> {
    let mut unknown = false;
    let mut names = std::collections::BTreeSet::new();
    for (index, generator) in items_of(set, &["spec", "generators"]).iter().enumerate() {
        if !GENERATOR_FIELDS.iter().any(|field| generator.get(field).is_some_and(|v| !v.is_null())) {
            unknown = true;
            names.extend(last_applied_generator(set, index));
        }
    }
    if !unknown {
        return Ok(());
    }
    let mut message = format!("ApplicationSet {} contains unrecognized generators", name(set));
    if !names.is_empty() {
        message.push_str(": ");
        message.push_str(&names.into_iter().collect::<Vec<_>>().join(", "));
    }
    Err(Error::invalid(message))
}

fn last_applied_generator(set: &Value, index: usize) -> Option<String> {
    let applied = text_at(set, &["metadata", "annotations", LAST_APPLIED]);
    let applied: serde_json::Value = serde_json::from_str(applied).ok()?;
    let generator = applied.get("spec")?.get("generators")?.as_array()?.get(index)?.as_object()?;
    generator.keys().min().cloned()
}
