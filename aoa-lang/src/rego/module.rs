//! A module as its readers see it before it is compiled.

use super::parse::{Problem, parse};
use super::tree::{ExprKind, Import, Kind, Rule, Term, is_data, shown_ref, walk_body, walk_term};
use crate::{Error, ErrorKind, Result};

/// The version of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// Before OPA 1.0: `if` and `contains` are not asked for.
    V0,
    /// A module of version 0 that imports `rego.v1`.
    V0Compatible,
    /// OPA 1.0.
    V1,
}

/// A module, parsed.
#[derive(Clone, Debug)]
pub struct Module {
    pub(super) file: String,
    pub(super) version: Version,
    pub(super) package: Vec<Term>,
    pub(super) imports: Vec<Import>,
    pub(super) rules: Vec<Rule>,
}

/// One step of a path: a name, or anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A string, or the variable at the beginning.
    Name(String),
    /// A variable, a number, a composite.
    Other(String),
}

/// A reference as a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The steps.
    pub steps: Vec<Step>,
    /// The reference as messages show it.
    pub shown: String,
    /// The line that it begins on, from 1.
    pub row: u32,
}

impl Path {
    fn of(reference: &[Term]) -> Path {
        let step = |term: &Term| match &term.kind {
            Kind::String(text) => Step::Name(text.to_str_lossy().into_owned()),
            _ => Step::Other(term.shown()),
        };
        let head = reference.first().map(|term| match term.as_var() {
            Some(name) => Step::Name(name.to_string()),
            None => Step::Other(term.shown()),
        });
        Path {
            steps: head.into_iter().chain(reference.iter().skip(1).map(step)).collect(),
            shown: shown_ref(reference),
            row: reference.first().map_or(0, |term| term.row),
        }
    }

    /// Whether the path begins with these names.
    #[must_use]
    pub fn begins_with(&self, names: &[&str]) -> bool {
        names.len() <= self.steps.len()
            && names
                .iter()
                .zip(&self.steps)
                .all(|(name, step)| matches!(step, Step::Name(known) if known == name))
    }
}

impl Module {
    /// Parses a module. `file` is what messages call it.
    ///
    /// # Errors
    /// `Syntax` with OPA's texts; `Limit` for what nests too deeply.
    pub fn parse(file: &str, source: &str, version: Version) -> Result<Self> {
        if source.len() > 1 << 20 {
            return Err(Error::limit(format!("{file}: longer than a mebibyte")));
        }
        let (parsed, version) =
            parse(source, version).map_err(|problems| report(file, "rego_parse_error", &problems))?;
        Ok(Module {
            file: file.to_owned(),
            version,
            package: parsed.package,
            imports: parsed.imports,
            rules: parsed.rules,
        })
    }

    /// The path of the package; it begins at `data`.
    #[must_use]
    pub fn package(&self) -> Path {
        Path::of(&self.package)
    }

    /// Puts the module into another package.
    pub fn set_package(&mut self, names: &[&str]) {
        let row = self.package.first().map_or(1, |term| term.row);
        self.package = vec![Term::var("data", row)];
        self.package.extend(names.iter().map(|name| Term::string(name, row)));
    }

    /// What is imported.
    #[must_use]
    pub fn imports(&self) -> Vec<Path> {
        self.imports.iter().map(|import| Path::of(&import.path)).collect()
    }

    /// Whether a rule of this name is defined.
    #[must_use]
    pub fn defines(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| rule.head.reference.len() == 1 && *rule.head.first_name() == *name)
            || self.rules.iter().any(|rule| {
                rule.head.reference.len() == 2 && rule.head.key.is_some() && *rule.head.first_name() == *name
            })
    }

    /// The references to `data`, but for those within other references.
    #[must_use]
    pub fn data_references(&self) -> Vec<Path> {
        let mut found = Vec::new();
        let mut visit = |term: &Term| match &term.kind {
            Kind::Ref(reference) => {
                if is_data(reference) {
                    found.push(Path::of(reference));
                }
                false
            }
            _ => true,
        };
        for rule in self.all_rules() {
            let head = &rule.head;
            for term in head.args.iter().chain(&head.key).chain(&head.value) {
                walk_term(term, &mut visit);
            }
            walk_body(&rule.body, &mut visit);
        }
        found
    }

    /// The references that begin at `root` (`input`, `data`, a built-in function), also those that imports name and those within
    /// other references; `root` by itself is one of a single step.
    #[must_use]
    pub fn references_to(&self, root: &str) -> Vec<Path> {
        let imported = self.imports.iter().filter(|import| begins_at(&import.path, root));
        let mut found: Vec<Path> = imported.map(|import| Path::of(&import.path)).collect();
        for rule in self.all_rules() {
            let head = &rule.head;
            for term in head.reference.iter().skip(1).chain(&head.args).chain(&head.key).chain(&head.value) {
                walk_term(term, &mut |term| note_reference(term, root, &mut found));
            }
            walk_body(&rule.body, &mut |term| note_reference(term, root, &mut found));
        }
        found
    }

    pub(super) fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().flat_map(|rule| std::iter::once(rule).chain(&rule.branches))
    }

    /// Moves what is referred to under `data` below `data.PREFIX`, but for what lies below `data.KEPT`: in the package, in the
    /// imports, and in the terms of expressions. Terms within terms stay, as Gatekeeper's own rewriter leaves them.
    pub fn move_data(&mut self, prefix: &str, kept: &[&str], with_package: bool) {
        let moved = |reference: &mut Vec<Term>| {
            let second = reference.get(1).and_then(Term::as_string);
            if is_data(reference) && !second.is_some_and(|name| kept.contains(&name)) {
                let row = reference.first().map_or(0, |term| term.row);
                reference.insert(1, Term::string(prefix, row));
            }
        };
        let term = |term: &mut Term| {
            if let Kind::Ref(reference) = &mut term.kind {
                moved(reference);
            }
        };
        if with_package {
            moved(&mut self.package);
        }
        for import in &mut self.imports {
            moved(&mut import.path);
        }
        for rule in &mut self.rules {
            move_rule(rule, &term);
            rule.branches.iter_mut().for_each(|branch| move_rule(branch, &term));
        }
    }
}

fn begins_at(reference: &[Term], root: &str) -> bool {
    reference.first().and_then(Term::as_var).is_some_and(|name| &**name == root)
}

/// Notes a reference to `root`; whether what is below is still to be looked at.
fn note_reference(term: &Term, root: &str, found: &mut Vec<Path>) -> bool {
    match &term.kind {
        Kind::Ref(reference) if begins_at(reference, root) => {
            found.push(Path::of(reference));
            for inner in reference.iter().skip(1) {
                walk_term(inner, &mut |term| note_reference(term, root, found));
            }
            false
        }
        Kind::Var(name) if &**name == root => {
            found.push(Path::of(std::slice::from_ref(term)));
            true
        }
        _ => true,
    }
}

fn move_rule(rule: &mut Rule, moved: &dyn Fn(&mut Term)) {
    let head = &mut rule.head;
    head.args.iter_mut().chain(&mut head.key).chain(&mut head.value).for_each(moved);
    move_body(&mut rule.body, moved);
}

fn move_body(body: &mut [super::tree::Expr], moved: &dyn Fn(&mut Term)) {
    for expr in body {
        match &mut expr.kind {
            ExprKind::Term(term) => moved(term),
            ExprKind::Call(terms) | ExprKind::Some(terms) => terms.iter_mut().for_each(moved),
            ExprKind::Every(every) => {
                every.key.iter_mut().for_each(moved);
                moved(&mut every.value);
                moved(&mut every.domain);
                move_body(&mut every.body, moved);
            }
            ExprKind::Not(body) => move_body(body, moved),
        }
        for with in &mut expr.with {
            moved(&mut with.target);
            moved(&mut with.value);
        }
    }
}

/// All problems in one error, as OPA writes them.
pub(super) fn report(file: &str, code: &str, problems: &[Problem]) -> Error {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| problem.row);
    let lines: Vec<String> = sorted
        .iter()
        .take(10)
        .map(|problem| match problem.row {
            0 => format!("{file}: {code}: {}", problem.message),
            row => format!("{file}:{row}: {code}: {}", problem.message),
        })
        .collect();
    let kind =
        if problems.iter().any(|problem| problem.is_limit) { ErrorKind::Limit } else { ErrorKind::Syntax };
    Error::new(kind, counted(&lines))
}

pub(super) fn counted(lines: &[String]) -> String {
    match lines {
        [only] => format!("1 error occurred: {only}"),
        _ => format!("{} errors occurred:\n{}", lines.len(), lines.join("\n")),
    }
}
