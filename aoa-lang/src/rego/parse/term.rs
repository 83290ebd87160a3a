//! Terms and operators.

use super::super::number::Num;
use super::super::scan::Token;
use super::super::tree::{Kind, Term};
use super::is_root;
use super::state::Parser;

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

    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
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
}
