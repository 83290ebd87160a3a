//! What the rules about delivered policies have in common.

use crate::check::pods::name_of;
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::delivered::{Outcome, Verdict};

/// Says of each object which of the policies it violates that are meant.
pub(super) fn violations<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    rule: Rule,
    is_meant: fn(&Outcome) -> bool,
) {
    for verdict in survey.verdicts.iter().filter(|verdict| is_meant(&verdict.outcome)) {
        let Outcome::Violated { message, by_pods, .. } = &verdict.outcome else { continue };
        let Some(object) = &verdict.object else { continue };
        let Some(app) = survey.facts(object.app.id()) else { continue };
        let pods = if *by_pods { ", its Pods" } else { "" };
        let what = format!("{}{pods}: {}: {message}", name_of(object.manifest), policy(verdict));
        sink.manifest(rule, app, object.manifest, &keys(["kind"]), what);
    }
}

/// The policy as its object is called.
pub(super) fn policy(verdict: &Verdict<'_>) -> String {
    let manifest = verdict.policy.manifest;
    format!("{} {}", manifest.kind(), manifest.name())
}
