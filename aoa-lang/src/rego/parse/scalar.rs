//! Numbers, strings, and templates of strings.

use super::super::number::{Big, Num};
use super::super::scan::Token;
use super::super::tree::{Expr, ExprKind, Kind, Part, Term};
use super::state::Parser;
use crate::Value;
use crate::json::{self, Numbers};

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Option<Term> {
        let row = self.row();
        let mut prefix = String::new();
        if self.token() == Token::Sub {
            prefix.push('-');
            self.scan();
            if !matches!(self.token(), Token::Number | Token::Dot) {
                self.illegal("expected number");
                return None;
            }
        }
        if self.token() == Token::Dot {
            prefix.push('.');
            self.scan();
            if self.token() != Token::Number {
                self.illegal("expected number");
                return None;
            }
        }
        let digits = self.state.text.as_bytes();
        if !prefix.ends_with('.')
            && digits.len() > 1
            && digits.first() == Some(&b'0')
            && !matches!(digits.get(1), Some(b'.'))
            && !(digits.len() > 2 && matches!(digits.get(1), Some(b'e' | b'E')))
        {
            self.illegal("expected number without leading zero");
            return None;
        }
        let text = format!("{prefix}{}", self.state.text);
        if Big::parse(&text).is_none() {
            self.error(row, "number too big");
            return None;
        }
        Some(Term::new(Kind::Number(Num::of_text(&text)), row))
    }

    pub(super) fn string(&mut self) -> Option<Term> {
        let row = self.row();
        let text = self.state.text;
        if let Some(raw) = text.strip_prefix('`') {
            return Some(Term::string(raw.strip_suffix('`').unwrap_or(raw), row));
        }
        match unescaped(text) {
            Some(text) => Some(Term::new(Kind::String(text), row)),
            None => {
                self.error(row, format!("illegal string literal: {text}"));
                None
            }
        }
    }

    pub(super) fn template(&mut self, is_raw: bool) -> Option<Term> {
        let row = self.row();
        let mut parts = Vec::new();
        let mut first = true;
        loop {
            let is_end = matches!(self.token(), Token::TemplateEnd | Token::RawTemplateEnd);
            let text = self.state.text;
            let text = if first { text.get(2..).unwrap_or_default() } else { text };
            first = false;
            let text = text.get(..text.len().saturating_sub(1)).unwrap_or_default().replace("\\{", "{");
            let part = if is_raw { Some(text.as_str().into()) } else { unescaped(&format!("\"{text}\"")) };
            let Some(part) = part else {
                let row = self.row();
                self.error(row, format!("illegal template-string part: {text}"));
                return None;
            };
            if !part.is_empty() {
                parts.push(Part::Fixed(Term::new(Kind::String(part), self.row())));
            }
            if is_end {
                return Some(Term::new(Kind::Template(parts), row));
            }
            self.scan();
            let Some(expr) = self.literal() else {
                let row = self.row();
                self.error(row, "invalid template-string expression");
                return None;
            };
            parts.push(self.template_part(expr)?);
            if self.token() != Token::CloseBrace {
                let row = self.row();
                self.error(row, "expected } to end template string expression");
                return None;
            }
            self.scan_part(is_raw);
        }
    }

    fn template_part(&mut self, expr: Expr) -> Option<Part> {
        let problem = match &expr.kind {
            _ if expr.negated => Some("unexpected negation ('not')"),
            _ if expr.is_equality() => Some("unexpected unification ('=')"),
            _ if expr.is_call_of("assign") => Some("unexpected assignment (':=')"),
            ExprKind::Every(_) => Some("unexpected 'every'"),
            ExprKind::Some(_) => Some("unexpected 'some'"),
            _ => None,
        };
        if let Some(problem) = problem {
            self.error(expr.row, format!("{problem} in template-string expression"));
            return None;
        }
        Some(match expr.kind {
            ExprKind::Term(term) if term.is_scalar() && expr.with.is_empty() => Part::Fixed(term),
            kind => Part::Expr(Expr { kind, ..expr }),
        })
    }
}

fn unescaped(quoted: &str) -> Option<crate::value::Text> {
    match json::read(quoted.as_bytes(), Numbers::Text).ok()? {
        Value::String(text) => Some(text),
        _ => None,
    }
}
