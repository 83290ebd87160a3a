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
    let before = text.get(..offset).unwrap_or(text);
    let line = before.iter().filter(|b| **b == b'\n').count();
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let column = before.get(start..).unwrap_or_default().iter().filter(|b| (**b & 0xC0) != 0x80).count();
    let one_up = |n: usize| u32::try_from(n).unwrap_or(u32::MAX - 1) + 1;
    Position { line: one_up(line), column: one_up(column) }
}
