//! Exceptions that do not hold.

use std::sync::Arc;

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::check::waiver::fault;
use crate::finding::Rule;
use crate::policy::own::{Excepted, Exception, Policy};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::BrokenException,
    page: Page {
        what: "Exceptions in policies without a reason, an owner or an expiry, those that are past it, and those from constraints that no policy has. The present is that of the check (`--today`).",
        why: "They do not hold: what they are from is in force again, or always was. An exception that nobody answers for stays for ever.",
        fails: "exceptions:
- {rule: base/images, target: {app: legacy}}",
        mend: "Say why, who answers for it, and until when.
exceptions:
- {rule: base/images, target: {app: legacy}, reason: moves in spring, owner: shop, expires: 2027-03-31}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let policies: Vec<&Arc<Policy>> = survey.fleet.policies().iter().map(|(policy, _)| policy).collect();
    for policy in &policies {
        for exception in &policy.exceptions {
            let fault = fault(exception, sink.now()).or_else(|| {
                is_from_nothing(exception, &policies).then_some("is from nothing that a policy asks")
            });
            let Some(fault) = fault else { continue };
            let app = policy.bringer.and_then(|id| survey.facts(id));
            let what = format!("{}: the exception from {} {fault}", policy.name, exception.from.text());
            sink.policy(Rule::BrokenException, app, policy.place_of_exception(exception), what);
        }
    }
}

fn is_from_nothing(exception: &Exception, policies: &[&Arc<Policy>]) -> bool {
    let Excepted::Constraints(pattern) = &exception.from else { return false };
    let mut ids = policies.iter().flat_map(|policy| {
        policy.constraints.iter().map(|constraint| format!("{}/{}", policy.name, constraint.name))
    });
    !ids.any(|id| pattern.matches(&id))
}
