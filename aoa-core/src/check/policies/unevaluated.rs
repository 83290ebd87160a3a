//! Policies that only a cluster can evaluate.

use super::said;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::delivered::Outcome;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnevaluatedPolicy,
    page: Page {
        what: "Policies that the fleet delivers and that cannot be evaluated here: external data, lookups, mutation, who sends a request, labels of namespaces that the fleet does not deliver, other engines.",
        why: "What they refuse is not found before the sync.",
        fails: "rego: 'violation[...] { other := data.inventory.namespace[_][_].Ingress[_] ... }'",
        mend: "Nothing is wrong. Test such policies where they run.",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for verdict in survey.verdicts() {
        let Outcome::Unknown { reason } = &verdict.outcome else { continue };
        let Some(app) = survey.facts(verdict.policy.app.id()) else { continue };
        let what = format!("{} is not evaluated: {reason}", said::policy(verdict));
        sink.manifest(Rule::UnevaluatedPolicy, app, verdict.policy.manifest, &keys(["kind"]), what);
    }
}
