//! D: what a small edit would destroy.

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[];
