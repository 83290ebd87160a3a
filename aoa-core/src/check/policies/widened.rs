//! What somebody below tries to widen in vain.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::WidenedInVain,
    page: Page {
        what: "Policies further down the tree that allow what a policy above them does not permit, that set a larger quota, or that make an exception from what comes from above. Only what is certain is told: of a pattern with wildcards, that nothing of it is permitted above, or that it allows all of that and more.",
        why: "It has no effect: an Application may do what all that reaches it permits. Who wrote it believes otherwise.",
        fails: "# policy base, for the fleet
restrictions: {namespaces: {allow: ['team-*']}}
# policy shop, for Application shop and all below
restrictions: {namespaces: {allow: ['team-shop', kube-system]}}",
        mend: "Take it out, or have it permitted above: both lines are shown.
restrictions: {namespaces: {allow: [team-shop]}}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for widening in survey.fleet.policies().widenings(survey.fleet) {
        let app = widening.bringer.and_then(|id| survey.facts(id));
        sink.policy(Rule::WidenedInVain, app, widening.places, widening.what);
    }
}
