//! Scalars without quotes.

use std::borrow::Cow;

use super::Scanner;
use super::chars::{FLOW_PLAIN_STOP, PLAIN_STOP, is_blank};
use crate::Result;
use crate::yaml::Mark;

impl<'a> Scanner<'a> {
    /// Scans a plain scalar; returns its content and where it ends.
    pub(super) fn scan_plain(&mut self) -> Result<(Cow<'a, str>, Mark)> {
        let start = self.mark();
        let indent = self.indent + 1;
        let flow = self.flow_level > 0;
        // What is a slice of the text so far, and what had to be copied before it.
        let (mut from, mut to) = (self.pos, self.pos);
        let mut copied: Option<String> = None;
        let mut end = start;
        let mut folded = Folded::default();
        let mut on_new_line = false;
        loop {
            if self.at_document_indicator() || self.byte(0) == b'#' {
                break;
            }
            let run = self.plain_run(flow);
            if run > self.pos {
                if std::mem::take(&mut on_new_line) {
                    let copied = copied.get_or_insert_default();
                    copied.push_str(self.slice(from, to));
                    folded.join(copied);
                    from = self.pos;
                }
                self.advance_to(run);
                to = run;
                end = self.mark();
            }
            if !is_blank(self.byte(0)) && !self.is_break(0) {
                break;
            }
            loop {
                let b = self.byte(0);
                if is_blank(b) {
                    let column = i32::try_from(self.column()).unwrap_or(i32::MAX);
                    if on_new_line && column < indent && b == b'\t' {
                        return Err(self.error(start, "found a tab character that violates indentation"));
                    }
                    self.pos += 1;
                } else if self.is_break(0) {
                    folded.add(self.take_break(), on_new_line);
                    on_new_line = true;
                } else {
                    break;
                }
            }
            if !flow && i32::try_from(self.column()).unwrap_or(i32::MAX) < indent {
                break;
            }
        }
        if on_new_line {
            self.simple_key_allowed = true;
        }
        let last = self.slice(from, to);
        let value = match copied {
            None => Cow::Borrowed(last),
            Some(mut copied) => {
                copied.push_str(last);
                Cow::Owned(copied)
            }
        };
        Ok((value, end))
    }

    /// The end of the characters from here that belong to a plain scalar, up to a blank or an indicator.
    fn plain_run(&self, flow: bool) -> usize {
        let stops = if flow { &FLOW_PLAIN_STOP } else { &PLAIN_STOP };
        let mut at = self.pos;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|b| stops.contain(*b)).unwrap_or(rest.len());
            let ahead = at - self.pos;
            match self.byte(ahead) {
                b':' if !self.is_blank_or_end(ahead + 1) => at += 1,
                0xC2 | 0xE2 if !self.is_break(ahead) => at += 1,
                _ => return at,
            }
        }
    }
}

/// Line breaks inside a scalar, to be folded: one becomes a space, of more the first goes.
#[derive(Default)]
pub(super) struct Folded {
    first: String,
    more: String,
}

impl Folded {
    pub(super) fn add(&mut self, line_break: &str, is_further: bool) {
        let place = if is_further { &mut self.more } else { &mut self.first };
        place.push_str(line_break);
    }

    /// Appends what the breaks count as, and forgets them.
    pub(super) fn join(&mut self, out: &mut String) {
        if self.first.starts_with('\n') {
            out.push_str(if self.more.is_empty() { " " } else { &self.more });
        } else {
            // U+2028 and U+2029 are not folded.
            out.push_str(&self.first);
            out.push_str(&self.more);
        }
        self.first.clear();
        self.more.clear();
    }
}
