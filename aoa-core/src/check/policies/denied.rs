//! Objects that a delivered policy refuses.

use super::said;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::delivered::Outcome;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::DeniedByPolicy,
    page: Page {
        what: "Objects, and the Pods of workloads, that a ValidatingAdmissionPolicy or a constraint of Gatekeeper refuses that the fleet delivers to the same cluster.",
        why: "The sync fails when the policy is in force, or a rollout hangs as its Pods are refused; whether it is in force first depends on the order of syncs.",
        fails: "# The fleet delivers K8sNoLatest to the cluster, and with it:
containers: [{name: web, image: 'web:latest'}]",
        mend: "Change the object, or let the policy leave it out.
containers: [{name: web, image: 'web:1.4.2'}]",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    said::violations(sink, survey, Rule::DeniedByPolicy, Outcome::is_denial);
}
