//! C: the check itself.

mod broken_waiver;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[&broken_waiver::FILE];
