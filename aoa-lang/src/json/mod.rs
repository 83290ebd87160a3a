//! JSON as Go's `encoding/json` (Go 1.26) reads and writes it.
//!
//! Reading and writing are iterative: no depth of nesting overflows a stack.

mod read;
mod write;

use crate::Value;

pub use read::{Numbers, read, read_first, read_within};
pub(crate) use read::{Stop, next_in_stream, read_literals};

pub use write::{Html, Layout, to_string, to_string_with, write, write_text, write_within};
pub(crate) use write::{format_float, object_data};

/// What `encoding/json` says of a value that does not fit the Go type `into`.
///
/// ```
/// use aoa_lang::{Value, json};
/// assert_eq!(json::mismatch(&Value::Bool(true), "[]string"), "json: cannot unmarshal bool into Go value of type []string");
/// ```
#[must_use]
pub fn mismatch(value: &Value, into: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!("json: cannot unmarshal {kind} into Go value of type {into}")
}
