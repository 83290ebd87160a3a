//! Rules of policies that cannot be told to hold or not.

use super::ruled;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UndecidedRule,
    page: Page {
        what: "Rules of policies whose expression fails for an Application or an object (a field that is not there, a wrong type) or costs more than one call may cost in Kubernetes; whose module in Rego takes more than a million steps, contradicts itself, or asks what nobody knows offline.",
        why: "The rule neither holds nor is it violated: nobody is warned of what it was written for.",
        fails: "# for a Deployment without replicas
rules: [{name: two, each: manifest, cel: manifest.spec.replicas >= 2}]",
        mend: "Ask for what may be missing.
rules: [{name: two, each: manifest, cel: 'has(manifest.spec.replicas) && manifest.spec.replicas >= 2'}]",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    ruled::judge(sink, survey, Rule::UndecidedRule, |ruled| {
        let said = |why| format!("{} is not decided: {why}", ruled.bound.id());
        ruled.answer.undecided.iter().map(said).collect()
    });
}
