//! Cutting a stream into documents by its lines, as `k8s.io/apimachinery/pkg/util/yaml` does before it parses.

use std::borrow::Cow;

use crate::Error;
use crate::source::Span;

/// One document of a stream, not yet parsed.
#[derive(Clone, Debug)]
pub(super) struct RawDocument<'t> {
    /// Its text: line ends are `\n`, the last line has one.
    pub(super) text: Cow<'t, [u8]>,
    /// Where it stands in the stream.
    pub(super) span: Span,
    /// Its first line, from 0.
    pub(super) line: u32,
    /// Why the line at its end, which begins like a separator, is none; go-yaml's error would come later.
    pub(super) bad_end: Option<Error>,
}

/// The documents of a stream.
pub(super) struct Documents<'t> {
    text: &'t [u8],
    pos: usize,
    line: u32,
}

impl<'t> Documents<'t> {
    /// The documents from byte `start` on, which is at the begin of `line`.
    pub(super) fn new(text: &'t [u8], start: usize, line: u32) -> Self {
        Documents { text, pos: start, line }
    }

    /// The next line that begins like a separator, from here on.
    fn separator(&self) -> Option<usize> {
        let rest = self.text.get(self.pos..)?;
        if rest.starts_with(b"---") {
            return Some(self.pos);
        }
        memchr::memmem::find(rest, b"\n---").map(|at| self.pos + at + 1)
    }

    /// The line at `start`, with its end.
    fn line_at(&self, start: usize) -> &'t [u8] {
        let rest = self.text.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        rest.get(..end).unwrap_or_default()
    }

    /// Moves to byte `to`.
    fn go_to(&mut self, to: usize) {
        let passed = self.text.get(self.pos..to).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', passed).count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.pos = to;
    }

    fn raw(&self, start: usize, end: usize, line: u32) -> RawDocument<'t> {
        let bytes = self.text.get(start..end).unwrap_or_default();
        let plain = (bytes.is_empty() || bytes.ends_with(b"\n")) && memchr::memchr(b'\r', bytes).is_none();
        let text = if plain { Cow::Borrowed(bytes) } else { Cow::Owned(normalized(bytes)) };
        RawDocument { text, span: Span::new(start, end), line, bad_end: None }
    }
}

impl<'t> Iterator for Documents<'t> {
    type Item = RawDocument<'t>;

    fn next(&mut self) -> Option<RawDocument<'t>> {
        let (start, first_line) = (self.pos, self.line);
        while let Some(at) = self.separator() {
            let line = self.line_at(at);
            self.go_to(at + line.len());
            let bad_end = wrong_separator(line).map(|text| separator_error(&text, at, line.len()));
            // A separator in front of everything is part of the document, and harmless there.
            if at > start || bad_end.is_some() {
                return Some(RawDocument { bad_end, ..self.raw(start, at, first_line) });
            }
        }
        self.go_to(self.text.len());
        (self.pos > start).then(|| self.raw(start, self.pos, first_line))
    }
}

/// What stands behind `---`, if it is no comment.
fn wrong_separator(line: &[u8]) -> Option<String> {
    let rest = String::from_utf8_lossy(line.get(3..).unwrap_or_default());
    // Go's unicode.IsSpace is Rust's White_Space.
    let rest = rest.trim();
    (!rest.is_empty() && !rest.starts_with('#')).then(|| rest.to_owned())
}

fn separator_error(text: &str, at: usize, length: usize) -> Error {
    Error::syntax(format!("invalid Yaml document separator: {text}")).at(Span::new(at, at + length))
}

/// The lines as `bufio.Reader.ReadLine` gives them, each with `\n`.
fn normalized(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        match line {
            [content @ .., b'\r', b'\n'] | [content @ .., b'\n'] => out.extend_from_slice(content),
            content => out.extend_from_slice(content),
        }
        out.push(b'\n');
    }
    out
}

impl RawDocument<'_> {
    /// A place in the document as a place in the stream.
    pub(super) fn locate(&self, stream: &[u8], span: Span) -> Span {
        let start = self.span.start;
        let moved = |offset: u32| match self.text {
            Cow::Borrowed(_) => start + offset,
            Cow::Owned(_) => {
                start + original_offset(stream.get(self.span.range()).unwrap_or_default(), offset)
            }
        };
        Span { start: moved(span.start).min(self.span.end), end: moved(span.end).min(self.span.end) }
    }
}

/// Where byte `offset` of the normalized text stands in the original.
fn original_offset(bytes: &[u8], offset: u32) -> u32 {
    let (mut left, mut at) = (offset as usize, 0);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let kept = if line.ends_with(b"\r\n") { line.len() - 1 } else { line.len() };
        if left < kept {
            return u32::try_from(at + left).unwrap_or(u32::MAX);
        }
        left -= kept;
        at += line.len();
    }
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let show = |document: RawDocument<'_>| {
            let end = document.bad_end.map(|error| format!(" then {}", error.message()));
            String::from_utf8_lossy(&document.text).into_owned() + &end.unwrap_or_default()
        };
        Documents::new(text.as_bytes(), 0, 0).map(show).collect()
    }

    #[test]
    fn documents_are_cut_at_lines_of_three_dashes() {
        assert_eq!(cut(""), [""; 0]);
        assert_eq!(cut("---\na\n--- # c\nb"), ["---\na\n", "b\n"]);
        assert_eq!(cut("a\r\n---\r\nb\r\n"), ["a\n", "b\n"]);
        assert_eq!(cut("---\n---\n"), ["---\n"]);
        assert_eq!(cut("a\n----\nb\n"), ["a\n then invalid Yaml document separator: -", "b\n"]);
    }

    #[test]
    fn places_survive_normalization() {
        let text = b"x: 1\r\n---\r\na: 1\r\nb: 2\r\n";
        let document = Documents::new(text, 0, 0).nth(1).unwrap();
        assert_eq!(document.line, 2);
        let b = document.text.iter().position(|b| *b == b'b').unwrap();
        let span = document.locate(text, Span::new(b, b + 1));
        assert_eq!(text.get(span.range()), Some(&b"b"[..]));
    }
}
