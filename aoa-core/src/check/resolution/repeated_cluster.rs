//! Clusters that are registered twice.

use std::collections::BTreeMap;

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RepeatedCluster,
    page: Page {
        what: "Two cluster Secrets have the same name, or the same address.",
        why: "An Application that names such a cluster by its name is refused: `there are 2 clusters with the same name`. Of two Secrets with one address Argo CD takes any.",
        fails: "# clusters/prod-eu.yaml and clusters/prod-us.yaml both say
stringData: {name: prod}",
        mend: "Give each cluster a name of its own.
stringData: {name: prod-us}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let (mut names, mut servers) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for cluster in survey.fleet.clusters() {
        *names.entry(cluster.name.as_str().unwrap_or_default()).or_default() += 1;
        *servers.entry(cluster.server_key()).or_default() += 1;
    }
    for (name, _) in names.into_iter().filter(|(name, count)| *count > 1 && !name.is_empty()) {
        sink.fleet(Rule::RepeatedCluster, format!("several clusters have the name `{name}`"));
    }
    for (server, _) in servers.into_iter().filter(|(_, count)| *count > 1) {
        sink.fleet(Rule::RepeatedCluster, format!("several clusters have the address {server}"));
    }
}
