//! Patches, each as the tool applies it that the fleet meets it in.
//!
//! | function | patch | imitated | who uses it |
//! |---|---|---|---|
//! | [`JsonPatch`] | RFC 6902 | evanphx/json-patch 4.13.0 and 5.9.11 | Kustomize, Argo CD |
//! | [`merge`], [`create_merge`] | RFC 7386 | evanphx/json-patch | Argo CD's differences |
//! | [`strategic_merge`], [`create_strategic`] | Kubernetes' strategic merge | apimachinery 0.36.1 | `templatePatch`, Argo CD's differences |
//! | [`kustomize`] | Kustomize's strategic merge | kyaml 0.21.1 | Kustomize |
//!
//! Nesting is walked without recursion, or the recursion is bounded by a type or a cap.

mod literal;

mod json;
pub mod kustomize;
mod merge;
mod strategic;

pub use json::JsonPatch;
pub use merge::{create_merge, merge};
pub use strategic::{create_strategic, create_strategic_three_way, strategic_merge};
