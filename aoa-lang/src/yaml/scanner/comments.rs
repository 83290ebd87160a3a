//! Comments, as yaml.v3 keeps them: each belongs to a token, as head, line or foot (`scannerc.go`, `parserc.go`).
//!
//! The rules are v3's own and full of accidents; they decide where Kustomize's output has its comments.

use super::chars::is_blank;
use super::{Scanner, Token, TokenKind, to_u32};
use crate::yaml::{Comments, Mark};

/// How far go-yaml looks for a comment behind blanks and empty lines.
const LOOK_AHEAD: usize = 512;

/// Comments that were scanned, and those that wait for the next event.
#[derive(Default)]
pub(in crate::yaml) struct CommentQueue {
    scanned: Vec<Comment>,
    /// How many of them went to a token already.
    unfolded: usize,
    /// For the next event.
    pub(in crate::yaml) pending: Comments,
    /// The head comment of an item whose value is a block collection: it belongs to the collection.
    pub(in crate::yaml) stem: Option<String>,
}

#[derive(Default)]
struct Comment {
    /// Where the scan for the comment began.
    scan: Mark,
    /// The token that it belongs to.
    token: Mark,
    start: Mark,
    end: Mark,
    head: String,
    line: String,
    foot: String,
}

impl CommentQueue {
    /// Gives the comments up to `token` to the next event.
    pub(super) fn unfold(&mut self, token: &Token<'_>) {
        while let Some(comment) = self.scanned.get_mut(self.unfolded) {
            if token.start.offset < comment.token.offset {
                return;
            }
            if !comment.head.is_empty() {
                // An end has no head comment: it waits for what follows.
                if matches!(token.kind, TokenKind::BlockEnd) {
                    return;
                }
                append(&mut self.pending.head, &comment.head);
            }
            append(&mut self.pending.foot, &comment.foot);
            append(&mut self.pending.line, &comment.line);
            *comment = Comment::default();
            self.unfolded += 1;
        }
    }

    /// Takes what waits for the next event.
    pub(in crate::yaml) fn take(&mut self) -> Option<Box<Comments>> {
        self.stem = None;
        if self.pending == Comments::default() {
            return None;
        }
        Some(Box::new(std::mem::take(&mut self.pending)))
    }
}

fn append(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(text);
}

/// Where block collections end that close at the same token: in front of comments at their own indentation.
pub(super) struct Dedent {
    end: Mark,
}

impl Dedent {
    pub(super) fn new(scanned_from: Mark) -> Dedent {
        Dedent { end: Mark { offset: scanned_from.offset.saturating_sub(1), ..scanned_from } }
    }

    /// The end of the collection at `indent`.
    pub(super) fn close(&mut self, indent: i32, comments: &CommentQueue) -> Mark {
        let mut stop = self.end.offset;
        for comment in comments.scanned.iter().rev() {
            if comment.end.offset < stop {
                break;
            }
            // Columns of comments count from 1.
            if i64::from(comment.start.column) == i64::from(indent) + 1 {
                self.end = comment.start;
            }
            stop = comment.scan.offset;
        }
        self.end
    }
}

impl Scanner<'_> {
    /// Takes a comment behind a token on its line; it belongs to the token at `token`.
    pub(super) fn scan_line_comment(&mut self, token: Mark) {
        if self.newlines > 0 {
            return;
        }
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let Some(blanks) = rest.iter().take(LOOK_AHEAD).position(|b| !is_blank(*b)) else {
            return;
        };
        if self.byte(blanks) != b'#' {
            return;
        }
        self.pos += blanks;
        let start = self.mark();
        let line = self.take_comment().to_owned();
        self.comments.scanned.push(Comment { token, start, line, ..Comment::default() });
    }

    /// Takes the text from here to the end of the line.
    fn take_comment(&mut self) -> &str {
        let (from, to) = (self.pos, self.line_end());
        self.advance_to(to);
        self.slice(from, to)
    }

    /// Turns the line comment behind a sequence's first `-` into the head comment of what follows.
    pub(super) fn line_comment_to_head(&mut self) {
        let last = self.tokens.len().wrapping_sub(1);
        let kinds =
            (self.tokens.get(last.wrapping_sub(1)).map(|t| &t.kind), self.tokens.get(last).map(|t| &t.kind));
        if !matches!(kinds, (Some(TokenKind::BlockSequenceStart), Some(TokenKind::BlockEntry)))
            || self.is_break(0)
        {
            return;
        }
        let mark = self.mark();
        if let Some(comment) = self.comments.scanned.last_mut().filter(|c| !c.line.is_empty()) {
            comment.head = std::mem::take(&mut comment.line);
            if comment.start.line + 1 == mark.line {
                comment.token = mark;
            }
        }
    }

    /// Takes the comments from here up to the next token; some are the foot of what stands before.
    pub(super) fn scan_comments(&mut self, scanned_from: Mark) {
        let last = self.tokens.len().wrapping_sub(1);
        let mut token = self.tokens.get(last);
        if matches!(token.map(|t| &t.kind), Some(TokenKind::FlowEntry)) && last > 0 {
            token = self.tokens.get(last - 1);
        }
        let behind_value = matches!(token.map(|t| &t.kind), Some(TokenKind::Value));
        let mut scan = CommentScan {
            scan: scanned_from,
            token: token.map_or(scanned_from, |t| t.start),
            start: Mark::default(),
            text: String::new(),
        };
        // A foot comment begins on the line below the content.
        let foot_line = (scanned_from.line > 0).then(|| {
            let below = (i64::from(self.line) - i64::from(self.newlines)) + 1;
            below + i64::from(self.newlines == 0 && self.column() > 1)
        });
        let mut next_indent = self.indent.max(0);
        let (mut line, mut column) = (self.line, self.column());
        let mut recent_empty = false;
        let mut first_empty = self.newlines <= 1;
        let mut peek = 0;
        while peek < LOOK_AHEAD {
            let b = self.byte(peek);
            column += 1;
            if is_blank(b) {
                peek += 1;
                continue;
            }
            let here = Mark { offset: to_u32(self.pos + peek), line, column };
            let closes_flow = self.flow_level > 0 && (b == b']' || b == b'}');
            let dedented = |start: Mark, indent: i32| i64::from(start.column) - 1 < i64::from(indent);
            if closes_flow || self.is_break_or_end(peek) {
                if closes_flow || !recent_empty {
                    let at_foot = foot_line == Some(i64::from(scan.start.line)) && !behind_value;
                    if closes_flow || (first_empty && (at_foot || dedented(scan.start, next_indent))) {
                        if !scan.text.is_empty() {
                            if dedented(scan.start, next_indent) {
                                scan.token = scan.start;
                            }
                            self.comments.scanned.push(scan.take_foot(here));
                        }
                    } else if !scan.text.is_empty() && b != 0 {
                        scan.text.push('\n');
                    }
                }
                if !self.is_break(peek) {
                    break;
                }
                first_empty = false;
                recent_empty = true;
                column = 0;
                line += 1;
                peek += 1;
                continue;
            }
            if !scan.text.is_empty()
                && (closes_flow
                    || (i64::from(column) - 1 < i64::from(next_indent) && column != scan.start.column))
            {
                self.comments.scanned.push(scan.take_foot(here));
            }
            if b != b'#' {
                break;
            }
            if scan.text.is_empty() {
                scan.start = here;
            } else {
                scan.text.push('\n');
            }
            recent_empty = false;
            let comment_start = self.pos + peek;
            while self.pos < comment_start {
                if self.take_break().is_empty() {
                    self.skip();
                }
            }
            let text = self.take_comment().to_owned();
            scan.text.push_str(&text);
            // The line break itself is not looked at again: go-yaml's loop counts on before it goes round.
            peek = 1;
            column = 0;
            line = self.line;
            next_indent = self.indent.max(0);
        }
        if !scan.text.is_empty() {
            let end = Mark { offset: to_u32((self.pos + peek).saturating_sub(1)), line, column };
            let CommentScan { scan, start, text, .. } = scan;
            let comment = Comment { scan, token: start, start, end, head: text, ..Comment::default() };
            self.comments.scanned.push(comment);
        }
    }
}

/// A comment that is being put together.
struct CommentScan {
    scan: Mark,
    token: Mark,
    start: Mark,
    text: String,
}

impl CommentScan {
    /// What was collected becomes a foot comment that ends at `end`, where the next comment's scan begins.
    fn take_foot(&mut self, end: Mark) -> Comment {
        let foot = std::mem::take(&mut self.text);
        let comment = Comment {
            scan: self.scan,
            token: self.token,
            start: self.start,
            end,
            foot,
            ..Comment::default()
        };
        self.scan = end;
        self.token = end;
        comment
    }
}
