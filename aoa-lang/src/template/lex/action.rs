//! What stands inside an action.

use super::text::has_right_marker;
use super::{Kind, Lexer, Next, is_space};
use crate::strconv;

impl<'t> Lexer<'t> {
    pub(super) fn inside_action(&mut self) -> Next<'t> {
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

fn is_alphanumeric(c: char) -> bool {
    c == '_' || crate::unicode::is_letter(c) || crate::unicode::is_digit(c)
}

/// Go's `%#U`.
fn code_point(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if strconv::is_print(c) { format!("{number} '{c}'") } else { number }
}
