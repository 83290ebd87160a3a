//! Where text comes from: spans in a text, paths that cannot escape, trees of files and the reading of them.

mod chunks;
mod path;
mod span;
mod tree;

pub use chunks::TreeChange;
pub use path::TreePath;
pub use span::{Lines, Position, Span, line_column};
pub use tree::{Blobs, ContentId, Entry, FileMode, MemoryBlobs, Observed, Reader, Tree, TreeBuilder};
