//! Tokens, read ahead and put back, and what is said of a wrong one.

use super::Parser;
use crate::template::ast::{NodeId, NodeKind};
use crate::template::lex::{Kind, Token};
use crate::{Error, Result};

impl<'t> Parser<'t, '_> {
    pub(super) fn next(&mut self) -> Token<'t> {
        if self.state.peeked > 0 {
            self.state.peeked -= 1;
        } else {
            self.state.tokens[0] = self.lexer.next_token();
        }
        self.current()
    }

    fn current(&self) -> Token<'t> {
        self.state.tokens.get(self.state.peeked).cloned().unwrap_or(Token::NONE)
    }

    pub(super) fn backup(&mut self) {
        self.state.peeked += 1;
    }

    pub(super) fn peek(&mut self) -> Token<'t> {
        let token = self.next();
        self.backup();
        token
    }

    pub(super) fn next_non_space(&mut self) -> Token<'t> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    pub(super) fn peek_non_space(&mut self) -> Token<'t> {
        let token = self.next_non_space();
        self.backup();
        token
    }

    pub(super) fn error<T>(&self, message: impl std::fmt::Display) -> Result<T> {
        let line = self.state.tokens[0].line;
        Err(Error::syntax(format!("template: {}:{line}: {message}", self.name)))
    }

    pub(super) fn unexpected<T>(&self, token: &Token<'_>, context: &str) -> Result<T> {
        if token.kind == Kind::Error {
            let mut extra = String::new();
            if self.state.action_line != 0 && self.state.action_line != token.line {
                extra = format!(" in action started at {}:{}", self.name, self.state.action_line);
                if token.text.ends_with(" action") {
                    extra = extra.replacen(" in action", "", 1);
                }
            }
            return self.error(format!("{}{extra}", token.text));
        }
        self.error(format!("unexpected {} in {context}", token.describe()))
    }

    pub(super) fn expect(&mut self, kind: Kind, context: &str) -> Result<Token<'t>> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    pub(super) fn add(&mut self, pos: usize, kind: NodeKind) -> NodeId {
        self.ast.add(self.source, pos, kind)
    }
}
