//! What cannot fit (`v1/ast/check.go`, `v1/ast/env.go`).

mod documents;
mod references;
mod unify;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use self::documents::Documents;
use super::super::builtins;
use super::super::tree::{
    Expr, ExprKind, Kind, Name, Rule, Term, ground_prefix, is_data, is_input, operator_name, walk_body,
    walk_term,
};
use super::Compiler;
use super::tree::Key;
use super::types::{Scalar, Type};

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
