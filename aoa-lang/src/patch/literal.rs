//! Trees whose scalars are kept as they are spelt in JSON text.
//!
//! evanphx/json-patch decodes no scalar: it moves, compares and prints pieces of text. In these trees a scalar from a
//! text is a [`Value::Number`] of its JSON literal, a string with its quotation marks; a plain scalar stands for what
//! Go's encoder prints of it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::json;
use crate::value::{Rewrite, Text};
use crate::{Result, Value};

/// The tree of a JSON text.
pub(super) fn read(text: &[u8]) -> Result<Value> {
    json::read_literals(text)
}

/// The string behind a literal with its quotation marks.
fn unquote(literal: &str) -> Text {
    match json::read(literal.as_bytes(), json::Numbers::Text) {
        Ok(Value::String(text)) => text,
        _ => Text::EMPTY,
    }
}

/// The literal of a null that a patch has put there, which upstream tells from one that was read.
pub(super) fn null() -> Value {
    Value::Number("null".into())
}

/// Whether this is a null of either kind.
pub(super) fn is_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Number(text) => &**text == "null",
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

/// The literal of a scalar.
pub(super) fn spelling(scalar: &Value) -> Result<Cow<'_, str>> {
    match scalar {
        Value::Number(text) => Ok(Cow::Borrowed(text)),
        scalar => json::to_string(scalar).map(Cow::Owned),
    }
}

/// The string that a literal says, if it is one.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_str_lossy().into_owned()),
        Value::Number(literal) if literal.starts_with('"') => {
            Some(unquote(literal).to_str_lossy().into_owned())
        }
        _ => None,
    }
}

/// The tree with its literals spelt as Go's encoder passes raw text on: HTML and line separators escaped.
pub(super) fn escaped(tree: &Value) -> Result<Value> {
    tree.rewrite(&mut |value, _| {
        Ok(match value {
            Value::Number(literal) if literal.contains(SPECIAL) => {
                let mut out = String::with_capacity(literal.len() + 8);
                for c in literal.chars() {
                    if SPECIAL.contains(&c) {
                        out.push_str(&format!("\\u{:04x}", u32::from(c)));
                    } else {
                        out.push(c);
                    }
                }
                Rewrite::Replace(Value::Number(Arc::from(out)))
            }
            _ => Rewrite::Keep,
        })
    })
}

const SPECIAL: [char; 5] = ['<', '>', '&', '\u{2028}', '\u{2029}'];

/// The tree as plain data; numbers from a text stay texts.
pub(super) fn plain(tree: &Value) -> Result<Value> {
    tree.rewrite(&mut |value, _| {
        let Value::Number(literal) = value else { return Ok(Rewrite::Keep) };
        Ok(match &**literal {
            "null" => Rewrite::Replace(Value::Null),
            "true" => Rewrite::Replace(Value::Bool(true)),
            "false" => Rewrite::Replace(Value::Bool(false)),
            string if string.starts_with('"') => Rewrite::Replace(Value::String(unquote(string))),
            _ => Rewrite::Keep,
        })
    })
}
