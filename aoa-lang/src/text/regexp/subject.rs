//! A text to search: UTF-8, or made so in the way Go reads bytes that are not.

use std::borrow::Cow;
use std::ops::Range;

/// A text as the engine sees it. Go reads each byte that is not UTF-8 as one U+FFFD; the engine gets that rune itself,
/// and positions are carried back.
pub(super) struct Subject<'t> {
    pub(super) text: Cow<'t, str>,
    /// Where in `text` the stand-ins begin.
    replaced: Vec<usize>,
}

const EXTRA: usize = '\u{FFFD}'.len_utf8() - 1;

impl<'t> Subject<'t> {
    pub(super) fn new(original: &'t [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(original) {
            return Subject { text: Cow::Borrowed(text), replaced: Vec::new() };
        }
        let (mut text, mut replaced) = (String::with_capacity(original.len()), Vec::new());
        for chunk in original.utf8_chunks() {
            text.push_str(chunk.valid());
            for _ in chunk.invalid() {
                replaced.push(text.len());
                text.push('\u{FFFD}');
            }
        }
        Subject { text: Cow::Owned(text), replaced }
    }

    /// Where a span of `text` lies in `original`.
    pub(super) fn original_span(&self, span: &Range<usize>) -> Range<usize> {
        if self.replaced.is_empty() { span.clone() } else { self.place(span.start)..self.place(span.end) }
    }

    fn place(&self, at: usize) -> usize {
        let before = self.replaced.partition_point(|start| *start < at);
        at.saturating_sub(before.saturating_mul(EXTRA))
    }

    /// Length of the rune at `at`; none at the end.
    pub(super) fn rune_len(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }
}
