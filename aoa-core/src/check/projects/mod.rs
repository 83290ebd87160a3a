//! P: what projects deny, and what they permit without meaning to.

mod child_leaves_project;
mod denied_destination;
mod denied_source;
mod escapes_project;
mod gained_rights;
mod global_contradicts;
mod rights;
mod templated_project;
mod unused_rule;
mod wildcard_only;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[
    &denied_source::FILE,
    &denied_destination::FILE,
    &gained_rights::FILE,
    &child_leaves_project::FILE,
    &escapes_project::FILE,
    &templated_project::FILE,
    &wildcard_only::FILE,
    &unused_rule::FILE,
    &global_contradicts::FILE,
];
