//! Rules of policies that cannot be told to hold or not.

use super::ruled;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UndecidedRule,
    page: Page {
        what: "Rules of policies whose expression fails for an Application or an object (a field that is not there, a wrong type), or costs more than one call may cost in Kubernetes.",
        why: "The rule neither holds nor is it violated: nobody is warned of what it was written for.",
        fails: "# for a Deployment without replicas
rules: [{name: two, each: manifest, cel: manifest.spec.replicas >= 2}]",
        mend: "Ask for what may be missing.
rules: [{name: two, each: manifest, cel: 'has(manifest.spec.replicas) && manifest.spec.replicas >= 2'}]",
    },
    judge: Judge::Fleet(|sink, survey| ruled::judge(sink, survey, Rule::UndecidedRule)),
};
