//! What comprehensions collect and heads say is bound in bodies.

use super::super::super::tree::{Body, ExprKind, Kind, Term};
use super::super::{Compiler, append};
use super::{each_comprehension, needs_evaluation};

impl Compiler {
    /// The term of a comprehension is bound in its body.
    pub(in crate::rego::compile) fn comprehensions(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let head = &mut rule.head;
            for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
                compiler.bind(term);
            }
            compiler.bind_body(&mut rule.body);
        });
    }

    fn bind_body(&mut self, body: &mut Body) {
        for expr in body {
            match &mut expr.kind {
                ExprKind::Term(term) => self.bind(term),
                ExprKind::Call(terms) | ExprKind::Some(terms) => {
                    terms.iter_mut().for_each(|term| self.bind(term))
                }
                ExprKind::Every(every) => {
                    self.bind(&mut every.domain);
                    self.bind_body(&mut every.body);
                }
                ExprKind::Not(body) => self.bind_body(body),
            }
            expr.with.iter_mut().for_each(|with| self.bind(&mut with.value));
        }
    }

    fn bind(&mut self, term: &mut Term) {
        each_comprehension(term, &mut |kind| match kind {
            Kind::ArrayOf(of) | Kind::SetOf(of) => {
                let (term, body) = &mut **of;
                self.bind_term(term, body);
                self.bind_body(body);
            }
            Kind::ObjectOf(of) => {
                let (key, value, body) = &mut **of;
                self.bind_term(key, body);
                self.bind_term(value, body);
                self.bind_body(body);
            }
            _ => {}
        });
    }

    fn bind_term(&mut self, term: &mut Term, body: &mut Body) {
        if needs_evaluation(term) {
            let value = std::mem::replace(term, Term::bool(true, 0));
            let (expr, var) = self.equated(value);
            *term = var;
            append(body, vec![expr]);
        }
    }

    /// What must be evaluated in a head is bound in the body.
    pub(in crate::rego::compile) fn heads(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let head = &mut rule.head;
            for term in head.key.iter_mut().chain(&mut head.value).chain(&mut head.args) {
                compiler.bind_term(term, &mut rule.body);
            }
        });
    }
}
