//! ApplicationSets that generate nothing.

use aoa_lang::Value;

use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::{AppSet, SetOutcome};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::EmptySet,
    page: Page {
        what: "An ApplicationSet whose lists, folders or files give no parameters at all. Sets that only clusters decide about are R018.",
        why: "Either a path or pattern is wrong, or the set is of no use any more. Mind that a set which generates nothing deletes what it generated before.",
        fails: "generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, directories: [{path: app/*}]}}]   # the folder is called apps",
        mend: "Correct the pattern, or delete the set.
generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, directories: [{path: apps/*}]}}]",
    },
    judge: Judge::Set(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, set: AppSet<'f>) {
    if is_empty(set) && !asks_for_clusters(generators(set), 0) {
        sink.set(Rule::EmptySet, set, &keys(["spec", "generators"]), "generates nothing");
    }
}

/// Whether a set generated nothing, and not because something failed.
pub(super) fn is_empty(set: AppSet<'_>) -> bool {
    match set.outcome() {
        SetOutcome::Generated { names, rejected } => names.is_empty() && rejected.is_empty(),
        _ => false,
    }
}

pub(super) fn generators<'f>(set: AppSet<'f>) -> &'f Value {
    set.object().at(&["spec", "generators"]).unwrap_or(&Value::Null)
}

/// Whether clusters are asked for, at any depth of matrix and merge.
pub(super) fn asks_for_clusters(generators: &Value, depth: usize) -> bool {
    generators.as_list().into_iter().flatten().filter(|_| depth < 4).any(|generator| {
        let is = |key: &str| generator.get(key).is_some_and(|value| !value.is_null());
        is("clusters")
            || is("clusterDecisionResource")
            || ["matrix", "merge"].iter().any(|nested| {
                asks_for_clusters(generator.at(&[*nested, "generators"]).unwrap_or(&Value::Null), depth + 1)
            })
    })
}
