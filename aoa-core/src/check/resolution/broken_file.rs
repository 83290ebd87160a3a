//! Files that cannot be read.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::BrokenFile,
    page: Page {
        what: "Every file that a source or a root brings is read as YAML or JSON; one that is none is named, with the parser's words.",
        why: "Argo CD stops at such a file: the Application is a ComparisonError, and nothing of it is synced or pruned until the file is mended.",
        fails: "# apps/web.yaml
metadata: {name: web",
        mend: "Close what is open; an editor with a YAML mode shows where.
# apps/web.yaml
metadata: {name: web}",
    },
    judge: Judge::Resolved,
};
