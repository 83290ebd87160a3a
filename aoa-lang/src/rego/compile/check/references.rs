//! References that lead nowhere.

use super::super::super::tree::{Expr, ExprKind, Kind, Term, is_data, is_generated, is_input, walk_term};
use super::super::tree::Key;
use super::super::types::{Scalar, Type};
use super::documents::Documents;
use super::{Env, Mismatch};

impl Env<'_> {
    pub(super) fn expr_references(&self, expr: &Expr, out: &mut Vec<Mismatch>) {
        let mut visit = |term: &Term| match &term.kind {
            Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => false,
            Kind::Ref(parts) => {
                out.extend(self.check_reference(parts, term.row));
                true
            }
            _ => true,
        };
        match &expr.kind {
            ExprKind::Term(term) => walk_term(term, &mut visit),
            ExprKind::Call(terms) => terms.iter().skip(1).for_each(|term| walk_term(term, &mut visit)),
            ExprKind::Some(_) => {}
            ExprKind::Every(every) => {
                walk_term(&every.domain, &mut visit);
                for expr in &every.body {
                    self.expr_references(expr, out);
                }
            }
            ExprKind::Not(body) => {
                for expr in body {
                    self.expr_references(expr, out);
                }
            }
        }
    }

    pub(super) fn check_reference(&self, parts: &[Term], row: u32) -> Option<Mismatch> {
        let shown = |parts: &[Term]| self.compiler.shown(parts);
        if let Type::Function(..) = self.reference(parts) {
            let known = parts.last().and_then(Term::as_var).is_some_and(|name| is_generated(name));
            let name = if known { parts.get(..parts.len() - 1).unwrap_or_default() } else { parts };
            let message = format!("function {} used as reference, not called", shown(name));
            return Some(Mismatch { row, message, is_open: false });
        }
        let (head, tail) = parts.split_first()?;
        if is_data(parts) {
            return self.check_document(self.documents, parts, tail, row);
        }
        if is_input(parts) {
            let known = head.as_var().map_or(Type::Nil, |name| self.var(name));
            let known = if known == Type::Nil { Type::any() } else { known };
            return self.check_steps(known, parts, tail, row);
        }
        let name = head.as_var()?;
        match self.var(name) {
            Type::Nil => {
                self.put(name, Type::any());
                self.check_steps(Type::any(), parts, tail, row)
            }
            known => self.check_steps(known, parts, tail, row),
        }
    }

    pub(super) fn check_document(
        &self,
        node: &Documents,
        parts: &[Term],
        tail: &[Term],
        row: u32,
    ) -> Option<Mismatch> {
        let (first, rest) = tail.split_first()?;
        if let Some(value) = &node.value
            && !Key::of(first).is_some_and(|key| node.children.contains_key(&key))
        {
            return self.check_steps(value.clone(), parts, tail, row);
        }
        if let Kind::Var(name) = &first.kind {
            let keys = node.extent().keys();
            match self.var(name) {
                Type::Nil => self.put(name, keys),
                known if !keys.fits(&known) => return Some(self.undefined(parts, row)),
                _ => {}
            }
        }
        match Key::of(first).and_then(|key| node.children.get(&key)) {
            Some(child) => self.check_document(child, parts, rest, row),
            // Nothing is known of documents that are no rules.
            None => self.check_steps(Type::any(), parts, parts.get(1..)?, row),
        }
    }

    pub(super) fn undefined(&self, parts: &[Term], row: u32) -> Mismatch {
        Mismatch { row, message: format!("undefined ref: {}", self.compiler.shown(parts)), is_open: false }
    }

    pub(super) fn check_steps(
        &self,
        mut type_: Type,
        parts: &[Term],
        tail: &[Term],
        row: u32,
    ) -> Option<Mismatch> {
        for step in tail {
            let keys = type_.keys();
            if keys == Type::Nil {
                return Some(self.undefined(parts, row));
            }
            match &step.kind {
                Kind::Var(name) => match self.var(name) {
                    Type::Nil => self.put(name, keys),
                    known if !known.fits(&keys) => return Some(self.undefined(parts, row)),
                    _ => {}
                },
                Kind::Ref(inner) => {
                    let known = self.reference(inner);
                    if known != Type::Nil && !known.fits(&keys) {
                        return Some(self.undefined(parts, row));
                    }
                }
                Kind::Array(_) | Kind::Object(_) | Kind::Set(_) => {
                    if !self.unify_one(step, &keys, false) {
                        return Some(self.undefined(parts, row));
                    }
                }
                _ => {
                    let child = Scalar::of(step).map_or(Type::Nil, |key| type_.select(&key));
                    if child == Type::Nil {
                        return Some(self.undefined(parts, row));
                    }
                    type_ = child;
                    continue;
                }
            }
            type_ = type_.values();
        }
        None
    }
}
