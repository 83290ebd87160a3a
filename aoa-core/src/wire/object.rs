//! JSON objects, written key by key as they are thought of, without secrets.

use aoa_lang::json::{self, Html, Layout};
use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::redact::Redactor;

/// Writes one JSON object. Keys come sorted, as those of all JSON that is written from values.
pub(super) struct ObjectWriter<'w> {
    out: &'w mut String,
    redactor: &'w Redactor,
    last: &'static str,
}

/// Writes one object that `fields` fills.
///
/// # Errors
///
/// Those of `fields`.
pub(super) fn write_object(
    out: &mut String,
    redactor: &Redactor,
    fields: impl FnOnce(&mut ObjectWriter<'_>) -> Result<()>,
) -> Result<()> {
    out.push('{');
    fields(&mut ObjectWriter { out, redactor, last: "" })?;
    out.push('}');
    Ok(())
}

/// Writes a list; `item` writes one of its items.
///
/// # Errors
///
/// Those of `item`.
pub(super) fn write_list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut String, T) -> Result<()>,
) -> Result<()> {
    out.push('[');
    for (at, one) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        item(out, one)?;
    }
    out.push(']');
    Ok(())
}

/// Writes a value, secrets redacted.
///
/// # Errors
///
/// `Invalid` for a number that JSON cannot hold.
pub(super) fn write_value(out: &mut String, redactor: &Redactor, value: &Value) -> Result<()> {
    json::write(out, &redactor.redacted(value), Html::Plain, Layout::Compact)
}

/// Writes a text, secrets redacted.
pub(super) fn write_text(out: &mut String, redactor: &Redactor, text: &str) {
    json::write_text(out, redactor.redacted_text(text).as_bytes(), Html::Plain);
}

impl ObjectWriter<'_> {
    /// Begins an entry; what comes next in the returned text is its value.
    pub(super) fn key(&mut self, key: &'static str) -> (&mut String, &Redactor) {
        debug_assert!(self.last < key, "{} before {key}", self.last);
        self.out.push_str(if self.last.is_empty() { "\"" } else { ",\"" });
        self.out.push_str(key);
        self.out.push_str("\":");
        self.last = key;
        (self.out, self.redactor)
    }

    /// A text; an empty one is left out.
    pub(super) fn text(&mut self, key: &'static str, text: &str) {
        if !text.is_empty() {
            let (out, redactor) = self.key(key);
            write_text(out, redactor, text);
        }
    }

    pub(super) fn null(&mut self, key: &'static str) {
        self.key(key).0.push_str("null");
    }

    pub(super) fn flag(&mut self, key: &'static str, flag: bool) {
        self.key(key).0.push_str(if flag { "true" } else { "false" });
    }

    pub(super) fn count(&mut self, key: &'static str, count: usize) {
        self.key(key).0.push_str(&count.to_string());
    }

    /// Any value.
    ///
    /// # Errors
    ///
    /// `Invalid` for a number that JSON cannot hold.
    pub(super) fn value(&mut self, key: &'static str, value: &Value) -> Result<()> {
        let (out, redactor) = self.key(key);
        write_value(out, redactor, value)
    }

    /// A text that need not be UTF-8, also an empty one.
    pub(super) fn raw_text(&mut self, key: &'static str, text: &Text) {
        let (out, redactor) = self.key(key);
        write_raw_text(out, redactor, text);
    }

    /// A list of texts.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn texts(&mut self, key: &'static str, texts: &[Text]) -> Result<()> {
        let (out, redactor) = self.key(key);
        write_list(out, texts, |out, text| {
            write_raw_text(out, redactor, text);
            Ok(())
        })
    }
}

fn write_raw_text(out: &mut String, redactor: &Redactor, text: &Text) {
    match text.as_str() {
        Some(text) => write_text(out, redactor, text),
        None => json::write_text(out, text.as_bytes(), Html::Plain),
    }
}
