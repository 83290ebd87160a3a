//! D: what a small edit would destroy.

mod allow_empty;
mod one_line_deletes;
mod project_goes_first;
mod unpreserved_state;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] =
    &[&allow_empty::FILE, &one_line_deletes::FILE, &unpreserved_state::FILE, &project_goes_first::FILE];
