//! References and comprehensions within terms are bound before.

use super::super::super::tree::{Body, ExprKind, Kind, Term, With};
use super::super::Compiler;
use super::{each_comprehension, rule_bodies};

impl Compiler {
    /// `==` becomes `=` once everything is known to be bound.
    pub(in crate::rego::compile) fn equalities(&mut self) {
        self.each_rule(|_, rule, _| {
            rule_bodies(rule, &mut |body| {
                for expr in body {
                    if expr.is_call_of("equal")
                        && let ExprKind::Call(terms) = &mut expr.kind
                        && let [operator, _, _] = terms.as_mut_slice()
                    {
                        *operator = Term::builtin("eq", operator.row);
                    }
                }
            });
        });
    }

    /// References and comprehensions within terms are bound before.
    pub(in crate::rego::compile) fn dynamics(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let head = &mut rule.head;
            for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
                each_comprehension(term, &mut |kind| compiler.dynamic_comprehension(kind));
            }
            compiler.dynamic_body(&mut rule.body);
        });
    }

    fn dynamic_comprehension(&mut self, kind: &mut Kind) {
        match kind {
            Kind::ArrayOf(of) | Kind::SetOf(of) => self.dynamic_body(&mut of.1),
            Kind::ObjectOf(of) => self.dynamic_body(&mut of.2),
            _ => {}
        }
    }

    fn dynamic_body(&mut self, body: &mut Body) {
        let mut out = Body::with_capacity(body.len());
        for mut expr in std::mem::take(body) {
            let with = expr.with.clone();
            let is_equality = expr.is_equality();
            match &mut expr.kind {
                ExprKind::Call(terms) => {
                    for term in terms.iter_mut().skip(1) {
                        if is_equality {
                            self.dynamic_term(term, &with, &mut out);
                        } else {
                            self.dynamic_one(term, &with, &mut out);
                        }
                    }
                }
                ExprKind::Term(term) => self.dynamic_term(term, &with, &mut out),
                ExprKind::Every(every) => {
                    self.dynamic_one(&mut every.domain, &with, &mut out);
                    self.dynamic_body(&mut every.body);
                }
                ExprKind::Not(body) => self.dynamic_body(body),
                ExprKind::Some(_) => {}
            }
            out.push(expr);
            if out.len() > super::super::BODY {
                self.too_much = true;
                break;
            }
        }
        *body = out;
    }

    fn dynamic_term(&mut self, term: &mut Term, with: &[With], out: &mut Body) {
        match &mut term.kind {
            Kind::Ref(parts) => parts.iter_mut().skip(1).for_each(|part| self.dynamic_one(part, with, out)),
            Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => {
                self.dynamic_comprehension(&mut term.kind)
            }
            _ => self.dynamic_one(term, with, out),
        }
    }

    fn dynamic_one(&mut self, term: &mut Term, with: &[With], out: &mut Body) {
        match &mut term.kind {
            Kind::Ref(parts) => parts.iter_mut().skip(1).for_each(|part| self.dynamic_one(part, with, out)),
            Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => {
                self.dynamic_comprehension(&mut term.kind)
            }
            Kind::Array(items) | Kind::Set(items) => {
                items.iter_mut().for_each(|item| self.dynamic_one(item, with, out));
                return;
            }
            Kind::Object(entries) => {
                for (key, value) in entries {
                    self.dynamic_one(key, with, out);
                    self.dynamic_one(value, with, out);
                }
                return;
            }
            _ => return,
        }
        let value = std::mem::replace(term, Term::bool(true, 0));
        let (mut expr, var) = self.equated(value);
        expr.with = with.to_vec();
        out.push(expr);
        *term = var;
    }
}
