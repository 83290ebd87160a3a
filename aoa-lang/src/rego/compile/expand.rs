//! What stands within terms becomes expressions of its own.

use super::super::builtins;
use super::super::tree::{
    Body, Expr, ExprKind, Kind, Part, Rule, Term, With, is_data, is_input, operator_name, walk_term,
};
use super::{Compiler, append};

/// Runs `change` on every body below, inner bodies first.
fn bodies(body: &mut Body, change: &mut dyn FnMut(&mut Body)) {
    for expr in body.iter_mut() {
        match &mut expr.kind {
            ExprKind::Term(term) => bodies_in(term, change),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter_mut().for_each(|term| bodies_in(term, change));
            }
            ExprKind::Every(every) => {
                bodies_in(&mut every.domain, change);
                bodies(&mut every.body, change);
            }
            ExprKind::Not(body) => bodies(body, change),
        }
        expr.with.iter_mut().for_each(|with| bodies_in(&mut with.value, change));
    }
    change(body);
}

fn bodies_in(term: &mut Term, change: &mut dyn FnMut(&mut Body)) {
    each_comprehension(term, &mut |kind| match kind {
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            bodies_in(&mut of.0, change);
            bodies(&mut of.1, change);
        }
        Kind::ObjectOf(of) => {
            bodies_in(&mut of.0, change);
            bodies_in(&mut of.1, change);
            bodies(&mut of.2, change);
        }
        _ => {}
    });
}

/// Calls `change` for the outermost comprehensions of a term.
fn each_comprehension(term: &mut Term, change: &mut dyn FnMut(&mut Kind)) {
    match &mut term.kind {
        Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => change(&mut term.kind),
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            items.iter_mut().for_each(|item| each_comprehension(item, change));
        }
        Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
            each_comprehension(key, change);
            each_comprehension(value, change);
        }),
        Kind::Template(parts) => {
            for part in parts {
                if let Part::Expr(Expr { kind: ExprKind::Term(term), .. }) = part {
                    each_comprehension(term, change);
                }
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
    }
}

/// Runs `change` on every body of a rule, also those in its head.
fn rule_bodies(rule: &mut Rule, change: &mut dyn FnMut(&mut Body)) {
    let head = &mut rule.head;
    let terms = head.args.iter_mut().chain(&mut head.key).chain(&mut head.value);
    terms.chain(head.reference.iter_mut().skip(1)).for_each(|term| bodies_in(term, change));
    bodies(&mut rule.body, change);
}

/// Whether something must be evaluated to know the term.
fn needs_evaluation(term: &Term) -> bool {
    let mut found = false;
    walk_term(term, &mut |term| {
        found |= matches!(term.kind, Kind::Ref(_) | Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_));
        !found
    });
    found
}

impl Compiler {
    /// Composite terms in the reference at a rule's head become variables.
    pub(super) fn head_references(&mut self) {
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

    pub(super) fn templates(&mut self) {
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
    pub(super) fn prints(&mut self) {
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
            super::super::tree::walk_body(&rule.body, &mut visit);
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

    /// Calls within terms become expressions before the one that they stand in.
    pub(super) fn calls(&mut self) {
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
            if out.len() > super::BODY {
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
    pub(super) fn metadata(&mut self) {
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

    /// The term of a comprehension is bound in its body.
    pub(super) fn comprehensions(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let head = &mut rule.head;
            for term in head.args.iter_mut().chain(&mut head.key).chain(&mut head.value) {
                compiler.bind(term);
            }
            compiler.bind_body(&mut rule.body);
        });
    }

    fn bind_body(&mut self, body: &mut Body) {
        for expr in body {
            match &mut expr.kind {
                ExprKind::Term(term) => self.bind(term),
                ExprKind::Call(terms) | ExprKind::Some(terms) => {
                    terms.iter_mut().for_each(|term| self.bind(term))
                }
                ExprKind::Every(every) => {
                    self.bind(&mut every.domain);
                    self.bind_body(&mut every.body);
                }
                ExprKind::Not(body) => self.bind_body(body),
            }
            expr.with.iter_mut().for_each(|with| self.bind(&mut with.value));
        }
    }

    fn bind(&mut self, term: &mut Term) {
        each_comprehension(term, &mut |kind| match kind {
            Kind::ArrayOf(of) | Kind::SetOf(of) => {
                let (term, body) = &mut **of;
                self.bind_term(term, body);
                self.bind_body(body);
            }
            Kind::ObjectOf(of) => {
                let (key, value, body) = &mut **of;
                self.bind_term(key, body);
                self.bind_term(value, body);
                self.bind_body(body);
            }
            _ => {}
        });
    }

    fn bind_term(&mut self, term: &mut Term, body: &mut Body) {
        if needs_evaluation(term) {
            let value = std::mem::replace(term, Term::bool(true, 0));
            let (expr, var) = self.equated(value);
            *term = var;
            append(body, vec![expr]);
        }
    }

    /// What must be evaluated in a head is bound in the body.
    pub(super) fn heads(&mut self) {
        self.each_rule(|compiler, rule, _| {
            let head = &mut rule.head;
            for term in head.key.iter_mut().chain(&mut head.value).chain(&mut head.args) {
                compiler.bind_term(term, &mut rule.body);
            }
        });
    }

    /// What `with` may replace, and by what.
    pub(super) fn replacements(&mut self) {
        let mut rules = std::mem::take(&mut self.rules);
        for defined in &mut rules {
            let module = defined.module;
            let mut change = |body: &mut Body| {
                let mut out = Body::with_capacity(body.len());
                for mut expr in std::mem::take(body) {
                    for with in &mut expr.with {
                        match self.replacement(with) {
                            Ok(true) => {
                                let value = std::mem::replace(&mut with.value, Term::bool(true, 0));
                                let (equality, var) = self.equated(value);
                                with.value = var;
                                out.push(equality);
                            }
                            Ok(false) => {}
                            Err((code, message)) => self.error(module, with.target.row, code, message),
                        }
                    }
                    out.push(expr);
                }
                *body = out;
            };
            rule_bodies(&mut defined.rule, &mut change);
            defined.rule.branches.iter_mut().for_each(|branch| rule_bodies(branch, &mut change));
        }
        self.rules = rules;
    }

    /// Whether the value must be evaluated first.
    fn replacement(&self, with: &mut With) -> Result<bool, (&'static str, String)> {
        let compile_error = |message: String| Err(("rego_compile_error", message));
        let builtin = |term: &Term| match &term.kind {
            Kind::Var(name) => builtins::declared(name).map(|_| name.to_string()),
            Kind::Ref(parts) => operator_name(parts).filter(|name| builtins::declared(name).is_some()),
            _ => None,
        };
        // A function's name as value is a reference to it.
        if let (Kind::Var(_), Some(name)) = (&with.value.kind, builtin(&with.value)) {
            with.value = Term::builtin(&name, with.value.row);
        }
        let is_function = |term: &Term| {
            builtin(term).is_some()
                || term.as_ref().is_some_and(|parts| {
                    is_data(parts) && self.tree.find(parts.get(1..).unwrap_or_default()).is_some()
                })
        };
        match with.target.as_ref() {
            Some(parts) if is_input(parts) => {}
            Some(parts) if is_data(parts) => {
                let path = parts.get(1..).unwrap_or_default();
                let inner = path.len().saturating_sub(1);
                for length in 1..=inner {
                    let node = self.tree.find(path.get(..length).unwrap_or_default());
                    if node.is_some_and(|node| !node.rules.is_empty()) {
                        return compile_error(
                            "with keyword cannot partially replace virtual document(s)".to_owned(),
                        );
                    }
                }
                let node = self.tree.find(path);
                let rules = node.map(|node| node.rules.as_slice()).unwrap_or_default();
                let replaces_function = rules
                    .iter()
                    .filter_map(|at| self.rules.get(*at))
                    .any(|defined| !defined.rule.head.args.is_empty());
                if replaces_function && is_function(&with.value) {
                    return Ok(false);
                }
                let names_function =
                    with.value.as_ref().filter(|parts| is_data(parts)).is_some_and(|parts| {
                        self.tree.find(parts.get(1..).unwrap_or_default()).is_some_and(|node| {
                            node.rules
                                .iter()
                                .filter_map(|at| self.rules.get(*at))
                                .any(|defined| !defined.rule.head.args.is_empty())
                        })
                    });
                if names_function {
                    return Ok(false);
                }
            }
            _ => {
                let Some(name) = builtin(&with.target) else {
                    let message = "with keyword target must reference existing input, data, or a function";
                    return Err(("rego_type_error", message.to_owned()));
                };
                let prefix = "with keyword replacing built-in function:";
                if matches!(&*name, "eq" | "rego.metadata.chain" | "rego.metadata.rule") {
                    return compile_error(format!("{prefix} replacement of \"{name}\" invalid"));
                }
                if name.starts_with("internal.") {
                    return compile_error(format!(
                        "{prefix} replacement of internal function \"{name}\" invalid"
                    ));
                }
                if name == "walk" {
                    return compile_error(format!("{prefix} target must not be a relation"));
                }
                if name == "print" {
                    return compile_error(format!("{prefix} target must not be a void function"));
                }
                with.target = Term::builtin(&name, with.target.row);
                if is_function(&with.value) {
                    return Ok(false);
                }
            }
        }
        Ok(needs_evaluation(&with.value))
    }

    /// `==` becomes `=` once everything is known to be bound.
    pub(super) fn equalities(&mut self) {
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
    pub(super) fn dynamics(&mut self) {
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
            if out.len() > super::BODY {
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
