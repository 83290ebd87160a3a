//! Literal (`|`) and folded (`>`) scalars.

use std::borrow::Cow;

use super::Scanner;
use super::chars::is_blank;
use crate::Result;
use crate::yaml::{Dialect, Mark, ScalarStyle};

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'a> Scanner<'a> {
    /// Scans a block scalar; returns its content and where it ends.
    pub(super) fn scan_block_scalar(&mut self, style: ScalarStyle) -> Result<(Cow<'a, str>, Mark)> {
        let start = self.mark();
        self.advance_to(self.pos + 1);
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut indent = increment.map(|n| if self.indent >= 0 { self.indent + n } else { n });
        let mut trailing = String::new();
        let mut end = self.scan_block_breaks(start, &mut indent, &mut trailing)?;
        let column = u32::try_from(indent.unwrap_or(1)).unwrap_or(1);
        let literal = style == ScalarStyle::Literal;

        // A single line needs no copy.
        let mut out = Cow::Borrowed("");
        let mut leading = "";
        let mut leading_blank = false;
        while self.column() == column && self.byte(0) != 0 {
            let blank = is_blank(self.byte(0));
            if !literal && !leading_blank && !blank && leading.starts_with('\n') {
                if trailing.is_empty() {
                    out.to_mut().push(' ');
                }
            } else if !leading.is_empty() {
                out.to_mut().push_str(leading);
            }
            if !trailing.is_empty() {
                out.to_mut().push_str(&trailing);
                trailing.clear();
            }
            leading_blank = blank;

            let line = self.slice(self.pos, self.line_end());
            if out.is_empty() {
                out = Cow::Borrowed(line);
            } else {
                out.to_mut().push_str(line);
            }
            let newlines = self.newlines;
            self.advance_to(self.pos + line.len());
            if line.bytes().all(is_blank) {
                self.newlines = newlines;
            }
            leading = self.take_break();
            end = self.scan_block_breaks(start, &mut indent, &mut trailing)?;
        }
        if chomping != Chomping::Strip && !leading.is_empty() {
            out.to_mut().push_str(leading);
        }
        if chomping == Chomping::Keep && !trailing.is_empty() {
            out.to_mut().push_str(&trailing);
        }
        Ok((out, end))
    }

    /// Scans what stands behind `|` or `>` on its line: the chomping and the indentation, in any order.
    fn scan_block_header(&mut self, start: Mark) -> Result<(Chomping, Option<i32>)> {
        let mut chomping = self.scan_chomping();
        let increment = self.scan_increment(start)?;
        if chomping.is_none() && increment.is_some() {
            chomping = self.scan_chomping();
        }
        self.skip_blanks();
        if self.byte(0) == b'#' {
            if self.dialect == Dialect::V3 {
                self.scan_line_comment(start);
            }
            let end = self.line_end();
            self.advance_to(end);
        }
        if !self.is_break_or_end(0) {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        self.take_break();
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.advance_to(self.pos + 1);
        Some(chomping)
    }

    fn scan_increment(&mut self, start: Mark) -> Result<Option<i32>> {
        let digit = self.byte(0);
        if !digit.is_ascii_digit() {
            return Ok(None);
        }
        if digit == b'0' {
            return Err(self.error(start, "found an indentation indicator equal to 0"));
        }
        self.advance_to(self.pos + 1);
        Ok(Some(i32::from(digit - b'0')))
    }

    /// Moves over indentation and empty lines, and finds the indentation if it is not known yet; returns where the
    /// last empty line ends.
    fn scan_block_breaks(
        &mut self,
        start: Mark,
        indent: &mut Option<i32>,
        breaks: &mut String,
    ) -> Result<Mark> {
        let mut end = self.mark();
        let mut deepest = 0;
        let most = indent.map_or(u32::MAX, |n| u32::try_from(n).unwrap_or(0));
        loop {
            while self.byte(0) == b' ' && self.column() < most {
                self.pos += 1;
            }
            deepest = deepest.max(self.column());
            if self.byte(0) == b'\t' && self.column() < most {
                return Err(self.error(start, "found a tab character where an indentation space is expected"));
            }
            let line_break = self.take_break();
            if line_break.is_empty() {
                break;
            }
            breaks.push_str(line_break);
            end = self.mark();
        }
        if indent.is_none() {
            let deepest = i32::try_from(deepest).unwrap_or(i32::MAX);
            *indent = Some(deepest.max(self.indent + 1).max(1));
        }
        Ok(end)
    }
}
