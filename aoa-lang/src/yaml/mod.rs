//! YAML as go-yaml reads and writes it, to the letter.
//!
//! A text becomes a [`Source`] (encodings undone, forbidden bytes found); the parser turns it into [`Event`]s.
//!
//! Data is written with [`emit`] and its kin. What must keep comments and styles is a [`Node`], which is read, edited and
//! printed as kyaml does.

mod compose;
mod documents;
mod emit;
mod event;
mod helm;
mod load;
mod locate;
mod node;
mod object;
mod parser;
mod resolve;
mod scanner;
mod source;
mod split;

pub(crate) use compose::Keeps;
pub use compose::{Duplicates, LoadOptions, Numbers};
pub(crate) use emit::is_string_word;
pub use emit::{emit, emit_data, emit_kyaml, emit_pretty, emit_within};
pub use event::{
    Collection, CollectionStyle, Comments, Dialect, Event, EventKind, Mark, Properties, Scalar, ScalarStyle,
};
pub use helm::{load_helm_values, load_helm_values_within, merge_values, read_helm_values};
pub use load::{load, load_strict, load_with};
pub use locate::{Place, Step, locate};
pub use node::{
    Content, FIRST_KINDS, Identity, LAST_KINDS, Node, NodeKind, Origin, check_resource, print_resource_file,
    read_resources,
};
pub use object::{load_object, load_object_within};
pub use parser::Parser;
pub use source::Source;
pub use split::{Document, Split, split, split_within};
