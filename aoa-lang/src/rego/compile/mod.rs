//! From modules to programs, in the stages of OPA's own compiler (`v1/ast/compile.go`).
//!
//! | file | stage |
//! |---|---|
//! | `resolve` | names become references to rules and imports |
//! | `locals` | `:=` and `some` become variables of their own |
//! | `expand` | calls within terms become expressions of their own |
//! | `tree` | rules by their path; conflicts, recursion |
//! | `safety` | an order of evaluation in which every variable is bound |
//! | `types`, `check` | what the types of terms can be, and what cannot fit |
//! | `plan` | programs: variables become places in a frame |

mod check;
mod expand;
mod locals;
pub(super) mod plan;
mod resolve;
mod safety;
mod tree;
mod types;
mod vars;

use std::collections::HashMap;

use super::builtins;
use super::module::{Module, Version, counted};
use super::tree::{Body, Expr, Kind, Name, Rule, Term, operator_name, walk_exprs};
use crate::{Error, Result};

pub(super) use tree::{Node, key_of};

/// How many expressions one body, and all rules together, may have.
const BODY: usize = 2_000;
const PROGRAM: usize = 50_000;

/// A rule with the whole path of its document.
#[derive(Clone)]
pub(super) struct Defined {
    pub(super) rule: Rule,
    pub(super) path: Vec<Term>,
    pub(super) module: usize,
}

impl Defined {
    /// Brings the path behind the package up to date with the rule's head.
    fn renew_path(&mut self) {
        let reference = &self.rule.head.reference;
        self.path.truncate(self.path.len().saturating_sub(reference.len()));
        self.path.extend(reference.iter().enumerate().map(|(at, term)| match (at, term.as_var()) {
            (0, Some(name)) => Term::string(name, term.row),
            _ => term.clone(),
        }));
    }
}

pub(super) struct Compiler {
    pub(super) files: Vec<String>,
    versions: Vec<Version>,
    /// The branches of a rule are within it.
    pub(super) rules: Vec<Defined>,
    pub(super) tree: Node,
    arities: HashMap<String, usize>,
    locals: u32,
    /// Generated names, and what they stand for.
    renamed: HashMap<Name, Name>,
    errors: Vec<(usize, u32, &'static str, String)>,
    too_much: bool,
}

impl Compiler {
    pub(super) fn compile(mut modules: Vec<Module>) -> Result<Compiler> {
        modules.sort_by(|a, b| a.file.cmp(&b.file));
        let mut compiler = Compiler {
            files: modules.iter().map(|module| module.file.clone()).collect(),
            versions: modules.iter().map(|module| module.version).collect(),
            rules: Vec::new(),
            tree: Node::default(),
            arities: HashMap::new(),
            locals: 0,
            renamed: HashMap::new(),
            errors: Vec::new(),
            too_much: false,
        };
        compiler.resolve(&mut modules);
        compiler.failed()?;
        for (at, module) in modules.into_iter().enumerate() {
            for rule in module.rules {
                let path = module.package.iter().chain(&rule.head.reference).cloned().collect();
                compiler.rules.push(Defined { rule, path, module: at });
            }
        }
        compiler.stage(Compiler::head_references)?;
        compiler.stage(Compiler::set_tree)?;
        compiler.stage(Compiler::locals)?;
        compiler.stage(Compiler::templates)?;
        compiler.stage(Compiler::prints)?;
        compiler.stage(Compiler::calls)?;
        compiler.stage(Compiler::metadata)?;
        compiler.stage(Compiler::comprehensions)?;
        compiler.stage(Compiler::heads)?;
        compiler.stage(Compiler::replacements)?;
        compiler.stage(Compiler::conflicts)?;
        compiler.stage(Compiler::functions)?;
        compiler.stage(Compiler::head_safety)?;
        compiler.stage(Compiler::body_safety)?;
        compiler.stage(Compiler::equalities)?;
        compiler.stage(Compiler::dynamics)?;
        compiler.stage(Compiler::recursion)?;
        compiler.stage(Compiler::types)?;
        compiler.stage(Compiler::deprecated)?;
        Ok(compiler)
    }

    fn stage(&mut self, run: fn(&mut Compiler)) -> Result<()> {
        run(self);
        self.failed()
    }

    fn failed(&mut self) -> Result<()> {
        let count: usize = self.rules.iter().map(|defined| defined.rule.body.len()).sum();
        let longest = self.rules.iter().map(|defined| defined.rule.body.len()).max();
        if self.too_much || count > PROGRAM || longest.unwrap_or(0) > BODY {
            return Err(Error::limit("the policy is too large"));
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        self.errors.sort_by(|a, b| (self.files.get(a.0), a.1).cmp(&(self.files.get(b.0), b.1)));
        let mut lines: Vec<String> = self
            .errors
            .iter()
            .take(10)
            .map(|(module, row, code, message)| {
                let file = self.files.get(*module).map_or("", String::as_str);
                format!("{file}:{row}: {code}: {message}")
            })
            .collect();
        if self.errors.len() >= 10 {
            lines.push("rego_compile_error: error limit reached".to_owned());
        }
        Err(Error::invalid(counted(&lines)))
    }

    fn error(&mut self, module: usize, row: u32, code: &'static str, message: impl Into<String>) {
        self.errors.push((module, row, code, message.into()));
    }

    fn local(&mut self) -> Name {
        let name = format!("__local{}__", self.locals);
        self.locals += 1;
        Name::from(name)
    }

    fn local_term(&mut self, row: u32) -> Term {
        Term::new(Kind::Var(self.local()), row)
    }

    /// `__localN__ = term`, and the variable.
    fn equated(&mut self, term: Term) -> (Expr, Term) {
        let var = self.local_term(term.row);
        let mut expr = Expr::equality(var.clone(), term);
        expr.generated = true;
        (expr, var)
    }

    /// How many arguments a function takes; `None` for what is no function.
    fn arity(&self, operator: &[Term]) -> Option<usize> {
        if let Some(declared) = operator_name(operator).and_then(|name| builtins::declared(&name)) {
            return Some(declared.args.len());
        }
        self.arities.get(&key_of(operator)?).copied()
    }

    /// Runs `change` on every rule and branch, with the module that it stands in.
    fn each_rule(&mut self, mut change: impl FnMut(&mut Compiler, &mut Rule, usize)) {
        let mut rules = std::mem::take(&mut self.rules);
        for defined in &mut rules {
            change(self, &mut defined.rule, defined.module);
            for branch in &mut defined.rule.branches {
                change(self, branch, defined.module);
            }
        }
        self.rules = rules;
    }

    /// Functions that version 1 has no more.
    fn deprecated(&mut self) {
        let mut found = Vec::new();
        for defined in &self.rules {
            if self.versions.get(defined.module) == Some(&Version::V0) {
                continue;
            }
            let rules = std::iter::once(&defined.rule).chain(&defined.rule.branches);
            for rule in rules {
                walk_exprs(&rule.body, &mut |expr| {
                    let name = expr.operator().and_then(operator_name);
                    if let Some(name) = name
                        && builtins::declared(&name).is_some_and(|declared| declared.is_deprecated)
                    {
                        found.push((defined.module, expr.row, name));
                    }
                    true
                });
            }
        }
        for (module, row, name) in found {
            self.error(
                module,
                row,
                "rego_type_error",
                format!("deprecated built-in function calls in expression: {name}"),
            );
        }
    }

    /// The name that the user gave to a variable.
    fn known_as(&self, name: &Name) -> Name {
        self.renamed.get(name).cloned().unwrap_or_else(|| name.clone())
    }
}

/// Appends; a body that only says `true` is replaced.
fn append(body: &mut Body, exprs: Vec<Expr>) {
    let is_empty = matches!(
        body.as_slice(),
        [Expr { kind: super::tree::ExprKind::Term(Term { kind: Kind::Bool(true), .. }), with, negated: false, .. }] if with.is_empty()
    );
    if !exprs.is_empty() && is_empty {
        body.clear();
    }
    body.extend(exprs);
}
