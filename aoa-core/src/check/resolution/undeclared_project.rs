//! Projects that are not part of what was found.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UndeclaredProject,
    page: Page {
        what: "The project of an Application is not among what was found, while no roots are declared.",
        why: "Files that hold nothing but projects are no roots: something else may bring the project, or nothing does. Then Argo CD refuses the Application.",
        fails: "# no `roots:` in aoa.yaml, and nobody renders projects/search.yaml
spec: {project: search}",
        mend: "Declare what brings it.
# aoa.yaml
roots: [bootstrap/root.yaml, projects]",
    },
    judge: Judge::Resolved,
};
