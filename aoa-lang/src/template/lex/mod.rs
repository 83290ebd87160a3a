//! Cuts the text of a template into tokens: Go's `text/template/parse/lex.go`.

mod action;
mod text;
mod token;

use std::borrow::Cow;

pub(super) use token::{Kind, Token};

/// Reads tokens one by one.
pub(super) struct Lexer<'t> {
    input: &'t str,
    pos: usize,
    start: usize,
    at_eof: bool,
    paren_depth: usize,
    line: usize,
    start_line: usize,
    inside_action: bool,
    /// Whether `break` and `continue` are keywords: they are not where functions have these names.
    break_is_keyword: bool,
    continue_is_keyword: bool,
}

/// What a scanning function says: a token, or which function goes on.
enum Next<'t> {
    Token(Token<'t>),
    Text,
    RightDelim,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(input: &'t str, break_is_keyword: bool, continue_is_keyword: bool) -> Self {
        Lexer {
            input,
            pos: 0,
            start: 0,
            at_eof: false,
            paren_depth: 0,
            line: 1,
            start_line: 1,
            inside_action: false,
            break_is_keyword,
            continue_is_keyword,
        }
    }

    /// The next token; behind the end, and behind an error, always the end or an error.
    pub(super) fn next_token(&mut self) -> Token<'t> {
        let mut next = if self.inside_action { self.inside_action() } else { self.text() };
        loop {
            next = match next {
                Next::Token(token) => return token,
                Next::Text => self.text(),
                Next::RightDelim => Next::Token(self.right_delim()),
            };
        }
    }

    fn rest(&self) -> &'t str {
        self.input.get(self.pos..).unwrap_or_default()
    }

    fn pending(&self) -> &'t str {
        self.input.get(self.start..self.pos).unwrap_or_default()
    }

    fn advance(&mut self) -> Option<char> {
        let Some(c) = self.rest().chars().next() else {
            self.at_eof = true;
            return None;
        };
        self.pos += c.len_utf8();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn backup(&mut self) {
        // Once the end was seen Go never goes back.
        if self.at_eof {
            return;
        }
        if let Some(c) = self.input.get(..self.pos).and_then(|t| t.chars().next_back()) {
            self.pos -= c.len_utf8();
            if c == '\n' {
                self.line -= 1;
            }
        }
    }

    fn peek(&mut self) -> Option<char> {
        let c = self.advance();
        self.backup();
        c
    }

    fn token(&mut self, kind: Kind) -> Token<'t> {
        let token =
            Token { kind, pos: self.start, text: Cow::Borrowed(self.pending()), line: self.start_line };
        self.start = self.pos;
        self.start_line = self.line;
        token
    }

    fn emit(&mut self, kind: Kind) -> Next<'t> {
        Next::Token(self.token(kind))
    }

    /// Skips what is pending and was not read with `advance`.
    fn ignore(&mut self) {
        self.line += count_lines(self.pending());
        self.start = self.pos;
        self.start_line = self.line;
    }

    fn error(&mut self, message: String) -> Next<'t> {
        let token =
            Token { kind: Kind::Error, pos: self.start, text: Cow::Owned(message), line: self.start_line };
        self.input = "";
        self.pos = 0;
        self.start = 0;
        Next::Token(token)
    }

    fn accept(&mut self, valid: &str) -> bool {
        if self.advance().is_some_and(|c| valid.contains(c)) {
            return true;
        }
        self.backup();
        false
    }

    fn accept_run(&mut self, valid: &str) {
        while self.advance().is_some_and(|c| valid.contains(c)) {}
        self.backup();
    }
}

fn count_lines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
