//! `:=`, `some` and arguments become variables with names of their own.

use std::collections::HashMap;

use super::super::tree::{
    Body, Every, Expr, ExprKind, Head, Inside, Kind, Name, Part, Rule, Term, inside, is_generated,
    is_wildcard, shown_var,
};
use super::Compiler;
use super::vars::{Skips, Vars, in_term, of_expr, of_term};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Occurrence {
    Argument,
    Seen,
    Assigned,
    Declared,
}

#[derive(Clone, Default)]
struct Scope {
    names: HashMap<Name, Name>,
    occurrences: HashMap<Name, Occurrence>,
}

#[derive(Clone, Default)]
struct Scopes(Vec<Scope>);

impl Scopes {
    fn fresh() -> Scopes {
        Scopes(vec![Scope::default()])
    }

    fn declared(&self, name: &Name) -> Option<&Name> {
        self.0.iter().rev().find_map(|scope| scope.names.get(name))
    }

    fn here(&self, name: &Name) -> Option<Occurrence> {
        self.0.last()?.occurrences.get(name).copied()
    }

    fn insert(&mut self, name: &Name, local: Name, occurrence: Occurrence) {
        if let Some(scope) = self.0.last_mut() {
            scope.names.insert(name.clone(), local);
            scope.occurrences.insert(name.clone(), occurrence);
        }
    }
}

struct Renamer<'c> {
    compiler: &'c mut Compiler,
    module: usize,
    scopes: Scopes,
    has_failed: bool,
}

/// What an expression declares, and where it stands.
struct Declaration {
    row: u32,
    names: Vars,
}

impl Compiler {
    pub(super) fn locals(&mut self) {
        let mut rules = std::mem::take(&mut self.rules);
        for defined in &mut rules {
            let module = defined.module;
            let arguments = arguments(self, &mut defined.rule, module);
            rename_rule(self, &mut defined.rule, &arguments, module);
            for branch in &mut defined.rule.branches {
                // Arguments of branches are renamed alone: a wildcard is another in each of them.
                let own = arguments_of_branch(self, branch, &arguments, module);
                rename_rule(self, branch, &own, module);
            }
            defined.renew_path();
        }
        self.rules = rules;
    }
}

fn arguments(compiler: &mut Compiler, rule: &mut Rule, module: usize) -> Scopes {
    let mut renamer = Renamer { compiler, module, scopes: Scopes::fresh(), has_failed: false };
    for arg in &mut rule.head.args {
        renamer.argument(arg);
    }
    renamer.scopes
}

fn arguments_of_branch(compiler: &mut Compiler, branch: &mut Rule, outer: &Scopes, module: usize) -> Scopes {
    let mut renamer = Renamer { compiler, module, scopes: outer.clone(), has_failed: false };
    for arg in &mut branch.head.args {
        renamer.argument(arg);
    }
    renamer.scopes
}

fn rename_rule(compiler: &mut Compiler, rule: &mut Rule, arguments: &Scopes, module: usize) {
    let mut used = Vars::new();
    for term in rule.head.reference.iter().skip(1).chain(&rule.head.key).chain(&rule.head.value) {
        of_term(term, Skips::default(), &mut used);
    }
    // What is assigned within comprehensions of the head.
    let mut head = std::mem::replace(&mut rule.head, Head::of(Vec::new(), rule.row));
    for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
        let mut renamer = Renamer { compiler, module, scopes: Scopes::fresh(), has_failed: false };
        renamer.closures(term);
    }
    let mut renamer = Renamer { compiler, module, scopes: arguments.clone(), has_failed: false };
    rule.body = renamer.body(std::mem::take(&mut rule.body), &used);
    let names = renamer.scopes.0.into_iter().next_back().unwrap_or_default().names;
    let terms = head.args.iter_mut().chain(head.reference.iter_mut().skip(1)).chain(&mut head.key);
    for term in terms.chain(&mut head.value) {
        replace(term, &names);
    }
    rule.head = head;
}

/// Puts the locals of a body into a term of the head.
fn replace(term: &mut Term, names: &HashMap<Name, Name>) {
    let body = |body: &mut Body| body.iter_mut().for_each(|expr| replace_in_expr(expr, names));
    match &mut term.kind {
        Kind::Var(name) => {
            if let Some(local) = names.get(name) {
                *name = local.clone();
            }
        }
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            items.iter_mut().for_each(|item| replace(item, names));
        }
        Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
            replace(key, names);
            replace(value, names);
        }),
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            replace(&mut of.0, names);
            body(&mut of.1);
        }
        Kind::ObjectOf(of) => {
            replace(&mut of.0, names);
            replace(&mut of.1, names);
            body(&mut of.2);
        }
        Kind::Template(parts) => {
            for part in parts {
                if let Part::Expr(expr) = part {
                    replace_in_expr(expr, names);
                }
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}

fn replace_in_expr(expr: &mut Expr, names: &HashMap<Name, Name>) {
    match &mut expr.kind {
        ExprKind::Term(term) => replace(term, names),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            terms.iter_mut().for_each(|term| replace(term, names))
        }
        ExprKind::Every(every) => {
            every.key.iter_mut().for_each(|term| replace(term, names));
            replace(&mut every.value, names);
            replace(&mut every.domain, names);
            every.body.iter_mut().for_each(|expr| replace_in_expr(expr, names));
        }
        ExprKind::Not(body) => body.iter_mut().for_each(|expr| replace_in_expr(expr, names)),
    }
    for with in &mut expr.with {
        replace(&mut with.target, names);
        replace(&mut with.value, names);
    }
}

impl Declaration {
    fn of(expr: &Expr) -> Option<Self> {
        let mut names = Vars::new();
        match &expr.kind {
            ExprKind::Some(symbols) => {
                for symbol in symbols {
                    match &symbol.kind {
                        // The operator comes first, the container last.
                        Kind::Call(parts) => {
                            let symbols = parts.iter().skip(1).take(parts.len().saturating_sub(2));
                            symbols.for_each(|symbol| of_term(symbol, Skips::default(), &mut names));
                        }
                        _ => of_term(symbol, Skips::default(), &mut names),
                    }
                }
            }
            ExprKind::Call(terms) if expr.is_call_of("assign") => {
                terms.iter().skip(1).take(1).for_each(|term| of_term(term, Skips::default(), &mut names));
            }
            _ => return None,
        }
        Some(Declaration { row: expr.row, names })
    }
}

impl Renamer<'_> {
    fn error(&mut self, row: u32, message: String) {
        self.has_failed = true;
        self.compiler.error(self.module, row, "rego_compile_error", message);
    }

    fn argument(&mut self, term: &mut Term) {
        match &mut term.kind {
            Kind::Var(name) => {
                let local = match self.scopes.declared(name) {
                    Some(local) => local.clone(),
                    None => {
                        let local = self.compiler.local();
                        self.compiler.renamed.insert(local.clone(), name.clone());
                        self.scopes.insert(name, local.clone(), Occurrence::Argument);
                        local
                    }
                };
                *name = local;
            }
            Kind::Object(entries) => entries.iter_mut().for_each(|(_, value)| self.argument(value)),
            Kind::Array(items) | Kind::Ref(items) => items.iter_mut().for_each(|item| self.argument(item)),
            Kind::Call(_) => self.error(term.row, "rule arguments cannot contain calls".to_owned()),
            _ => {}
        }
    }

    fn declare(&mut self, name: &Name, occurrence: Occurrence) -> Result<Name, String> {
        let shown = shown_var(name);
        match self.scopes.here(name) {
            Some(Occurrence::Seen) => return Err(format!("var {shown} referenced above")),
            Some(Occurrence::Assigned) => return Err(format!("var {shown} assigned above")),
            Some(Occurrence::Declared) => return Err(format!("var {shown} declared above")),
            Some(Occurrence::Argument) => return Err(format!("arg {shown} redeclared")),
            None => {}
        }
        let local = self.compiler.local();
        self.compiler.renamed.insert(local.clone(), name.clone());
        self.scopes.insert(name, local.clone(), occurrence);
        Ok(local)
    }

    /// Renames a body; `used` is what counts as used beside what stands in it.
    fn body(&mut self, body: Body, used: &Vars) -> Body {
        let row = body.first().map_or(0, |expr| expr.row);
        let declarations: Vec<Declaration> = body.iter().filter_map(Declaration::of).collect();
        let mut out = Body::with_capacity(body.len());
        for expr in body {
            out.extend(self.statement(expr));
        }
        if out.is_empty() {
            out.push(Expr::truth(row));
        }
        self.check_used(row, &declarations, &out, used);
        out
    }

    /// What is declared must stand somewhere (`checkUnusedDeclaredVars`).
    fn check_used(&mut self, row: u32, declarations: &[Declaration], body: &Body, used: &Vars) {
        let Some(scope) = self.scopes.0.last().filter(|_| !self.has_failed) else { return };
        let is_declared = |name: &Name| scope.occurrences.get(name) == Some(&Occurrence::Declared);
        let declared = scope.names.iter().filter(|(name, _)| is_declared(name));
        let mut unused: Vec<(Name, Name)> =
            declared.map(|(name, local)| (local.clone(), name.clone())).collect();
        if unused.is_empty() {
            return;
        }
        let mut seen: Vars =
            used.iter().map(|name| self.scopes.declared(name).unwrap_or(name).clone()).collect();
        for expr in body {
            of_expr(expr, Skips::default(), &mut seen);
        }
        unused.retain(|(local, name)| !seen.contains(local) && !is_generated(name));
        unused.sort();
        for (_, name) in unused {
            let place = declarations.iter().find(|declaration| declaration.names.contains(&name));
            let message = format!("declared var {} unused", shown_var(&name));
            self.error(place.map_or(row, |declaration| declaration.row), message);
        }
    }

    fn within(&mut self, body: &mut Body, terms: Vec<&mut Term>) {
        self.scopes.0.push(Scope::default());
        let mut used = Vars::new();
        terms.iter().for_each(|term| of_term(term, Skips::default(), &mut used));
        *body = self.body(std::mem::take(body), &used);
        terms.into_iter().for_each(|term| self.term(term));
        self.scopes.0.pop();
    }

    fn statement(&mut self, mut expr: Expr) -> Option<Expr> {
        if expr.is_call_of("assign") {
            self.assignment(&mut expr);
            return Some(expr);
        }
        match &mut expr.kind {
            ExprKind::Some(symbols) => {
                let symbols = std::mem::take(symbols);
                return self.some(expr, symbols);
            }
            ExprKind::Every(every) => self.every(every, expr.row),
            ExprKind::Not(body) => self.within(body, Vec::new()),
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(terms) => terms.iter_mut().for_each(|term| self.term(term)),
        }
        self.with(&mut expr);
        Some(expr)
    }

    fn with(&mut self, expr: &mut Expr) {
        for with in &mut expr.with {
            // A shadowed `input` is still what `with` replaces.
            let is_input = with.target.as_ref().is_some_and(super::super::tree::is_input);
            if let (true, Kind::Ref(parts)) = (is_input, &mut with.target.kind) {
                parts.iter_mut().skip(1).for_each(|part| self.term(part));
            } else {
                self.term(&mut with.target);
            }
            self.term(&mut with.value);
        }
    }

    fn assignment(&mut self, expr: &mut Expr) {
        if expr.negated {
            self.error(expr.row, "cannot assign vars inside negated expression".to_owned());
            return;
        }
        let ExprKind::Call(terms) = &mut expr.kind else { return };
        let [operator, target, value] = terms.as_mut_slice() else { return };
        self.term(value);
        for with in &mut expr.with {
            self.term(&mut with.value);
        }
        if self.target(target) {
            *operator = Term::builtin("eq", operator.row);
        }
    }

    /// The left side of `:=`; false if it cannot be assigned to.
    fn target(&mut self, term: &mut Term) -> bool {
        let row = term.row;
        let root = match &term.kind {
            Kind::Var(name) => Some(name.clone()),
            Kind::Ref(parts) => match parts.as_slice() {
                [head] => head.as_var().cloned(),
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = root {
            return match self.declare(&name, Occurrence::Assigned) {
                Ok(local) => {
                    term.kind = Kind::Var(local);
                    true
                }
                Err(message) => {
                    self.error(row, message);
                    false
                }
            };
        }
        match &mut term.kind {
            Kind::Array(items) => {
                let mut fits = true;
                for item in items {
                    fits &= self.target_item(item);
                }
                fits
            }
            Kind::Object(entries) => {
                let mut fits = true;
                for (_, value) in entries {
                    fits &= self.target_item(value);
                }
                fits
            }
            _ => {
                self.error(row, format!("cannot assign to {}", term.kind_name()));
                false
            }
        }
    }

    fn target_item(&mut self, term: &mut Term) -> bool {
        self.target(term)
    }

    fn some(&mut self, mut expr: Expr, symbols: Vec<Term>) -> Option<Expr> {
        for symbol in symbols {
            match symbol.kind {
                Kind::Var(name) => {
                    if let Err(message) = self.declare(&name, Occurrence::Declared) {
                        self.error(expr.row, message);
                        return None;
                    }
                }
                Kind::Call(mut parts) => {
                    let container = parts.pop()?;
                    let value = parts.pop()?;
                    let key = if parts.len() > 1 { parts.pop()? } else { self.compiler.local_term(expr.row) };
                    let outer = in_term(&container, Skips::default());
                    let mut vars = Vars::new();
                    of_term(&value, Skips::PATTERN, &mut vars);
                    of_term(&key, Skips::PATTERN, &mut vars);
                    let right = match container.kind {
                        Kind::Ref(mut parts) => {
                            parts.push(key);
                            parts
                        }
                        kind => vec![Term::new(kind, container.row), key],
                    };
                    for name in vars.iter().filter(|name| !outer.contains(*name)) {
                        if let Err(message) = self.declare(name, Occurrence::Declared) {
                            self.error(expr.row, message);
                            return None;
                        }
                    }
                    let right = Term::new(Kind::Ref(right), expr.row);
                    expr.kind = ExprKind::Call(vec![Term::builtin("eq", expr.row), value, right]);
                    if let ExprKind::Call(terms) = &mut expr.kind {
                        terms.iter_mut().for_each(|term| self.term(term));
                    }
                    self.with(&mut expr);
                    return Some(expr);
                }
                _ => return None,
            }
        }
        None
    }

    fn every(&mut self, every: &mut Every, row: u32) {
        self.term(&mut every.domain);
        self.scopes.0.push(Scope::default());
        if every.key.is_none() {
            every.key = Some(self.compiler.local_term(row));
        }
        let vars = every.key.iter_mut().chain([&mut every.value]);
        for var in vars {
            let Some(name) = var.as_var().filter(|name| !is_wildcard(name)).cloned() else { continue };
            if is_generated(&name) {
                continue;
            }
            match self.declare(&name, Occurrence::Declared) {
                Ok(local) => var.kind = Kind::Var(local),
                Err(message) => self.error(row, message),
            }
        }
        every.body = self.body(std::mem::take(&mut every.body), &Vars::new());
        self.scopes.0.pop();
    }

    fn term(&mut self, term: &mut Term) {
        match &mut term.kind {
            Kind::Var(name) => match self.scopes.declared(name) {
                Some(local) => *name = local.clone(),
                None => {
                    let name = name.clone();
                    self.scopes.insert(&name, name.clone(), Occurrence::Seen);
                }
            },
            Kind::Ref(parts) => {
                if let [head] = parts.as_slice()
                    && let Some(name) = head.as_var().filter(|name| matches!(&***name, "input" | "data"))
                {
                    let found = self.scopes.0.iter().rev().find_map(|scope| scope.occurrences.get(name));
                    if found.is_some_and(|occurrence| *occurrence != Occurrence::Seen)
                        && let Some(local) = self.scopes.declared(name)
                    {
                        term.kind = Kind::Var(local.clone());
                    }
                    return;
                }
                parts.iter_mut().for_each(|part| self.term(part));
            }
            Kind::Call(parts) => {
                let shadowed = parts.first().and_then(Term::as_ref).and_then(|operator| {
                    let name = operator.first()?.as_var()?;
                    let local = self.scopes.declared(name)?;
                    (local != name).then(|| super::super::tree::shown_ref(operator))
                });
                if let Some(operator) = shadowed {
                    self.error(term.row, format!("called function {operator} shadowed"));
                    return;
                }
                parts.iter_mut().for_each(|part| self.term(part));
            }
            _ => {
                for part in inside(term) {
                    match part {
                        Inside::Term(term) => self.term(term),
                        Inside::Closure(terms, body) => self.within(body, terms),
                        Inside::Expr(expr) => self.plain(expr),
                    }
                }
            }
        }
    }

    fn plain(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(terms) => terms.iter_mut().for_each(|term| self.term(term)),
            ExprKind::Some(_) | ExprKind::Every(_) | ExprKind::Not(_) => {}
        }
        self.with(expr);
    }

    /// The comprehensions within a term of the head.
    fn closures(&mut self, term: &mut Term) {
        match &mut term.kind {
            Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) | Kind::Template(_) => self.term(term),
            Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
                items.iter_mut().for_each(|item| self.closures(item));
            }
            Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
                self.closures(key);
                self.closures(value);
            }),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
        }
    }
}
