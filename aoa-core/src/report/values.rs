//! Values in a line of text.

use aoa_lang::{Value, json};

use crate::wire::Redactor;

/// A value in one line of at most `most` characters; secrets are not shown.
pub(super) fn shown(value: &Value, redactor: &Redactor, most: usize) -> String {
    let text = match redactor.redact(value) {
        Value::String(text) => text.to_string(),
        other => json::to_string(&other).unwrap_or_default(),
    };
    cut(&text.replace('\n', " "), most)
}

/// At most `most` characters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
