//! A stretch of a source text, in bytes, and its line and column for people.

/// Bytes `start..end` of a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`; offsets beyond `u32::MAX` are cut to it.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: cut(start), end: cut(end) }
    }

    /// The bytes as a range for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Line and column of a byte, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The line and column of byte `offset` in `text`.
///
/// ```
/// use aoa_lang::source::{Position, line_column};
/// assert_eq!(line_column(b"a: 1\nb: 2\n", 8), Position { line: 2, column: 4 });
/// ```
#[must_use]
pub fn line_column(text: &[u8], offset: usize) -> Position {
    Lines::new(text).position(offset)
}

/// Lines and columns of many places of one text. Places that are asked for from front to back are counted from one to
/// the next, so that a text with a place in every line is no quadratic matter.
///
/// ```
/// use aoa_lang::source::{Lines, Position};
/// let mut lines = Lines::new(b"a: 1\nb: 2\n");
/// assert_eq!(lines.position(5), Position { line: 2, column: 1 });
/// assert_eq!(lines.position(8), Position { line: 2, column: 4 });
/// assert_eq!(lines.position(0), Position { line: 1, column: 1 });
/// ```
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t [u8],
    offset: usize,
    position: Position,
}

impl<'t> Lines<'t> {
    const START: Position = Position { line: 1, column: 1 };

    /// The places of `text`.
    #[must_use]
    pub fn new(text: &'t [u8]) -> Self {
        Lines { text, offset: 0, position: Lines::START }
    }

    /// The line and column of byte `offset`; those of the end behind it.
    pub fn position(&mut self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        if offset < self.offset {
            (self.offset, self.position) = (0, Lines::START);
        }
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', passed).count();
        let (base, rest) = match memchr::memrchr(b'\n', passed) {
            Some(at) => (1, passed.get(at..).and_then(|rest| rest.get(1..)).unwrap_or_default()),
            None => (self.position.column, passed),
        };
        let characters = rest.iter().filter(|b| (**b & 0xC0) != 0x80).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.position = Position {
            line: self.position.line.saturating_add(count(breaks)),
            column: base.saturating_add(count(characters)),
        };
        self.offset = offset;
        self.position
    }
}
