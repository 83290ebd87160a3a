//! A: what policies say. The fleet's own (`policy/own`), and those of admission that the fleet delivers to a cluster.
//!
//! Each rule is a file here that asks `crate::policy`, and a line in [`RULES`]; its id begins with A.

mod broken_policy;
mod denied;
mod restricted;
mod said;
mod unevaluated;
mod warned;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] =
    &[&denied::FILE, &warned::FILE, &unevaluated::FILE, &broken_policy::FILE, &restricted::FILE];
