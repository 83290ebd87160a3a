//! Arrays, sets, objects, and comprehensions.

use super::super::scan::Token;
use super::super::tree::{Kind, Term};
use super::state::Parser;

impl Parser<'_> {
    pub(super) fn array(&mut self) -> Option<Term> {
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

    pub(super) fn set_or_object(&mut self) -> Option<Term> {
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

    pub(super) fn list(&mut self, end: Token, mut items: Vec<Term>) -> Option<Vec<Term>> {
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

    pub(super) fn entries(&mut self, mut entries: Vec<(Term, Term)>) -> Option<Vec<(Term, Term)>> {
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
