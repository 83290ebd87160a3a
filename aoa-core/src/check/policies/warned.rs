//! Objects that violate a delivered policy which lets them pass.

use super::said;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::WarnedByPolicy,
    page: Page {
        what: "Objects, and the Pods of workloads, that violate a policy which the fleet delivers to the same cluster, where it warns, audits or only tries.",
        why: "What is warned of today is refused as soon as somebody turns the policy on.",
        fails: "# enforcementAction: dryrun
containers: [{name: web, image: 'web:latest'}]",
        mend: "Change the object before the policy is enforced.
containers: [{name: web, image: 'web:1.4.2'}]",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    said::violations(sink, survey, Rule::WarnedByPolicy, |outcome| !outcome.is_denial());
}
