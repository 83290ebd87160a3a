//! YAML as go-yaml reads it, to the letter.
//!
//! A text becomes a [`Source`] (encodings undone, forbidden bytes found); the parser turns it into [`Event`]s.

mod emit;
mod event;
mod node;
mod parser;
mod scanner;
mod source;

pub use emit::{emit, emit_kyaml, emit_pretty, emit_to};
pub use event::{
    Collection, CollectionStyle, Comments, Dialect, Event, EventKind, Mark, Properties, Scalar, ScalarStyle,
};
pub use node::{Content, Node, NodeKind, Origin};
pub use parser::Parser;
pub use source::Source;
