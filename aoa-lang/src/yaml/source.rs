//! The text of a stream: encodings undone, bytes checked as libyaml's reader checks them (go-yaml `readerc.go`).

use std::borrow::Cow;

use crate::{Error, Limits, Result};

/// How many bytes go-yaml reads at a time. A bad byte is found when its piece is read, not when it is reached.
const PIECE: usize = 512;

/// A YAML text ready for parsing: UTF-8, without characters that YAML forbids.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    text: Cow<'a, str>,
    /// Offset of the first character behind the byte order mark.
    start: usize,
    /// Why the text ends where it does, if it was cut in front of a bad byte.
    broken: Option<Error>,
}

impl<'a> Source<'a> {
    /// Prepares bytes for parsing: UTF-8, or UTF-16 with a byte order mark.
    ///
    /// Bad bytes are no error here: go-yaml finds them when it gets there, and a document that ends before is fine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the text is longer than `limits.input_bytes`.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>> {
        // Marks count in u32.
        if bytes.len() > limits.input_bytes.min(u32::MAX as usize / 2) {
            let limit = limits.input_bytes;
            return Err(Error::limit(format!("yaml: text of {} bytes is longer than {limit}", bytes.len())));
        }
        Ok(match bytes {
            [0xFF, 0xFE, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
            _ => from_utf8(bytes),
        })
    }

    /// The checked text; offsets of marks count in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether offsets in the text are offsets in the bytes it was made of.
    pub(super) fn keeps_offsets(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    pub(super) fn broken(&self) -> Option<&Error> {
        self.broken.as_ref()
    }
}

fn from_utf8(bytes: &[u8]) -> Source<'_> {
    let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let checked = std::str::from_utf8(bytes);
    let valid = match &checked {
        Ok(text) => text,
        Err(error) => {
            bytes.get(..error.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
        }
    };
    let bad = first_forbidden(valid, start).map(|at| (at, "control characters are not allowed"));
    let bad = bad.or_else(|| {
        checked.err().map(|error| (error.valid_up_to(), utf8_problem(bytes, error.valid_up_to())))
    });
    let Some((at, problem)) = bad else {
        return Source { text: Cow::Borrowed(valid), start, broken: None };
    };
    let cut = start_of_piece(valid, at).max(start);
    Source {
        text: Cow::Borrowed(valid.get(..cut).unwrap_or_default()),
        start,
        broken: Some(reader_error(problem)),
    }
}

/// What go-yaml says of the bytes at `at`, which are not UTF-8.
fn utf8_problem(bytes: &[u8], at: usize) -> &'static str {
    let rest = bytes.get(at..).unwrap_or_default();
    let lead = rest.first().copied().unwrap_or_default();
    let width = match lead {
        0x00..=0x7F => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => return "invalid leading UTF-8 octet",
    };
    let Some(sequence) = rest.get(..width) else {
        return "incomplete UTF-8 octet sequence";
    };
    if sequence.iter().skip(1).any(|b| b & 0xC0 != 0x80) {
        return "invalid trailing UTF-8 octet";
    }
    let first = u32::from(lead) & (0x7F >> width);
    let value = sequence.iter().skip(1).fold(first, |value, b| (value << 6) | u32::from(b & 0x3F));
    let least = [0, 0x80, 0x800, 0x1_0000].get(width - 1).copied().unwrap_or_default();
    if value < least { "invalid length of a UTF-8 sequence" } else { "invalid Unicode character" }
}

/// The offset of the first character that YAML forbids.
fn first_forbidden(text: &str, start: usize) -> Option<usize> {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes().get(start..)?;
    let mut at = start;
    for chunk in bytes.chunks(CHUNK) {
        // Without branches, so that it becomes vector code.
        if chunk.iter().fold(false, |found, b| found | is_suspect(*b)) {
            let suspects = chunk.iter().enumerate().filter(|(_, b)| is_suspect(**b)).map(|(i, _)| at + i);
            for suspect in suspects {
                let c = text.get(suspect..).and_then(|rest| rest.chars().next());
                if c.is_some_and(|c| !is_allowed(c)) {
                    return Some(suspect);
                }
            }
        }
        at += chunk.len();
    }
    None
}

/// Whether a byte is, or can begin, a forbidden character.
#[inline]
fn is_suspect(b: u8) -> bool {
    ((b < 0x20) & (b != 0x09) & (b != 0x0A) & (b != 0x0D)) | (b == 0x7F) | (b == 0xC2) | (b == 0xEF)
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The beginning of the piece in which go-yaml reads the character at `at`.
fn start_of_piece(text: &str, at: usize) -> usize {
    let mut start = 0;
    loop {
        let mut next = start + PIECE;
        while next > start && !text.is_char_boundary(next.min(text.len())) {
            next -= 1;
        }
        if next > at {
            return start;
        }
        start = next;
    }
}

fn from_utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Source<'static> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut problem = None;
    // Where the pieces begin, in bytes read and in text made of them.
    let (mut piece, mut made, mut offset) = (0, 0, 2);
    let units = bytes
        .chunks_exact(2)
        .map(|pair| read([pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)]));
    for decoded in char::decode_utf16(units) {
        let width = decoded.as_ref().map_or(2, |c| c.len_utf16() * 2);
        if offset + width > piece + PIECE {
            (piece, made) = (offset, text.len());
        }
        match decoded {
            Ok(c) if is_allowed(c) => text.push(c),
            Ok(_) => problem = Some("control characters are not allowed"),
            Err(error) if error.unpaired_surrogate() >= 0xDC00 => {
                problem = Some("unexpected low surrogate area")
            }
            Err(_) if offset + 4 > bytes.len() + 2 => problem = Some("incomplete UTF-16 surrogate pair"),
            Err(_) => problem = Some("expected low surrogate area"),
        }
        if problem.is_some() {
            break;
        }
        offset += width;
    }
    if problem.is_none() && bytes.len() % 2 == 1 {
        problem = Some("incomplete UTF-16 character");
    }
    if problem.is_some() {
        text.truncate(made);
    }
    Source { text: Cow::Owned(text), start: 0, broken: problem.map(reader_error) }
}

fn reader_error(problem: &str) -> Error {
    Error::syntax(format!("yaml: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Option<String>) {
        let source = Source::new(bytes, &Limits::default()).unwrap();
        (source.text().to_owned(), source.broken().map(|e| e.message().to_owned()))
    }

    #[test]
    fn bad_bytes_cut_the_text_at_their_piece() {
        assert_eq!(
            read(b"a: b\x01"),
            (String::new(), Some("yaml: control characters are not allowed".into()))
        );
        assert_eq!(read(b"a: \xC3"), (String::new(), Some("yaml: incomplete UTF-8 octet sequence".into())));
        assert_eq!(
            read(b"\xC0\x80"),
            (String::new(), Some("yaml: invalid length of a UTF-8 sequence".into()))
        );
        assert_eq!(read(b"\xED\xA0\x80"), (String::new(), Some("yaml: invalid Unicode character".into())));
        assert_eq!(read(b"\xF8"), (String::new(), Some("yaml: invalid leading UTF-8 octet".into())));
        let mut long = "x".repeat(600);
        long.push('\x7f');
        assert_eq!(read(long.as_bytes()).0.len(), 512);
        assert_eq!(read("\u{FFFE}".as_bytes()).1, Some("yaml: control characters are not allowed".into()));
    }

    #[test]
    fn utf16_is_read_both_ways() {
        assert_eq!(read(b"\xFF\xFEa\0:\0 \0\x3D\xD8\x00\xDE"), ("a: \u{1F600}".into(), None));
        assert_eq!(read(b"\xFE\xFF\0a"), ("a".into(), None));
        assert_eq!(read(b"\xFE\xFF\0a\0").1, Some("yaml: incomplete UTF-16 character".into()));
    }
}
