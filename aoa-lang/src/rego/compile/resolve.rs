//! Names become references to rules and imports.

use std::collections::{HashMap, HashSet};

use super::super::module::{Module, Version};
use super::super::tree::{Expr, ExprKind, Inside, Kind, Name, Rule, Term, inside, shown_ref, walk_term};
use super::Compiler;

type Globals = HashMap<Name, Vec<Term>>;

impl Compiler {
    pub(super) fn resolve(&mut self, modules: &mut [Module]) {
        let mut exports: HashMap<String, HashSet<Name>> = HashMap::new();
        for module in modules.iter() {
            let names = exports.entry(shown_ref(&module.package)).or_default();
            names.extend(module.rules.iter().map(|rule| rule.head.first_name()));
        }
        for (at, module) in modules.iter_mut().enumerate() {
            let mut globals = Globals::new();
            for name in exports.get(&shown_ref(&module.package)).into_iter().flatten() {
                let mut path = module.package.clone();
                path.push(Term::string(name, 0));
                globals.insert(name.clone(), path);
            }
            let mut names = HashSet::new();
            for import in &module.imports {
                let root = import.path.first().and_then(Term::as_var).cloned();
                let last = import.path.last().and_then(|term| term.as_string().map(Name::from));
                let name = import.alias.clone().or(last).or_else(|| root.clone());
                let Some(name) = name else { continue };
                if !names.insert(name.clone()) && module.version != Version::V0 {
                    let message = format!("import must not shadow import {}", shown_ref(&import.path));
                    self.error(at, import.row, "rego_compile_error", message);
                }
                if !matches!(root.as_deref(), Some("future" | "rego")) {
                    globals.insert(name, import.path.clone());
                }
            }
            for rule in &mut module.rules {
                if module.version != Version::V0 {
                    self.shadows(rule, at);
                    rule.branches.iter().for_each(|branch| self.shadows(branch, at));
                }
                if let Some(message) = resolve_rule(&globals, rule) {
                    self.error(at, rule.row, "rego_compile_error", message);
                }
            }
        }
    }

    /// What must not be named `input` or `data` in version 1.
    fn shadows(&mut self, rule: &Rule, module: usize) {
        let name = rule.head.first_name();
        if matches!(&*name, "input" | "data") {
            let message = format!("rules must not shadow {name} (use a different rule name)");
            self.error(module, rule.row, "rego_compile_error", message);
        }
        let mut found = Vec::new();
        super::super::tree::walk_exprs(&rule.body, &mut |expr| {
            if let (true, ExprKind::Call(terms)) = (expr.is_call_of("assign"), &expr.kind)
                && let Some(target) = terms.get(1).filter(|target| is_root(target))
            {
                found.push((expr.row, target.shown()));
            }
            true
        });
        for (row, name) in found {
            let message = format!("variables must not shadow {name} (use a different variable name)");
            self.error(module, row, "rego_compile_error", message);
        }
    }
}

fn is_root(term: &Term) -> bool {
    term.as_ref().is_some_and(|parts| {
        matches!(parts, [head] if head.as_var().is_some_and(|name| matches!(&**name, "input" | "data")))
    })
}

fn resolve_rule(globals: &Globals, rule: &mut Rule) -> Option<String> {
    for branch in &mut rule.branches {
        if let Some(message) = resolve_rule(globals, branch) {
            return Some(message);
        }
    }
    let mut args = HashSet::new();
    let mut problem = None;
    for arg in &rule.head.args {
        pattern_vars(arg, &mut args, &mut problem);
    }
    if problem.is_some() {
        return problem;
    }
    let mut resolver = Resolver { globals, ignored: vec![args, declared(&rule.body)] };
    let head = &mut rule.head;
    for term in head.reference.iter_mut().skip(1).chain(&mut head.key).chain(&mut head.value) {
        resolver.term(term);
    }
    resolver.body(&mut rule.body);
    None
}

fn pattern_vars(term: &Term, out: &mut HashSet<Name>, problem: &mut Option<String>) {
    match &term.kind {
        Kind::Var(name) => {
            out.insert(name.clone());
        }
        Kind::Object(entries) => entries.iter().for_each(|(_, value)| pattern_vars(value, out, problem)),
        Kind::Array(items) => items.iter().for_each(|item| pattern_vars(item, out, problem)),
        Kind::Ref(_) if is_root(term) => {
            *problem = Some(format!("args must not shadow {} (use a different variable name)", term.shown()));
        }
        Kind::Ref(parts) => parts.iter().for_each(|part| pattern_vars(part, out, problem)),
        _ => {}
    }
}

/// The variables that a body declares, but for those of comprehensions in it.
fn declared(body: &[Expr]) -> HashSet<Name> {
    let mut out = HashSet::new();
    for expr in body {
        declared_in(expr, &mut out);
    }
    out
}

fn declared_in(expr: &Expr, out: &mut HashSet<Name>) {
    let mut vars = |term: &Term| {
        walk_term(term, &mut |term| {
            if let Kind::Var(name) = &term.kind {
                out.insert(name.clone());
            }
            true
        });
    };
    match &expr.kind {
        ExprKind::Call(terms) if expr.is_call_of("assign") => terms.get(1).into_iter().for_each(vars),
        ExprKind::Some(symbols) => {
            for symbol in symbols {
                match &symbol.kind {
                    Kind::Call(parts) => parts.iter().skip(1).rev().skip(1).for_each(&mut vars),
                    _ => vars(symbol),
                }
            }
        }
        ExprKind::Every(every) => every.body.iter().for_each(|expr| declared_in(expr, out)),
        ExprKind::Not(body) => body.iter().for_each(|expr| declared_in(expr, out)),
        _ => {}
    }
}

struct Resolver<'g> {
    globals: &'g Globals,
    ignored: Vec<HashSet<Name>>,
}

impl Resolver<'_> {
    fn global(&self, name: &Name, row: u32) -> Option<Vec<Term>> {
        let path = self.globals.get(name)?;
        if self.ignored.iter().any(|names| names.contains(name)) {
            return None;
        }
        Some(path.iter().map(|term| Term::new(term.kind.clone(), row)).collect())
    }

    fn body(&mut self, body: &mut [Expr]) {
        body.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn within(&mut self, body: &mut [Expr], terms: Vec<&mut Term>) {
        self.ignored.push(declared(body));
        terms.into_iter().for_each(|term| self.term(term));
        self.body(body);
        self.ignored.pop();
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(terms) => terms.iter_mut().for_each(|term| self.term(term)),
            ExprKind::Some(symbols) => {
                if let Some(Term { kind: Kind::Call(parts), .. }) = symbols.first_mut() {
                    parts.iter_mut().for_each(|term| self.term(term));
                }
            }
            ExprKind::Every(every) => {
                let vars = every.key.iter().chain([&every.value]).filter_map(Term::as_var).cloned();
                self.ignored.push(vars.collect());
                self.term(&mut every.domain);
                self.body(&mut every.body);
                self.ignored.pop();
            }
            ExprKind::Not(body) => self.body(body),
        }
        for with in &mut expr.with {
            self.term(&mut with.target);
            self.term(&mut with.value);
        }
    }

    fn term(&mut self, term: &mut Term) {
        let row = term.row;
        match &mut term.kind {
            Kind::Var(name) => {
                if let Some(path) = self.global(name, row) {
                    term.kind = Kind::Ref(path);
                }
            }
            Kind::Ref(parts) => {
                let head = parts.first().and_then(Term::as_var).and_then(|name| self.global(name, row));
                parts.iter_mut().skip(1).for_each(|part| self.term(part));
                match head {
                    Some(mut path) => {
                        path.extend(parts.drain(1..));
                        *parts = path;
                    }
                    None => {
                        if let Some(head) = parts.first_mut().filter(|head| head.as_var().is_none()) {
                            self.term(head);
                        }
                    }
                }
            }
            _ => {
                for part in inside(term) {
                    match part {
                        Inside::Term(term) => self.term(term),
                        Inside::Closure(terms, body) => self.within(body, terms),
                        Inside::Expr(expr) => self.expr(expr),
                    }
                }
            }
        }
    }
}
