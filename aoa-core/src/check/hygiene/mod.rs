//! H: what should not be in Git as it is.

mod cluster_admin;
mod floating_revision;
mod latest_image;
mod no_requests;
mod plain_secret;
mod rbac_wildcard;
mod too_large;
mod url_credentials;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[
    &floating_revision::FILE,
    &latest_image::FILE,
    &no_requests::FILE,
    &url_credentials::FILE,
    &plain_secret::FILE,
    &cluster_admin::FILE,
    &rbac_wildcard::FILE,
    &too_large::FILE,
];
