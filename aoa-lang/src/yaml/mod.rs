//! YAML as go-yaml reads it, to the letter.
//!
//! A text becomes a [`Source`] (encodings undone, forbidden bytes found); the parser turns it into [`Event`]s.

mod event;
mod source;

pub use event::{
    Collection, CollectionStyle, Comments, Dialect, Event, EventKind, Mark, Properties, Scalar, ScalarStyle,
};
pub use source::Source;
