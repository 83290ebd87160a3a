//! Calls within terms become expressions of their own; what a rule asks about itself.

use super::super::super::tree::{Body, Expr, ExprKind, Kind, Term};
use super::super::{Compiler, append};
use super::rule_bodies;

impl Compiler {
    /// Calls within terms become expressions before the one that they stand in.
    pub(in crate::rego::compile) fn calls(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let mut support = Vec::new();
            let head = &mut rule.head;
            for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
                compiler.expand(term, &mut support);
            }
            append(&mut rule.body, support);
            compiler.expand_body(&mut rule.body);
        });
    }

    fn expand_body(&mut self, body: &mut Body) {
        let mut out = Body::with_capacity(body.len());
        for mut expr in std::mem::take(body) {
            let mut support = Vec::new();
            for with in &mut expr.with {
                self.expand(&mut with.value, &mut support);
            }
            let before = support.len();
            match &mut expr.kind {
                ExprKind::Term(term) => self.expand(term, &mut support),
                ExprKind::Call(terms) | ExprKind::Some(terms) => {
                    terms.iter_mut().skip(1).for_each(|term| self.expand(term, &mut support));
                }
                ExprKind::Every(every) => {
                    let row = every.domain.row;
                    let var = self.local_term(row);
                    let mut domain = std::mem::replace(&mut every.domain, var.clone());
                    self.expand(&mut domain, &mut support);
                    let mut equality = Expr::equality(var, domain);
                    equality.generated = true;
                    support.push(equality);
                    self.expand_body(&mut every.body);
                }
                ExprKind::Not(body) => self.expand_body(body),
            }
            if !expr.with.is_empty() {
                support.iter_mut().skip(before).for_each(|extra| extra.with.clone_from(&expr.with));
            }
            out.extend(support);
            out.push(expr);
            if out.len() > super::super::BODY {
                self.too_much = true;
                break;
            }
        }
        *body = out;
    }

    fn expand(&mut self, term: &mut Term, support: &mut Vec<Expr>) {
        let row = term.row;
        match &mut term.kind {
            Kind::Call(parts) => {
                parts.iter_mut().skip(1).for_each(|part| self.expand(part, support));
                let var = self.local_term(row);
                let mut parts = std::mem::take(parts);
                parts.push(var.clone());
                let mut call = Expr::new(ExprKind::Call(parts), row);
                call.generated = true;
                support.push(call);
                *term = var;
            }
            Kind::Ref(parts) => {
                parts.iter_mut().for_each(|part| self.expand(part, support));
                if let Some(head) = parts.first_mut()
                    && matches!(
                        head.kind,
                        Kind::Array(_)
                            | Kind::Object(_)
                            | Kind::Set(_)
                            | Kind::ArrayOf(_)
                            | Kind::SetOf(_)
                            | Kind::ObjectOf(_)
                    )
                {
                    let subject = std::mem::replace(head, Term::bool(true, row));
                    let (expr, var) = self.equated(subject);
                    support.push(expr);
                    *head = var;
                }
            }
            Kind::Array(items) | Kind::Set(items) => {
                items.iter_mut().for_each(|item| self.expand(item, support))
            }
            Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
                self.expand(key, support);
                self.expand(value, support);
            }),
            Kind::ArrayOf(of) | Kind::SetOf(of) => {
                let (term, body) = &mut **of;
                let mut support = Vec::new();
                self.expand(term, &mut support);
                append(body, support);
                self.expand_body(body);
            }
            Kind::ObjectOf(of) => {
                let (key, value, body) = &mut **of;
                let mut support = Vec::new();
                self.expand(key, &mut support);
                self.expand(value, &mut support);
                append(body, support);
                self.expand_body(body);
            }
            Kind::Template(_)
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::String(_)
            | Kind::Var(_) => {}
        }
    }

    /// What a rule asks about itself: annotations are not read, as in Gatekeeper.
    pub(in crate::rego::compile) fn metadata(&mut self) {
        let mut rules = std::mem::take(&mut self.rules);
        for defined in &mut rules {
            let path: Vec<Term> =
                defined.path.iter().skip(1).take_while(|term| term.is_scalar()).cloned().collect();
            let mut change = |body: &mut Body| {
                for expr in body {
                    let row = expr.row;
                    let chain = expr.is_call_of("rego.metadata.chain");
                    if !chain && !expr.is_call_of("rego.metadata.rule") {
                        continue;
                    }
                    let ExprKind::Call(terms) = &mut expr.kind else { continue };
                    let value = match chain {
                        true => {
                            let path = Term::new(Kind::Array(path.clone()), row);
                            let link = Term::new(Kind::Object(vec![(Term::string("path", row), path)]), row);
                            Term::new(Kind::Array(vec![link]), row)
                        }
                        false => Term::new(Kind::Object(Vec::new()), row),
                    };
                    match terms.get(1).cloned() {
                        Some(result) => *terms = vec![Term::builtin("eq", row), result, value],
                        None => expr.kind = ExprKind::Term(value),
                    }
                }
            };
            rule_bodies(&mut defined.rule, &mut change);
            defined.rule.branches.iter_mut().for_each(|branch| rule_bodies(branch, &mut change));
        }
        self.rules = rules;
    }
}
