//! What cannot fit (`v1/ast/check.go`, `v1/ast/env.go`).

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::super::builtins;
use super::super::tree::{
    Expr, ExprKind, Kind, Name, Rule, Term, ground_prefix, is_data, is_input, operator_name, walk_body,
    walk_term,
};
use super::Compiler;
use super::tree::Key;
use super::types::{Scalar, ScalarKind, Type};

/// The types of documents by their path.
#[derive(Default)]
struct Documents {
    value: Option<Type>,
    children: BTreeMap<Key, Documents>,
}

/// The types of variables, with those of the bodies around.
struct Env<'e> {
    vars: RefCell<HashMap<Name, Type>>,
    outer: Option<&'e Env<'e>>,
    documents: &'e Documents,
    compiler: &'e Compiler,
}

struct Mismatch {
    row: u32,
    message: String,
    /// Whether a type that is not known plays a part.
    is_open: bool,
}

impl Compiler {
    pub(super) fn types(&mut self) {
        let Some(order) = self.sorted() else { return };
        let mut documents = Documents::default();
        let mut found = Vec::new();
        for at in order {
            let Some(defined) = self.rules.get(at) else { continue };
            for rule in defined.rule.branches.iter().rev().chain([&defined.rule]) {
                let (type_, problems) = rule_type(self, &documents, rule, &defined.path);
                found.extend(problems.into_iter().map(|problem| (defined.module, problem)));
                let prefix = ground_prefix(&defined.path);
                let path = defined.path.get(1..prefix).unwrap_or_default();
                match type_ {
                    // What has an error itself causes no others.
                    None => documents.at(path).value = Some(Type::any()),
                    Some(Type::Nil) => {}
                    Some(type_) => documents.insert(path, type_),
                }
            }
        }
        for (module, problem) in found {
            self.error(module, problem.row, "rego_type_error", problem.message);
        }
    }
}

fn rule_type(
    compiler: &Compiler,
    documents: &Documents,
    rule: &Rule,
    path: &[Term],
) -> (Option<Type>, Vec<Mismatch>) {
    let env = Env { vars: RefCell::default(), outer: None, documents, compiler };
    let problems = env.body(&rule.body);
    if !problems.is_empty() {
        return (None, problems);
    }
    let head = &rule.head;
    let value = |term: &Option<Term>| term.as_ref().map_or(Type::Nil, |term| env.term(term));
    let type_ = if head.args.is_empty() {
        let inner = match &head.value {
            Some(_) => value(&head.value),
            None => match value(&head.key) {
                Type::Nil => Type::Nil,
                key => Type::set(key),
            },
        };
        let dynamic = path.get(ground_prefix(path)..).unwrap_or_default();
        dynamic.iter().rev().fold(inner, |inner, step| match (env.term(step), inner) {
            (Type::Nil, _) | (_, Type::Nil) => Type::Nil,
            (key, inner) => Type::Object(Rc::default(), Some(Rc::new((key, inner)))),
        })
    } else {
        for arg in &head.args {
            walk_term(arg, &mut |term| {
                if let Kind::Var(name) = &term.kind
                    && env.var(name) == Type::Nil
                {
                    env.vars.borrow_mut().insert(name.clone(), Type::any());
                }
                true
            });
        }
        let args = head.args.iter().map(|arg| env.term(arg)).collect();
        Type::Function(Rc::new(args), Some(Rc::new(value(&head.value))))
    };
    let type_ = if type_.size() > 2_000 && head.args.is_empty() { Type::any() } else { type_ };
    (Some(type_), Vec::new())
}

impl Documents {
    fn at(&mut self, path: &[Term]) -> &mut Documents {
        let mut node = self;
        for term in path {
            let key = Key::of(term).unwrap_or(Key::Other(String::new()));
            node = node.children.entry(key).or_default();
        }
        node
    }

    fn insert(&mut self, path: &[Term], type_: Type) {
        let node = self.at(path);
        let known = node.value.take();
        node.value = Some(match known {
            None => type_,
            Some(known) => merged(known, type_),
        });
    }

    /// What the whole document can be.
    fn extent(&self) -> Type {
        if let Some(value) = &self.value {
            return value.clone();
        }
        let children = self.children.iter().map(|(key, child)| {
            let key = match key {
                Key::Name(name) => {
                    Scalar { of: ScalarKind::String, text: crate::strconv::quote(name.as_bytes()) }
                }
                Key::Other(text) => Scalar { of: ScalarKind::Number, text: text.clone() },
            };
            (key, child.extent())
        });
        let mut children: Vec<_> = children.collect();
        children.sort_by(|a, b| a.0.cmp(&b.0));
        Type::Object(Rc::new(children), Some(Rc::new((Type::String, Type::any()))))
    }
}

fn merged(a: Type, b: Type) -> Type {
    match (&a, &b) {
        (Type::Object(x, Some(p)), Type::Object(y, Some(q))) if x.is_empty() && y.is_empty() => {
            let key = p.0.clone().or(q.0.clone());
            Type::Object(Rc::default(), Some(Rc::new((key, merged(p.1.clone(), q.1.clone())))))
        }
        (Type::Set(x), Type::Set(y)) => Type::set((**x).clone().or((**y).clone())),
        _ => a.or(b),
    }
}

impl Env<'_> {
    fn var(&self, name: &Name) -> Type {
        if let Some(known) = self.vars.borrow().get(name) {
            return known.clone();
        }
        self.outer.map_or(Type::Nil, |outer| outer.var(name))
    }

    fn put(&self, name: &Name, type_: Type) {
        self.vars.borrow_mut().insert(name.clone(), type_);
    }

    fn term(&self, term: &Term) -> Type {
        match &term.kind {
            Kind::Null => Type::Null,
            Kind::Bool(_) => Type::Boolean,
            Kind::Number(_) => Type::Number,
            Kind::String(_) | Kind::Template(_) => Type::String,
            Kind::Array(items) => {
                let rest = items.is_empty().then(|| Rc::new(Type::any()));
                Type::Array(Rc::new(items.iter().map(|item| self.term(item)).collect()), rest)
            }
            Kind::Object(entries) => {
                let mut fixed = Vec::new();
                let mut rest = None;
                for (key, value) in entries {
                    match Scalar::of(key) {
                        Some(scalar) => fixed.push((scalar, self.term(value))),
                        None => rest = Some(Rc::new((self.term(key), self.term(value)))),
                    }
                }
                if fixed.is_empty() && rest.is_none() {
                    rest = Some(Rc::new((Type::any(), Type::any())));
                }
                fixed.sort_by(|a, b| a.0.cmp(&b.0));
                Type::Object(Rc::new(fixed), rest)
            }
            Kind::Set(items) => {
                let of = items.iter().fold(Type::Nil, |of, item| of.or(self.term(item)));
                Type::set(if of == Type::Nil { Type::any() } else { of })
            }
            Kind::ArrayOf(of) => {
                let inner = self.inner();
                if !inner.body(&of.1).is_empty() {
                    return Type::Nil;
                }
                let item = inner.term(&of.0);
                Type::Array(Rc::default(), (item != Type::Nil).then(|| Rc::new(item)))
            }
            Kind::SetOf(of) => {
                let inner = self.inner();
                if !inner.body(&of.1).is_empty() {
                    return Type::Nil;
                }
                Type::set(inner.term(&of.0))
            }
            Kind::ObjectOf(of) => {
                let inner = self.inner();
                if !inner.body(&of.2).is_empty() {
                    return Type::Nil;
                }
                Type::Object(Rc::default(), Some(Rc::new((inner.term(&of.0), inner.term(&of.1)))))
            }
            Kind::Ref(parts) => self.reference(parts),
            Kind::Var(name) => self.var(name),
            Kind::Call(_) => Type::Nil,
        }
    }

    fn inner(&self) -> Env<'_> {
        Env {
            vars: RefCell::default(),
            outer: Some(self),
            documents: self.documents,
            compiler: self.compiler,
        }
    }

    fn function(&self, operator: &[Term]) -> Type {
        match operator_name(operator).and_then(|name| builtins::declared(&name)) {
            Some(declared) => {
                let args = declared.args.iter().map(|text| Type::parse(text)).collect();
                Type::Function(Rc::new(args), declared.result.map(|text| Rc::new(Type::parse(text))))
            }
            None => self.reference(operator),
        }
    }

    fn reference(&self, parts: &[Term]) -> Type {
        let Some((head, tail)) = parts.split_first() else { return Type::Nil };
        if is_input(parts) {
            return match head.as_var().map(|name| self.var(name)) {
                Some(Type::Nil) | None => Type::any(),
                Some(known) => select(&known, tail),
            };
        }
        if is_data(parts) {
            return self.document(self.documents, tail);
        }
        match head.as_var() {
            Some(name) => match self.var(name) {
                Type::Nil if operator_name(parts).is_some_and(|name| builtins::declared(&name).is_some()) => {
                    self.function(parts)
                }
                known => select(&known, tail),
            },
            None => Type::Nil,
        }
    }

    fn document(&self, node: &Documents, tail: &[Term]) -> Type {
        let Some((first, rest)) = tail.split_first() else { return node.extent() };
        if let Some(value) = &node.value {
            let child = Key::of(first).and_then(|key| node.children.get(&key));
            return match child {
                Some(child) => self.document(child, rest),
                None => select(value, tail),
            };
        }
        match Key::of(first) {
            None => select(&node.extent(), tail),
            Some(key) => node.children.get(&key).map_or_else(Type::any, |child| self.document(child, rest)),
        }
    }

    fn body(&self, body: &[Expr]) -> Vec<Mismatch> {
        let mut problems = Vec::new();
        for expr in body {
            let closures = self.closures(expr);
            let mut references = Vec::new();
            self.expr_references(expr, &mut references);
            let skips_open = !closures.is_empty() || !references.is_empty();
            problems.extend(closures);
            problems.extend(references);
            if let Some(problem) = self.expr(expr)
                && !(skips_open && problem.is_open)
            {
                problems.push(problem);
            }
        }
        problems
    }

    fn closures(&self, expr: &Expr) -> Vec<Mismatch> {
        let mut problems = Vec::new();
        let mut visit = |term: &Term| {
            let body = match &term.kind {
                Kind::ArrayOf(of) | Kind::SetOf(of) => &of.1,
                Kind::ObjectOf(of) => &of.2,
                _ => return true,
            };
            if problems.is_empty() {
                problems = self.inner().body(body);
            }
            false
        };
        match &expr.kind {
            ExprKind::Term(term) => walk_term(term, &mut visit),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter().for_each(|term| walk_term(term, &mut visit));
            }
            ExprKind::Every(every) => walk_body(&every.body, &mut visit),
            ExprKind::Not(body) => walk_body(body, &mut visit),
        }
        problems
    }

    fn expr_references(&self, expr: &Expr, out: &mut Vec<Mismatch>) {
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

    fn check_reference(&self, parts: &[Term], row: u32) -> Option<Mismatch> {
        let shown = |parts: &[Term]| self.compiler.shown(parts);
        if let Type::Function(..) = self.reference(parts) {
            let known = parts
                .last()
                .and_then(Term::as_var)
                .is_some_and(|name| super::super::tree::is_generated(name));
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

    fn check_document(&self, node: &Documents, parts: &[Term], tail: &[Term], row: u32) -> Option<Mismatch> {
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

    fn undefined(&self, parts: &[Term], row: u32) -> Mismatch {
        Mismatch { row, message: format!("undefined ref: {}", self.compiler.shown(parts)), is_open: false }
    }

    fn check_steps(&self, mut type_: Type, parts: &[Term], tail: &[Term], row: u32) -> Option<Mismatch> {
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

    fn expr(&self, expr: &Expr) -> Option<Mismatch> {
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

    fn unify_two(&self, a: &Term, left: &Type, b: &Term, right: &Type) -> bool {
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
    fn unify_one(&self, term: &Term, type_: &Type, joins: bool) -> bool {
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

fn select(type_: &Type, tail: &[Term]) -> Type {
    let mut type_ = type_.clone();
    for step in tail {
        if type_ == Type::Nil {
            break;
        }
        type_ = match &step.kind {
            Kind::Var(_) | Kind::Ref(_) | Kind::Array(_) | Kind::Object(_) | Kind::Set(_) => type_.values(),
            _ => Scalar::of(step).map_or(Type::Nil, |key| type_.select(&key)),
        };
    }
    type_
}
