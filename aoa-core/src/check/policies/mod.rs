//! A: what policies say. The fleet's own (`aoa.yaml`), and those of admission that the fleet delivers to a cluster.
//!
//! Each rule is a file here that asks `crate::policy`, and a line in [`RULES`]; its id begins with A.

mod denied;
mod said;
mod unevaluated;
mod warned;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[&denied::FILE, &warned::FILE, &unevaluated::FILE];
