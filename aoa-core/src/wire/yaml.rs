//! The same shapes as YAML.

use aoa_lang::{Result, yaml};

/// What one of the writers of this module wrote as JSON, as YAML with the same data.
///
/// # Errors
///
/// The text is no JSON, or holds what YAML cannot.
pub fn json_to_yaml(json: &[u8]) -> Result<String> {
    yaml::emit(&yaml::load(json)?)
}
