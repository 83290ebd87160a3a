//! Bodies and what stands in them.

use super::super::scan::Token;
use super::super::tree::{Body, Every, Expr, ExprKind, Kind, Term, With, operator_name};
use super::state::Parser;

impl Parser<'_> {
    pub(super) fn body(&mut self, end: Token) -> Option<Body> {
        if !self.enter() {
            return None;
        }
        let body = self.query(false, end);
        self.leave();
        body
    }

    pub(super) fn query(&mut self, is_statement: bool, end: Token) -> Option<Body> {
        if self.token() == end {
            let row = self.row();
            self.error(row, "found empty body");
            return None;
        }
        let mut body = Vec::new();
        loop {
            body.push(self.literal()?);
            if self.token() == Token::Semicolon {
                self.scan();
                continue;
            }
            if self.token() == end || is_statement {
                return Some(body);
            }
            if !self.state.skipped_newline {
                if self.state.errors.is_empty() {
                    self.illegal(&format!("expected \\n or ; or {}", end.name()));
                }
                return None;
            }
        }
    }

    pub(super) fn literal(&mut self) -> Option<Expr> {
        let row = self.row();
        if self.keyword_begins_reference() {
            return self.plain(false, row);
        }
        let negated = self.token() == Token::Not;
        if negated {
            self.scan();
            if self.not_bodies && self.token() == Token::OpenBrace {
                self.scan();
                let body = self.body(Token::CloseBrace)?;
                self.scan();
                let mut expr = Expr::new(ExprKind::Not(body), row);
                if self.token() == Token::With {
                    expr.with = self.with()?;
                }
                return Some(expr);
            }
        }
        match self.token() {
            Token::Some if negated => {
                self.illegal("illegal negation of 'some'");
                None
            }
            Token::Every if negated => {
                self.illegal("illegal negation of 'every'");
                None
            }
            Token::Some => self.some(row),
            Token::Every => self.every(row),
            _ => self.plain(negated, row),
        }
    }

    fn plain(&mut self, negated: bool, row: u32) -> Option<Expr> {
        let mut expr = self.expr(row)?;
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        expr.negated = negated;
        Some(expr)
    }

    fn expr(&mut self, row: u32) -> Option<Expr> {
        let left = self.infix()?;
        if let Some(operator) = self.operator(&[Token::Assign, Token::Unify]) {
            let right = self.infix()?;
            return Some(Expr::new(ExprKind::Call(vec![operator, left, right]), row));
        }
        Some(Expr::new(
            match left.kind {
                Kind::Call(terms) => ExprKind::Call(terms),
                _ => ExprKind::Term(left),
            },
            row,
        ))
    }

    fn with(&mut self) -> Option<Vec<With>> {
        let mut withs = Vec::new();
        while self.token() == Token::With {
            self.scan();
            if self.token() != Token::Ident {
                self.illegal("expected ident");
                return None;
            }
            let target = self.term()?;
            if !matches!(target.kind, Kind::Ref(_) | Kind::Var(_)) {
                self.illegal("expected with target path");
            }
            if self.token() != Token::As {
                self.illegal("expected as keyword");
                return None;
            }
            self.scan();
            let value = self.infix()?;
            withs.push(With { target, value });
        }
        Some(withs)
    }

    fn some(&mut self, row: u32) -> Option<Expr> {
        let before = self.save();
        self.scan();
        if let Some(term) = self.infix()
            && let Kind::Call(parts) = &term.kind
        {
            return self.some_in(parts.len(), callee(parts), term.clone(), row);
        }
        self.restore(before);
        let mut symbols = Vec::new();
        loop {
            self.scan();
            if self.token() != Token::Ident {
                self.illegal("expected var");
                return None;
            }
            symbols.push(self.var());
            self.scan();
            if self.token() != Token::Comma {
                break;
            }
        }
        Some(Expr::new(ExprKind::Some(symbols), row))
    }

    fn some_in(&mut self, count: usize, callee: Option<String>, term: Term, row: u32) -> Option<Expr> {
        match (callee.as_deref(), count) {
            (Some("internal.member_2"), 3) | (Some("internal.member_3"), 4) => {}
            (Some("internal.member_2" | "internal.member_3"), _) => {
                self.illegal("illegal domain");
                return None;
            }
            _ => {
                self.illegal("expected `x in xs` or `x, y in xs` expression");
                return None;
            }
        }
        let mut expr = Expr::new(ExprKind::Some(vec![term]), row);
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        Some(expr)
    }

    fn every(&mut self, row: u32) -> Option<Expr> {
        self.scan();
        let term = self.infix()?;
        let Kind::Call(parts) = term.kind else {
            self.illegal("expected `x[, y] in xs { ... }` expression");
            return None;
        };
        let (key, value, domain) = match (callee(&parts).as_deref(), parts.as_slice()) {
            (Some("internal.member_2"), [_, value, domain]) => (None, value.clone(), domain.clone()),
            (Some("internal.member_3"), [_, key, value, domain]) => {
                if key.as_var().is_none() {
                    self.illegal("expected key to be a variable");
                    return None;
                }
                (Some(key.clone()), value.clone(), domain.clone())
            }
            _ => {
                self.illegal("expected `x[, y] in xs { ... }` expression");
                return None;
            }
        };
        if value.as_var().is_none() {
            self.illegal("expected value to be a variable");
            return None;
        }
        if self.token() != Token::OpenBrace {
            self.illegal("missing body");
            return None;
        }
        self.scan();
        let body = self.body(Token::CloseBrace)?;
        self.scan();
        let mut expr = Expr::new(ExprKind::Every(Box::new(Every { key, value, domain, body })), row);
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        Some(expr)
    }
}

fn callee(parts: &[Term]) -> Option<String> {
    operator_name(parts.first()?.as_ref()?)
}
