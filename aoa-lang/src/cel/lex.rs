//! Tokens of CEL: the lexer rules of cel-go's grammar.

use super::issues::{Issues, Place};

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Characters before it.
    pub(super) at: usize,
    /// Bytes before it.
    pub(super) byte: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Symbol(&'static str),
    Int,
    Uint,
    Float,
    String,
    Bytes,
    Ident,
    EscapedIdent,
    /// `in`
    In,
    True,
    False,
    Null,
    End,
}

const SYMBOLS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":",
    "+", "*", "/", "%",
];

/// The tokens of `text`, ending with [`Kind::End`]; what is no token is reported and left out.
pub(super) fn tokens<'t>(text: &'t str, issues: &mut Issues) -> Vec<Token<'t>> {
    let mut tokens = Vec::new();
    let (mut byte, mut at) = (0, 0);
    while let Some(rest) = text.get(byte..).filter(|rest| !rest.is_empty()) {
        let blank = blank(rest);
        let (length, kind) = if blank > 0 { (blank, None) } else { token(rest) };
        let taken = rest.get(..length).unwrap_or(rest);
        match kind {
            Some(kind) => tokens.push(Token { kind, text: taken, at, byte }),
            None if blank > 0 => {}
            None => {
                issues.report(Place::At(at), format!("Syntax error: token recognition error at: '{taken}'"))
            }
        }
        byte += length;
        at += taken.chars().count();
    }
    tokens.push(Token { kind: Kind::End, text: "<EOF>", at, byte });
    tokens
}

/// The length of the white space or the comment at the start of `text`.
fn blank(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    text.bytes().take_while(|b| matches!(b, b'\t' | b' ' | b'\r' | b'\n' | 0x0c)).count()
}

/// The longest token at the start of `text`, or how much of it the lexer drops.
fn token(text: &str) -> (usize, Option<Kind>) {
    let bytes = text.as_bytes();
    let first = bytes.first().copied().unwrap_or(0);
    let second = bytes.get(1).copied().unwrap_or(0);
    if first.is_ascii_digit() || (first == b'.' && second.is_ascii_digit()) {
        return number(bytes);
    }
    if let Some(found) = string(text) {
        return found;
    }
    if first.is_ascii_alphabetic() || first == b'_' {
        let length = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let kind = match text.get(..length).unwrap_or_default() {
            "in" => Kind::In,
            "true" => Kind::True,
            "false" => Kind::False,
            "null" => Kind::Null,
            _ => Kind::Ident,
        };
        return (length, Some(kind));
    }
    if first == b'`' {
        let inner = bytes.iter().skip(1);
        let length = inner.take_while(|b| b.is_ascii_alphanumeric() || b"_.-/ ".contains(b)).count();
        return match bytes.get(length + 1) {
            Some(b'`') if length > 0 => (length + 2, Some(Kind::EscapedIdent)),
            _ => (failing(text, length + 1), None),
        };
    }
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)) {
        return (symbol.len(), Some(Kind::Symbol(symbol)));
    }
    // A single `=`, `&` or `|` fails at the character behind it, which goes with it.
    let ahead = usize::from(matches!(first, b'=' | b'&' | b'|'));
    (failing(text, ahead), None)
}

/// The bytes up to and with the character at byte `at`, where the lexer gave up.
fn failing(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at.min(text.len()) + rest.chars().next().map_or(0, char::len_utf8)
}

fn number(bytes: &[u8]) -> (usize, Option<Kind>) {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let is_suffix = |at: usize| matches!(bytes.get(at), Some(b'u' | b'U'));
    if bytes.starts_with(b"0x") {
        let hex = bytes.iter().skip(2).take_while(|b| b.is_ascii_hexdigit()).count();
        if hex > 0 {
            return if is_suffix(hex + 2) { (hex + 3, Some(Kind::Uint)) } else { (hex + 2, Some(Kind::Int)) };
        }
    }
    let whole = digits(0);
    let mut end = whole;
    let mut kind = Kind::Int;
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
        kind = Kind::Float;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            return (end + 1 + sign + exponent, Some(Kind::Float));
        }
    }
    if kind == Kind::Int && is_suffix(end) {
        return (end + 1, Some(Kind::Uint));
    }
    (end, Some(kind))
}

/// A string or bytes literal with its prefix; `None` if the text starts with no quote.
fn string(text: &str) -> Option<(usize, Option<Kind>)> {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut kind = Kind::String;
    if matches!(bytes.get(start), Some(b'b' | b'B')) {
        kind = Kind::Bytes;
        start += 1;
    }
    let is_raw = matches!(bytes.get(start), Some(b'r' | b'R'));
    start += usize::from(is_raw);
    let quote = *bytes.get(start).filter(|b| matches!(b, b'"' | b'\''))?;
    let rest = bytes.get(start..).unwrap_or_default();
    if rest.starts_with(&[quote; 3])
        && let Some(length) = long_body(rest.get(3..).unwrap_or_default(), quote, is_raw)
    {
        return Some((start + 6 + length, Some(kind)));
    }
    match short_body(rest.get(1..).unwrap_or_default(), quote, is_raw) {
        Ok(length) => Some((start + 2 + length, Some(kind))),
        // `r` and `b` are identifiers then, and the quote fails by itself.
        Err(_) if start > 0 => None,
        Err(failed) => Some((failing(text, (start + 1 + failed).min(text.len())), None)),
    }
}

fn long_body(bytes: &[u8], quote: u8, is_raw: bool) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(&[quote; 3]) {
            return Some(at);
        }
        at += if is_raw || rest.first() != Some(&b'\\') { 1 } else { escape(rest)? };
    }
    None
}

fn short_body(bytes: &[u8], quote: u8, is_raw: bool) -> Result<usize, usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b) if *b == quote => return Ok(at),
            None | Some(b'\n' | b'\r') => return Err(at),
            Some(b'\\') if !is_raw => at += escape(rest).ok_or(at + 1)?,
            Some(_) => at += 1,
        }
    }
}

/// The length of an escape sequence.
fn escape(bytes: &[u8]) -> Option<usize> {
    let is_hex =
        |count: usize| bytes.get(2..2 + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    match bytes.get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => Some(2),
        b'x' | b'X' => is_hex(2).then_some(4),
        b'u' => is_hex(4).then_some(6),
        b'U' => is_hex(8).then_some(10),
        b'0'..=b'3' => bytes.get(2..4)?.iter().all(|b| (b'0'..=b'7').contains(b)).then_some(4),
        _ => None,
    }
}
