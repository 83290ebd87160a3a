//! Whether a text, written without quotes, reads back as that text.

use crate::yaml::event::Dialect;
use crate::yaml::resolve::{KnownTag, look_of};

/// Whether the plain scalar `text` is read as a string: not as null, a boolean, a number or a time, nor as one of
/// the forms of YAML 1.1 that go-yaml does not read itself but quotes for others (`isBase60Float` and `isOldBool`
/// of encode.go).
pub(super) fn reads_as_string(text: &str, dialect: Dialect) -> bool {
    match text.bytes().next() {
        None => false,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => !is_word(text),
        Some(b'.' | b'+' | b'-' | b'0'..=b'9') => {
            look_of(text, dialect) == KnownTag::Str && !is_base_60(text)
        }
        Some(_) => true,
    }
}

/// Whether a word of letters, digits, `-`, `.`, `/` and `_` that begins with a letter is a string for go-yaml v2.
pub(crate) fn is_string_word(word: &str) -> bool {
    !is_word(word)
}

/// Whether `text` is null or a boolean in YAML 1.1: what v2 reads as one, and what v3 quotes.
fn is_word(text: &str) -> bool {
    text.len() <= 5 && look_of(text, Dialect::V2) != KnownTag::Str
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
