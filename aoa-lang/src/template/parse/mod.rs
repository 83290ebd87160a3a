//! Makes trees of the text of a template: Go's `text/template/parse/parse.go`.
//!
//! The parser keeps what is open on lists instead of the call stack, so that no nesting overflows it.

mod actions;
mod pipeline;
mod tokens;

use std::collections::{BTreeMap, HashMap};

use super::ast::{Ast, Keyword, NodeId};
use super::lex::{Lexer, Token};
use crate::Result;

/// The top of a template: its nodes.
pub(super) type Tree = Vec<NodeId>;

/// Parses `text` as the template `name`; the trees of it and of what it defines come back by name.
///
/// # Errors
/// Go's.
pub(super) fn parse(
    ast: &mut Ast,
    name: &str,
    text: &str,
    has_function: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Tree>> {
    let source = ast.add_source(name, text);
    let mut parser = Parser {
        ast,
        source,
        name,
        lexer: Lexer::new(text, !has_function("break"), !has_function("continue")),
        has_function,
        trees: BTreeMap::new(),
        state: State::new(),
        outer: Vec::new(),
        open: vec![Open { kind: OpenKind::Root, list: Vec::new() }],
    };
    parser.run()?;
    Ok(parser.trees)
}

struct Parser<'t, 'a> {
    ast: &'a mut Ast,
    source: u32,
    name: &'a str,
    lexer: Lexer<'t>,
    has_function: &'a dyn Fn(&str) -> bool,
    trees: BTreeMap<String, Tree>,
    state: State<'t>,
    /// The states of the trees around a `define` or `block`.
    outer: Vec<State<'t>>,
    open: Vec<Open>,
}

/// What Go's parser keeps for one tree; each `define` and `block` is a tree of its own.
struct State<'t> {
    tokens: [Token<'t>; 3],
    peeked: usize,
    variables: Variables,
    action_line: usize,
    range_depth: usize,
    parentheses: usize,
}

/// The variables that are known, in the order of their declaration.
#[derive(Default)]
struct Variables {
    stack: Vec<String>,
    count: HashMap<String, usize>,
}

/// A list of nodes that is being read.
struct Open {
    kind: OpenKind,
    list: Vec<NodeId>,
}

enum OpenKind {
    Root,
    Define { name: String },
    Block { name: String, pos: usize, pipe: NodeId },
    Branch(OpenBranch),
}

struct OpenBranch {
    keyword: Keyword,
    pipe: NodeId,
    variables: usize,
    /// The list before `{{else}}`, once that was read.
    then: Option<Vec<NodeId>>,
    /// Whether this is the `if` of an `{{else if}}`, whose `{{end}}` ends the outer one too.
    chained: bool,
}

impl<'t> State<'t> {
    fn new() -> Self {
        let mut variables = Variables::default();
        variables.push("$");
        State {
            tokens: [Token::NONE, Token::NONE, Token::NONE],
            peeked: 0,
            variables,
            action_line: 0,
            range_depth: 0,
            parentheses: 0,
        }
    }
}

impl Variables {
    fn push(&mut self, name: &str) {
        self.stack.push(name.to_owned());
        *self.count.entry(name.to_owned()).or_default() += 1;
    }

    fn truncate(&mut self, len: usize) {
        for name in self.stack.drain(len.min(self.stack.len())..) {
            if let Some(count) = self.count.get_mut(&name) {
                *count = count.saturating_sub(1);
            }
        }
    }

    fn contains(&self, name: &str) -> bool {
        self.count.get(name).is_some_and(|n| *n > 0)
    }
}
