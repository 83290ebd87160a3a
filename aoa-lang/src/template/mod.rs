//! Go's `text/template` (Go 1.26) to the letter.
//!
//! A template is compiled once and run often. Functions come as tables of [`Function`]s.

mod function;
mod heap;
mod options;

pub use function::{Access, Body, Call, FnError, Function, Functions};
pub use heap::Shape;
pub use options::{MissingKey, TemplateOptions};
