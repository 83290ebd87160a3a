//! Calls, and terms that cannot be equal.

use super::super::super::tree::{Expr, ExprKind, Kind, Term};
use super::super::types::{Scalar, Type};
use super::{Env, Mismatch};

impl Env<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> Option<Mismatch> {
        for with in &expr.with {
            let target = match &with.target.kind {
                Kind::Ref(parts) => self.function(parts),
                _ => self.term(&with.target),
            };
            if let Type::Function(..) = target {
                let value = match &with.value.kind {
                    Kind::Ref(parts) => self.function(parts),
                    _ => self.term(&with.value),
                };
                if matches!(value, Type::Function(..)) && !target.fits(&value) {
                    let message = format!("{}: arity mismatch", with.target.shown());
                    return Some(Mismatch { row: with.target.row, message, is_open: false });
                }
            }
        }
        let ExprKind::Call(terms) = &expr.kind else { return None };
        let (operator, args) = terms.split_first()?;
        let operator = operator.as_ref()?;
        if expr.is_equality() {
            let [a, b] = args else { return None };
            let (left, right) = (self.term(a), self.term(b));
            if self.unify_two(a, &left, b, &right) {
                return None;
            }
            let message = format!("match error\n\tleft  : {}\n\tright : {}", left.shown(), right.shown());
            return Some(Mismatch { row: expr.row, message, is_open: left.is_open() || right.is_open() });
        }
        let (wanted, result) = match self.function(operator) {
            Type::Function(args, result) => (args, result),
            type_ if type_.is_any() => return None,
            _ => {
                let message = format!("undefined function {}", self.compiler.shown(operator));
                return Some(Mismatch { row: expr.row, message, is_open: false });
            }
        };
        let wanted: Vec<Type> = wanted.iter().cloned().chain(result.as_deref().cloned()).collect();
        let have: Vec<Type> = args.iter().map(|arg| self.term(arg)).collect();
        let message = |have: &[Type]| {
            let list = |types: &[Type]| types.iter().map(Type::shown).collect::<Vec<_>>().join(", ");
            format!(
                "{}: invalid argument(s)\n\thave: ({})\n\twant: ({})",
                self.compiler.shown(operator),
                list(have),
                list(&wanted)
            )
        };
        for (at, (arg, wanted)) in args.iter().zip(&wanted).enumerate() {
            let known = have.get(at).cloned().unwrap_or(Type::Nil);
            let refused = !known.is_open() && !known.fits(wanted);
            if refused || !self.unify_one(arg, wanted, false) {
                let have: Vec<Type> =
                    if refused { have } else { args.iter().map(|arg| self.term(arg)).collect() };
                let is_open = have.iter().any(Type::is_open);
                return Some(Mismatch { row: expr.row, message: message(&have), is_open });
            }
        }
        None
    }

    pub(super) fn unify_two(&self, a: &Term, left: &Type, b: &Term, right: &Type) -> bool {
        match (left.is_open(), right.is_open()) {
            (true, false) => return self.unify_one(a, right, false),
            (false, true) => return self.unify_one(b, left, false),
            (false, false) => return left.fits(right),
            (true, true) => {}
        }
        match (&a.kind, &b.kind) {
            (Kind::Array(xs), Kind::Array(ys)) => {
                xs.len() == ys.len()
                    && xs.iter().zip(ys).all(|(x, y)| self.unify_two(x, &self.term(x), y, &self.term(y)))
            }
            (Kind::Object(xs), Kind::Object(ys)) => {
                xs.len() == ys.len()
                    && xs.iter().all(|(key, x)| {
                        ys.iter()
                            .find(|(known, _)| known.same(key))
                            .is_some_and(|(_, y)| self.unify_two(x, &self.term(x), y, &self.term(y)))
                    })
            }
            (Kind::Var(_), Kind::Var(_)) => {
                self.unify_one(a, &Type::any(), false) && self.unify_one(b, &self.term(a), false)
            }
            (Kind::Array(_) | Kind::Object(_), Kind::Var(_)) => {
                self.unify_one(a, &Type::any(), false) && self.unify_one(b, &self.term(a), false)
            }
            (Kind::Var(_), Kind::Array(_) | Kind::Object(_)) => {
                self.unify_one(b, &Type::any(), false) && self.unify_one(a, &self.term(b), false)
            }
            (Kind::Var(_), _) if *left == Type::Nil && *right != Type::Nil => self.unify_one(a, right, false),
            (_, Kind::Var(_)) if *right == Type::Nil && *left != Type::Nil => self.unify_one(b, left, false),
            _ => false,
        }
    }

    /// Whether the term can be of this type; variables of which nothing was known are of it then.
    pub(super) fn unify_one(&self, term: &Term, type_: &Type, joins: bool) -> bool {
        let any_of = |of: &[Type]| {
            let mut fits = false;
            for alternative in of {
                fits |= self.unify_one(term, alternative, true);
            }
            fits
        };
        match (&term.kind, type_) {
            (Kind::Array(items), Type::Any(of)) if of.is_empty() => {
                items.iter().for_each(|item| {
                    self.unify_one(item, &Type::any(), true);
                });
                true
            }
            (Kind::Object(entries), Type::Any(of)) if of.is_empty() => {
                for (key, value) in entries {
                    self.unify_one(key, &Type::any(), true);
                    self.unify_one(value, &Type::any(), true);
                }
                true
            }
            (Kind::Set(items), Type::Any(of)) if of.is_empty() => {
                items.iter().for_each(|item| {
                    self.unify_one(item, &Type::any(), true);
                });
                true
            }
            (Kind::Array(_) | Kind::Object(_) | Kind::Set(_), Type::Any(of)) => any_of(of),
            (Kind::Array(items), Type::Array(fixed, rest)) => {
                if items.len() != fixed.len() && rest.is_none() {
                    return false;
                }
                items.iter().enumerate().all(|(at, item)| {
                    let wanted = fixed.get(at).or(rest.as_deref());
                    wanted.is_some_and(|wanted| self.unify_one(item, wanted, joins))
                })
            }
            (Kind::Object(entries), Type::Object(fixed, rest)) => {
                if entries.len() != fixed.len() && rest.is_none() {
                    return false;
                }
                entries.iter().all(|(key, value)| match Scalar::of(key) {
                    Some(key) => match type_.select(&key) {
                        Type::Nil => false,
                        wanted => self.unify_one(value, &wanted, joins),
                    },
                    None => {
                        self.unify_one(value, &Type::any(), joins);
                        true
                    }
                })
            }
            (Kind::Set(items), Type::Set(of)) => items.iter().all(|item| self.unify_one(item, of, joins)),
            (Kind::Array(_) | Kind::Object(_) | Kind::Set(_), _) => false,
            (Kind::Var(name), _) => {
                let known = self.var(name);
                if joins {
                    self.put(name, known.or(type_.clone()));
                    return true;
                }
                if known != Type::Nil {
                    return known.fits(type_);
                }
                self.put(name, type_.clone());
                true
            }
            (Kind::Call(_) | Kind::Template(_), _) => true,
            _ => self.term(term).fits(type_),
        }
    }
}
