//! What `with` may replace, and by what.

use super::super::super::builtins;
use super::super::super::tree::{Body, Kind, Term, With, is_data, is_input, operator_name};
use super::super::Compiler;
use super::{needs_evaluation, rule_bodies};

impl Compiler {
    /// What `with` may replace, and by what.
    pub(in crate::rego::compile) fn replacements(&mut self) {
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
}
