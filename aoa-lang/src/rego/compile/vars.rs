//! Which variables stand in a term or expression (`v1/ast/visit.go`).

use std::collections::{BTreeMap, BTreeSet};

use super::super::tree::{Expr, ExprKind, Kind, Name, Part, Term};

pub(super) type Vars = BTreeSet<Name>;

/// What is not looked into.
#[derive(Clone, Copy, Default)]
pub(super) struct Skips {
    pub(super) object_keys: bool,
    pub(super) reference_heads: bool,
    /// Comprehensions, template strings, bodies of `every` and `not`.
    pub(super) closures: bool,
    pub(super) sets: bool,
    /// The first name of a called function, and of what `with` replaces.
    pub(super) callees: bool,
}

impl Skips {
    pub(super) const SAFETY: Skips =
        Skips { callees: true, closures: true, object_keys: false, reference_heads: false, sets: false };
    pub(super) const OUTPUT: Skips =
        Skips { object_keys: true, reference_heads: true, closures: true, sets: true, callees: false };
    pub(super) const PATTERN: Skips =
        Skips { object_keys: true, reference_heads: true, closures: true, sets: false, callees: false };
}

pub(super) fn of_term(term: &Term, skips: Skips, out: &mut Vars) {
    let all = |items: &[Term], out: &mut Vars| items.iter().for_each(|item| of_term(item, skips, out));
    match &term.kind {
        Kind::Var(name) => {
            out.insert(name.clone());
        }
        Kind::Ref(parts) => {
            let from = usize::from(skips.reference_heads);
            all(parts.get(from..).unwrap_or_default(), out);
        }
        Kind::Set(_) if skips.sets => {}
        Kind::Array(items) | Kind::Set(items) => all(items, out),
        Kind::Object(entries) => {
            for (key, value) in entries {
                if !skips.object_keys {
                    of_term(key, skips, out);
                }
                of_term(value, skips, out);
            }
        }
        Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) | Kind::Template(_) if skips.closures => {}
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            of_term(&of.0, skips, out);
            of_body(&of.1, skips, out);
        }
        Kind::ObjectOf(of) => {
            of_term(&of.0, skips, out);
            of_term(&of.1, skips, out);
            of_body(&of.2, skips, out);
        }
        Kind::Call(terms) => of_call(terms, skips, out),
        Kind::Template(parts) => {
            for part in parts {
                match part {
                    Part::Fixed(term) => of_term(term, skips, out),
                    Part::Expr(expr) => of_expr(expr, skips, out),
                }
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}

fn of_call(terms: &[Term], skips: Skips, out: &mut Vars) {
    let mut terms = terms.iter();
    if skips.callees
        && let Some(operator) = terms.next()
    {
        let parts = operator.as_ref().unwrap_or_default();
        parts.iter().skip(1).for_each(|part| of_term(part, skips, out));
    }
    terms.for_each(|term| of_term(term, skips, out));
}

pub(super) fn of_expr(expr: &Expr, skips: Skips, out: &mut Vars) {
    match &expr.kind {
        ExprKind::Term(term) => of_term(term, skips, out),
        ExprKind::Call(terms) => of_call(terms, skips, out),
        ExprKind::Some(terms) => terms.iter().for_each(|term| of_term(term, skips, out)),
        ExprKind::Every(every) => {
            of_term(&every.domain, skips, out);
            if skips.closures {
                // What `with` replaces is not looked at either.
                return;
            }
            every.key.iter().for_each(|key| of_term(key, skips, out));
            of_term(&every.value, skips, out);
            of_body(&every.body, skips, out);
        }
        ExprKind::Not(_) if skips.closures => {}
        ExprKind::Not(body) => of_body(body, skips, out),
    }
    for with in &expr.with {
        for term in [&with.target, &with.value] {
            match term.as_ref() {
                Some(parts) if skips.callees => {
                    parts.iter().skip(1).for_each(|part| of_term(part, skips, out));
                }
                None if skips.callees && std::ptr::eq(term, &raw const with.target) => {}
                _ => of_term(term, skips, out),
            }
        }
    }
}

pub(super) fn of_body(body: &[Expr], skips: Skips, out: &mut Vars) {
    body.iter().for_each(|expr| of_expr(expr, skips, out));
}

pub(super) fn in_term(term: &Term, skips: Skips) -> Vars {
    let mut out = Vars::new();
    of_term(term, skips, &mut out);
    out
}

/// The variables that `a = b` binds where those of `safe` are bound (`v1/ast/unify.go`).
pub(super) fn unified(safe: &dyn Fn(&Name) -> bool, a: &Term, b: &Term) -> Vars {
    let mut unifier = Unifier { safe, unified: Vars::new(), unknown: BTreeMap::new() };
    unifier.unify(a, b);
    unifier.unified
}

struct Unifier<'s> {
    safe: &'s dyn Fn(&Name) -> bool,
    unified: Vars,
    /// What each variable waits for.
    unknown: BTreeMap<Name, Vars>,
}

pub(super) fn is_reference_safe(parts: &[Term], safe: &dyn Fn(&Name) -> bool) -> bool {
    match parts.first() {
        Some(Term { kind: Kind::Var(name), .. }) => safe(name),
        Some(head) => in_term(head, Skips::SAFETY).iter().all(safe),
        None => true,
    }
}

impl Unifier<'_> {
    fn is_safe(&self, name: &Name) -> bool {
        (self.safe)(name) || self.unified.contains(name)
    }

    fn is_bound(&self, term: &Term) -> bool {
        match &term.kind {
            Kind::Ref(parts) => is_reference_safe(parts, self.safe),
            Kind::Call(_) => in_term(term, Skips::SAFETY).iter().all(self.safe),
            _ => false,
        }
    }

    fn unify(&mut self, a: &Term, b: &Term) {
        match (&a.kind, &b.kind) {
            (Kind::Var(x), Kind::Var(y)) => {
                if self.is_safe(y) {
                    self.mark(x);
                } else if self.is_safe(x) {
                    self.mark(y);
                } else {
                    self.unknown.entry(x.clone()).or_default().insert(y.clone());
                    self.unknown.entry(y.clone()).or_default().insert(x.clone());
                }
            }
            (Kind::Var(x), Kind::Array(_) | Kind::Object(_)) => self.unify_all(x, b),
            (Kind::Array(_) | Kind::Object(_), Kind::Var(y)) => self.unify_all(y, a),
            (Kind::Var(_) | Kind::Array(_) | Kind::Object(_), Kind::Ref(_) | Kind::Call(_)) => {
                self.mark_behind(b, a);
            }
            (Kind::Ref(_) | Kind::Call(_), Kind::Var(_) | Kind::Array(_) | Kind::Object(_)) => {
                self.mark_behind(a, b);
            }
            (Kind::Var(x), _) | (_, Kind::Var(x)) => self.mark(x),
            (Kind::Array(_), Kind::ArrayOf(_) | Kind::ObjectOf(_) | Kind::SetOf(_)) => self.mark_all(a),
            (Kind::ArrayOf(_), Kind::Array(_)) | (Kind::ObjectOf(_), Kind::Object(_)) => self.mark_all(b),
            (Kind::Array(xs), Kind::Array(ys)) if xs.len() == ys.len() => {
                xs.iter().zip(ys).for_each(|(x, y)| self.unify(x, y));
            }
            (Kind::Object(xs), Kind::Object(ys)) if xs.len() == ys.len() => {
                for (key, value) in xs {
                    if let Some((_, other)) = ys.iter().find(|(known, _)| known.same(key)) {
                        self.unify(value, other);
                    }
                }
            }
            _ => {}
        }
    }

    fn unify_all(&mut self, name: &Name, term: &Term) {
        if self.is_safe(name) {
            self.mark_all(term);
            return;
        }
        let open: Vars = in_term(term, Skips::PATTERN).into_iter().filter(|var| !self.is_safe(var)).collect();
        if open.is_empty() {
            self.mark(name);
        } else {
            self.unknown.entry(name.clone()).or_default().extend(open);
        }
    }

    /// Marks the variables of `marked` if those of `from` are known.
    fn mark_behind(&mut self, from: &Term, marked: &Term) {
        if self.is_bound(from) {
            self.mark_all(marked);
        }
    }

    fn mark_all(&mut self, term: &Term) {
        for name in in_term(term, Skips::PATTERN) {
            self.mark(&name);
        }
    }

    fn mark(&mut self, name: &Name) {
        let mut waiting = vec![name.clone()];
        while let Some(name) = waiting.pop() {
            self.unified.insert(name.clone());
            waiting.extend(self.unknown.remove(&name).unwrap_or_default());
            let mut ready = Vec::new();
            for (var, needs) in &mut self.unknown {
                if needs.remove(&name) && needs.is_empty() {
                    ready.push(var.clone());
                }
            }
            for var in &ready {
                self.unknown.remove(var);
            }
            waiting.extend(ready);
        }
    }
}
