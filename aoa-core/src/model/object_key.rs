//! By what objects of a cluster are told apart.

use aoa_lang::Value;

use super::GroupVersionKind;

/// Group, kind, namespace and name of an object: two objects with one key are one object to Argo CD (`ResourceKey`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey<'v> {
    /// The group; empty for the core group.
    pub group: &'v str,
    /// The kind.
    pub kind: &'v str,
    /// The namespace; empty if the object names none.
    pub namespace: &'v str,
    /// The name.
    pub name: &'v str,
}

impl<'v> ObjectKey<'v> {
    /// The key of an object, with the namespace as written.
    #[must_use]
    pub fn of(object: &'v Value) -> Self {
        let GroupVersionKind { group, kind, .. } = GroupVersionKind::of(object);
        let text = |key| object.str_at(&["metadata", key]).unwrap_or_default();
        ObjectKey { group, kind, namespace: text("namespace"), name: text("name") }
    }
}
