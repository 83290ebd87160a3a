//! Patches, each as the tool applies it that the fleet meets it in.
//!
//! | function | patch | imitated | who uses it |
//! |---|---|---|---|
//! | [`JsonPatch`] | RFC 6902 | evanphx/json-patch 4.13.0 and 5.9.11 | Kustomize, Argo CD |
//! | [`merge`], [`create_merge`] | RFC 7386 | evanphx/json-patch | Argo CD's differences |
//! | [`strategic_merge`] | Kubernetes' strategic merge | apimachinery 0.36.1 | `templatePatch` |
//!
//! Kustomize's own strategic merge works on text with comments and stands with the editable node.
//!
//! Nesting is walked without recursion, or the recursion follows a type and is bounded by it.

mod literal;

mod json;
mod merge;
mod strategic;

pub use json::JsonPatch;
pub use merge::{create_merge, merge};
pub use strategic::strategic_merge;
