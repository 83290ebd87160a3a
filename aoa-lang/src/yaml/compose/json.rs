//! What becomes of a value on its way through JSON (sigs.k8s.io/yaml).

use super::Composed;
use super::key::UnsupportedKey;
use crate::json::format_float;
use crate::strconv::{self, FloatFormat};
use crate::value::{FloatKind, Text};
use crate::{Error, Result, Value};

/// The depth at which `encoding/json` gives up.
pub(super) const MAX_DEPTH: usize = 10_000;

impl Composed {
    /// The value as JSON has it.
    ///
    /// # Errors
    ///
    /// Keys without a text, infinite numbers and NaN, nesting deeper than 10,000: with the texts of `Unmarshal`.
    pub(in crate::yaml) fn into_json(self) -> Result<Composed> {
        let prefix = "error converting YAML to JSON: ";
        if self.has_bad_keys
            && let Some(message) = find(&self.value, &|value| match value {
                Value::Object(object) => object.downcast_ref().map(UnsupportedKey::message),
                _ => None,
            })
        {
            return Err(Error::invalid(format!("{prefix}{message}")));
        }
        if self.has_unwritable_numbers
            && let Some(text) = find(&self.value, &|value| match value {
                Value::Float(_, n) if !n.is_finite() => {
                    Some(strconv::format_float(*n, FloatFormat::General, None, 64))
                }
                _ => None,
            })
        {
            return Err(Error::invalid(format!("{prefix}json: unsupported value: {text}")));
        }
        if self.height > MAX_DEPTH {
            return Err(Error::syntax("error unmarshaling JSON: while decoding JSON: exceeded max depth"));
        }
        Ok(self)
    }
}

/// The first thing that `pick` finds.
fn find<T>(root: &Value, pick: &impl Fn(&Value) -> Option<T>) -> Option<T> {
    let mut pending = vec![root];
    while let Some(value) = pending.pop() {
        if let Some(found) = pick(value) {
            return Some(found);
        }
        match value {
            Value::List(list) => pending.extend(list.iter().rev()),
            Value::Map(map) => pending.extend(map.values().rev()),
            _ => {}
        }
    }
    None
}

/// Bytes as a JSON string carries them: each byte that is not UTF-8 becomes U+FFFD.
pub(in crate::yaml) fn replace_invalid(bytes: &[u8]) -> Text {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Text::from(text);
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Text::from(out)
}

/// The integer that is read where `number` was written.
pub(super) fn whole(number: f64) -> Option<i64> {
    // 2^53: up to here the digits are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.trunc() != number || number.abs() >= 1e21 {
        return None;
    }
    if number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        return Some(number as i64);
    }
    // Beyond, JSON has the fewest digits that read back, and zeros.
    format_float(number, FloatKind::Float64).parse().ok()
}

/// Whether YAML may read another text, or none, from the JSON string of `text`: control characters that JSON does
/// not escape.
pub(super) fn may_not_survive(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, 0x7F | 0xC2 | 0xEF))
        && text.chars().any(|c| matches!(c, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}'))
}
