//! Tokens.

use std::borrow::Cow;

use crate::strconv;

/// The kinds of tokens; those from [`Kind::Block`] on are keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::template) enum Kind {
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
pub(in crate::template) struct Token<'t> {
    pub(in crate::template) kind: Kind,
    pub(in crate::template) pos: usize,
    pub(in crate::template) text: Cow<'t, str>,
    pub(in crate::template) line: usize,
}

impl Token<'_> {
    /// Before anything was read.
    pub(in crate::template) const NONE: Token<'static> =
        Token { kind: Kind::Error, pos: 0, text: Cow::Borrowed(""), line: 0 };

    /// The token as error messages show it.
    pub(in crate::template) fn describe(&self) -> String {
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
