//! Values: what users give (`sources`, with the `--set` language in `strvals`), and how that is laid over what charts
//! bring along (`coalesce`); whether a schema accepts the result (`schema`).

mod coalesce;
#[cfg(feature = "helm-schema")]
mod schema;
mod sources;
mod strvals;

pub use sources::Values;

#[cfg(feature = "helm-schema")]
pub(crate) use schema::{Failure, ValuesSchema};

pub(crate) use coalesce::{Charts, Coalescing, Defaults, coalesce_tables};
