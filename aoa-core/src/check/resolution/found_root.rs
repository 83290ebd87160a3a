//! Roots that nobody declared.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::FoundRoot,
    page: Page {
        what: "Without `roots:` in aoa.yaml the fleet begins with the files that hold Applications or ApplicationSets and that no source covers.",
        why: "A guess may be wrong: examples and tests look like roots. In CI the fleet should begin where somebody said so.",
        fails: "# no aoa.yaml, and bootstrap/root.yaml that nobody refers to",
        mend: "Declare it; `aoa init` writes the file.
# aoa.yaml
roots: [bootstrap/root.yaml]",
    },
    judge: Judge::Resolved,
};
