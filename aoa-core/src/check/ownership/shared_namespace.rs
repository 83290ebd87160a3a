//! Namespaces that two projects share.

use std::collections::BTreeMap;

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::SharedNamespace,
    page: Page {
        what: "Applications of different projects bring objects to one namespace of a cluster. Namespaces of the system and of Argo CD are exempt.",
        why: "Quotas, network policies and roles hold for a namespace: what is meant for one team holds for the other, and who may delete the namespace deletes both.",
        fails: "# project shop and project search
destination: {name: prod, namespace: apps}",
        mend: "Give each its own.
destination: {name: prod, namespace: shop}",
    },
    judge: Judge::Fleet(judge),
};

/// Namespaces that are nobody's.
const COMMON: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let home = survey.fleet.data.inputs.settings.namespace.to_str_lossy();
    for cluster in &survey.clusters {
        let mut users: BTreeMap<&str, BTreeMap<&str, &AppFacts<'f>>> = BTreeMap::new();
        for app in cluster.apps.iter().filter_map(|at| survey.apps.get(*at)) {
            let Some(namespace) = app.app.destination_namespace() else { continue };
            if COMMON.contains(&namespace) || namespace == home {
                continue;
            }
            users.entry(namespace).or_default().entry(app.app.project_name()).or_insert(app);
        }
        for (namespace, projects) in users.into_iter().filter(|(_, projects)| projects.len() > 1) {
            let names: Vec<String> = projects.keys().map(|name| format!("`{name}`")).collect();
            let what = format!("namespace `{namespace}` is shared by projects {}", names.join(", "));
            let apps: Vec<&AppFacts<'f>> = projects.into_values().collect();
            sink.apps(Rule::SharedNamespace, &apps, &keys(["spec", "destination", "namespace"]), what);
        }
    }
}
