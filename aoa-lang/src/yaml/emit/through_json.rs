//! What `sigs.k8s.io/yaml` does to scalars before it writes them: values are encoded as JSON, and that text is read
//! as YAML by go-yaml v2, which refuses or changes some of them.

use std::borrow::Cow;

use crate::value::{FloatKind, Text};
use crate::{Error, Result, strconv};

/// Most characters of JSON, quotes included, that go-yaml's scanner takes for a key.
const KEY_CHARACTERS: usize = 1024;

/// A string value as it arrives.
///
/// # Errors
/// If it has characters that YAML texts may not have.
pub(super) fn string(text: &Text) -> Result<Cow<'_, str>> {
    let text = utf8(text);
    if text.bytes().all(|b| b < 0x7f) {
        return Ok(text);
    }
    if !text.chars().all(is_readable) {
        return Err(Error::invalid("yaml: control characters are not allowed"));
    }
    // encoding/json escapes all other line breaks; this one is folded as in any quoted text.
    if text.contains('\u{85}') { fold_next_lines(&text).map(Cow::Owned) } else { Ok(text) }
}

/// A key as it arrives.
///
/// # Errors
/// As for [`string`]; and if it is too long, or has a line break, so that the scanner does not see a key in it.
pub(super) fn key(text: &Text) -> Result<Cow<'_, str>> {
    let key = string(text)?;
    // No character takes more than six in JSON.
    let fits = key.len() < (KEY_CHARACTERS - 2) / 6 || json_characters(&key) + 2 <= KEY_CHARACTERS;
    if !fits || utf8(text).contains('\u{85}') {
        return Err(Error::invalid("yaml: did not find expected ',' or '}'"));
    }
    Ok(key)
}

/// A `json.Number` as it is written: the text, and whether it is one of a number.
///
/// # Errors
/// If the text is not a number of JSON.
pub(super) fn number(text: &str) -> Result<String> {
    if text.is_empty() {
        return Ok("0".to_owned());
    }
    if !is_json_number(text) {
        return Err(Error::invalid(format!(
            "error marshaling into JSON: json: invalid number literal, trying to marshal {} into Number",
            strconv::quote(text.as_bytes())
        )));
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Ok(integer.to_string());
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Ok(integer.to_string());
    }
    Ok(match text.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            strconv::format_float(number, strconv::FloatFormat::General, None, 64)
        }
        // Out of range it stays a string, which reads as one without quotes.
        _ => text.to_owned(),
    })
}

/// A float as it is written.
///
/// # Errors
/// If it is infinite or not a number, which JSON cannot say.
pub(super) fn float(number: f64, kind: FloatKind) -> Result<String> {
    use strconv::FloatFormat::{Fixed, General};
    let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
    if !number.is_finite() {
        let text = strconv::format_float(number, General, None, bits);
        return Err(Error::invalid(format!("error marshaling into JSON: json: unsupported value: {text}")));
    }
    // Whole numbers below 1e21 have no point and no exponent in JSON, so that they are read as integers.
    if number.fract() == 0.0 && number.abs() < 1e21 {
        let digits = strconv::format_float(number, Fixed, None, bits);
        if digits == "-0" {
            return Ok("0".to_owned());
        }
        if digits.parse::<i64>().is_ok() || digits.parse::<u64>().is_ok() {
            return Ok(digits);
        }
    }
    // A float32 is read from its own digits, as a float64.
    let number = match kind {
        FloatKind::Float32 => {
            strconv::format_float(number, General, None, 32).parse::<f64>().unwrap_or(number)
        }
        FloatKind::Float64 => number,
    };
    Ok(strconv::format_float(number, General, None, 64))
}

/// encoding/json writes U+FFFD for every byte that is not UTF-8.
fn utf8(text: &Text) -> Cow<'_, str> {
    if let Some(text) = text.as_str() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for chunk in text.as_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    Cow::Owned(out)
}

/// Whether the reader accepts `c` in JSON; encoding/json escapes the control characters of ASCII, but not DEL.
fn is_readable(c: char) -> bool {
    !matches!(c, '\x7f'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// The characters that `key` takes in JSON, without the quotes.
fn json_characters(key: &str) -> usize {
    key.chars()
        .map(|c| match c {
            '"' | '\\' | '\n' | '\r' | '\t' | '\x08' | '\x0c' => 2,
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
            _ => 1,
        })
        .sum()
}

/// Folds the next-line characters of a quoted text: one becomes a space, of several one is dropped and the others
/// become line feeds; spaces around them vanish.
fn fold_next_lines(text: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{85}') {
        out.push_str(before.trim_end_matches(' '));
        let next = behind.trim_start_matches([' ', '\u{85}']);
        let skipped = behind.get(..behind.len() - next.len()).unwrap_or_default();
        // At the begin of a line `---` and `...` end a document, even in quotes. Tabs and other breaks are escaped in JSON.
        let marker = next.strip_prefix("---").or_else(|| next.strip_prefix("..."));
        if !skipped.ends_with(' ') && marker.is_some_and(|tail| tail.starts_with([' ', '\u{85}'])) {
            return Err(Error::invalid("yaml: found unexpected document indicator"));
        }
        match skipped.matches('\u{85}').count() {
            0 => out.push(' '),
            more => out.extend(std::iter::repeat_n('\n', more)),
        }
        rest = next;
    }
    out.push_str(rest);
    Ok(out)
}

fn is_json_number(text: &str) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let unsigned = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.first() == Some(&b'0')) {
        return false;
    }
    let mut rest = unsigned.get(whole..).unwrap_or_default();
    if let [b'.', tail @ ..] = rest {
        let fraction = digits(tail);
        if fraction == 0 {
            return false;
        }
        rest = tail.get(fraction..).unwrap_or_default();
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', tail @ ..] | [b'e' | b'E', tail @ ..] => {
            !tail.is_empty() && digits(tail) == tail.len()
        }
        _ => false,
    }
}
