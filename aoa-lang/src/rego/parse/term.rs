//! Terms and operators.

use super::super::number::{Big, Num};
use super::super::scan::Token;
use super::super::tree::{Expr, ExprKind, Kind, Part, Term};
use super::is_root;
use super::state::Parser;
use crate::Value;
use crate::json::{self, Numbers};

/// Operators from loose to tight.
const LEVELS: [&[Token]; 5] = [
    &[Token::Equal, Token::NotEqual, Token::Less, Token::Greater, Token::LessOrEqual, Token::GreaterOrEqual],
    &[Token::Or],
    &[Token::And],
    &[Token::Add, Token::Sub],
    &[Token::Mul, Token::Div, Token::Rem],
];

impl Parser<'_> {
    /// A term with operators; `k, v in xs` too.
    pub(super) fn infix(&mut self) -> Option<Term> {
        self.nested(|parser| parser.member(true))
    }

    /// The same in a list, where a comma ends it.
    pub(super) fn infix_in_list(&mut self) -> Option<Term> {
        self.nested(|parser| parser.member(false))
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if !self.enter() {
            return None;
        }
        let result = read(self);
        self.leave();
        result
    }

    fn member(&mut self, takes_key: bool) -> Option<Term> {
        let mut left = self.relation(0)?;
        let mut length = 0;
        loop {
            if takes_key && self.token() == Token::Comma {
                let before = self.save();
                self.scan();
                if let Some(middle) = self.relation(0)
                    && self.token() == Token::In
                {
                    let operator = Term::builtin("internal.member_3", self.row());
                    self.scan();
                    if let Some(right) = self.relation(0) {
                        let row = left.row;
                        left = Term::new(Kind::Call(vec![operator, left, middle, right]), row);
                        if self.token() == Token::In {
                            continue;
                        }
                        return Some(left);
                    }
                }
                self.restore(before);
            }
            self.keyword_begins_reference();
            if self.token() != Token::In {
                return Some(left);
            }
            let operator = Term::builtin("internal.member_2", self.row());
            self.scan();
            let Some(right) = self.relation(0) else { return Some(left) };
            let row = left.row;
            left = Term::new(Kind::Call(vec![operator, left, right]), row);
            if self.token() != Token::In {
                return Some(left);
            }
            length += 1;
            if length > self.deepest() {
                self.too_deep();
                return None;
            }
        }
    }

    /// Operators of this level and tighter ones.
    fn relation(&mut self, level: usize) -> Option<Term> {
        let Some(tokens) = LEVELS.get(level) else { return self.term() };
        let mut left = self.relation(level + 1)?;
        let mut length = 0;
        while let Some(operator) = self.operator(tokens) {
            let Some(right) = self.relation(level + 1) else { return Some(left) };
            let row = left.row;
            left = Term::new(Kind::Call(vec![operator, left, right]), row);
            length += 1;
            if length > self.deepest() {
                self.too_deep();
                return None;
            }
        }
        Some(left)
    }

    pub(super) fn operator(&mut self, tokens: &[Token]) -> Option<Term> {
        let token = self.token();
        if !tokens.contains(&token) {
            return None;
        }
        let operator = Term::builtin(token.name(), self.row());
        self.scan();
        Some(operator)
    }

    /// A term without operators around it.
    pub(super) fn term(&mut self) -> Option<Term> {
        if let Some(term) = self.recall() {
            return Some(term);
        }
        let start = self.state.start;
        let term = self.nested(Self::fresh_term)?;
        self.remember(start, &term);
        Some(term)
    }

    fn fresh_term(&mut self) -> Option<Term> {
        let row = self.row();
        let mut minus = false;
        let term = match self.token() {
            Token::Null => Some(Term::new(Kind::Null, row)),
            Token::True => Some(Term::bool(true, row)),
            Token::False => Some(Term::bool(false, row)),
            Token::Sub => {
                let before = self.save();
                self.scan();
                if matches!(self.token(), Token::Ident | Token::Contains) {
                    minus = true;
                    Some(self.var())
                } else {
                    self.restore(before);
                    self.number()
                }
            }
            Token::Dot | Token::Number => self.number(),
            Token::String => self.string(),
            Token::TemplatePart | Token::TemplateEnd => self.template(false),
            Token::RawTemplatePart | Token::RawTemplateEnd => self.template(true),
            Token::Ident | Token::Contains => Some(self.var()),
            Token::OpenBracket => self.array(),
            Token::OpenBrace => self.set_or_object(),
            Token::OpenParen => {
                self.scan();
                let inner = self.infix();
                if inner.is_some() && self.token() != Token::CloseParen {
                    let row = self.row();
                    self.error(row, "non-terminated expression");
                    return None;
                }
                inner
            }
            _ => {
                self.illegal("");
                None
            }
        }?;
        self.scan_space();
        let term = self.finish(term)?;
        Some(if minus {
            let zero = Term::new(Kind::Number(Num::Int(0)), row);
            Term::new(Kind::Call(vec![Term::builtin("minus", row), zero, term]), row)
        } else {
            term
        })
    }

    /// What may follow a term at once: a reference or a call.
    fn finish(&mut self, head: Term) -> Option<Term> {
        match self.token() {
            Token::OpenParen | Token::Dot | Token::OpenBracket => return self.reference(head),
            Token::Space => self.scan(),
            _ => {}
        }
        if is_root(&head) {
            let row = head.row;
            return Some(Term::new(Kind::Ref(vec![head]), row));
        }
        Some(head)
    }

    /// The reference at the head of a rule.
    pub(super) fn head_reference(&mut self, head: Term) -> Option<Term> {
        self.scan_space();
        match self.token() {
            Token::Add
            | Token::Sub
            | Token::Mul
            | Token::Div
            | Token::Rem
            | Token::And
            | Token::Or
            | Token::Equal
            | Token::NotEqual
            | Token::Greater
            | Token::GreaterOrEqual
            | Token::Less
            | Token::LessOrEqual => self.illegal(""),
            Token::Space => self.scan(),
            _ => {}
        }
        self.finish(head)
    }

    fn reference(&mut self, head: Term) -> Option<Term> {
        let row = head.row;
        if matches!(
            head.kind,
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Template(_) | Kind::Ref(_)
        ) && !matches!(head.kind, Kind::Ref(_))
        {
            self.error(row, format!("illegal ref (head cannot be {})", head.kind_name()));
        }
        let mut parts = vec![head];
        loop {
            match self.token() {
                Token::Dot => {
                    self.scan_space();
                    if self.token() != Token::Ident && !self.token().is_keyword() {
                        self.illegal("expected identifier");
                        return None;
                    }
                    parts.push(Term::string(self.state.text, self.row()));
                    self.scan_space();
                }
                Token::OpenParen => {
                    let operator = Term::new(Kind::Ref(std::mem::take(&mut parts)), row);
                    let call = self.nested(|parser| parser.call(operator))?;
                    match self.token() {
                        Token::Space => self.scan(),
                        Token::Dot | Token::OpenBracket => {
                            return self.nested(|parser| parser.reference(call));
                        }
                        _ => {}
                    }
                    return Some(call);
                }
                Token::OpenBracket => {
                    self.scan();
                    let operand = self.infix()?;
                    if self.token() != Token::CloseBracket {
                        self.illegal("expected [");
                        return None;
                    }
                    parts.push(operand);
                    self.scan_space();
                }
                Token::Space => {
                    self.scan();
                    return Some(Term::new(Kind::Ref(parts), row));
                }
                _ => return Some(Term::new(Kind::Ref(parts), row)),
            }
            if parts.len() > 1_000 {
                self.too_deep();
                return None;
            }
        }
    }

    fn call(&mut self, operator: Term) -> Option<Term> {
        let row = operator.row;
        self.scan();
        if self.token() == Token::CloseParen {
            self.scan_space();
            let is_set = operator.as_ref().is_some_and(
                |parts| matches!(parts, [name] if name.as_var().is_some_and(|name| &**name == "set")),
            );
            let kind = if is_set { Kind::Set(Vec::new()) } else { Kind::Call(vec![operator]) };
            return Some(Term::new(kind, row));
        }
        let terms = self.list(Token::CloseParen, vec![operator])?;
        self.scan_space();
        Some(Term::new(Kind::Call(terms), row))
    }

    fn number(&mut self) -> Option<Term> {
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

    fn string(&mut self) -> Option<Term> {
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

    fn template(&mut self, is_raw: bool) -> Option<Term> {
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

    fn array(&mut self) -> Option<Term> {
        let row = self.row();
        self.scan();
        let array = |items| Some(Term::new(Kind::Array(items), row));
        if self.token() == Token::CloseBracket {
            return array(Vec::new());
        }
        let leads = self.token() == Token::Comma;
        if leads {
            self.scan();
        }
        let before = self.save();
        let head = self.term()?;
        match self.token() {
            Token::CloseBracket => return array(vec![head]),
            Token::Comma => {
                self.scan();
                return array(self.list(Token::CloseBracket, vec![head])?);
            }
            Token::Or if !leads => {
                self.scan();
                if let Some(body) = self.body(Token::CloseBracket) {
                    return Some(Term::new(Kind::ArrayOf(Box::new((head, body))), row));
                }
                if self.token() != Token::Comma {
                    return None;
                }
            }
            _ => {}
        }
        self.restore(before);
        array(self.list(Token::CloseBracket, Vec::new())?)
    }

    fn set_or_object(&mut self) -> Option<Term> {
        let row = self.row();
        self.scan();
        if self.token() == Token::CloseBrace {
            return Some(Term::new(Kind::Object(Vec::new()), row));
        }
        let leads = self.token() == Token::Comma;
        if leads {
            self.scan();
        }
        let before = self.save();
        let head = self.term()?;
        match self.token() {
            Token::Or if !leads => {
                self.scan();
                if let Some(body) = self.body(Token::CloseBrace) {
                    return Some(Term::new(Kind::SetOf(Box::new((head, body))), row));
                }
                if self.token() != Token::Comma {
                    return None;
                }
                self.restore(before);
                return Some(set_of(self.list(Token::CloseBrace, Vec::new())?, row));
            }
            Token::CloseBrace => return Some(set_of(vec![head], row)),
            Token::Comma => {
                self.scan();
                return Some(set_of(self.list(Token::CloseBrace, vec![head])?, row));
            }
            Token::Colon => return self.object(head, !leads, row),
            _ => {}
        }
        self.restore(before);
        let head = self.infix_in_list()?;
        match self.token() {
            Token::CloseBrace => Some(set_of(vec![head], row)),
            Token::Comma => {
                self.scan();
                Some(set_of(self.list(Token::CloseBrace, vec![head])?, row))
            }
            Token::Colon => self.object(head, !leads, row),
            _ => {
                self.illegal("non-terminated set");
                None
            }
        }
    }

    fn object(&mut self, key: Term, may_be_of: bool, row: u32) -> Option<Term> {
        self.scan();
        let before = self.save();
        let value = self.term()?;
        let mut may_be_relation = true;
        if may_be_of {
            match self.token() {
                Token::CloseBrace | Token::Comma => {
                    may_be_relation = false;
                    if let Some(term) = self.object_rest(key.clone(), value, true, row) {
                        return Some(term);
                    }
                }
                Token::Or => {
                    if let Some(term) = self.object_rest(key.clone(), value, true, row) {
                        return Some(term);
                    }
                }
                _ => {}
            }
        }
        if !may_be_relation {
            return None;
        }
        self.restore(before);
        let value = self.infix_in_list()?;
        if matches!(self.token(), Token::CloseBrace | Token::Comma) {
            return self.object_rest(key, value, false, row);
        }
        self.illegal("non-terminated object");
        None
    }

    fn object_rest(&mut self, key: Term, value: Term, may_be_of: bool, row: u32) -> Option<Term> {
        match self.token() {
            Token::CloseBrace => Some(object_of(vec![(key, value)], row)),
            Token::Or if may_be_of => {
                self.scan();
                let body = self.body(Token::CloseBrace)?;
                Some(Term::new(Kind::ObjectOf(Box::new((key, value, body))), row))
            }
            Token::Or => {
                self.illegal("non-terminated object");
                None
            }
            _ => {
                self.scan();
                let entries = self.entries(vec![(key, value)])?;
                Some(object_of(entries, row))
            }
        }
    }

    fn list(&mut self, end: Token, mut items: Vec<Term>) -> Option<Vec<Term>> {
        while self.token() != end {
            items.push(self.infix_in_list()?);
            match self.token() {
                token if token == end => break,
                Token::Comma => self.scan(),
                _ => {
                    self.illegal(&format!("expected \",\" or \"{}\"", end.name()));
                    return None;
                }
            }
        }
        Some(items)
    }

    fn entries(&mut self, mut entries: Vec<(Term, Term)>) -> Option<Vec<(Term, Term)>> {
        while self.token() != Token::CloseBrace {
            let key = self.infix_in_list()?;
            if self.token() != Token::Colon {
                self.illegal("expected \":\"");
                return None;
            }
            self.scan();
            let value = self.infix_in_list()?;
            entries.push((key, value));
            match self.token() {
                Token::CloseBrace => break,
                Token::Comma => self.scan(),
                _ => {
                    self.illegal("expected \",\" or \"}\"");
                    return None;
                }
            }
        }
        Some(entries)
    }
}

fn unescaped(quoted: &str) -> Option<crate::value::Text> {
    match json::read(quoted.as_bytes(), Numbers::Text).ok()? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A set literal; equal elements count once.
pub(super) fn set_of(items: Vec<Term>, row: u32) -> Term {
    let mut kept: Vec<Term> = Vec::with_capacity(items.len());
    for item in items {
        if kept.len() > 200 || !kept.iter().any(|known| known.same(&item)) {
            kept.push(item);
        }
    }
    Term::new(Kind::Set(kept), row)
}

/// An object literal; of equal keys the last counts.
pub(super) fn object_of(entries: Vec<(Term, Term)>, row: u32) -> Term {
    let mut kept: Vec<(Term, Term)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let known = if kept.len() > 200 { None } else { kept.iter_mut().find(|(known, _)| known.same(&key)) };
        match known {
            Some(entry) => entry.1 = value,
            None => kept.push((key, value)),
        }
    }
    Term::new(Kind::Object(kept), row)
}
