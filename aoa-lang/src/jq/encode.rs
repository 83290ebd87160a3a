//! JSON as gojq writes it: keys sorted, `NaN` as null, infinities as the largest number, U+007F escaped.

use crate::strconv::{FloatFormat, format_float};
use crate::value::Text;
use crate::{Error, Value};

use super::failure::Failure;

/// The JSON of `value`, of which at most `limit` bytes may be written.
pub(super) fn within(value: &Value, limit: usize) -> Result<String, Failure> {
    let out = beginning(value, limit.saturating_add(1));
    if out.len() > limit {
        return Err(Failure::Stopped(Error::limit("jq: the JSON of a value is too long")));
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The JSON of `value`, cut off after `limit` bytes.
pub(super) fn shortened(value: &Value, limit: usize) -> String {
    String::from_utf8_lossy(&beginning(value, limit)).into_owned()
}

/// The first `limit` bytes of the JSON of `value`.
pub(super) fn beginning(value: &Value, limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stack: Vec<(Open<'_>, bool)> = Vec::new();
    stack.extend(begin(&mut out, value, limit).map(|open| (open, true)));
    while let Some((open, first)) = stack.last_mut() {
        if out.len() >= limit {
            break;
        }
        let next = match open {
            Open::List(items) => items.next().map(|item| (None, item)),
            Open::Map(entries) => entries.next().map(|(key, item)| (Some(key), item)),
        };
        let Some((key, item)) = next else {
            out.push(if matches!(open, Open::List(_)) { b']' } else { b'}' });
            stack.pop();
            continue;
        };
        if !std::mem::replace(first, false) {
            out.push(b',');
        }
        if let Some(key) = key {
            push_text(&mut out, key.as_bytes(), limit);
            out.push(b':');
        }
        stack.extend(begin(&mut out, item, limit).map(|open| (open, true)));
    }
    out.truncate(limit);
    out
}

/// A list or map whose items are being written.
enum Open<'v> {
    List(std::slice::Iter<'v, Value>),
    Map(std::slice::Iter<'v, (Text, Value)>),
}

fn begin<'v>(out: &mut Vec<u8>, value: &'v Value, limit: usize) -> Option<Open<'v>> {
    match value {
        Value::Null | Value::Handle(_) => out.extend(b"null"),
        Value::Bool(b) => out.extend(if *b { &b"true"[..] } else { b"false" }),
        Value::Int(_, n) => out.extend(n.to_string().as_bytes()),
        Value::Uint(_, n) => out.extend(n.to_string().as_bytes()),
        Value::Float(_, n) => out.extend(float(*n).as_bytes()),
        Value::Number(text) => out.extend(text.as_bytes()),
        Value::String(text) => push_text(out, text.as_bytes(), limit),
        Value::Object(object) => push_text(out, crate::fmt::display(&object.to_data()).as_bytes(), limit),
        Value::List(list) => {
            out.push(b'[');
            return Some(Open::List(list.iter()));
        }
        Value::Map(map) => {
            out.push(b'{');
            return Some(Open::Map(map.as_slice().iter()));
        }
    }
    None
}

/// A float as gojq writes it.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        return "null".to_owned();
    }
    let number = number.clamp(-f64::MAX, f64::MAX);
    let magnitude = number.abs();
    if (magnitude != 0.0 && magnitude < 1e-6) || magnitude >= 1e21 {
        let text = format_float(number, FloatFormat::Exponent, None, 64);
        // Only negative exponents lose their zero; a positive one has two digits at least.
        return text.replace("e-0", "e-");
    }
    format_float(number, FloatFormat::Fixed, None, 64)
}

fn push_text(out: &mut Vec<u8>, text: &[u8], limit: usize) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            if out.len() >= limit {
                return;
            }
            match c {
                '"' => out.extend(b"\\\""),
                '\\' => out.extend(b"\\\\"),
                '\u{8}' => out.extend(b"\\b"),
                '\u{c}' => out.extend(b"\\f"),
                '\n' => out.extend(b"\\n"),
                '\r' => out.extend(b"\\r"),
                '\t' => out.extend(b"\\t"),
                c if c < ' ' || c == '\u{7f}' => out.extend(format!("\\u{:04x}", u32::from(c)).as_bytes()),
                c => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        chunk.invalid().iter().for_each(|_| out.extend(b"\\ufffd"));
    }
    out.push(b'"');
}
