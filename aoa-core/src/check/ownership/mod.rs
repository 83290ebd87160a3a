//! O: two owners of one thing.

mod claims_parent;
mod shared_namespace;
mod shared_object;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[&shared_object::FILE, &shared_namespace::FILE, &claims_parent::FILE];
