//! E: what differs between environments.

mod missing_in_environment;
mod version_skew;

use super::rule_file::RuleFile;
use super::survey::ClusterFacts;
use crate::model::Cluster;
use crate::policy::own::ENVIRONMENT;

pub(super) const RULES: &[&RuleFile] = &[&version_skew::FILE, &missing_in_environment::FILE];

fn environment_of<'f>(cluster: &ClusterFacts<'f>) -> Option<&'f str> {
    environment_label(cluster.cluster)
}

pub(super) fn environment_label(cluster: &Cluster) -> Option<&str> {
    ENVIRONMENT.iter().find_map(|label| cluster.labels.get(label)?.as_str())
}
