//! Helm charts rendered natively, exactly as `helm template` of Helm 4.2.1 does, without Helm.
//!
//! A [`Chart`] comes as a tree of files or as a packed archive, and knows nothing of file systems, clusters or the
//! network. [`Values`] are what users give; a [`Release`] says under which name, for which cluster it is rendered. The
//! result is [`Rendered`]: manifests in Helm's order, hooks, notes, and what Helm would have logged.
//!
//! ```
//! use aoa_helm::{Chart, Release, Values};
//! use aoa_lang::source::Tree;
//!
//! let tree = Tree::in_memory([
//!     ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"),
//!     ("values.yaml", "replicas: 1"),
//!     ("templates/_names.tpl", "{{ define \"web.name\" }}{{ .Release.Name }}-web{{ end }}"),
//!     ("templates/app.yaml", "kind: Deployment\nmetadata: {name: {{ include \"web.name\" . }}}\nspec: {replicas: {{ .Values.replicas }}}"),
//! ]);
//! let chart = Chart::load(&tree)?;
//! let values = Values::new().with_set("replicas=3")?;
//! let rendered = chart.render(&values, &Release::new("prod", "shop"))?;
//! assert_eq!(rendered.manifests[0].name, "prod-web");
//! assert_eq!(
//!     rendered.text().as_str(),
//!     Some("---\n# Source: web/templates/app.yaml\nkind: Deployment\nmetadata: {name: prod-web}\nspec: {replicas: 3}\n")
//! );
//! # Ok::<(), aoa_lang::Error>(())
//! ```
//!
//! Rendering is pure and bounded: clock, randomness and budgets are in [`Release::template`], sizes of charts in
//! [`LoadLimits`]. A chart is compiled when it is first rendered, and then shared by all renderings, also between
//! threads.
//!
//! What differs from Helm: maps have an order (where Helm's result depends on that of a Go map, it is sorted here), charts of
//! `apiVersion: v3`, post-renderers and live clusters are not supported.
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

mod chart;
mod dependencies;
mod functions;
mod options;
mod program;
mod release_name;
mod render;
mod values;

pub use chart::{Dependency, File, LoadLimits, Metadata, unpack};
pub use options::{Action, Capabilities, Crds, HelmVersion, KubeVersion, Release, SchemaCheck, Tests};
pub use program::{Chart, Coalesced};
pub use release_name::release_name;
pub use render::{Crd, Hook, Manifest, Rendered};
pub use values::Values;
