//! Where go-yaml v3 puts comments; v2 has none.

use super::analysis::is_break;
use super::emitter::{Emitter, StepComments};

impl<'c> Emitter<'c> {
    /// Takes the comments of the next step over; those that are still to be written stay.
    pub(super) fn take_comments(&mut self, comments: StepComments<'c>) {
        let take = |kept: &mut &'c str, new: &'c str| {
            if !new.is_empty() {
                *kept = new;
            }
        };
        take(&mut self.comments.head, comments.head);
        take(&mut self.comments.line, comments.line);
        take(&mut self.comments.foot, comments.foot);
        take(&mut self.comments.tail, comments.tail);
    }

    /// Writes the foot comment of the entry before, and the head comment.
    pub(super) fn write_head_comment(&mut self) {
        let tail = std::mem::take(&mut self.comments.tail);
        if !tail.is_empty() {
            self.put_indent();
            self.write_comment(tail);
            self.out.foot_indent = Some(self.indent.unwrap_or(0));
        }
        let head = std::mem::take(&mut self.comments.head);
        if !head.is_empty() {
            self.put_indent();
            self.write_comment(head);
        }
    }

    /// Writes the comment at the end of the line.
    pub(super) fn write_line_comment(&mut self) {
        let line = std::mem::take(&mut self.comments.line);
        if !line.is_empty() {
            if !self.out.whitespace() {
                self.out.put(' ');
            }
            self.write_comment(line);
        }
    }

    /// Writes the comment below.
    pub(super) fn write_foot_comment(&mut self) {
        let foot = std::mem::take(&mut self.comments.foot);
        if !foot.is_empty() {
            self.put_indent();
            self.write_comment(foot);
            self.out.foot_indent = Some(self.indent.unwrap_or(0));
        }
    }

    /// Whether comments follow the value at hand.
    pub(super) fn has_trailing_comment(&self) -> bool {
        !(self.comments.line.is_empty() && self.comments.foot.is_empty() && self.comments.tail.is_empty())
    }

    /// Writes the lines of a comment, each with a `#`.
    fn write_comment(&mut self, comment: &str) {
        let (mut breaks, mut pound) = (false, false);
        for c in comment.chars() {
            if is_break(c) {
                self.out.put_break(c);
                (breaks, pound) = (true, false);
                continue;
            }
            if breaks {
                self.put_indent();
            }
            if !pound && c != '#' {
                self.out.put_str("# ");
            }
            pound = true;
            self.out.put(c);
            self.out.end_indention();
            breaks = false;
        }
        if !breaks {
            self.out.put_newline();
        }
        self.out.set_whitespace();
    }
}
