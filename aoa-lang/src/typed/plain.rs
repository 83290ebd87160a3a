//! Changing the scalars of a value, however deep they stand.

use crate::value::Rewrite;
use crate::{Result, Value};

/// `value` as a tree of `[]any` and `map[string]any` with every scalar replaced by what `scalar` makes of it; nil lists and maps become null.
///
/// # Errors
///
/// The first error of `scalar`.
pub fn rewrite(value: &Value, scalar: &mut impl FnMut(&Value) -> Result<Value>) -> Result<Value> {
    value.rewrite(&mut |value, _| {
        Ok(match value {
            Value::List(list) if list.is_nil() => Rewrite::Replace(Value::Null),
            Value::Map(map) if map.is_nil() => Rewrite::Replace(Value::Null),
            Value::List(_) | Value::Map(_) => Rewrite::Untyped,
            leaf => Rewrite::Replace(scalar(leaf)?),
        })
    })
}
