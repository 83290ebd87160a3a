//! From files to objects: which tree serves a source, and what its files hold.

mod asked;
mod candidates;
mod changed;
mod charts;
mod documents;
mod locator;
mod overlays;
mod repositories;
mod revision;

pub(crate) use asked::{Asked, TreeNumber};
pub(crate) use candidates::Candidates;
pub(crate) use changed::{ChangedPath, ChangedTree, PathChange, changed_trees, same_roots};
pub(crate) use charts::Charts;
pub(crate) use documents::documents_by_line;
pub use documents::{Document, documents};
pub(crate) use locator::{Locator, Part, place_of_field, place_of_row};
pub(crate) use repositories::{Found, NoTree, Repositories};
pub use revision::{is_commit, max_version, resolve_revision};
