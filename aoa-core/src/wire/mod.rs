//! The fleet as JSON: one versioned shape for the command, Python and Node.
//!
//! Written as a stream, one Application a line, so that a fleet of any size needs no second copy in memory. Secrets are
//! redacted unless [`WireOptions::show_secrets`] says otherwise.

mod changes;
mod check;
mod drift;
mod fleet;
mod matrix;
mod order;
mod paths;
mod policy;
mod reasons;

mod app;
mod body;
mod finding;
mod set;

mod object;
mod parts;
mod redact;

mod manifests;
mod read;
mod schema;
mod yaml;

pub use app::app_json;
pub use changes::{write_changes, write_changes_with};
pub use check::write_check;
pub use drift::write_drift;
pub use fleet::{write_apps, write_findings, write_fleet};
pub use manifests::{
    manifests_of, write_manifests_json, write_manifests_yaml, write_objects_json, write_objects_yaml,
};
pub use matrix::write_matrix;
pub use order::write_order;
pub use paths::write_paths;
pub use policy::{write_policies, write_policy};
pub use read::{is_redacted, read_fleet};
pub use reasons::{write_absence, write_reasons};
pub use redact::{REDACTED, Redactor};
pub use schema::{
    SCHEMA_VERSION, changes_schema, config_schema, drift_schema, effective_policy_schema, imitated_versions,
    matrix_schema, order_schema, output_schema, paths_schema, policies_schema, policy_schema, why_not_schema,
    why_schema,
};
pub use yaml::json_to_yaml;

/// What the JSON holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireOptions {
    /// Whether each Application carries its manifests, not only their number.
    pub manifests: bool,
    /// Whether the data of Secrets and credentials in URLs are shown.
    pub show_secrets: bool,
}

impl WireOptions {
    /// With the manifests of each Application.
    #[must_use]
    pub fn with_manifests(mut self, manifests: bool) -> Self {
        self.manifests = manifests;
        self
    }

    /// With secrets in clear.
    #[must_use]
    pub fn with_secrets(mut self, show: bool) -> Self {
        self.show_secrets = show;
        self
    }
}
