//! Scalars in single and double quotes.

use std::borrow::Cow;

use super::Scanner;
use super::chars::{DOUBLE_STOP, SINGLE_STOP, is_blank};
use super::scalar_plain::Folded;
use crate::Result;
use crate::yaml::{Mark, ScalarStyle};

impl<'a> Scanner<'a> {
    /// Scans a quoted scalar, its quotes included.
    pub(super) fn scan_quoted(&mut self, style: ScalarStyle) -> Result<Cow<'a, str>> {
        let start = self.mark();
        let quote = if style == ScalarStyle::SingleQuoted { b'\'' } else { b'"' };
        self.advance_to(self.pos + 1);
        // From here on the content is a slice of the text; what stands before was copied.
        let mut from = self.pos;
        let mut copied: Option<String> = None;
        let mut folded = Folded::default();
        loop {
            if self.at_document_indicator() {
                return Err(self.error(start, "found unexpected document indicator"));
            }
            if self.byte(0) == 0 {
                return Err(self.error(start, "found unexpected end of stream"));
            }
            // An escaped line break counts as leading blanks without a break.
            let mut on_new_line = false;
            loop {
                let run = self.quoted_run(quote);
                self.advance_to(run);
                match self.byte(0) {
                    b'\'' if quote == b'\'' && self.byte(1) == b'\'' => {
                        copied.get_or_insert_default().push_str(self.slice(from, self.pos + 1));
                        self.advance_to(self.pos + 2);
                        from = self.pos;
                    }
                    b'\\' if quote == b'"' => {
                        let copied = copied.get_or_insert_default();
                        copied.push_str(self.slice(from, self.pos));
                        on_new_line = self.scan_escape(start, copied)?;
                        from = self.pos;
                        if on_new_line {
                            break;
                        }
                    }
                    _ => break,
                }
            }
            if self.byte(0) == quote {
                break;
            }
            let blanks = self.pos;
            loop {
                if is_blank(self.byte(0)) {
                    self.pos += 1;
                } else if self.is_break(0) {
                    if !on_new_line {
                        copied.get_or_insert_default().push_str(self.slice(from, blanks));
                    }
                    folded.add(self.take_break(), on_new_line);
                    on_new_line = true;
                } else {
                    break;
                }
            }
            if on_new_line {
                folded.join(copied.get_or_insert_default());
                from = self.pos;
            }
        }
        let last = self.slice(from, self.pos);
        self.advance_to(self.pos + 1);
        Ok(match copied {
            None => Cow::Borrowed(last),
            Some(mut copied) => {
                copied.push_str(last);
                Cow::Owned(copied)
            }
        })
    }

    /// The end of the characters from here that stand for themselves.
    fn quoted_run(&self, quote: u8) -> usize {
        let stops = if quote == b'\'' { &SINGLE_STOP } else { &DOUBLE_STOP };
        let mut at = self.pos;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|b| stops.contain(*b)).unwrap_or(rest.len());
            let ahead = at - self.pos;
            match self.byte(ahead) {
                0xC2 | 0xE2 if !self.is_break(ahead) => at += 1,
                _ => return at,
            }
        }
    }

    /// Scans `\` and what it escapes; whether that is a line break.
    fn scan_escape(&mut self, start: Mark, out: &mut String) -> Result<bool> {
        if self.is_break(1) {
            self.advance_to(self.pos + 1);
            self.take_break();
            return Ok(true);
        }
        let (c, digits) = match self.byte(1) {
            b'0' => ('\0', 0),
            b'a' => ('\x07', 0),
            b'b' => ('\x08', 0),
            b't' | b'\t' => ('\t', 0),
            b'n' => ('\n', 0),
            b'v' => ('\x0B', 0),
            b'f' => ('\x0C', 0),
            b'r' => ('\r', 0),
            b'e' => ('\x1B', 0),
            b' ' => (' ', 0),
            b'"' => ('"', 0),
            b'\'' => ('\'', 0),
            b'\\' => ('\\', 0),
            b'N' => ('\u{85}', 0),
            b'_' => ('\u{A0}', 0),
            b'L' => ('\u{2028}', 0),
            b'P' => ('\u{2029}', 0),
            b'x' => ('\0', 2),
            b'u' => ('\0', 4),
            b'U' => ('\0', 8),
            _ => return Err(self.error(start, "found unknown escape character")),
        };
        self.advance_to(self.pos + 2);
        if digits == 0 {
            out.push(c);
            return Ok(false);
        }
        let mut value = 0_u32;
        for k in 0..digits {
            let Some(digit) = char::from(self.byte(k)).to_digit(16) else {
                return Err(self.error(start, "did not find expected hexdecimal number"));
            };
            // More than eight digits' worth cannot come: the value stays below 2^32.
            value = (value << 4) | digit;
        }
        let Some(c) = char::from_u32(value) else {
            return Err(self.error(start, "found invalid Unicode character escape code"));
        };
        out.push(c);
        self.advance_to(self.pos + digits);
        Ok(false)
    }
}
