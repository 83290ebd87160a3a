//! Values: what users give (`sources`, with the `--set` language in `strvals`), and how that is laid over what charts
//! bring along (`coalesce`).

mod coalesce;
mod sources;
mod strvals;

pub use sources::Values;

pub(crate) use coalesce::{Charts, Coalescing, Defaults, coalesce_tables};
