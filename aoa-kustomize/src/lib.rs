//! Kustomize 5.8.1 in pure Rust: overlays to manifests, without I/O.
//!
//! [`build`] does what `kustomize build` does, over a [`Tree`](aoa_lang::source::Tree) of files in memory; a [`Builder`] does it for
//! many folders of one tree, and reads, parses and builds what they share once.
//!
//! ```
//! use aoa_kustomize::{Options, build};
//! use aoa_lang::source::{Tree, TreePath};
//!
//! let tree = Tree::in_memory([
//!     ("kustomization.yaml", "resources: [web.yaml]\nimages: [{name: web, newTag: v2}]\n"),
//!     ("web.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web:v1}]}\n"),
//! ]);
//! let built = build(&tree, &TreePath::root(), &Options::default())?;
//! assert!(built.to_yaml()?.contains("image: web:v2"));
//! # Ok::<(), aoa_kustomize::Error>(())
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | `file` | kustomization files: names, strictness, deprecated fields |
//! | `load` | paths: what may be read, cycles, other repositories |
//! | `node` | places in YAML, as kyaml's filters find and make them |
//! | `resource` | resources with their earlier names; selectors; lists of resources |
//! | `config` | which fields transformers know |
//! | `transform`, `generate`, `references`, `vars` | what changes and makes resources, one file each |
//! | `target` | one kustomization with all that it refers to |
//! | `build` | the whole |
//! | `edit` | `kustomize edit`: the file of a folder changed before it is built |
//!
//! Other repositories ([`Remotes`]) and charts ([`ChartRenderer`]) come from who calls; what is not at hand ends in an error that names it
//! ([`Missing`]). Plugins that are programs or containers are refused.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::indexing_slicing)]
#![cfg_attr(
    not(test),
    deny(
        clippy::string_slice,
        clippy::unreachable,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )
)]

mod build;
mod config;
mod edit;
mod error;
mod file;
mod generate;
mod load;
mod node;
mod options;
mod references;
mod resource;
mod target;
mod transform;
mod vars;

pub use build::{Builder, Built, build};
pub use edit::{Edit, Editor, Existing, Reach};
pub use error::{Error, Result};
pub use generate::{Chart, ChartRenderer, RenderedChart};
pub use load::{Missing, RepoUrl};
pub use options::{Helm, Limits, Options, Remotes, Reorder, Restriction};
