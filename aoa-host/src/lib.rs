//! The outside world for aoa: everything that touches files, git and the environment.
//!
//! [`load`] turns a folder into the [`Inputs`] of a fleet: it finds the repository and its remotes, reads `aoa.yaml`,
//! the inventory and recorded answers, and makes trees of the checkouts. Nothing is fetched.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod alone;
mod answers;
mod both;
mod check;
mod commits;
mod deadline;
mod edited;
mod files;
mod folder;
mod git;
mod history;
mod init;
mod inventory;
mod jsonnet;
mod load;
mod plugins;
mod recorded;
mod revision;
mod settings;
mod snapshot;
mod uncommitted;
mod unreferred;

pub use alone::{CHART_OPTIONS, KUSTOMIZATION_OPTIONS, build_kustomization, render_chart};
pub use answers::{
    changes_json, compared_json, drift_json, matrix_json, order_json, paths_json, policy_json, why_json,
    why_not_json,
};
pub use both::{Asked, Both, Compared, load_both, what_if};
pub use check::{CheckRequest, read_baseline};
pub use commits::GitCommits;
pub use edited::with_files;
pub use folder::{FolderLimits, read_file, read_folder};
pub use git::{GitCheckout, inspect};
pub use history::GitHistory;
pub use init::{Suggestion, suggest_config};
pub use inventory::{Inventory, read_inventory, read_inventory_text};
pub use jsonnet::JsonnetProcess;
#[cfg(feature = "jsonnet")]
pub use jsonnet::{Jrsonnet, serve_jsonnet};
pub use load::{CONFIG_FILE, LoadOptions, Loaded, load};
pub use plugins::PluginCommands;
pub use recorded::RecordedFleet;
pub use revision::{End, ends};
pub use snapshot::read_snapshot;

pub use aoa_core as core;
pub use aoa_core::Inputs;
