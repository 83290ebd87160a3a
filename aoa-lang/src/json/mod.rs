//! JSON as Go's `encoding/json` (Go 1.26) reads and writes it.
//!
//! Reading and writing are iterative: no depth of nesting overflows a stack.

mod read;
mod write;

pub use read::{Numbers, read, read_first, read_within};
pub(crate) use read::{Stop, next_in_stream, read_literals};

pub use write::{Html, Layout, to_string, to_string_with, write, write_text, write_within};
pub(crate) use write::{format_float, object_data};
