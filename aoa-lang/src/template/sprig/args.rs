//! Arguments of functions, whose types the engine has checked.

use crate::Value;
use crate::template::FnError;

/// What a body returns.
pub(super) type Answer = Result<Value, FnError>;

/// Reading arguments by their place. The engine has converted them to the types of the signature, so the values for
/// other types are never seen.
pub(super) trait Args {
    /// The argument, of type `interface {}`.
    fn any(&self, at: usize) -> &Value;
    /// The arguments from `at` on: those of a variadic parameter.
    fn rest(&self, at: usize) -> &[Value];
    /// The bytes of a `string`.
    fn text(&self, at: usize) -> &[u8];
    /// An `int` or `int64`.
    fn int(&self, at: usize) -> i64;
    /// A `bool`.
    fn flag(&self, at: usize) -> bool;
}

impl Args for [Value] {
    fn any(&self, at: usize) -> &Value {
        self.get(at).unwrap_or(&Value::Null)
    }

    fn rest(&self, at: usize) -> &[Value] {
        self.get(at..).unwrap_or_default()
    }

    fn text(&self, at: usize) -> &[u8] {
        match self.any(at) {
            Value::String(text) => text.as_bytes(),
            _ => b"",
        }
    }

    fn int(&self, at: usize) -> i64 {
        self.any(at).as_i64().unwrap_or(0)
    }

    fn flag(&self, at: usize) -> bool {
        self.any(at).as_bool().unwrap_or(false)
    }
}

/// Go's message for a call of a method on a nil `reflect.Type`, which many functions make when they are given nil.
pub(super) const NIL_DEREFERENCE: &str = "runtime error: invalid memory address or nil pointer dereference";

/// `text[from..to]` with Go's panics for strings; `None` leaves a bound out.
pub(super) fn slice(text: &[u8], from: Option<i64>, to: Option<i64>) -> Result<&[u8], FnError> {
    let length = text.len();
    let bounds =
        |shown: String| FnError::message(format!("runtime error: slice bounds out of range {shown}"));
    let end = match to {
        None => length,
        Some(to) => match usize::try_from(to) {
            Ok(end) if end <= length => end,
            Ok(end) => return Err(bounds(format!("[:{end}] with length {length}"))),
            Err(_) => return Err(bounds(format!("[:{to}]"))),
        },
    };
    let from = from.unwrap_or(0);
    match usize::try_from(from) {
        Ok(start) => text.get(start..end).ok_or_else(|| bounds(format!("[{start}:{end}]"))),
        Err(_) => Err(bounds(format!("[{from}:]"))),
    }
}
