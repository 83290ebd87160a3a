//! Templates of strings and references at heads become calls and variables; prints go.

use super::super::super::tree::{
    Body, Expr, ExprKind, Kind, Part, Term, operator_name, walk_body, walk_term,
};
use super::super::{Compiler, append};
use super::rule_bodies;

impl Compiler {
    /// Composite terms in the reference at a rule's head become variables.
    pub(in crate::rego::compile) fn head_references(&mut self) {
        let mut rules = std::mem::take(&mut self.rules);
        for defined in &mut rules {
            let rule = &mut defined.rule;
            let last = rule.head.reference.len().saturating_sub(1);
            for at in 1..rule.head.reference.len() {
                let Some(part) = rule.head.reference.get_mut(at) else { continue };
                if part.as_var().is_some() || part.is_scalar() {
                    continue;
                }
                let term = std::mem::replace(part, Term::bool(true, 0));
                if at == last && rule.head.key.as_ref().is_some_and(|key| key.same(&term)) {
                    rule.head.key = None;
                    let (expr, var) = self.equated(term);
                    rule.head.key = Some(var.clone());
                    rule.head.reference.splice(at..=at, [var]);
                    append(&mut rule.body, vec![expr]);
                } else {
                    let (expr, var) = self.equated(term);
                    rule.head.reference.splice(at..=at, [var]);
                    append(&mut rule.body, vec![expr]);
                }
            }
            defined.renew_path();
        }
        self.rules = rules;
    }

    pub(in crate::rego::compile) fn templates(&mut self) {
        self.each_rule(|compiler, rule, module| {
            let mut change = |body: &mut Body| {
                for expr in body {
                    compiler.template_expr(expr, module);
                }
            };
            rule_bodies(rule, &mut change);
            let head = &mut rule.head;
            for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
                compiler.template(term, module);
            }
        });
    }

    fn template_expr(&mut self, expr: &mut Expr, module: usize) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.template(term, module),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter_mut().for_each(|term| self.template(term, module));
            }
            ExprKind::Every(every) => self.template(&mut every.domain, module),
            ExprKind::Not(_) => {}
        }
        expr.with.iter_mut().for_each(|with| self.template(&mut with.value, module));
    }

    /// A template string becomes a call; what may be undefined becomes a set of one or none.
    fn template(&mut self, term: &mut Term, module: usize) {
        let row = term.row;
        match &mut term.kind {
            Kind::Template(parts) => {
                let mut items = Vec::new();
                for part in std::mem::take(parts) {
                    match part {
                        Part::Fixed(term) => items.push(term),
                        Part::Expr(mut expr) => {
                            self.template_expr(&mut expr, module);
                            if expr.is_call_of("walk") {
                                let message = "illegal call to relation built-in 'walk' that may cause multiple outputs";
                                self.error(module, row, "rego_compile_error", message);
                                continue;
                            }
                            let term = match expr.kind {
                                ExprKind::Term(term) => term,
                                ExprKind::Call(terms) => Term::new(Kind::Call(terms), row),
                                _ => continue,
                            };
                            if term.as_var().is_some() {
                                items.push(Term::new(Kind::Set(vec![term]), row));
                                continue;
                            }
                            let (mut capture, var) = self.equated(term);
                            capture.generated = false;
                            capture.with = expr.with;
                            items.push(Term::new(Kind::SetOf(Box::new((var, vec![capture]))), row));
                        }
                    }
                }
                if items.is_empty() {
                    items.push(Term::string("", row));
                }
                let array = Term::new(Kind::Array(items), row);
                term.kind = Kind::Call(vec![Term::builtin("internal.template_string", row), array]);
            }
            Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
                items.iter_mut().for_each(|item| self.template(item, module));
            }
            Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
                self.template(key, module);
                self.template(value, module);
            }),
            Kind::ArrayOf(of) | Kind::SetOf(of) => self.template(&mut of.0, module),
            Kind::ObjectOf(of) => {
                self.template(&mut of.0, module);
                self.template(&mut of.1, module);
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
        }
    }

    /// `print` has no value, and prints nothing.
    pub(in crate::rego::compile) fn prints(&mut self) {
        self.each_rule(|compiler, rule, module| {
            let mut used = Vec::new();
            let mut visit = |term: &Term| {
                if let Kind::Call(parts) = &term.kind
                    && parts.first().and_then(Term::as_ref).and_then(operator_name).as_deref()
                        == Some("print")
                {
                    used.push((term.row, term.shown()));
                }
                true
            };
            walk_body(&rule.body, &mut visit);
            rule.head.value.iter().for_each(|term| walk_term(term, &mut visit));
            for (row, shown) in used {
                compiler.error(module, row, "rego_type_error", format!("{shown} used as value"));
            }
            rule_bodies(rule, &mut |body| {
                let row = body.first().map_or(0, |expr| expr.row);
                body.retain(|expr| !expr.is_call_of("print"));
                if body.is_empty() {
                    body.push(Expr::truth(row));
                }
            });
        });
    }
}
