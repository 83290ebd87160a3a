//! Rules of policies that do not hold.

use super::ruled;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ViolatedRule,
    page: Page {
        what: "Applications, or objects that they hold, for which an expression in CEL is false that a policy has under `rules`. It sees `app` and `manifest`, `parent` (the Application or ApplicationSet that brings the Application), `cluster` (name, server, labels, annotations) and `effective` (team, onCall, environment, tier, labels, annotations, syncPolicy, retry).",
        why: "Somebody above wrote the rule for this very case.",
        fails: "rules:
- {name: two-in-prod, each: manifest, kinds: [apps/Deployment], cel: \"effective.environment != 'prod' || manifest.spec.replicas >= 2\"}
# and on a cluster with the label environment: prod
kind: Deployment
spec: {replicas: 1}",
        mend: "Do what the rule says, or have an exception written into its policy.
kind: Deployment
spec: {replicas: 2}",
    },
    judge: Judge::Fleet(|sink, survey| ruled::judge(sink, survey, Rule::ViolatedRule)),
};
