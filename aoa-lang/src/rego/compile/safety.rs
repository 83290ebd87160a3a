//! An order of evaluation in which every variable is bound before it is needed.

use std::collections::BTreeMap;

use super::super::parse::is_keyword;
use super::super::tree::{Body, Expr, ExprKind, Kind, Name, Term, is_generated, shown_var, walk_term};
use super::Compiler;
use super::vars::{Skips, Vars, in_term, is_reference_safe, of_body, of_expr, of_term, unified};

/// What is unsafe, and on which row it was first seen.
#[derive(Default)]
struct Unsafe {
    vars: BTreeMap<Name, u32>,
    rows: Vec<u32>,
}

impl Unsafe {
    fn add(&mut self, name: &Name, row: u32) {
        let known = self.vars.entry(name.clone()).or_insert(row);
        *known = (*known).min(row);
        self.rows.push(row);
    }
}

impl Compiler {
    /// Variables of the head that no expression of the body mentions.
    pub(super) fn head_safety(&mut self) {
        self.each_rule(|compiler, rule, module| {
            let head = &rule.head;
            let mut wanted = Vars::new();
            let terms = head.args.iter().chain(&head.key).chain(&head.value);
            for term in terms.chain(head.reference.iter().skip(1)) {
                of_term(term, Skips::default(), &mut wanted);
            }
            let mut known = Vars::new();
            of_body(&rule.body, Skips::SAFETY, &mut known);
            head.args.iter().for_each(|arg| of_term(arg, Skips::default(), &mut known));
            for name in wanted.difference(&known) {
                let name = compiler.known_as(name);
                if !is_generated(&name) && !matches!(&*name, "input" | "data") {
                    let message = format!("var {} is unsafe", shown_var(&name));
                    compiler.error(module, head.row, "rego_unsafe_var_error", message);
                }
            }
        });
    }

    pub(super) fn body_safety(&mut self) {
        self.each_rule(|compiler, rule, module| {
            let mut globals: Vars = ["input", "data"].into_iter().map(Name::from).collect();
            rule.head.args.iter().for_each(|arg| of_term(arg, Skips::default(), &mut globals));
            let mut problems = Unsafe::default();
            let body = std::mem::take(&mut rule.body);
            rule.body = compiler.ordered(body, &globals, &mut problems);
            let mut lines: Vec<(u32, String)> = Vec::new();
            for (name, row) in &problems.vars {
                let name = compiler.known_as(name);
                if !is_generated(&name) {
                    let is_future = is_keyword(&name) && matches!(&*name, "in" | "every" | "contains" | "if");
                    let hint = match is_future {
                        true => {
                            format!(" (hint: `import future.keywords.{name}` to import a future keyword)")
                        }
                        false => String::new(),
                    };
                    lines.push((*row, format!("var {} is unsafe{hint}", shown_var(&name))));
                }
            }
            if lines.is_empty()
                && let Some(row) = problems.rows.iter().min()
            {
                lines.push((*row, "expression is unsafe".to_owned()));
            }
            for (row, message) in lines {
                compiler.error(module, row, "rego_unsafe_var_error", message);
            }
        });
    }

    /// `reorderBodyForSafety`
    fn ordered(&mut self, body: Body, globals: &Vars, problems: &mut Unsafe) -> Body {
        let mut body_vars = Vars::new();
        of_body(&body, Skips::SAFETY, &mut body_vars);
        let mut safe: Vars = body_vars.intersection(globals).cloned().collect();
        let mut waiting: Vec<Option<(Expr, Vars)>> = body
            .into_iter()
            .map(|expr| {
                let mut vars = Vars::new();
                of_expr(&expr, Skips::SAFETY, &mut vars);
                vars.retain(|name| !safe.contains(name));
                Some((expr, vars))
            })
            .collect();
        let mut ordered = Body::with_capacity(waiting.len());
        loop {
            let before = ordered.len();
            for slot in &mut waiting {
                let Some((expr, open)) = slot else { continue };
                let outputs = self.outputs(expr, &safe);
                let mut closed = Vars::new();
                closure_vars(expr, &mut closed);
                closed.retain(|name| body_vars.contains(name) && !globals.contains(name));
                if !closed.is_empty() {
                    if closed == outputs {
                        continue;
                    }
                    *open = closed;
                }
                open.retain(|name| !outputs.contains(name) && !safe.contains(name));
                if open.is_empty() {
                    safe.extend(outputs);
                    ordered.extend(slot.take().map(|(expr, _)| expr));
                }
            }
            if ordered.len() == before {
                break;
            }
        }
        for (expr, open) in waiting.into_iter().flatten() {
            if open.is_empty() {
                problems.rows.push(expr.row);
            }
            open.iter().for_each(|name| problems.add(name, expr.row));
        }
        let mut globals = globals.clone();
        for expr in &mut ordered {
            self.closures(expr, &globals, problems);
            of_expr(expr, Skips::SAFETY, &mut globals);
        }
        ordered
    }

    fn closures(&mut self, expr: &mut Expr, globals: &Vars, problems: &mut Unsafe) {
        let row = expr.row;
        match &mut expr.kind {
            ExprKind::Term(term) => self.closures_in(term, row, globals, problems),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter_mut().for_each(|term| self.closures_in(term, row, globals, problems));
            }
            ExprKind::Every(every) => {
                self.closures_in(&mut every.domain, row, globals, problems);
                let mut globals = globals.clone();
                let vars = every.key.iter().chain([&every.value]);
                vars.for_each(|var| of_term(var, Skips::default(), &mut globals));
                every.body = self.ordered(std::mem::take(&mut every.body), &globals, problems);
            }
            ExprKind::Not(body) => *body = self.ordered(std::mem::take(body), globals, problems),
        }
        for with in &mut expr.with {
            self.closures_in(&mut with.value, row, globals, problems);
        }
    }

    fn closures_in(&mut self, term: &mut Term, row: u32, globals: &Vars, problems: &mut Unsafe) {
        match &mut term.kind {
            Kind::ArrayOf(of) | Kind::SetOf(of) => {
                let (term, body) = &mut **of;
                self.closure(body, &in_term(term, Skips::default()), row, globals, problems);
            }
            Kind::ObjectOf(of) => {
                let (key, value, body) = &mut **of;
                let mut vars = in_term(key, Skips::default());
                of_term(value, Skips::default(), &mut vars);
                self.closure(body, &vars, row, globals, problems);
            }
            Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
                items.iter_mut().for_each(|item| self.closures_in(item, row, globals, problems));
            }
            Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
                self.closures_in(key, row, globals, problems);
                self.closures_in(value, row, globals, problems);
            }),
            _ => {}
        }
    }

    fn closure(&mut self, body: &mut Body, wanted: &Vars, row: u32, globals: &Vars, problems: &mut Unsafe) {
        let mut known = globals.clone();
        of_body(body, Skips::SAFETY, &mut known);
        wanted.difference(&known).for_each(|name| problems.add(name, row));
        *body = self.ordered(std::mem::take(body), globals, problems);
    }

    /// `outputVarsForExpr`: the variables that an expression binds.
    fn outputs(&self, expr: &Expr, safe: &Vars) -> Vars {
        let mut out = Vars::new();
        if expr.negated {
            return out;
        }
        for with in &expr.with {
            let mut vars = Vars::new();
            let plain = Expr { with: vec![with.clone()], ..Expr::truth(expr.row) };
            of_expr(&plain, Skips::SAFETY, &mut vars);
            if !vars.is_subset(safe) {
                return out;
            }
        }
        let is_safe = |name: &Name| safe.contains(name);
        match &expr.kind {
            ExprKind::Term(term) => output_refs(term, &is_safe, &mut out),
            ExprKind::Every(every) => output_refs(&every.domain, &is_safe, &mut out),
            ExprKind::Not(_) | ExprKind::Some(_) => {}
            ExprKind::Call(terms) => {
                terms.iter().for_each(|term| output_refs(term, &is_safe, &mut out));
                for with in &expr.with {
                    output_refs(&with.target, &is_safe, &mut out);
                    output_refs(&with.value, &is_safe, &mut out);
                }
                match terms.as_slice() {
                    [_, a, b] if expr.is_equality() => {
                        let bound = out.clone();
                        let known = |name: &Name| bound.contains(name) || safe.contains(name);
                        out.extend(unified(&known, a, b));
                    }
                    [operator, rest @ ..] => {
                        let Some(arity) = operator.as_ref().and_then(|operator| self.arity(operator)) else {
                            return Vars::new();
                        };
                        let (inputs, results) = rest.split_at_checked(arity).unwrap_or((rest, &[]));
                        if !results.is_empty() {
                            let mut vars = Vars::new();
                            of_term(operator, Skips::OUTPUT, &mut vars);
                            inputs.iter().for_each(|term| of_term(term, Skips::OUTPUT, &mut vars));
                            if vars.iter().any(|name| !out.contains(name) && !safe.contains(name)) {
                                return Vars::new();
                            }
                            results.iter().for_each(|term| of_term(term, Skips::OUTPUT, &mut out));
                        }
                    }
                    [] => {}
                }
            }
        }
        out.retain(|name| !safe.contains(name));
        out
    }
}

/// The operands of references that stand at a bound variable.
fn output_refs(term: &Term, safe: &dyn Fn(&Name) -> bool, out: &mut Vars) {
    walk_term(term, &mut |term| match &term.kind {
        Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) | Kind::Template(_) => false,
        Kind::Ref(parts) => {
            if !is_reference_safe(parts, safe) {
                return false;
            }
            let skips = Skips { reference_heads: true, ..Skips::default() };
            parts.iter().skip(1).for_each(|part| of_term(part, skips, out));
            true
        }
        _ => true,
    });
}

/// The variables in the comprehensions and bodies of an expression.
fn closure_vars(expr: &Expr, out: &mut Vars) {
    let mut visit = |term: &Term| match &term.kind {
        Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => {
            of_term(term, Skips::default(), out);
            false
        }
        _ => true,
    };
    match &expr.kind {
        ExprKind::Term(term) => walk_term(term, &mut visit),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            terms.iter().for_each(|term| walk_term(term, &mut visit));
        }
        ExprKind::Every(every) => of_body(&every.body, Skips::default(), out),
        ExprKind::Not(body) => of_body(body, Skips::default(), out),
    }
}
