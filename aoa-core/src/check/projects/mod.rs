//! P: what projects deny, and what they permit without meaning to.

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[];
