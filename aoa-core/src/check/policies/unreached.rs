//! Policies that reach nobody.

use super::said;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::delivered::Outcome;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnreachedPolicy,
    page: Page {
        what: "Policies of the fleet whose target no Application is in, exceptions that are for nobody whom their constraint reaches; ValidatingAdmissionPolicies without a binding, bindings without their policy, templates of Gatekeeper without a constraint, policies and constraints that mean no object which the fleet delivers to a cluster that has them. Where something is not known, nothing is said.",
        why: "Mostly a name is mistyped, or what it was written for is gone: it protects nobody, and nobody notices.",
        fails: "spec:
  target: {app: paymnets}
  restrictions: {images: {allow: ['registry.example.com/**']}}",
        mend: "Name what there is, or take it out.
spec:
  target: {app: payments}
  restrictions: {images: {allow: ['registry.example.com/**']}}",
    },
    judge: Judge::Fleet(judge),
};

const RULE: Rule = Rule::UnreachedPolicy;

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    if !survey.has_frozen_sets {
        own(sink, survey);
    }
    for verdict in survey.verdicts() {
        let Outcome::Idle { reason } = &verdict.outcome else { continue };
        let Some(app) = survey.facts(verdict.policy.app.id()) else { continue };
        let what = format!("{} judges nothing: {reason}", said::policy(verdict));
        sink.manifest(RULE, app, verdict.policy.manifest, &keys(["metadata", "name"]), what);
    }
}

fn own<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let policies = survey.fleet.policies();
    for (policy, apps) in policies.iter() {
        let app = policy.bringer.and_then(|id| survey.facts(id));
        if apps == 0 {
            let what = format!("{} reaches no Application: {}", policy.name, policy.target);
            sink.policy(RULE, app, policy.place_of_target(), what);
            continue;
        }
        for exception in policies.unused_exceptions(policy) {
            let what = format!(
                "{}: the exception from {} is for nobody whom that reaches",
                policy.name,
                exception.from.text()
            );
            sink.policy(RULE, app, policy.place_of_exception(exception), what);
        }
    }
}
