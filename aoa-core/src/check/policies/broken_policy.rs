//! Policies that are not what the schema says.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::BrokenPolicy,
    page: Page {
        what: "Policies (`kind: Policy` of aoa.dev/v1alpha1, in files that `policies:` of aoa.yaml names, or delivered by Applications) with fields that do not exist, values of a wrong type, patterns that do not compile, or the name of another policy.",
        why: "A rule that is written but not understood protects nobody. What is right of the policy counts all the same.",
        fails: "spec:
  restrictions:
    sorces: {allow: ['https://github.com/acme/**']}",
        mend: "Write it as `aoa schema policy` has it.
spec:
  restrictions:
    sources: {allow: ['https://github.com/acme/**']}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for problem in survey.fleet.policies().problems() {
        let about = if problem.about.is_empty() { String::new() } else { format!("{}: ", problem.about) };
        let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let app = problem.bringer.and_then(|id| survey.facts(id));
        let what = format!("{about}{}{help}", problem.what);
        sink.policy(Rule::BrokenPolicy, app, problem.place.iter().cloned(), what);
    }
}
