//! What a backslash or a bracket begins: escapes and classes.

use super::class::{MAX_RUNE, RuneClass};
use super::parse::{before, check_utf8, next_rune, refusal};
use super::unicode;
use crate::Result;

/// The POSIX classes: ASCII only.
const POSIX: &[(&str, &[(u32, u32)])] = &[
    ("alnum", &[(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)]),
    ("alpha", &[(0x41, 0x5A), (0x61, 0x7A)]),
    ("ascii", &[(0, 0x7F)]),
    ("blank", &[(9, 9), (0x20, 0x20)]),
    ("cntrl", &[(0, 0x1F), (0x7F, 0x7F)]),
    ("digit", &[(0x30, 0x39)]),
    ("graph", &[(0x21, 0x7E)]),
    ("lower", &[(0x61, 0x7A)]),
    ("print", &[(0x20, 0x7E)]),
    ("punct", &[(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
    ("space", &[(9, 0xD), (0x20, 0x20)]),
    ("upper", &[(0x41, 0x5A)]),
    ("word", &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]),
    ("xdigit", &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
];

/// Adds to `class` what `\p{…}`, `\d`, `\s` or `\w` at the start of `text` stands for, and gives the rest; `None` if
/// none of them is there.
pub(super) fn class_escape<'p>(
    text: &'p [u8],
    fold: bool,
    class: &mut RuneClass,
) -> Result<Option<&'p [u8]>> {
    let (Some(b'\\'), Some(&letter)) = (text.first(), text.get(1)) else { return Ok(None) };
    // Unlike POSIX's, Perl's space has no vertical tab.
    let perl: &[(u32, u32)] = match letter.to_ascii_lowercase() {
        b'p' => return unicode_escape(text, fold, class).map(Some),
        b'd' => &[(0x30, 0x39)],
        b's' => &[(9, 0xA), (0xC, 0xD), (0x20, 0x20)],
        b'w' => &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
        _ => return Ok(None),
    };
    add_group(class, perl, letter.is_ascii_uppercase(), fold);
    Ok(text.get(2..))
}

fn add_group(class: &mut RuneClass, ranges: &[(u32, u32)], negate: bool, fold: bool) {
    let mut group = RuneClass::from_ranges(ranges);
    if fold {
        group.fold();
    }
    class.add_class(&if negate { group.negated() } else { group });
}

fn unicode_escape<'p>(text: &'p [u8], fold: bool, class: &mut RuneClass) -> Result<&'p [u8]> {
    let (first, mut rest) = next_rune_or_nothing(text.get(2..).unwrap_or_default())?;
    let mut name = before(text.get(2..).unwrap_or_default(), rest);
    if first == u32::from('{') {
        let Some(end) = text.iter().position(|b| *b == b'}') else {
            check_utf8(text)?;
            return Err(refusal("invalid character class range", text));
        };
        name = text.get(3..end).unwrap_or_default();
        rest = text.get(end.saturating_add(1)..).unwrap_or_default();
        check_utf8(name)?;
    }
    let mut negate = text.get(1) == Some(&b'P');
    if let Some((b'^', bare)) = name.split_first() {
        negate = !negate;
        name = bare;
    }
    let table = std::str::from_utf8(name).ok().and_then(unicode::table);
    let Some(mut table) = table else {
        return Err(refusal("invalid character class range", before(text, rest)));
    };
    if fold {
        table.fold();
    }
    class.add_class(&if negate { table.negated() } else { table });
    Ok(rest)
}

/// Reads the class at the start of `text`, which is a `[`.
pub(super) fn bracket_class(text: &[u8], fold: bool) -> Result<(RuneClass, &[u8])> {
    let mut rest = text.get(1..).unwrap_or_default();
    let negate = rest.first() == Some(&b'^');
    if negate {
        rest = rest.get(1..).unwrap_or_default();
    }
    let mut class = RuneClass::default();
    let mut ranges = RuneClass::default();
    let mut first = true;
    while first || rest.first() != Some(&b']') {
        first = false;
        if let Some(tail) = posix_class(rest, fold, &mut class)? {
            rest = tail;
            continue;
        }
        if let Some(tail) = class_escape(rest, fold, &mut class)? {
            rest = tail;
            continue;
        }
        let start = rest;
        let (lo, tail) = class_rune(rest, text)?;
        rest = tail;
        let mut hi = lo;
        // A dash before the closing bracket is a literal.
        if rest.first() == Some(&b'-') && rest.get(1).is_some_and(|b| *b != b']') {
            (hi, rest) = class_rune(rest.get(1..).unwrap_or_default(), text)?;
            if hi < lo {
                return Err(refusal("invalid character class range", before(start, rest)));
            }
        }
        ranges.add(lo, hi);
    }
    if fold {
        ranges.fold();
    }
    class.add_class(&ranges);
    class.clean();
    Ok((if negate { class.negated() } else { class }, rest.get(1..).unwrap_or_default()))
}

/// `[:alnum:]` and its like.
fn posix_class<'p>(text: &'p [u8], fold: bool, class: &mut RuneClass) -> Result<Option<&'p [u8]>> {
    let Some(body) = text.strip_prefix(b"[:") else { return Ok(None) };
    let Some(end) = body.windows(2).position(|pair| pair == b":]") else { return Ok(None) };
    let rest = body.get(end.saturating_add(2)..).unwrap_or_default();
    let name = body.get(..end).unwrap_or_default();
    let (negate, name) = name.strip_prefix(b"^").map_or((false, name), |name| (true, name));
    match POSIX.iter().find(|(posix, _)| posix.as_bytes() == name) {
        Some((_, ranges)) => {
            add_group(class, ranges, negate, fold);
            Ok(Some(rest))
        }
        None => Err(refusal("invalid character class range", before(text, rest))),
    }
}

/// One rune of a class, escaped or not.
fn class_rune<'p>(text: &'p [u8], whole: &[u8]) -> Result<(u32, &'p [u8])> {
    match text.first() {
        None => Err(refusal("missing closing ]", whole)),
        Some(b'\\') => rune_escape(text),
        Some(_) => next_rune(text),
    }
}

/// The rune that the escape at the start of `text` stands for.
pub(super) fn rune_escape(text: &[u8]) -> Result<(u32, &[u8])> {
    let tail = text.get(1..).unwrap_or_default();
    if tail.is_empty() {
        return Err(refusal("trailing backslash at end of expression", b""));
    }
    let (rune, mut rest) = next_rune(tail)?;
    let invalid = |rest: &[u8]| Err(refusal("invalid escape sequence", before(text, rest)));
    let octal = |rest: &[u8]| rest.first().copied().filter(|b| (b'0'..=b'7').contains(b));
    let value = match char::from_u32(rune).unwrap_or('\0') {
        // A single digit that is not zero would be a back-reference.
        '1'..='7' if octal(rest).is_none() => return invalid(rest),
        '0'..='7' => {
            let mut value = rune.saturating_sub(u32::from('0'));
            for _ in 0..2 {
                let Some(digit) = octal(rest) else { break };
                value = value.saturating_mul(8).saturating_add(u32::from(digit.saturating_sub(b'0')));
                rest = rest.get(1..).unwrap_or_default();
            }
            value
        }
        'x' => return hex_escape(text, rest),
        'a' => 0x07,
        'f' => 0x0C,
        'n' => 0x0A,
        'r' => 0x0D,
        't' => 0x09,
        'v' => 0x0B,
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => rune,
        _ => return invalid(rest),
    };
    Ok((value, rest))
}

/// Reads what follows `\x`.
fn hex_escape<'p>(text: &'p [u8], mut rest: &'p [u8]) -> Result<(u32, &'p [u8])> {
    let invalid = |rest: &[u8]| Err(refusal("invalid escape sequence", before(text, rest)));
    let digit = |rune: u32| char::from_u32(rune).and_then(|c| c.to_digit(16));
    if rest.is_empty() {
        return invalid(rest);
    }
    let (first, tail) = next_rune(rest)?;
    rest = tail;
    if first != u32::from('{') {
        let (second, tail) = next_rune_or_nothing(rest)?;
        return match (digit(first), digit(second)) {
            (Some(high), Some(low)) => Ok((high.saturating_mul(16).saturating_add(low), tail)),
            _ => invalid(tail),
        };
    }
    let (mut value, mut digits) = (0u32, 0usize);
    loop {
        if rest.is_empty() {
            return invalid(rest);
        }
        let (rune, tail) = next_rune(rest)?;
        rest = tail;
        if rune == u32::from('}') {
            return if digits > 0 { Ok((value, rest)) } else { invalid(rest) };
        }
        let Some(next) = digit(rune) else { return invalid(rest) };
        value = value.saturating_mul(16).saturating_add(next);
        if value > MAX_RUNE {
            return invalid(rest);
        }
        digits = digits.saturating_add(1);
    }
}

/// Go reads a replacement character of no width where the text ends.
fn next_rune_or_nothing(text: &[u8]) -> Result<(u32, &[u8])> {
    if text.is_empty() { Ok((0xFFFD, text)) } else { next_rune(text) }
}
