//! The grammar of Rego, versions 0 and 1 (`v1/ast/parser.go`, `v1/ast/parser_ext.go`).
//!
//! | file | what |
//! |---|---|
//! | `state` | words one after the other, going back, errors |
//! | `statement` | packages, imports, rules |
//! | `literal` | bodies and what stands in them |
//! | `term` | terms and operators |
//! | `scalar` | numbers, strings, templates of strings |
//! | `composite` | arrays, sets, objects, comprehensions |
//! | `head` | statements without a body, read as rules |

mod composite;
mod head;
mod import;
mod literal;
mod scalar;
mod state;
mod statement;
mod term;

use super::module::Version;
use super::scan::Token;
use super::tree::{Expr, Import, Kind, Rule, Term};
use state::Parser;

/// What is wrong with a text.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) row: u32,
    pub(super) message: String,
    /// Whether it is only too much for this library.
    pub(super) is_limit: bool,
}

/// A text, read.
pub(super) struct Parsed {
    pub(super) package: Vec<Term>,
    pub(super) imports: Vec<Import>,
    pub(super) rules: Vec<Rule>,
}

pub(super) enum Statement {
    Package(Vec<Term>, u32),
    Import(Import),
    Rules(Vec<Rule>),
    Body(Vec<Expr>),
}

/// Reads a module; the version is that of the text but for what it imports.
pub(super) fn parse(source: &str, version: Version) -> Result<(Parsed, Version), Vec<Problem>> {
    let mut parser = Parser::new(source, version);
    let statements = parser.statements();
    if !parser.state.errors.is_empty() {
        return Err(parser.state.errors);
    }
    let mut problems = Vec::new();
    let mut version = version;
    let mut statements = statements.into_iter();
    let problem = |row, message: &str| Problem { row, message: message.to_owned(), is_limit: false };
    let (package, first) = match statements.next() {
        None => return Err(vec![problem(0, "empty module")]),
        Some(Statement::Package(path, _)) => (path, None),
        Some(other) => {
            problems.push(problem(other.row(), "package expected"));
            (Vec::new(), Some(other))
        }
    };
    let mut parsed = Parsed { package, imports: Vec::new(), rules: Vec::new() };
    for statement in statements {
        match statement {
            Statement::Package(_, row) => problems.push(problem(row, "unexpected package")),
            Statement::Import(import) => {
                if version == Version::V0 && is_rego_v1(&import.path) {
                    version = Version::V0Compatible;
                }
                parsed.imports.push(import);
            }
            Statement::Rules(rules) => parsed.rules.extend(rules),
            Statement::Body(body) => {
                let row = body.first().map_or(0, |expr| expr.row);
                match head::rule_of(body) {
                    Ok(mut rule) => {
                        rule.generated_body = true;
                        parsed.rules.push(rule);
                    }
                    Err(message) => problems.push(problem(row, &message)),
                }
            }
        }
    }
    drop(first);
    if version != Version::V0 {
        for rule in parsed.rules.iter().flat_map(|rule| std::iter::once(rule).chain(&rule.branches)) {
            version_one(rule, &mut problems);
        }
    }
    if problems.is_empty() { Ok((parsed, version)) } else { Err(problems) }
}

impl Statement {
    fn row(&self) -> u32 {
        match self {
            Statement::Package(_, row) => *row,
            Statement::Import(import) => import.row,
            Statement::Rules(rules) => rules.first().map_or(0, |rule| rule.row),
            Statement::Body(body) => body.first().map_or(0, |expr| expr.row),
        }
    }
}

fn is_rego_v1(path: &[Term]) -> bool {
    matches!(path, [head, tail]
        if head.as_var().is_some_and(|name| &**name == "rego") && tail.as_string() == Some("v1"))
}

/// What version 1 asks for beyond its grammar (`v1/ast/rego_v1.go`).
fn version_one(rule: &Rule, problems: &mut Vec<Problem>) {
    let head = &rule.head;
    let what = if head.args.is_empty() { "rule" } else { "function" };
    let mut say = |message: String| problems.push(Problem { row: rule.row, message, is_limit: false });
    let name = head.first_name();
    if head.reference.len() < 2 && is_keyword(&name) {
        say(format!("{name} keyword cannot be used for rule name"));
    }
    if rule.generated_body && head.generated_value {
        say(format!("{what} must have value assignment and/or body declaration"));
    }
    if !rule.generated_body && !head.has_if && !rule.is_default {
        say(format!("`if` keyword is required before {what} body"));
    }
    if head.is_multi_value() && head.key.is_some() && !head.has_contains {
        say("`contains` keyword is required for partial set rules".to_owned());
    }
}

/// Whether version 1 keeps the name for itself.
pub(super) fn is_keyword(name: &str) -> bool {
    super::scan::Keywords::ALL.token(name) != Token::Ident
}

pub(super) fn is_root(term: &Term) -> bool {
    matches!(&term.kind, Kind::Var(name) if matches!(&**name, "input" | "data"))
}
