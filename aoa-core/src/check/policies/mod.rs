//! A: what policies say. The fleet's own (`policy/own`), and those of admission that the fleet delivers to a cluster.
//!
//! Each rule is a file here that asks `crate::policy`, and a line in [`RULES`]; its id begins with A.

mod broken_exception;
mod broken_policy;
mod denied;
mod over_quota;
mod restricted;
mod ruled;
mod said;
mod undecided;
mod unevaluated;
mod unmet;
mod unreached;
mod usage;
mod violated;
mod warned;
mod widened;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[
    &denied::FILE,
    &warned::FILE,
    &unevaluated::FILE,
    &broken_policy::FILE,
    &restricted::FILE,
    &over_quota::FILE,
    &unmet::FILE,
    &widened::FILE,
    &broken_exception::FILE,
    &violated::FILE,
    &undecided::FILE,
    &unreached::FILE,
];
