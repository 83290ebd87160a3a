//! What stops an expression: errors that `try` catches, jumps to a label, and the end of the budget.

use crate::{Error, Value};

use super::encode;

/// The result of a step.
pub(super) type Outcome<T = Value> = Result<T, Failure>;

/// Why an evaluation does not go on.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// An error of the language; `catch` sees its text.
    Message(String),
    /// `error(...)`; `catch` sees the value.
    Raised(Value),
    /// `break`: to the activation of a label with this number.
    Break(u64),
    /// `halt` and `halt_error`: nothing catches it.
    Halt(Value),
    /// A limit was passed, or something was not given: nothing catches it, and it is no answer of gojq's.
    Stopped(Error),
}

impl Failure {
    pub(super) fn message(text: impl Into<String>) -> Self {
        Failure::Message(text.into())
    }

    /// `NAME cannot be applied to: VALUE`
    pub(super) fn not_applicable(name: &str, value: &Value) -> Self {
        Failure::Message(format!("{name} cannot be applied to: {}", typed_preview(value)))
    }

    /// The same of a function with arguments.
    pub(super) fn not_applicable_with(name: &str, arguments: &[&Value], value: &Value) -> Self {
        let name = call_preview(name, arguments);
        Failure::Message(format!("{name} cannot be applied to: {}", typed_preview(value)))
    }

    /// `NAME(ARGUMENTS) cannot be applied to VALUE: REASON`
    pub(super) fn refused(name: &str, arguments: &[&Value], value: &Value, reason: &str) -> Self {
        let name = call_preview(name, arguments);
        Failure::Message(format!("{name} cannot be applied to {}: {reason}", preview(value)))
    }

    pub(super) fn expected_object(value: &Value) -> Self {
        Failure::Message(format!("expected an object but got: {}", typed_preview(value)))
    }

    pub(super) fn expected_array(value: &Value) -> Self {
        Failure::Message(format!("expected an array but got: {}", typed_preview(value)))
    }

    pub(super) fn key_is_no_text(value: &Value) -> Self {
        Failure::Message(format!("expected a string for object key but got: {}", typed_preview(value)))
    }

    pub(super) fn index_is_no_number(of: &str, value: &Value) -> Self {
        Failure::Message(format!("expected a number for indexing {of} but got: {}", typed_preview(value)))
    }

    pub(super) fn invalid_path(value: &Value) -> Self {
        Failure::Message(format!("invalid path against: {}", typed_preview(value)))
    }

    /// As gojq reports it where nothing caught it.
    pub(super) fn into_error(self) -> Error {
        match self {
            Failure::Message(text) => Error::invalid(text),
            Failure::Raised(value) => Error::invalid(raised_text(&value)),
            Failure::Halt(value) => Error::invalid(format!("halt {}", raised_text(&value))),
            Failure::Break(_) => Error::invalid("label not defined"),
            Failure::Stopped(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Stopped(error)
    }
}

fn raised_text(value: &Value) -> String {
    let shown = match value {
        Value::String(text) => text.to_str_lossy().into_owned(),
        other => encode::shortened(other, 64 << 10),
    };
    format!("error: {shown}")
}

fn call_preview(name: &str, arguments: &[&Value]) -> String {
    if arguments.is_empty() {
        return name.to_owned();
    }
    let arguments: Vec<String> = arguments.iter().map(|argument| preview(argument)).collect();
    format!("{name}({})", arguments.join("; "))
}

/// The type of a value and the beginning of its JSON.
pub(super) fn typed_preview(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        value => format!("{} ({})", type_name(value), preview(value)),
    }
}

/// The beginning of a value's JSON, at most 30 bytes (`preview.go`).
pub(super) fn preview(value: &Value) -> String {
    const LONGEST: usize = 30;
    let mut text = encode::beginning(value, 32);
    if text.len() > LONGEST {
        let trailing = match value {
            Value::String(_) => " ...\"",
            Value::List(_) => " ...]",
            Value::Map(_) => " ...}",
            _ => " ...",
        };
        while text.len() > LONGEST - trailing.len() {
            let size = crate::unicode::last_char(&text).map_or(1, |(_, size)| size);
            text.truncate(text.len().saturating_sub(size));
        }
        text.extend_from_slice(trailing.as_bytes());
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The name of a value's type.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null | Value::Handle(_) => "null",
        Value::Bool(_) => "boolean",
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => "number",
        Value::String(_) | Value::Object(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}
