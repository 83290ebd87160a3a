//! Writing values as Go's `encoding/json` does.

use crate::strconv::{self, FloatFormat};
use crate::value::{FloatKind, GoType, ListKind, Object, Structure};
use crate::{Error, Result, Value, base64};

/// Whether `<`, `>` and `&` are escaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Html {
    /// Written as `\u003c`, `\u003e`, `\u0026`: `json.Marshal`.
    #[default]
    Escaped,
    /// Written as they are: an encoder after `SetEscapeHTML(false)`.
    Plain,
}

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout<'a> {
    /// Without any whitespace.
    #[default]
    Compact,
    /// One item a line, each level indented by this text: `json.MarshalIndent` without prefix.
    Indented(&'a str),
}

/// Writes `value` as `json.Marshal` does: compact, keys sorted, HTML escaped.
///
/// A nil list or map is `null`, a `[]byte` is base64, bytes that are not UTF-8 become `\ufffd`. Objects are
/// written as their data, handles as `null`.
///
/// # Errors
///
/// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with Go's text for infinite floats and NaN, complex numbers, and maps
/// whose keys are neither texts nor integers.
///
/// ```
/// use aoa_lang::{Value, json};
/// let value = Value::map([("b", Value::list(vec![Value::float(2.50), Value::string("<>")])), ("a", Value::Null)]);
/// assert_eq!(json::to_string(&value)?, r#"{"a":null,"b":[2.5,"\u003c\u003e"]}"#);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn to_string(value: &Value) -> Result<String> {
    to_string_with(value, Html::Escaped, Layout::Compact)
}

/// Writes `value` with a choice of escaping and layout.
///
/// # Errors
///
/// As [`to_string`].
pub fn to_string_with(value: &Value, html: Html, layout: Layout<'_>) -> Result<String> {
    let mut out = String::new();
    write(&mut out, value, html, layout)?;
    Ok(out)
}

/// Appends `value` to `out`.
///
/// # Errors
///
/// As [`to_string`]; `out` then holds what was written so far.
pub fn write(out: &mut String, value: &Value, html: Html, layout: Layout<'_>) -> Result<()> {
    write_within(out, value, html, layout, usize::MAX)
}

/// Appends `value` to `out`, which may become `limit` bytes long: lists and maps that are shared many times over can be
/// very long when written out.
///
/// # Errors
///
/// As [`write()`], and [`ErrorKind::Limit`](crate::ErrorKind::Limit).
pub fn write_within(
    out: &mut String,
    value: &Value,
    html: Html,
    layout: Layout<'_>,
    limit: usize,
) -> Result<()> {
    Writer { out, html, layout, depth: 0, objects: 0, limit }.write(value)
}

/// Objects inside the data of objects: beyond any real use.
const OBJECT_DEPTH: usize = 32;

struct Writer<'o, 'l> {
    out: &'o mut String,
    html: Html,
    layout: Layout<'l>,
    depth: usize,
    objects: usize,
    limit: usize,
}

/// A list or map whose items are being written.
enum Open<'v> {
    List(std::slice::Iter<'v, Value>),
    Map(std::slice::Iter<'v, (crate::value::Text, Value)>),
}

impl Writer<'_, '_> {
    fn write(&mut self, root: &Value) -> Result<()> {
        let mut stack: Vec<(Open<'_>, bool)> = Vec::new();
        stack.extend(self.begin(root)?.map(|open| (open, true)));
        while let Some((open, first)) = stack.last_mut() {
            if self.out.len() > self.limit {
                return Err(Error::limit("the JSON is too long"));
            }
            let next = match open {
                Open::List(items) => items.next().map(|item| (None, item)),
                Open::Map(entries) => entries.next().map(|(key, item)| (Some(key), item)),
            };
            let Some((key, item)) = next else {
                let (closing, empty) = (if matches!(open, Open::List(_)) { ']' } else { '}' }, *first);
                self.depth -= 1;
                if !empty {
                    self.new_line();
                }
                self.out.push(closing);
                stack.pop();
                continue;
            };
            if !std::mem::replace(first, false) {
                self.out.push(',');
            }
            self.new_line();
            if let Some(key) = key {
                write_text(self.out, key.as_bytes(), self.html);
                self.out.push_str(if self.layout == Layout::Compact { ":" } else { ": " });
            }
            stack.extend(self.begin(item)?.map(|open| (open, true)));
        }
        Ok(())
    }

    /// Writes a scalar whole, and of a list or map the opening bracket.
    fn begin<'v>(&mut self, value: &'v Value) -> Result<Option<Open<'v>>> {
        match value {
            Value::Null | Value::Handle(_) => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(_, n) => write_int(self.out, n.unsigned_abs(), *n < 0),
            Value::Uint(_, n) => write_int(self.out, *n, false),
            Value::Float(kind, n) => write_float(self.out, *n, *kind)?,
            Value::Number(text) => self.out.push_str(if text.is_empty() { "0" } else { text }),
            Value::String(text) => write_text(self.out, text.as_bytes(), self.html),
            Value::List(list) if list.is_nil() => self.out.push_str("null"),
            Value::List(list) if list.kind() == ListKind::Byte => {
                let text = base64::encode(&list.to_bytes());
                self.out.extend(["\"", &text, "\""]);
            }
            Value::List(list) => {
                self.out.push('[');
                self.depth += 1;
                return Ok(Some(Open::List(list.iter())));
            }
            Value::Map(map) if map.is_nil() => self.out.push_str("null"),
            Value::Map(map) => {
                self.out.push('{');
                self.depth += 1;
                return Ok(Some(Open::Map(map.as_slice().iter())));
            }
            Value::Object(object) => {
                if self.objects >= OBJECT_DEPTH {
                    return Err(Error::limit("json: objects are nested too deeply"));
                }
                self.objects += 1;
                match object.json_members() {
                    Some(members) => self.members(&members)?,
                    None => self.write(&object_data(&**object)?)?,
                }
                self.objects -= 1;
            }
        }
        Ok(None)
    }

    /// Writes members in their own order; objects in objects are counted.
    fn members(&mut self, members: &[(&'static str, Value)]) -> Result<()> {
        self.out.push('{');
        self.depth += 1;
        for (at, (key, value)) in members.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.new_line();
            write_text(self.out, key.as_bytes(), self.html);
            self.out.push_str(if self.layout == Layout::Compact { ":" } else { ": " });
            self.write(value)?;
        }
        self.depth -= 1;
        if !members.is_empty() {
            self.new_line();
        }
        self.out.push('}');
        Ok(())
    }

    fn new_line(&mut self) {
        if let Layout::Indented(indent) = self.layout {
            self.out.push('\n');
            (0..self.depth).for_each(|_| self.out.push_str(indent));
        }
    }
}

fn unsupported(type_name: &str) -> Error {
    Error::invalid(format!("json: unsupported type: {type_name}"))
}

/// What Go's JSON encoder makes of a value of its own type.
///
/// # Errors
/// A type that the encoder does not take, with Go's text.
pub(crate) fn object_data(object: &dyn Object) -> Result<Value> {
    Ok(match object.structure() {
        Structure::Complex(..) => return Err(unsupported(object.type_name())),
        // The encoder takes texts and integers for keys, and nothing else.
        Structure::Map { key: GoType::Any, .. } => return Err(unsupported(object.type_name())),
        Structure::Map { entries, .. } => {
            Value::map(entries.into_iter().map(|(key, value)| (crate::fmt::display(&key), value)))
        }
        Structure::Struct(_) | Structure::Scalar(_) => object.to_data(),
    })
}

fn write_int(out: &mut String, magnitude: u64, negative: bool) {
    if negative {
        out.push('-');
    }
    let mut divisor = 1_u64;
    while magnitude / divisor >= 10 {
        divisor *= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(magnitude / divisor % 10).unwrap_or_default();
        out.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

/// Writes a float as `encoding/json` does: like JavaScript, without an exponent between 1e-6 and 1e21.
fn write_float(out: &mut String, number: f64, kind: FloatKind) -> Result<()> {
    if !number.is_finite() {
        let text = strconv::format_float(number, FloatFormat::General, None, 64);
        return Err(Error::invalid(format!("json: unsupported value: {text}")));
    }
    out.push_str(&format_float(number, kind));
    Ok(())
}

/// A finite float as `encoding/json` writes it.
pub(crate) fn format_float(number: f64, kind: FloatKind) -> String {
    let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return strconv::format_float(number, FloatFormat::Fixed, None, bits);
    }
    let text = strconv::format_float(number, FloatFormat::Exponent, None, bits);
    // From encoding/json/encode.go: e-09 becomes e-9.
    match text.rfind("e-0") {
        Some(at) if at + 4 == text.len() => text.replace("e-0", "e-"),
        _ => text,
    }
}

/// Appends `text` as a JSON string.
pub fn write_text(out: &mut String, text: &[u8], html: Html) {
    out.reserve(text.len() + 2);
    out.push('"');
    match std::str::from_utf8(text) {
        Ok(text) => write_escaped(out, text, html),
        Err(_) => {
            for chunk in text.utf8_chunks() {
                write_escaped(out, chunk.valid(), html);
                // Go replaces byte by byte.
                chunk.invalid().iter().for_each(|_| out.push_str("\\ufffd"));
            }
        }
    }
    out.push('"');
}

/// Whether a byte may have to be escaped: 1 always, 2 as HTML.
#[expect(clippy::indexing_slicing, reason = "the compiler runs it: a panic does not compile")]
const CARE: [u8; 256] = {
    let mut care = [0; 256];
    let mut at = 0;
    while at < 0x20 {
        care[at] = 1;
        at += 1;
    }
    care[b'"' as usize] = 1;
    care[b'\\' as usize] = 1;
    // The first byte of U+2028 and U+2029.
    care[0xE2] = 1;
    care[b'<' as usize] = 2;
    care[b'>' as usize] = 2;
    care[b'&' as usize] = 2;
    care
};

fn write_escaped(out: &mut String, text: &str, html: Html) {
    let most = if html == Html::Escaped { 2 } else { 1 };
    let needs_care = |b: &u8| matches!(CARE.get(usize::from(*b)), Some(care) if (1..=most).contains(care));
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(needs_care) {
        let (plain, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut chars = behind.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(c @ ('\u{2028}' | '\u{2029}' | '\0'..='\x1f' | '<' | '>' | '&')) => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{List, Text};

    #[test]
    fn values_are_written_as_go_writes_them() {
        let text = Value::string(Text::from_bytes(b"\"\\<&>\x00\x08\x7f\xff\xfe\xe2\x80\xa8\xe2\x82\xac"));
        assert_eq!(
            to_string(&text).unwrap(),
            "\"\\\"\\\\\\u003c\\u0026\\u003e\\u0000\\b\u{7f}\\ufffd\\ufffd\\u2028\u{20ac}\""
        );
        let list = Value::list(vec![
            Value::int(i64::MIN),
            Value::int(0),
            Value::float(1e21),
            Value::float(1e-7),
            Value::float(123456789.0),
            Value::List(List::bytes(b"abcd")),
            Value::List(List::nil(ListKind::Any)),
            Value::list(vec![]),
        ]);
        assert_eq!(
            to_string(&list).unwrap(),
            r#"[-9223372036854775808,0,1e+21,1e-7,123456789,"YWJjZA==",null,[]]"#
        );
        let error = to_string(&Value::float(f64::NEG_INFINITY)).unwrap_err();
        assert_eq!(error.message(), "json: unsupported value: -Inf");
    }

    #[test]
    fn indented_as_marshal_indent() {
        let value =
            Value::map([("a", Value::list(vec![Value::int(1), Value::map::<&str>([])])), ("b", Value::Null)]);
        assert_eq!(
            to_string_with(&value, Html::Plain, Layout::Indented("  ")).unwrap(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": null\n}"
        );
    }
}
