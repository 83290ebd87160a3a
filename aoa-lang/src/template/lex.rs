//! Cuts the text of a template into tokens: Go's `text/template/parse/lex.go`.

use std::borrow::Cow;

use crate::strconv;

/// The kinds of tokens; those from [`Kind::Block`] on are keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Error,
    Bool,
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

/// A token: its text, or what is wrong.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) pos: usize,
    pub(super) text: Cow<'t, str>,
    pub(super) line: usize,
}

impl Token<'_> {
    /// Before anything was read.
    pub(super) const NONE: Token<'static> =
        Token { kind: Kind::Error, pos: 0, text: Cow::Borrowed(""), line: 0 };

    /// The token as error messages show it.
    pub(super) fn describe(&self) -> String {
        match self.kind {
            Kind::Eof => "EOF".to_owned(),
            Kind::Error => self.text.clone().into_owned(),
            kind if kind >= Kind::Block => format!("<{}>", self.text),
            _ if self.text.len() > 10 => {
                let short: String = self.text.chars().take(10).collect();
                format!("{}...", strconv::quote(short.as_bytes()))
            }
            _ => strconv::quote(self.text.as_bytes()),
        }
    }
}

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

    fn text(&mut self) -> Next<'t> {
        let Some(at) = self.rest().find("{{") else {
            self.pos = self.input.len();
            if self.pos > self.start {
                self.line += count_lines(self.pending());
                return self.emit(Kind::Text);
            }
            let mut end = self.token(Kind::Eof);
            end.text = Cow::Borrowed("EOF");
            return Next::Token(end);
        };
        if at > 0 {
            self.pos += at;
            let behind = self.rest().get(2..).unwrap_or_default();
            let trimmed = if has_left_marker(behind) {
                self.pending().len() - self.pending().trim_end_matches(is_space).len()
            } else {
                0
            };
            self.pos -= trimmed;
            self.line += count_lines(self.pending());
            let token = self.token(Kind::Text);
            self.pos += trimmed;
            self.ignore();
            if !token.text.is_empty() {
                return Next::Token(token);
            }
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Next<'t> {
        self.pos += 2;
        let marker = if has_left_marker(self.rest()) { 2 } else { 0 };
        if self.rest().get(marker..).is_some_and(|r| r.starts_with("/*")) {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.token(Kind::LeftDelim);
        self.inside_action = true;
        self.pos += marker;
        self.ignore();
        self.paren_depth = 0;
        Next::Token(token)
    }

    fn comment(&mut self) -> Next<'t> {
        self.pos += 2;
        let Some(end) = self.rest().find("*/") else {
            return self.error("unclosed comment".to_owned());
        };
        self.pos += end + 2;
        let Some(trim) = self.at_right_delim() else {
            return self.error("comment ends before closing delimiter".to_owned());
        };
        self.line += count_lines(self.pending());
        self.token(Kind::Text);
        self.pos += if trim { 4 } else { 2 };
        if trim {
            self.skip_spaces();
        }
        self.ignore();
        Next::Text
    }

    /// Whether the right delimiter stands here, and then whether it trims.
    fn at_right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_marker(rest) && rest.get(2..).is_some_and(|r| r.starts_with("}}")) {
            return Some(true);
        }
        rest.starts_with("}}").then_some(false)
    }

    fn right_delim(&mut self) -> Token<'t> {
        let trim = self.at_right_delim() == Some(true);
        if trim {
            self.pos += 2;
            self.ignore();
        }
        self.pos += 2;
        let token = self.token(Kind::RightDelim);
        if trim {
            self.skip_spaces();
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn skip_spaces(&mut self) {
        self.pos += self.rest().len() - self.rest().trim_start_matches(is_space).len();
    }

    fn inside_action(&mut self) -> Next<'t> {
        if self.at_right_delim().is_some() {
            if self.paren_depth == 0 {
                return Next::RightDelim;
            }
            return self.error("unclosed left paren".to_owned());
        }
        let Some(c) = self.advance() else { return self.error("unclosed action".to_owned()) };
        match c {
            c if is_space(c) => {
                self.backup();
                self.space()
            }
            '=' => self.emit(Kind::Assign),
            ':' if self.advance() == Some('=') => self.emit(Kind::Declare),
            ':' => self.error("expected :=".to_owned()),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant"),
            '`' => self.raw_quoted(),
            '$' => self.field_or_variable(Kind::Variable),
            '.' if !self.rest().starts_with(|c: char| c.is_ascii_digit()) && !self.rest().is_empty() => {
                self.field_or_variable(Kind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.backup();
                self.number()
            }
            c if is_alphanumeric(c) => {
                self.backup();
                self.identifier()
            }
            '(' => {
                self.paren_depth += 1;
                self.emit(Kind::LeftParen)
            }
            ')' => match self.paren_depth.checked_sub(1) {
                Some(depth) => {
                    self.paren_depth = depth;
                    self.emit(Kind::RightParen)
                }
                None => self.error("unexpected right paren".to_owned()),
            },
            ' '..='~' => self.emit(Kind::Char),
            c => self.error(format!("unrecognized character in action: {}", code_point(c))),
        }
    }

    fn space(&mut self) -> Next<'t> {
        let mut count = 0;
        while self.peek().is_some_and(is_space) {
            self.advance();
            count += 1;
        }
        // A trimming right delimiter begins with a space, which then belongs to it.
        let from_space = self.input.get(self.pos.saturating_sub(1)..).unwrap_or_default();
        if has_right_marker(from_space) && from_space.get(2..).is_some_and(|r| r.starts_with("}}")) {
            self.backup();
            if count == 1 {
                return Next::RightDelim;
            }
        }
        self.emit(Kind::Space)
    }

    fn identifier(&mut self) -> Next<'t> {
        let after = self.skip_alphanumeric();
        if let Err(bad) = self.check_terminator(after) {
            return bad;
        }
        let kind = match self.pending() {
            "block" => Kind::Block,
            "break" if self.break_is_keyword => Kind::Break,
            "continue" if self.continue_is_keyword => Kind::Continue,
            "define" => Kind::Define,
            "else" => Kind::Else,
            "end" => Kind::End,
            "if" => Kind::If,
            "nil" => Kind::Nil,
            "range" => Kind::Range,
            "template" => Kind::Template,
            "with" => Kind::With,
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        };
        self.emit(kind)
    }

    /// Behind `.` or `$`.
    fn field_or_variable(&mut self, kind: Kind) -> Next<'t> {
        if self.at_terminator() {
            return self.emit(if kind == Kind::Variable { kind } else { Kind::Dot });
        }
        let after = self.skip_alphanumeric();
        match self.check_terminator(after) {
            Ok(()) => self.emit(kind),
            Err(bad) => bad,
        }
    }

    /// Skips letters and digits; the character behind them.
    fn skip_alphanumeric(&mut self) -> Option<char> {
        loop {
            let c = self.advance();
            if !c.is_some_and(is_alphanumeric) {
                self.backup();
                return c;
            }
        }
    }

    fn check_terminator(&mut self, after: Option<char>) -> Result<(), Next<'t>> {
        match after {
            Some(c) if !self.at_terminator() => Err(self.error(format!("bad character {}", code_point(c)))),
            _ => Ok(()),
        }
    }

    fn at_terminator(&mut self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) => is_space(c) || self.rest().starts_with("}}"),
        }
    }

    fn quoted(&mut self, mark: char, kind: Kind, unterminated: &str) -> Next<'t> {
        loop {
            match self.advance() {
                Some('\\') if !matches!(self.advance(), None | Some('\n')) => {}
                None | Some('\n' | '\\') => return self.error(unterminated.to_owned()),
                Some(c) if c == mark => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_quoted(&mut self) -> Next<'t> {
        loop {
            match self.advance() {
                None => return self.error("unterminated raw quoted string".to_owned()),
                Some('`') => return self.emit(Kind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Next<'t> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            // Complex: 1+2i, without spaces.
            if !self.scan_number() || !self.pending().ends_with('i') {
                return self.bad_number();
            }
            return self.emit(Kind::Complex);
        }
        self.emit(Kind::Number)
    }

    fn bad_number(&mut self) -> Next<'t> {
        let text = strconv::quote(self.pending().as_bytes());
        self.error(format!("bad number syntax: {text}"))
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if !exponent.is_empty() && self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.advance();
            return false;
        }
        true
    }
}

fn count_lines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || crate::unicode::is_letter(c) || crate::unicode::is_digit(c)
}

fn has_left_marker(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_space)
}

fn has_right_marker(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_space) && chars.next() == Some('-')
}

/// Go's `%#U`.
fn code_point(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if strconv::is_print(c) { format!("{number} '{c}'") } else { number }
}
