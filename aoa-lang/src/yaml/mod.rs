//! YAML as go-yaml reads it, to the letter.
//!
//! A text becomes a [`Source`] (encodings undone, forbidden bytes found); the parser turns it into [`Event`]s.

mod compose;
mod emit;
mod event;
mod load;
mod node;
mod parser;
mod resolve;
mod scanner;
mod source;

pub use compose::{Duplicates, LoadOptions, Numbers};
pub use emit::{emit, emit_kyaml, emit_pretty, emit_to};
pub use event::{
    Collection, CollectionStyle, Comments, Dialect, Event, EventKind, Mark, Properties, Scalar, ScalarStyle,
};
pub use load::{load, load_strict, load_with};
pub use node::{Content, Node, NodeKind, Origin};
pub use parser::Parser;
pub use source::Source;
