//! Whether a text, written without quotes, reads back as that text.

use crate::yaml::event::Dialect;

/// Whether the plain scalar `text` is read as a string: not as null, a boolean, a number or a time, nor as one of
/// the forms of YAML 1.1 that go-yaml does not read itself but quotes for others (`resolve` of resolve.go,
/// `isBase60Float` and `isOldBool` of encode.go).
pub(super) fn reads_as_string(text: &str, dialect: Dialect) -> bool {
    let Some(first) = text.bytes().next() else {
        return false;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => !is_word(text),
        b'.' | b'+' | b'-' | b'0'..=b'9' => match plain_tag(text, dialect) {
            PlainTag::Str => !is_base_60(text),
            _ => false,
        },
        _ => true,
    }
}

/// The type that a plain scalar has by the look of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainTag {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Str,
}

/// `resolve("", text)` of resolve.go, without the value.
pub(crate) fn plain_tag(text: &str, dialect: Dialect) -> PlainTag {
    let Some(first) = text.bytes().next() else {
        return PlainTag::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word_tag(text, dialect),
        b'.' => {
            if matches!(text, ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF") || is_go_float(text) {
                PlainTag::Float
            } else {
                PlainTag::Str
            }
        }
        b'+' | b'-' | b'0'..=b'9' => number_tag(text, dialect),
        _ => PlainTag::Str,
    }
}

fn word_tag(text: &str, dialect: Dialect) -> PlainTag {
    match text {
        "~" | "null" | "Null" | "NULL" => PlainTag::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => PlainTag::Bool,
        _ if dialect == Dialect::V2 && is_word(text) => PlainTag::Bool,
        _ => PlainTag::Str,
    }
}

/// Whether `text` is null or a boolean in YAML 1.1.
fn is_word(text: &str) -> bool {
    text.len() <= 5
        && matches!(
            text,
            "y" | "Y"
                | "yes"
                | "Yes"
                | "YES"
                | "on"
                | "On"
                | "ON"
                | "n"
                | "N"
                | "no"
                | "No"
                | "NO"
                | "off"
                | "Off"
                | "OFF"
                | "true"
                | "True"
                | "TRUE"
                | "false"
                | "False"
                | "FALSE"
                | "~"
                | "null"
                | "Null"
                | "NULL"
        )
}

fn number_tag(text: &str, dialect: Dialect) -> PlainTag {
    if matches!(text, "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF") {
        return PlainTag::Float;
    }
    // No number and no time has a character beyond these; most texts that begin with a digit do.
    let possible =
        |b: u8| b.is_ascii_hexdigit() || matches!(b, b'+' | b'-' | b'.' | b',' | b':' | b'_' | b' ');
    if !text.bytes().all(|b| possible(b) || matches!(b, b'x' | b'X' | b'o' | b'O' | b't' | b'T' | b'Z')) {
        return PlainTag::Str;
    }
    if is_timestamp(text) {
        return PlainTag::Timestamp;
    }
    let without;
    let plain = if text.contains('_') {
        without = text.replace('_', "");
        without.as_str()
    } else {
        text
    };
    if is_go_int(plain) {
        return PlainTag::Int;
    }
    if is_yaml_float(plain) {
        return PlainTag::Float;
    }
    // Forms that base 0 refuses: a sign behind the prefix.
    let late_sign =
        is_signed_behind(plain, "0b", 2) || (dialect == Dialect::V3 && is_signed_behind(plain, "0o", 8));
    if late_sign { PlainTag::Int } else { PlainTag::Str }
}

/// Whether the digits behind `prefix` are an int64 with a sign of their own.
fn is_signed_behind(text: &str, prefix: &str, radix: u32) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| i64::from_str_radix(digits, radix).is_ok())
}

/// Whether `strconv.ParseInt(text, 0, 64)` or `ParseUint` accepts a text without underscores.
fn is_go_int(text: &str) -> bool {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..).unwrap_or_default()),
        [b'+', ..] => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let has_sign = unsigned.len() != text.len();
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'b' | b'B', _, ..] => (unsigned.get(2..), 2),
        [b'0', b'o' | b'O', _, ..] => (unsigned.get(2..), 8),
        [b'0', b'x' | b'X', _, ..] => (unsigned.get(2..), 16),
        [b'0', _, ..] => (unsigned.get(1..), 8),
        _ => (Some(unsigned), 10),
    };
    let Some(digits) = digits.filter(|d| !d.starts_with(['+', '-'])) else {
        return false;
    };
    match u64::from_str_radix(digits, radix) {
        Ok(magnitude) if negative => magnitude <= 1 << 63,
        Ok(magnitude) => !has_sign || i64::try_from(magnitude).is_ok(),
        Err(_) => false,
    }
}

/// `yamlStyleFloat` of resolve.go, and whether the number fits a float64.
fn is_yaml_float(text: &str) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let whole = digits(unsigned);
    let mut rest = unsigned.get(whole..).unwrap_or_default();
    let mut fraction = 0;
    if let [b'.', tail @ ..] = rest {
        fraction = digits(tail);
        rest = tail.get(fraction..).unwrap_or_default();
    }
    let exponent_fits = match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', tail @ ..] | [b'e' | b'E', tail @ ..] => {
            !tail.is_empty() && digits(tail) == tail.len()
        }
        _ => false,
    };
    whole + fraction > 0 && exponent_fits && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether `strconv.ParseFloat` accepts a text that begins with a point; underscores may stand between digits.
fn is_go_float(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit_at = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let well_placed = |(i, b): (usize, &u8)| *b != b'_' || (i > 0 && digit_at(i - 1) && digit_at(i + 1));
    bytes.iter().enumerate().all(well_placed) && is_yaml_float(&text.replace('_', ""))
}

/// `parseTimestamp` of resolve.go: what `time.Parse` accepts for its four layouts.
fn is_timestamp(text: &str) -> bool {
    match date(text.as_bytes()) {
        Some([]) => true,
        Some([b'T' | b't', clock @ ..]) => time_of_day(clock).is_some_and(is_zone),
        // A space of a layout stands for any number of spaces.
        Some([b' ', ..]) => {
            let clock = text.trim_start_matches(|c| c != ' ').trim_start_matches(' ');
            time_of_day(clock.as_bytes()).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

/// The rest behind `2006-1-2`.
fn date(text: &[u8]) -> Option<&[u8]> {
    let (year, rest) = match text {
        [a, b, c, d, b'-', rest @ ..] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => {
            ([a, b, c, d].iter().fold(0, |n, b| n * 10 + u32::from(**b - b'0')), rest)
        }
        _ => return None,
    };
    let (month, rest) = one_or_two_digits(rest)?;
    let (day, rest) = one_or_two_digits(rest.strip_prefix(b"-")?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// The rest behind `15:4:5.999999999`.
fn time_of_day(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = one_or_two_digits(text)?;
    let (minute, rest) = one_or_two_digits(rest.strip_prefix(b":")?)?;
    let (second, rest) = one_or_two_digits(rest.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    match rest {
        [b'.' | b',', fraction @ ..] if fraction.first().is_some_and(u8::is_ascii_digit) => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            fraction.get(digits..)
        }
        rest => Some(rest),
    }
}

/// Whether `text` is `Z` or `+07:00`.
fn is_zone(text: &[u8]) -> bool {
    match text {
        [b'Z'] => true,
        [b'+' | b'-', a, b, b':', c, d] if [a, b, c, d].iter().all(|b| b.is_ascii_digit()) => {
            let number = |a: u8, b: u8| u32::from(a - b'0') * 10 + u32::from(b - b'0');
            number(*a, *b) <= 24 && number(*c, *d) <= 60
        }
        _ => false,
    }
}

fn one_or_two_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [a, b, rest @ ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some((u32::from(a - b'0') * 10 + u32::from(b - b'0'), rest))
        }
        [a, rest @ ..] if a.is_ascii_digit() => Some((u32::from(a - b'0'), rest)),
        _ => None,
    }
}

/// The base 60 floats of YAML 1.1: `base60float` of encode.go.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    if !text.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let whole = text.iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
    let mut rest = text.get(whole..).unwrap_or_default();
    let mut parts = 0;
    while let [b':', a, tail @ ..] = rest {
        rest = match tail {
            [b, tail @ ..] if matches!(a, b'0'..=b'5') && b.is_ascii_digit() => tail,
            tail if a.is_ascii_digit() => tail,
            _ => return false,
        };
        parts += 1;
    }
    let fraction_only = match rest {
        [] => true,
        [b'.', fraction @ ..] => fraction.iter().all(|b| b.is_ascii_digit() || *b == b'_'),
        _ => false,
    };
    parts > 0 && fraction_only
}
