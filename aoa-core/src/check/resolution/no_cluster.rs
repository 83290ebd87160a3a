//! ApplicationSets that no cluster is selected by.

use super::empty_set::{asks_for_clusters, generators, is_empty};
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::AppSet;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::NoCluster,
    page: Page {
        what: "An ApplicationSet with a cluster generator that generates nothing.",
        why: "Add-ons that are switched on by a label are off until a cluster has it. It may also be a label that nobody has: then look at the spelling.",
        fails: r#"generators: [{clusters: {selector: {matchLabels: {enable_cert_manger: "true"}}}}]"#,
        mend: r#"Correct the label, or give it to a cluster.
generators: [{clusters: {selector: {matchLabels: {enable_cert_manager: "true"}}}}]"#,
    },
    judge: Judge::Set(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, set: AppSet<'f>) {
    if !is_empty(set) || !asks_for_clusters(generators(set), 0) {
        return;
    }
    let what = if survey.fleet.clusters().next().is_none() {
        "generates nothing: no clusters are given"
    } else {
        "generates nothing: no cluster is selected"
    };
    sink.set(Rule::NoCluster, set, &keys(["spec", "generators"]), what);
}
