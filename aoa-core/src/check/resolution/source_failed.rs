//! Sources that Argo CD fails on.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::SourceFailed,
    page: Page {
        what: "Every source is rendered as Argo CD's repo server renders it; this is its error.",
        why: "The Application is a ComparisonError: nothing of it is synced or pruned. A path that is gone is an error, too; only an emptied folder prunes.",
        fails: "source: {repoURL: https://git.example.com/fleet, path: gone}",
        mend: "Mend what the message names, or take the Application out in the same change.
source: {repoURL: https://git.example.com/fleet, path: web}",
    },
    judge: Judge::Resolved,
};
