//! Bounds that were passed.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::LimitPassed,
    page: Page {
        what: "An ApplicationSet whose generators, templates or patches pass a bound on steps, depth or size. A source that passes one fails (R005).",
        why: "What the set generates is not known. The rest of the fleet is.",
        fails: "{{ range until 100000000 }}x{{ end }}",
        mend: "Make it cheaper, or raise the limit in `Options` if it is meant.
{{ range until 10 }}x{{ end }}",
    },
    judge: Judge::Resolved,
};
