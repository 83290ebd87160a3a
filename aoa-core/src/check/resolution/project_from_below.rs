//! Projects that only their own Application creates.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ProjectFromBelow,
    page: Page {
        what: "An Application stands in a project that comes into being only when the Application itself is synced.",
        why: "It is never synced, since its project does not exist: it waits for ever.",
        fails: "kind: Application
metadata: {name: team}
spec: {project: team, source: {path: team}}   # team/project.yaml holds the AppProject `team`",
        mend: "Create the project beside the Application, or put the Application into another one.
spec: {project: default, source: {path: team}}",
    },
    judge: Judge::Resolved,
};
