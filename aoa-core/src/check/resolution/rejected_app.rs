//! Generated Applications that are not written.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RejectedApp,
    page: Page {
        what: "The ApplicationSet controller validates each Application before it writes it: project, destination, name.",
        why: "A rejected Application is neither created nor updated. If it exists it stays as it is.",
        fails: "template: {spec: {project: '{{team}}'}}   # and there is no project of that name",
        mend: "Create the project in a wave before the set, or correct the parameter.
kind: AppProject
metadata: {name: search, namespace: argocd}",
    },
    judge: Judge::Resolved,
};
