//! A rendered Kubernetes object and where it comes from.

use aoa_lang::Value;

use crate::finding::Place;

/// A Kubernetes object with the place of its document.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The object.
    pub object: Value,
    /// The first line of its document, where it comes from a file as it is.
    pub place: Option<Place>,
}

impl Manifest {
    /// `apiVersion`; empty if it is missing.
    #[must_use]
    pub fn api_version(&self) -> &str {
        self.object.str_at(&["apiVersion"]).unwrap_or_default()
    }

    /// The group of `apiVersion`; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    /// `kind`; empty if it is missing.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.object.str_at(&["kind"]).unwrap_or_default()
    }

    /// `metadata.namespace`; empty if it is missing.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.object.str_at(&["metadata", "namespace"]).unwrap_or_default()
    }

    /// `metadata.name`; empty if it is missing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.object.str_at(&["metadata", "name"]).unwrap_or_default()
    }

    /// What manifests are sorted by: group, kind, namespace, name.
    #[must_use]
    pub fn sort_key(&self) -> [&str; 4] {
        [self.group(), self.kind(), self.namespace(), self.name()]
    }
}
