//! Numbers, times and escapes of TOML (BurntSushi/toml 1.6.0, parse.go). What is wrong is a message without its place.

use aoa_lang::Value;
use aoa_lang::strconv::{self, NumberError};
use aoa_lang::time::{Time, Zone};

pub(super) fn integer(text: &str) -> Result<Value, String> {
    let quoted = strconv::quote(text.as_bytes());
    if !underscores_are_fine(text) {
        return Err(format!("Invalid integer {quoted}: underscores must be surrounded by digits"));
    }
    if has_leading_zero(text) {
        return Err(format!("Invalid integer {quoted}: cannot have leading zeroes"));
    }
    match strconv::parse_int(text, 0, 64) {
        Ok(number) => Ok(Value::int64(number)),
        Err(NumberError::Range) => Err(format!("{text} is out of range for int64")),
        Err(_) => Err(format!("Expected integer value, but got '{text}'")),
    }
}

pub(super) fn float(text: &str) -> Result<Value, String> {
    let quoted = strconv::quote(text.as_bytes());
    let mut parts = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
    if !parts.clone().all(underscores_are_fine) {
        return Err(format!("Invalid float {quoted}: underscores must be surrounded by digits"));
    }
    if parts.next().is_some_and(has_leading_zero) {
        return Err(format!("Invalid float {quoted}: cannot have leading zeroes"));
    }
    let mut behind_periods = text.split('.').skip(1);
    if !behind_periods.all(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return Err(format!("Invalid float {quoted}: '.' must be followed by one or more digits"));
    }
    let number = text.replace('_', "");
    match number.as_str() {
        "+nan" => return Ok(Value::float(f64::NAN)),
        "-nan" => return Ok(Value::float(-f64::NAN)),
        _ => {}
    }
    match strconv::parse_float(&number, 64) {
        Ok(number) => Ok(Value::float(number)),
        Err(NumberError::Range) => Err(format!("{text} is out of range for float64")),
        Err(_) => Err(format!("Invalid float value: {quoted}")),
    }
}

/// The layouts of times, and the zone of those that do not say theirs.
const LAYOUTS: [(&str, Option<&str>); 7] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some("datetime-local")),
    ("2006-01-02", Some("date-local")),
    ("15:04:05.999999999", Some("time-local")),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some("datetime-local")),
    ("15:04", Some("time-local")),
];

pub(super) fn time(text: &str) -> Result<Value, String> {
    let text = text.replace('z', "Z").replace(['t', ' '], "T");
    let invalid = || format!("invalid datetime: {}", strconv::quote(text.as_bytes()));
    for (layout, zone) in LAYOUTS {
        let Ok(time) = Time::parse(layout.as_bytes(), text.as_bytes()) else { continue };
        // Go reads `1:2:3`, too, but then separators do not stand where they should.
        let fixed = layout.split(['.', 'Z']).next().unwrap_or_default();
        let mut places = fixed.bytes().zip(text.bytes());
        if places.any(|(wanted, found)| !wanted.is_ascii_digit() && wanted != found) {
            return Err(invalid());
        }
        return Ok(Value::from(match zone {
            Some(name) => {
                Time::of(time.date(), time.clock(), time.nanosecond(), Zone::fixed(name.as_bytes(), 0))
            }
            None => time,
        }));
    }
    Err(invalid())
}

fn has_leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', b'b' | b'o' | b'x', ..] => false,
        [b'0', _, ..] | [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}

fn underscores_are_fine(text: &str) -> bool {
    if matches!(text, "nan" | "+nan" | "-nan" | "inf" | "-inf" | "+inf") {
        return true;
    }
    let mut fine = false;
    for c in text.chars() {
        if c == '_' && !fine {
            return false;
        }
        fine = c.is_ascii_hexdigit();
    }
    fine
}

/// A string of several lines begins behind its first line break.
pub(super) fn without_first_break(text: &str) -> &str {
    text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n")).unwrap_or(text)
}

/// A backslash at the end of a line takes all white space behind it along.
pub(super) fn without_escaped_breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let behind = escape.get(1..).unwrap_or_default();
        let next = behind.trim_start_matches([' ', '\t', '\r', '\n']);
        let space = behind.get(..behind.len() - next.len()).unwrap_or_default();
        if space.contains('\n') {
            rest = next;
        } else {
            // Both characters of an escape, so that the second backslash of two begins none.
            let length = 1 + behind.chars().next().map_or(0, char::len_utf8);
            let (taken, left) = escape.split_at_checked(length).unwrap_or((escape, ""));
            out.push_str(taken);
            rest = left;
        }
    }
    out.push_str(rest);
    out
}

/// Replaces escapes, which the scanner has found to be well-formed.
pub(super) fn without_escapes(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = match chars.next() {
            Some('b') => Ok('\u{8}'),
            Some('t') => Ok('\t'),
            Some('n') => Ok('\n'),
            Some('f') => Ok('\u{c}'),
            Some('r') => Ok('\r'),
            Some('e') => Ok('\u{1b}'),
            Some('"') => Ok('"'),
            Some('\\') => Ok('\\'),
            Some('x') => Err(2),
            Some('u') => Err(4),
            Some('U') => Err(8),
            Some(c @ (' ' | '\t')) => return Err(format!("invalid escape: '\\{c}'")),
            other => {
                let other =
                    strconv::quote_with(other.map(String::from).unwrap_or_default().as_bytes(), '\'', false);
                return Err(format!("Expected valid escape code after \\, but got {other}"));
            }
        };
        match digits {
            Ok(c) => out.push(c),
            Err(count) => {
                let hex: String = chars.by_ref().take(count).collect();
                let c = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                out.push(c.ok_or_else(|| format!("Escaped character '\\u{hex}' is not valid UTF-8."))?);
            }
        }
    }
    Ok(out)
}
