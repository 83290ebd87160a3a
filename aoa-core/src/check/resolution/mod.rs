//! R: what cannot be resolved, or not to the end. Of most of it resolving speaks, and here stand the manual pages; of what was resolved the
//! rules here do.

mod broken_file;
mod conflict;
mod denied_manifest;
mod empty_set;
mod found_root;
mod invalid_object;
mod invalid_spec;
mod limit_passed;
mod missing_parameter;
mod no_cluster;
mod no_inventory;
mod project_from_below;
mod refused_object;
mod rejected_app;
mod repeated_cluster;
mod repeated_object;
mod self_managed;
mod set_failed;
mod source_failed;
mod undeclared_project;
mod unknown_destination;
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
    &empty_set::FILE,
    &no_cluster::FILE,
    &missing_parameter::FILE,
    &repeated_object::FILE,
    &repeated_cluster::FILE,
    &unknown_destination::FILE,
    &no_inventory::FILE,
    &undeclared_project::FILE,
];
