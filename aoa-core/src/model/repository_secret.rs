//! A repository that belongs to a project: a Secret with a label, its credentials left out.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::SECRET_TYPE_LABEL;
use super::cluster::data_of;

/// A registered repository that belongs to a project: the project may use it without naming it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopedRepository {
    /// Its URL.
    pub url: Text,
    /// The project that owns it.
    pub project: Text,
}

impl ScopedRepository {
    /// Reads a repository Secret; `None` if `secret` is none, or belongs to no project. No credentials are kept.
    #[must_use]
    pub fn from_secret(secret: &Value) -> Option<Self> {
        let is_repository = secret.str_at(&["kind"])? == "Secret"
            && secret.str_at(&["metadata", "labels", SECRET_TYPE_LABEL])? == "repository";
        let project = data_of(secret, "project").filter(|project| !project.is_empty() && is_repository)?;
        Some(ScopedRepository { url: data_of(secret, "url").unwrap_or_default(), project })
    }
}
