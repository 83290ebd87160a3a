//! Resolves Argo CD app-of-apps fleets offline: which Applications exist, on which clusters, from which source, under
//! which project - and what is wrong.
//!
//! Data goes one way: [`inputs`] are handed in by whoever reads files; [`resolve`](fn@resolve) generates ([`generate`]) and
//! renders ([`render`]) in rounds until nothing new appears; the [`Fleet`] answers questions; [`report`] and [`wire`]
//! make texts and JSON of it. There is no I/O, no clock and no randomness in this crate.
//!
//! ```
//! use aoa_core::inputs::Root;
//! use aoa_core::lang::source::{Tree, TreePath};
//! use aoa_core::{Inputs, Options, resolve};
//!
//! let tree = Tree::in_memory([(
//!     "sets.yaml",
//!     "
//! apiVersion: argoproj.io/v1alpha1
//! kind: ApplicationSet
//! metadata: {name: web}
//! spec:
//!   generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
//!   template:
//!     metadata: {name: 'web-{{env}}'}
//!     spec:
//!       project: default
//!       source: {repoURL: https://git.example.com/fleet, path: 'web/{{env}}'}
//!       destination: {name: in-cluster, namespace: '{{env}}'}
//! ",
//! )]);
//! let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
//! inputs.roots.push(Root::new(TreePath::new("sets.yaml").unwrap()));
//! let fleet = resolve(&inputs, &Options::default())?;
//! let names: Vec<&str> = fleet.apps().map(|app| app.name()).collect();
//! assert_eq!(names, ["web-dev", "web-prod"]);
//! # Ok::<(), aoa_core::lang::Error>(())
//! ```
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

pub mod address;
pub mod check;
pub mod compare;
pub mod config;
pub mod diff;
pub mod drift;
pub mod finding;
pub mod fleet;
pub mod generate;
pub mod inputs;
pub mod load;
pub mod matrix;
pub mod model;
pub mod options;
pub mod order;
pub mod overlay;
pub mod paths;
pub mod policy;
pub mod render;
pub mod report;
pub mod resolve;
pub mod sets;
pub mod sync;
pub mod why;
pub mod wire;

pub use aoa_helm as helm;
pub use aoa_kustomize as kustomize;
pub use aoa_lang as lang;
pub use check::check;
pub use diff::diff;
pub use fleet::Fleet;
pub use inputs::Inputs;
pub use options::Options;
pub use resolve::{Resolver, resolve};
