//! What a scalar means (go-yaml `resolve.go`): the types that v2 and v3 see in its text or its tag.

use super::Dialect;
use crate::strconv::{parse_float, parse_int, parse_uint};
use crate::time::Time;
use crate::{Error, Result};

/// What a scalar means.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond `i64`.
    Uint(u64),
    Float(f64),
    /// The text itself.
    Str,
    /// The text itself, which is base64.
    Binary,
    /// v2 keeps the text; v3 makes it a time.
    Timestamp(Box<Time>),
}

/// The tags that change what a scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KnownTag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
    Binary,
    Merge,
    Other,
}

impl KnownTag {
    /// Which tag `tag` is. Only v3 takes the short form `!!str` for the long one.
    pub(super) fn of(tag: &str, dialect: Dialect) -> KnownTag {
        let long = tag.strip_prefix("tag:yaml.org,2002:");
        let short = || tag.strip_prefix("!!").filter(|_| dialect == Dialect::V3);
        match long.or_else(short) {
            Some("null") => KnownTag::Null,
            Some("bool") => KnownTag::Bool,
            Some("int") => KnownTag::Int,
            Some("float") => KnownTag::Float,
            Some("str") => KnownTag::Str,
            Some("timestamp") => KnownTag::Timestamp,
            Some("binary") => KnownTag::Binary,
            Some("merge") => KnownTag::Merge,
            _ => KnownTag::Other,
        }
    }

    /// The short form of the tag.
    pub(super) fn name(self) -> &'static str {
        match self {
            KnownTag::Null => "!!null",
            KnownTag::Bool => "!!bool",
            KnownTag::Int => "!!int",
            KnownTag::Float => "!!float",
            KnownTag::Str => "!!str",
            KnownTag::Timestamp => "!!timestamp",
            KnownTag::Binary => "!!binary",
            KnownTag::Merge => "!!merge",
            KnownTag::Other => "",
        }
    }
}

impl Resolved {
    fn tag(&self) -> KnownTag {
        match self {
            Resolved::Null => KnownTag::Null,
            Resolved::Bool(_) => KnownTag::Bool,
            Resolved::Int(_) | Resolved::Uint(_) => KnownTag::Int,
            Resolved::Float(_) => KnownTag::Float,
            Resolved::Str => KnownTag::Str,
            Resolved::Binary => KnownTag::Binary,
            Resolved::Timestamp(_) => KnownTag::Timestamp,
        }
    }
}

/// What `text` with a tag means.
///
/// # Errors
///
/// If the text is none of that type, with go-yaml's text.
pub(super) fn resolve_tagged(tag: KnownTag, text: &str, dialect: Dialect) -> Result<Resolved> {
    let resolved = match tag {
        KnownTag::Other | KnownTag::Merge | KnownTag::Str => return Ok(Resolved::Str),
        KnownTag::Binary => return Ok(Resolved::Binary),
        KnownTag::Timestamp => resolve(text, dialect, Timestamps::Read),
        KnownTag::Null | KnownTag::Bool | KnownTag::Int | KnownTag::Float => {
            resolve(text, dialect, Timestamps::Ignore)
        }
    };
    match (tag, &resolved) {
        #[expect(clippy::cast_precision_loss, reason = "Go's conversion, rounding to nearest, is meant")]
        (KnownTag::Float, Resolved::Int(n)) => Ok(Resolved::Float(*n as f64)),
        _ if resolved.tag() == tag => Ok(resolved),
        _ => {
            let (is, wanted) = (resolved.tag().name(), tag.name());
            Err(Error::invalid(format!("yaml: cannot decode {is} `{text}` as a {wanted}")))
        }
    }
}

/// What a plain scalar without a tag means.
#[inline]
pub(super) fn resolve_plain(text: &str, dialect: Dialect) -> Resolved {
    match HINTS.get(usize::from(text.as_bytes().first().copied().unwrap_or(b'~'))) {
        Some(Hint::None) | None => Resolved::Str,
        // v2 makes a timestamp a string again.
        _ if dialect == Dialect::V2 => resolve(text, dialect, Timestamps::Ignore),
        _ => resolve(text, dialect, Timestamps::Read),
    }
}

/// The type that a plain scalar without a tag has by the look of it; a time is one in both dialects.
pub(super) fn look_of(text: &str, dialect: Dialect) -> KnownTag {
    resolve(text, dialect, Timestamps::Read).tag()
}

#[derive(Clone, Copy, PartialEq)]
enum Timestamps {
    Read,
    Ignore,
}

/// What the first byte says that a scalar may be.
#[derive(Clone, Copy, PartialEq)]
enum Hint {
    None,
    /// A word for null or a boolean.
    Word,
    Point,
    Number,
}

#[expect(clippy::indexing_slicing, reason = "the compiler runs it: a panic does not compile")]
static HINTS: [Hint; 256] = {
    let mut table = [Hint::None; 256];
    let words = b"yYnNtTfFoO~";
    let mut at = 0;
    while at < words.len() {
        table[words[at] as usize] = Hint::Word;
        at += 1;
    }
    let numbers = b"+-0123456789";
    at = 0;
    while at < numbers.len() {
        table[numbers[at] as usize] = Hint::Number;
        at += 1;
    }
    table[b'.' as usize] = Hint::Point;
    table
};

fn resolve(text: &str, dialect: Dialect, timestamps: Timestamps) -> Resolved {
    let Some(first) = text.as_bytes().first() else {
        return Resolved::Null;
    };
    match HINTS.get(usize::from(*first)).copied().unwrap_or(Hint::None) {
        Hint::None => Resolved::Str,
        Hint::Word => resolve_word(text, dialect),
        Hint::Point => match text {
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
            // Underscores stay: Go allows them between digits.
            _ => parse_float(text, 64).map_or(Resolved::Str, Resolved::Float),
        },
        Hint::Number => resolve_number(text, dialect, timestamps),
    }
}

fn resolve_word(text: &str, dialect: Dialect) -> Resolved {
    match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if dialect == Dialect::V2 => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if dialect == Dialect::V2 => {
            Resolved::Bool(false)
        }
        _ => Resolved::Str,
    }
}

fn resolve_number(text: &str, dialect: Dialect, timestamps: Timestamps) -> Resolved {
    if let Some(number) = short_decimal(text.as_bytes()) {
        return Resolved::Int(number);
    }
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if timestamps == Timestamps::Read
        && let Some(time) = parse_timestamp(text)
    {
        return Resolved::Timestamp(Box::new(time));
    }
    // Most texts that begin with a digit are versions, quantities and addresses.
    if !text.bytes().all(|b| b.is_ascii_hexdigit() || b"xXoO_+-.".contains(&b)) {
        return Resolved::Str;
    }
    let without_underscores;
    let plain = if text.contains('_') {
        without_underscores = text.replace('_', "");
        &without_underscores
    } else {
        text
    };
    if let Some(number) = integer(plain, 0) {
        return number;
    }
    if is_yaml_float(plain.as_bytes())
        && let Ok(number) = parse_float(plain, 64)
    {
        return Resolved::Float(number);
    }
    // Reached only by what Go does not take for a number: a sign behind the prefix, as in `0b-1`.
    let prefixes: &[(&str, u32)] =
        if dialect == Dialect::V2 { &[("0b", 2)] } else { &[("0b", 2), ("0o", 8)] };
    for (prefix, base) in prefixes {
        if let Some(digits) = plain.strip_prefix(prefix) {
            return integer(digits, *base).unwrap_or(Resolved::Str);
        }
        if let Some(digits) = plain.strip_prefix('-').and_then(|p| p.strip_prefix(prefix)) {
            return parse_int(&format!("-{digits}"), *base, 64).map_or(Resolved::Str, Resolved::Int);
        }
    }
    Resolved::Str
}

fn integer(text: &str, base: u32) -> Option<Resolved> {
    let signed = parse_int(text, base, 64).map(Resolved::Int);
    signed.or_else(|_| parse_uint(text, base, 64).map(Resolved::Uint)).ok()
}

/// A decimal number that surely fits.
fn short_decimal(text: &[u8]) -> Option<i64> {
    let (digits, negative) = match text {
        [b'-', digits @ ..] => (digits, true),
        _ => (text, false),
    };
    let leading_zero = digits.len() > 1 && digits.first() == Some(&b'0');
    if digits.is_empty() || digits.len() > 18 || leading_zero {
        return None;
    }
    let mut number = 0_i64;
    for b in digits {
        if !b.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(b - b'0');
    }
    Some(if negative { -number } else { number })
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_yaml_float(text: &[u8]) -> bool {
    fn skip_digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
        (count, text.get(count..).unwrap_or_default())
    }
    fn skip_sign(text: &[u8]) -> &[u8] {
        match text {
            [b'-' | b'+', rest @ ..] => rest,
            _ => text,
        }
    }
    let (whole, mut rest) = skip_digits(skip_sign(text));
    let mut digits = whole;
    if let [b'.', fraction @ ..] = rest {
        let (count, behind) = skip_digits(fraction);
        digits += count;
        rest = behind;
    }
    if digits == 0 {
        return false;
    }
    match rest {
        [b'e' | b'E', exponent @ ..] => {
            let (count, behind) = skip_digits(skip_sign(exponent));
            count > 0 && behind.is_empty()
        }
        _ => rest.is_empty(),
    }
}

/// go-yaml's four layouts.
fn parse_timestamp(text: &str) -> Option<Time> {
    let year = text.bytes().take_while(u8::is_ascii_digit).count();
    if year != 4 || text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    const LAYOUTS: [&[u8]; 4] = [
        b"2006-1-2T15:4:5.999999999Z07:00",
        b"2006-1-2t15:4:5.999999999Z07:00",
        b"2006-1-2 15:4:5.999999999",
        b"2006-1-2",
    ];
    LAYOUTS.iter().find_map(|layout| Time::parse(layout, text.as_bytes()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_both_versions_see_them() {
        use Resolved::{Float, Int, Str, Uint};
        for (text, v2, v3) in [
            ("08", Float(8.0), Float(8.0)),
            ("0777", Int(511), Int(511)),
            ("0o17", Int(15), Int(15)),
            ("0o-7", Str, Int(-7)),
            ("-0o+7", Str, Str),
            ("+0b11", Int(3), Int(3)),
            ("0b-11", Int(-3), Int(-3)),
            ("-0x10", Int(-16), Int(-16)),
            ("1_000", Int(1000), Int(1000)),
            (".5_5", Float(0.55), Float(0.55)),
            ("1e3", Float(1000.0), Float(1000.0)),
            ("1.", Float(1.0), Float(1.0)),
            ("1e", Str, Str),
            ("-", Str, Str),
            ("1e400", Str, Str),
            ("18446744073709551615", Uint(u64::MAX), Uint(u64::MAX)),
            (
                "18446744073709551616",
                Float(18_446_744_073_709_551_616.0),
                Float(18_446_744_073_709_551_616.0),
            ),
            ("-9223372036854775808", Int(i64::MIN), Int(i64::MIN)),
            ("10.0.0.1", Str, Str),
            ("100m", Str, Str),
            ("1:30", Str, Str),
        ] {
            for (dialect, want) in [(Dialect::V2, v2), (Dialect::V3, v3)] {
                assert_eq!(format!("{:?}", resolve_plain(text, dialect)), format!("{want:?}"), "{text}");
            }
        }
    }

    #[test]
    fn tags_that_do_not_fit_are_refused() {
        let error = resolve_tagged(KnownTag::Int, "x", Dialect::V2).unwrap_err();
        assert_eq!(error.message(), "yaml: cannot decode !!str `x` as a !!int");
        assert!(matches!(resolve_tagged(KnownTag::Float, "3", Dialect::V2), Ok(Resolved::Float(3.0))));
        assert!(matches!(resolve_tagged(KnownTag::Null, "", Dialect::V2), Ok(Resolved::Null)));
    }
}
