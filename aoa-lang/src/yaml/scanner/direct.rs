//! Reading block collections straight from the text, past the token queue.
//!
//! Most lines of most files are `key: value`, `- value` or `- key: value`. They are recognised here as they stand;
//! whatever looks otherwise is left to the queue, which knows all of YAML. Both give the same events.

use std::cmp::Ordering;

use super::chars::{INDICATOR, PLAIN_STOP, is_blank};
use super::{SIMPLE_KEY, Scanner};
use crate::Result;
use crate::yaml::{Mark, ScalarStyle};

/// What the rest of a line begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::yaml) enum Ahead {
    /// Nothing, or a comment.
    LineEnd,
    Plain,
    Quoted(ScalarStyle),
    /// `|` or `>`
    Block(ScalarStyle),
    EmptyList,
    EmptyMap,
    /// `- `
    Entry,
    /// Something for the queue.
    Other,
}

/// Where a plain scalar ends.
pub(in crate::yaml) enum PlainEnd {
    /// On its line, at this offset.
    At(usize),
    /// On a later line, perhaps.
    Later,
    /// At a `:` that makes it a key.
    Key,
}

impl<'a> Scanner<'a> {
    /// Whether nothing is queued, and nothing that was scanned waits for what comes.
    #[inline]
    pub(in crate::yaml) fn is_direct(&self) -> bool {
        self.tokens.is_empty()
            && self.flow_level == 0
            && self.may_be_direct
            && self.stray_mark_until == 0
            && self
                .simple_keys
                .last()
                .is_none_or(|key| !key.possible || (!key.required && key.mark.line < self.line))
    }

    /// Moves to the next token; how its column compares with the indentation, or `None` at the end of the text.
    #[inline]
    pub(in crate::yaml) fn go_to_token(&mut self) -> Option<Ordering> {
        self.scan_to_next_token();
        let column = i32::try_from(self.pos - self.line_base).unwrap_or(i32::MAX);
        (self.byte(0) != 0).then(|| column.cmp(&self.indent))
    }

    pub(in crate::yaml) fn here(&self) -> Mark {
        self.mark()
    }

    pub(in crate::yaml) fn is_simple_key_allowed(&self) -> bool {
        self.simple_key_allowed
    }

    /// What stands here, behind blanks. Tabs are no blanks where a key may begin.
    #[inline]
    pub(in crate::yaml) fn look_ahead(&mut self) -> Ahead {
        while self.byte(0) == b' ' || (self.byte(0) == b'\t' && !self.simple_key_allowed) {
            self.pos += 1;
        }
        let b = self.byte(0);
        if !INDICATOR.contain(b) {
            return if b < 0x80 { Ahead::Plain } else { Ahead::Other };
        }
        match b {
            b'\n' | b'\r' | b'#' => Ahead::LineEnd,
            b'\'' => Ahead::Quoted(ScalarStyle::SingleQuoted),
            b'"' => Ahead::Quoted(ScalarStyle::DoubleQuoted),
            b'|' => Ahead::Block(ScalarStyle::Literal),
            b'>' => Ahead::Block(ScalarStyle::Folded),
            b'[' if self.byte(1) == b']' && self.ends_line(2) => Ahead::EmptyList,
            b'{' if self.byte(1) == b'}' && self.ends_line(2) => Ahead::EmptyMap,
            b'-' if matches!(self.byte(1), b' ' | b'\n' | b'\r') => Ahead::Entry,
            b'-' if !self.is_blank_or_end(1) => Ahead::Plain,
            _ => Ahead::Other,
        }
    }

    /// Whether nothing but a comment stands on this line behind the next `ahead` bytes.
    fn ends_line(&self, mut ahead: usize) -> bool {
        while is_blank(self.byte(ahead)) {
            ahead += 1;
        }
        matches!(self.byte(ahead), b'\n' | b'\r' | b'#' | 0)
    }

    /// The end of a key that begins here and consists of one word, if there is one.
    #[inline]
    pub(in crate::yaml) fn find_key(&self) -> Option<usize> {
        let first = self.byte(0);
        if INDICATOR.contain(first) || first >= 0x80 {
            return None;
        }
        let mut at = self.pos;
        loop {
            let rest = self.bytes.get(at..)?;
            at += rest.iter().position(|b| PLAIN_STOP.contain(*b))?;
            let ahead = at - self.pos;
            if self.byte(ahead) != b':' {
                return None;
            }
            if matches!(self.byte(ahead + 1), b' ' | b'\n' | b'\r') {
                return (ahead <= SIMPLE_KEY as usize).then_some(at);
            }
            at += 1;
        }
    }

    /// Takes the text up to `end`, which lies on this line.
    #[inline]
    pub(in crate::yaml) fn take_to(&mut self, end: usize) -> &'a str {
        let text = self.slice(self.pos, end);
        self.advance_to(end);
        self.simple_key_allowed = false;
        text
    }

    /// Takes the `:` behind a key.
    #[inline]
    pub(in crate::yaml) fn take_colon(&mut self) -> Mark {
        self.pos += 1;
        self.simple_key_allowed = false;
        self.mark()
    }

    /// Takes the `-` of an entry.
    pub(in crate::yaml) fn take_dash(&mut self) -> Mark {
        self.pos += 1;
        self.simple_key_allowed = true;
        self.mark()
    }

    /// Takes `[]` or `{}`.
    pub(in crate::yaml) fn take_brackets(&mut self) -> Mark {
        self.pos += 2;
        self.simple_key_allowed = false;
        self.mark()
    }

    /// Opens a block collection here.
    pub(in crate::yaml) fn open_block(&mut self) -> Result<Mark> {
        let mark = self.mark();
        self.push_indent(i32::try_from(mark.column).unwrap_or(i32::MAX))?;
        Ok(mark)
    }

    /// Closes the innermost block collection.
    pub(in crate::yaml) fn close_block(&mut self) -> Mark {
        self.indent = self.indents.pop().unwrap_or(-1);
        self.mark()
    }

    /// Takes a block scalar.
    pub(in crate::yaml) fn take_block_scalar(
        &mut self,
        style: ScalarStyle,
    ) -> Result<(std::borrow::Cow<'a, str>, Mark)> {
        self.simple_key_allowed = true;
        self.scan_block_scalar(style)
    }

    /// Takes a plain scalar that cannot be a key.
    pub(in crate::yaml) fn take_plain(&mut self) -> Result<(std::borrow::Cow<'a, str>, Mark)> {
        self.simple_key_allowed = false;
        self.scan_plain()
    }

    /// Takes a quoted scalar that cannot be a key.
    pub(in crate::yaml) fn take_quoted(&mut self, style: ScalarStyle) -> Result<std::borrow::Cow<'a, str>> {
        self.simple_key_allowed = false;
        self.scan_quoted(style)
    }

    /// The end of a quoted scalar that begins here, if it has neither breaks nor escapes and ends its line.
    pub(in crate::yaml) fn find_quoted_end(&self, style: ScalarStyle) -> Option<usize> {
        let quote = if style == ScalarStyle::SingleQuoted { b'\'' } else { b'"' };
        let rest = self.bytes.get(self.pos + 1..)?;
        let length =
            rest.iter().position(|b| matches!(*b, b'\n' | b'\r' | b'\\' | 0xC2 | 0xE2) || *b == quote)?;
        let ahead = length + 1;
        (self.byte(ahead) == quote && self.ends_line(ahead + 1)).then_some(self.pos + ahead)
    }

    /// Where a plain scalar that begins here ends.
    #[inline]
    pub(in crate::yaml) fn find_plain_end(&self) -> PlainEnd {
        let mut at = self.pos;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|b| PLAIN_STOP.contain(*b)).unwrap_or(rest.len());
            let ahead = at - self.pos;
            match self.byte(ahead) {
                b':' if self.is_blank_or_end(ahead + 1) => return PlainEnd::Key,
                b':' => at += 1,
                b' ' | b'\t' => {
                    let mut behind = ahead + 1;
                    while is_blank(self.byte(behind)) {
                        behind += 1;
                    }
                    match self.byte(behind) {
                        b'#' | 0 => return PlainEnd::At(at),
                        b'\n' | b'\r' => return self.unless_continued(at, behind),
                        _ => at = self.pos + behind,
                    }
                }
                b'\n' | b'\r' => return self.unless_continued(at, ahead),
                0 => return PlainEnd::At(at),
                _ if self.is_break(ahead) => return PlainEnd::Later,
                _ => at += 1,
            }
        }
    }

    /// `end`, unless the lines behind the break `ahead` are deeper and so belong to the scalar.
    #[inline]
    fn unless_continued(&self, end: usize, mut ahead: usize) -> PlainEnd {
        loop {
            ahead += 1;
            let line = ahead;
            while self.byte(ahead) == b' ' {
                ahead += 1;
            }
            let is_deeper = i32::try_from(ahead - line).unwrap_or(i32::MAX) > self.indent;
            return match self.byte(ahead) {
                b'\n' | b'\r' => continue,
                b'#' | 0 => PlainEnd::At(end),
                b'\t' | 0xC2 | 0xE2 => PlainEnd::Later,
                _ if is_deeper => PlainEnd::Later,
                _ => PlainEnd::At(end),
            };
        }
    }
}
