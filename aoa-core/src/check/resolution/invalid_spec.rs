//! Specs that Argo CD refuses.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::InvalidSpec,
    page: Page {
        what: "Before it renders anything Argo CD looks at project, sources and destination of an Application. What is denied has rules of its own (P001, P002, R022).",
        why: "The Application gets the condition InvalidSpecError: it is not synced.",
        fails: "spec: {project: serach}   # the project is called search",
        mend: "Correct the field, or bring the project.
spec: {project: search}",
    },
    judge: Judge::Resolved,
};
