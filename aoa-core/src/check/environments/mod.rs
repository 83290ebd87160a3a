//! E: what differs between environments.

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[];
