//! What the rules about policies have in common.

use crate::check::pods::name_of;
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::check::waiver::{Waiver, holding};
use crate::finding::Rule;
use crate::policy::delivered::{Outcome, Verdict};
use crate::policy::own::{Bound, EffectivePolicy};

/// Says of each object which of the policies it violates that are meant.
pub(super) fn violations<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    rule: Rule,
    is_meant: fn(&Outcome) -> bool,
) {
    for verdict in survey.verdicts().iter().filter(|verdict| is_meant(&verdict.outcome)) {
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

/// The exception from a constraint that holds now.
pub(super) fn excepted(policy: &EffectivePolicy, bound: &Bound<'_>, now: i64) -> Option<Waiver> {
    policy.exceptions_from(bound).find_map(|exception| holding(exception, now))
}
