//! From characters to tokens, as libyaml's scanner does it (go-yaml `scannerc.go`).
//!
//! A token queue is needed because a mapping's key is known to be one only at its `:`; the `KEY` token is then
//! put in front of what was scanned already.

mod chars;
mod comments;
mod direct;
mod fetch;
mod properties;
mod scalar_block;
mod scalar_plain;
mod scalar_quoted;
mod token;

use std::collections::VecDeque;

pub(super) use comments::CommentQueue;
pub(super) use direct::{Ahead, PlainEnd};
pub(super) use token::{Tag, Token, TokenKind};

use super::{Dialect, Mark, Source};
use crate::source::Span;
use crate::{Error, Result};
use chars::{LINE_STOP, is_blank};

/// go-yaml's bound on open flow collections, and on open indentation levels.
const MAX_DEPTH: usize = 10_000;

/// Longest simple key, in characters.
const SIMPLE_KEY: u32 = 1024;

pub(super) struct Scanner<'a> {
    pub(super) dialect: Dialect,
    text: &'a str,
    bytes: &'a [u8],
    ascii: bool,
    broken: Option<&'a Error>,
    /// Up to here go-yaml takes every line for one with a byte order mark (`is_bom` looks at the buffer's begin).
    stray_mark_until: usize,

    /// Whether block collections may be read past the queue; only v3 needs its tokens, for the comments.
    may_be_direct: bool,

    pos: usize,
    line: u32,
    /// What to subtract from `pos` to get the column in characters.
    line_base: usize,
    /// Line breaks since the last character that is no blank.
    newlines: u32,

    flow_level: usize,
    indent: i32,
    indents: Vec<i32>,
    simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,

    tokens: VecDeque<Token<'a>>,
    tokens_parsed: usize,
    token_available: bool,
    stream_start_produced: bool,
    pub(super) comments: CommentQueue,
}

/// Something that may turn out to be a key when a `:` follows; one for each flow level.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// Whether a `:` must follow, because the indentation allows nothing else.
    required: bool,
    /// Whether go-yaml finds this key when its token is at the head of the queue (`simple_keys_by_tok`).
    indexed: bool,
    token_number: usize,
    mark: Mark,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a Source<'_>, dialect: Dialect) -> Scanner<'a> {
        let (text, pos) = (source.text(), source.start());
        let stray = text.get(pos..).is_some_and(|t| t.starts_with('\u{FEFF}'));
        Scanner {
            dialect,
            text,
            bytes: text.as_bytes(),
            ascii: text.is_ascii(),
            broken: source.broken(),
            stray_mark_until: if stray { text.len().min(512).saturating_sub(4) } else { 0 },
            may_be_direct: dialect == Dialect::V2,
            pos,
            line: 0,
            line_base: pos,
            newlines: 0,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            tokens: VecDeque::new(),
            tokens_parsed: 0,
            token_available: false,
            stream_start_produced: false,
            comments: CommentQueue::default(),
        }
    }

    /// From here on every token goes through the queue.
    #[cfg(test)]
    pub(super) fn use_queue(&mut self) {
        self.may_be_direct = false;
    }

    /// The next token, which stays where it is.
    pub(super) fn peek(&mut self) -> Result<&Token<'a>> {
        self.make_available()?;
        if self.dialect == Dialect::V3
            && let Some(token) = self.tokens.front()
        {
            self.comments.unfold(token);
        }
        self.tokens.front().ok_or_else(|| Error::new(crate::ErrorKind::Internal, "yaml: no token"))
    }

    /// Takes the token that [`Scanner::peek`] showed.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        self.token_available = false;
        self.tokens_parsed += 1;
        self.tokens.pop_front()
    }

    /// An error as go-yaml words it, at the mark `at`; `context` is where what failed began.
    pub(super) fn failure(&self, stage: Stage, context: Option<Mark>, at: Mark, problem: &str) -> Error {
        if let Some(broken) = self.reader_error(at) {
            return broken;
        }
        let context = context.map_or(0, |mark| mark.line);
        let behind = u32::from(stage == Stage::Scanner);
        // From decode.go `fail`: lines count from 0 here, and which of the two is told differs.
        let line = match self.dialect {
            Dialect::V2 if at.line != 0 => at.line + behind,
            Dialect::V2 => context,
            Dialect::V3 if context != 0 => context + behind,
            Dialect::V3 if at.line != 0 => at.line + behind,
            Dialect::V3 => 0,
        };
        let place = if line == 0 { String::new() } else { format!("line {line}: ") };
        let offset = at.offset as usize;
        Error::syntax(format!("yaml: {place}{problem}")).at(Span::new(offset, offset + 1))
    }

    /// Whether go-yaml has stumbled over a bad byte before it got to `at`: it looks up to four characters ahead.
    fn reader_error(&self, at: Mark) -> Option<Error> {
        let error = self.broken?;
        (at.offset as usize + 4 > self.bytes.len())
            .then(|| error.clone().at(Span::new(self.bytes.len(), self.bytes.len())))
    }

    fn error(&self, context: Mark, problem: &str) -> Error {
        self.failure(Stage::Scanner, Some(context), self.mark(), problem)
    }

    // --- the cursor ---

    #[inline]
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    #[inline]
    fn column(&self) -> u32 {
        to_u32(self.pos - self.line_base)
    }

    #[inline]
    fn mark(&self) -> Mark {
        Mark { offset: to_u32(self.pos), line: self.line, column: self.column() }
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Moves over bytes of one line that are not all blank.
    #[inline]
    fn advance_to(&mut self, end: usize) {
        if !self.ascii {
            let passed = self.bytes.get(self.pos..end).unwrap_or_default();
            self.line_base += passed.iter().filter(|b| **b & 0xC0 == 0x80).count();
        }
        self.pos = end;
        self.newlines = 0;
    }

    /// Moves over one character.
    fn skip(&mut self) {
        let b = self.byte(0);
        let width = match b {
            0..=0xBF => 1,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            _ => 4,
        };
        if !is_blank(b) {
            self.newlines = 0;
        }
        self.pos = (self.pos + width).min(self.bytes.len());
        self.line_base += width - 1;
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.byte(0)) {
            self.pos += 1;
        }
    }

    /// The length of the line break `ahead` of the cursor; 0 if there is none.
    #[inline]
    fn break_width(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            b'\n' => 1,
            b'\r' if self.byte(ahead + 1) == b'\n' => 2,
            b'\r' => 1,
            0xC2 if self.byte(ahead + 1) == 0x85 => 2,
            0xE2 if self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    #[inline]
    fn is_break(&self, ahead: usize) -> bool {
        self.break_width(ahead) > 0
    }

    fn is_break_or_end(&self, ahead: usize) -> bool {
        self.byte(ahead) == 0 || self.is_break(ahead)
    }

    #[inline]
    fn is_blank_or_end(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t' | 0) || self.is_break(ahead)
    }

    /// Moves over a line break, if there is one; returns what it counts as in a scalar.
    fn take_break(&mut self) -> &'a str {
        let width = self.break_width(0);
        if width == 0 {
            return "";
        }
        let kept = if width == 3 { self.slice(self.pos, self.pos + 3) } else { "\n" };
        self.pos += width;
        self.line_base = self.pos;
        self.line += 1;
        self.newlines += 1;
        kept
    }

    /// The offset of the end of this line.
    fn line_end(&self) -> usize {
        let mut at = self.pos;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|b| LINE_STOP.contain(*b)).unwrap_or(rest.len());
            if self.is_break_or_end(at - self.pos) {
                return at;
            }
            at += 1;
        }
    }

    /// Whether a line with `---` or `...` begins here.
    fn at_document_indicator(&self) -> bool {
        let first = self.byte(0);
        self.pos == self.line_base
            && (first == b'-' || first == b'.')
            && self.byte(1) == first
            && self.byte(2) == first
            && self.is_blank_or_end(3)
    }

    // --- the queue ---

    fn push(&mut self, kind: TokenKind<'a>, start: Mark, end: Mark) {
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Puts a token in front of token `number`; behind all if that one is gone (go-yaml `yaml_insert_token`).
    fn insert(&mut self, number: usize, kind: TokenKind<'a>, mark: Mark) {
        let token = Token { kind, start: mark, end: mark };
        match number.checked_sub(self.tokens_parsed) {
            Some(at) if at <= self.tokens.len() => self.tokens.insert(at, token),
            _ => self.tokens.push_back(token),
        }
    }

    fn next_token_number(&self) -> usize {
        self.tokens_parsed + self.tokens.len()
    }

    fn make_available(&mut self) -> Result<()> {
        if self.token_available {
            return Ok(());
        }
        // From v3's scannerc.go: comments need to look two tokens ahead.
        let enough = if self.dialect == Dialect::V3 { 3 } else { 1 };
        while self.tokens.len() < enough || self.head_may_be_key()? {
            self.fetch_next_token()?;
        }
        self.token_available = true;
        Ok(())
    }

    /// Whether the token at the head may still get a `KEY` in front of it.
    fn head_may_be_key(&mut self) -> Result<bool> {
        let number = self.tokens_parsed;
        let first = self.simple_keys.partition_point(|key| key.token_number < number);
        let same =
            self.simple_keys.iter().enumerate().skip(first).take_while(|(_, key)| key.token_number == number);
        let found = same.filter(|(_, key)| key.indexed).map(|(level, _)| level).next();
        found.map_or(Ok(false), |level| self.check_simple_key(level))
    }

    // --- simple keys ---

    /// Whether the key of `level` is still possible: a key ends on its line and is not too long.
    fn check_simple_key(&mut self, level: usize) -> Result<bool> {
        let (line, column) = (self.line, self.column());
        let Some(key) = self.simple_keys.get_mut(level).filter(|key| key.possible) else {
            return Ok(false);
        };
        if key.mark.line < line || key.mark.column + SIMPLE_KEY < column {
            if key.required {
                let context = key.mark;
                return Err(self.error(context, "could not find expected ':'"));
            }
            key.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Result<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.mark();
        let required =
            self.flow_level == 0 && u32::try_from(self.indent).is_ok_and(|indent| indent == mark.column);
        self.remove_simple_key()?;
        let token_number = self.next_token_number();
        if let Some(key) = self.simple_keys.last_mut() {
            *key = SimpleKey { possible: true, required, indexed: true, token_number, mark };
        }
        Ok(())
    }

    /// Gives up the key of this flow level.
    fn remove_simple_key(&mut self) -> Result<()> {
        let Some(key) = self.simple_keys.last_mut().filter(|key| key.possible) else {
            return Ok(());
        };
        if key.required {
            let context = key.mark;
            return Err(self.error(context, "could not find expected ':'"));
        }
        key.possible = false;
        key.indexed = false;
        Ok(())
    }

    fn open_flow(&mut self) -> Result<()> {
        let (mark, token_number) = (self.mark(), self.next_token_number());
        self.simple_keys.push(SimpleKey { token_number, mark, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(self.error(mark, &format!("exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    fn close_flow(&mut self) {
        if self.flow_level == 0 {
            return;
        }
        self.flow_level -= 1;
        let closed = self.simple_keys.pop();
        // From scannerc.go `yaml_parser_decrease_flow_level`: if nothing was saved on the closed level, its number is
        // that of its bracket, and the bracket's own entry goes instead. So `[]: x` is no mapping.
        if let (Some(closed), Some(outer)) = (closed, self.simple_keys.last_mut())
            && outer.token_number == closed.token_number
        {
            outer.indexed = false;
        }
    }

    // --- indentation ---

    /// Opens a block collection at `column`, if that is deeper than where we are; its token goes in front of `number`.
    fn roll_indent(&mut self, number: Option<usize>, kind: TokenKind<'a>, mark: Mark) -> Result<()> {
        let column = i32::try_from(mark.column).unwrap_or(i32::MAX);
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.push_indent(column)?;
        match number {
            Some(number) => self.insert(number, kind, mark),
            None => self.push(kind, mark, mark),
        }
        Ok(())
    }

    fn push_indent(&mut self, column: i32) -> Result<()> {
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            let context = self.simple_keys.last().map_or_else(Mark::default, |key| key.mark);
            return Err(self.error(context, &format!("exceeded max depth of {MAX_DEPTH}")));
        }
        Ok(())
    }

    /// Closes the block collections that are deeper than `column`; -1 closes all.
    fn unroll_indent(&mut self, column: i32, scanned_from: Mark) {
        if self.flow_level > 0 {
            return;
        }
        let mut comments = comments::Dedent::new(scanned_from);
        while self.indent > column {
            let mark = match self.dialect {
                Dialect::V2 => self.mark(),
                Dialect::V3 => comments.close(self.indent, &self.comments),
            };
            self.push(TokenKind::BlockEnd, mark, mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }
}

/// Who found an error; go-yaml counts its lines differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Scanner,
    Parser,
}

#[inline]
fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
