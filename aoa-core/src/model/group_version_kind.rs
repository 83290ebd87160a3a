//! What an object says it is: group, version and kind.

use std::fmt;

use aoa_lang::Value;

/// Group, version and kind, as Kubernetes reads them from an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GroupVersionKind<'v> {
    /// The group; empty for the core group.
    pub group: &'v str,
    /// The version.
    pub version: &'v str,
    /// The kind.
    pub kind: &'v str,
}

impl<'v> GroupVersionKind<'v> {
    /// Reads `apiVersion` and `kind`. All three are empty if `apiVersion` has several slashes, whatever the kind
    /// (`Unstructured.GroupVersionKind` of apimachinery 0.36.1).
    ///
    /// ```
    /// use aoa_core::lang::Value;
    /// use aoa_core::model::GroupVersionKind;
    ///
    /// let object = Value::map([("apiVersion", Value::from("apps/v1")), ("kind", Value::from("Deployment"))]);
    /// assert_eq!(GroupVersionKind::of(&object).to_string(), "apps/v1, Kind=Deployment");
    /// ```
    #[must_use]
    pub fn of(object: &'v Value) -> Self {
        let text = |key| object.str_at(&[key]).unwrap_or_default();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        match api_version.split_once('/') {
            _ if api_version == "/" => GroupVersionKind { kind, ..Self::default() },
            None => GroupVersionKind { group: "", version: api_version, kind },
            Some((_, rest)) if rest.contains('/') => Self::default(),
            Some((group, version)) => GroupVersionKind { group, version, kind },
        }
    }

    /// Whether it is a CustomResourceDefinition.
    #[must_use]
    pub fn is_crd(self) -> bool {
        self.group == "apiextensions.k8s.io" && self.kind == "CustomResourceDefinition"
    }
}

impl fmt::Display for GroupVersionKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}, Kind={}", self.group, self.version, self.kind)
    }
}
