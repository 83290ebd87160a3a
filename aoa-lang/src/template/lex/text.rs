//! Texts and comments between actions, and the delimiters.

use std::borrow::Cow;

use super::{Kind, Lexer, Next, Token, count_lines, is_space};

impl<'t> Lexer<'t> {
    pub(super) fn text(&mut self) -> Next<'t> {
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
    pub(super) fn at_right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_marker(rest) && rest.get(2..).is_some_and(|r| r.starts_with("}}")) {
            return Some(true);
        }
        rest.starts_with("}}").then_some(false)
    }

    pub(super) fn right_delim(&mut self) -> Token<'t> {
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
}

fn has_left_marker(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_space)
}

pub(super) fn has_right_marker(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_space) && chars.next() == Some('-')
}
