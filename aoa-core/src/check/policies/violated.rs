//! Rules of policies that do not hold.

use super::ruled;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ViolatedRule,
    page: Page {
        what: "Applications, or objects that they hold, for which a rule does not hold that a policy has under `rules`: an expression in CEL that is false, or a module in Rego whose `deny` or `violation` says something. Rules see `app` and `manifest`, `parent` (the Application or ApplicationSet that brings the Application), `cluster` (name, server, labels, annotations) and `effective` (team, onCall, environment, tier, labels, annotations, syncPolicy, retry); in Rego below `input`.",
        why: "Somebody above wrote the rule for this very case.",
        fails: "rules:
- {name: two-in-prod, each: manifest, kinds: [apps/Deployment], cel: \"effective.environment != 'prod' || manifest.spec.replicas >= 2\"}
# the same in Rego
- name: two-in-prod
  each: manifest
  kinds: [apps/Deployment]
  rego: |
    package rule
    deny contains msg if {
      input.effective.environment == \"prod\"
      input.manifest.spec.replicas < 2
      msg := sprintf(\"%d of two replicas\", [input.manifest.spec.replicas])
    }
# and on a cluster with the label environment: prod
kind: Deployment
spec: {replicas: 1}",
        mend: "Do what the rule says, or have an exception written into its policy.
kind: Deployment
spec: {replicas: 2}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    ruled::judge(sink, survey, Rule::ViolatedRule, |ruled| {
        let said = |text| format!("{}: {text}", ruled.bound.id());
        ruled.answer.violations.iter().map(said).collect()
    });
}
