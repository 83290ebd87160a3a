//! R: what cannot be resolved, or not to the end. Resolving says it; here stand the manual pages, and rules about what was resolved.

mod broken_file;
mod conflict;
mod denied_manifest;
mod found_root;
mod invalid_object;
mod invalid_spec;
mod limit_passed;
mod project_from_below;
mod refused_object;
mod rejected_app;
mod self_managed;
mod set_failed;
mod source_failed;
mod unknown_field;
mod unknown_source;
mod url_alias;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[
    &broken_file::FILE,
    &invalid_object::FILE,
    &set_failed::FILE,
    &unknown_source::FILE,
    &source_failed::FILE,
    &rejected_app::FILE,
    &conflict::FILE,
    &invalid_spec::FILE,
    &denied_manifest::FILE,
    &self_managed::FILE,
    &url_alias::FILE,
    &found_root::FILE,
    &limit_passed::FILE,
    &refused_object::FILE,
    &unknown_field::FILE,
    &project_from_below::FILE,
];
