//! Sources that the project does not permit.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::DeniedSource,
    page: Page {
        what: "The repository of every source is held against `sourceRepos` of the Application's project, and against what belongs to the project and to global projects.",
        why: "The Application gets the condition InvalidSpecError: it is not synced.",
        fails: "# project search: sourceRepos: [https://git.example.com/search]
spec: {project: search, source: {repoURL: https://git.example.com/shop}}",
        mend: "Take the source from a permitted repository, or permit this one.
sourceRepos: [https://git.example.com/search, https://git.example.com/shop]",
    },
    judge: Judge::Resolved,
};
