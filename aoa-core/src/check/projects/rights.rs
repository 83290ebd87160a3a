//! What projects may do, beyond what Argo CD asks.

use aoa_lang::Value;

use crate::check::survey::Survey;
use crate::model::{IN_CLUSTER_NAME, IN_CLUSTER_SERVER};
use crate::policy::ProjectRules;

/// The kinds by which rights are gained.
const KINDS: [&str; 3] = ["AppProject", "Application", "ApplicationSet"];

/// A namespace that no restriction names.
const ANYWHERE: &str = "any-namespace-at-all";

/// The entries of a list of a project.
pub(super) fn entries<'v>(spec: &'v Value, list: &str) -> &'v [Value] {
    spec.get(list).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// Whether a project may only write into Argo CD's namespace: it exists for bringing Applications of other projects.
pub(super) fn is_dedicated(survey: &Survey<'_>, project: &str) -> bool {
    let Some(effective) = survey.projects.effective(project) else { return false };
    let home = survey.fleet.data.inputs.settings.namespace.to_str_lossy();
    let destinations = entries(&effective.spec, "destinations");
    !destinations.is_empty() && destinations.iter().all(|d| d.str_at(&["namespace"]) == Some(&*home))
}

/// The kinds by which a project that restricts where it goes can get out of its restrictions.
pub(super) fn escapes(survey: &Survey<'_>, project: &str) -> Option<Vec<&'static str>> {
    let rules = survey.projects.get(project)?;
    if is_dedicated(survey, project) || goes_anywhere(rules) {
        return None;
    }
    let home = survey.fleet.data.inputs.settings.namespace.to_str_lossy();
    let name =
        survey.clusters.iter().find(|c| c.cluster.is_control_plane()).map_or(IN_CLUSTER_NAME, |c| c.name());
    if !rules.permits_destination(name, IN_CLUSTER_SERVER, &home, survey.projects.scoped_clusters(project)) {
        return None;
    }
    let kinds: Vec<&'static str> =
        KINDS.into_iter().filter(|kind| rules.permits_kind("argoproj.io", kind, "", true)).collect();
    (!kinds.is_empty()).then_some(kinds)
}

/// Whether a project goes to any namespace of any cluster, and so has nothing to get out of.
pub(super) fn goes_anywhere(rules: &ProjectRules) -> bool {
    rules.permits_destination(
        "any-cluster-at-all",
        "https://any.cluster.invalid",
        ANYWHERE,
        std::iter::empty(),
    )
}
