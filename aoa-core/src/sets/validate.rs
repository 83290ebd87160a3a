//! Which generated Applications the controller refuses to write.

use std::collections::{BTreeMap, HashMap, HashSet};

use aoa_lang::{Error, Result, Value};

use super::object::{items_of, name, text_at};
use crate::model::{Clusters, Destination};

/// What generated Applications are checked against.
pub struct Known<'k> {
    /// The clusters of the Argo CD.
    pub clusters: &'k Clusters,
    /// Whether there is an AppProject of this name in the Argo CD's namespace.
    pub has_project: &'k dyn Fn(&str) -> bool,
}

/// What the checks look at in a generated Application.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// `metadata.namespace`
    pub namespace: &'a str,
    /// `metadata.name`
    pub name: &'a str,
    /// `spec.project`
    pub project: &'a str,
    /// `spec.destination`
    pub destination: &'a Destination,
}

/// The refused Applications of set `set_name`, by qualified name, and why (`validateGeneratedApplications` of Argo CD
/// 3.5.7): a name that was generated before, a project that does not exist, a destination that is no cluster.
///
/// Of Applications with one name all are refused, and only the name counts. Refused Applications are not written, and
/// those that exist are kept.
///
/// ```
/// use aoa_core::model::{Clusters, Destination};
/// use aoa_core::sets::{Known, Summary, refusals};
///
/// let destination = Destination { name: "prod".into(), ..Destination::default() };
/// let web = Summary { namespace: "argocd", name: "web", project: "default", destination: &destination };
/// let known = Known { clusters: &Clusters::default(), has_project: &|name| name == "default" };
/// let refused = refusals("set", [web], &known);
/// assert_eq!(
///     refused.get("argocd/web").map(String::as_str),
///     Some("application destination spec is invalid: there are no clusters with this name: prod"),
/// );
/// ```
#[must_use]
pub fn refusals<'a>(
    set_name: &str,
    applications: impl IntoIterator<Item = Summary<'a>>,
    known: &Known<'_>,
) -> BTreeMap<String, String> {
    let mut names = HashSet::new();
    let mut destinations: HashMap<&Destination, Option<String>> = HashMap::new();
    let mut refused = BTreeMap::new();
    for app in applications {
        let Summary { name, project, destination, .. } = app;
        let refusal = if !names.insert(name) {
            Some(format!("ApplicationSet {set_name} contains applications with duplicate name: {name}"))
        } else if (known.has_project)(project) {
            let refusal = || Some(destination.resolve(known.clusters).err()?.message().to_owned());
            let refusal = destinations.entry(destination).or_insert_with(refusal);
            refusal.as_ref().map(|refusal| format!("application destination spec is invalid: {refusal}"))
        } else {
            Some(format!("application references project {project} which does not exist"))
        };
        if let Some(refusal) = refusal {
            refused.insert(app.qualified_name(), refusal);
        }
    }
    refused
}

impl Summary<'_> {
    fn qualified_name(&self) -> String {
        if self.namespace.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }
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
