//! Makes trees of the text of a template: Go's `text/template/parse/parse.go`.
//!
//! The parser keeps what is open on lists instead of the call stack, so that no nesting overflows it.

use std::collections::{BTreeMap, HashMap};

use super::ast::{Ast, Keyword, NodeId, NodeKind, Pipe};
use super::lex::{Kind, Lexer, Token};
use super::number::read_number;
use crate::value::Text;
use crate::{Error, Result, strconv};

/// Go's bound on nested parentheses.
const MOST_PARENTHESES: usize = 10_000;

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

/// What an action is.
enum Action {
    Node(NodeId),
    Opened,
    End,
    Else,
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

impl<'t> Parser<'t, '_> {
    fn next(&mut self) -> Token<'t> {
        if self.state.peeked > 0 {
            self.state.peeked -= 1;
        } else {
            self.state.tokens[0] = self.lexer.next_token();
        }
        self.current()
    }

    fn current(&self) -> Token<'t> {
        self.state.tokens.get(self.state.peeked).cloned().unwrap_or(Token::NONE)
    }

    fn backup(&mut self) {
        self.state.peeked += 1;
    }

    fn peek(&mut self) -> Token<'t> {
        let token = self.next();
        self.backup();
        token
    }

    fn next_non_space(&mut self) -> Token<'t> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token<'t> {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn error<T>(&self, message: impl std::fmt::Display) -> Result<T> {
        let line = self.state.tokens[0].line;
        Err(Error::syntax(format!("template: {}:{line}: {message}", self.name)))
    }

    fn unexpected<T>(&self, token: &Token<'_>, context: &str) -> Result<T> {
        if token.kind == Kind::Error {
            let mut extra = String::new();
            if self.state.action_line != 0 && self.state.action_line != token.line {
                extra = format!(" in action started at {}:{}", self.name, self.state.action_line);
                if token.text.ends_with(" action") {
                    extra = extra.replacen(" in action", "", 1);
                }
            }
            return self.error(format!("{}{extra}", token.text));
        }
        self.error(format!("unexpected {} in {context}", token.describe()))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Result<Token<'t>> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    fn add(&mut self, pos: usize, kind: NodeKind) -> NodeId {
        self.ast.add(self.source, pos, kind)
    }

    /// Reads texts and actions until the outermost list ends.
    fn run(&mut self) -> Result<()> {
        loop {
            let at_root = self.open.len() == 1;
            let token = self.next_non_space();
            match token.kind {
                Kind::Eof if at_root => return self.finish_root(),
                Kind::Eof => return self.error("unexpected EOF"),
                Kind::Text => {
                    let node = self.add(token.pos, NodeKind::Text(token.text.as_ref().into()));
                    self.push(node);
                }
                Kind::LeftDelim => {
                    if at_root && self.peek_non_space().kind == Kind::Define {
                        self.next_non_space();
                        self.open_define()?;
                        continue;
                    }
                    self.state.action_line = token.line;
                    match self.action()? {
                        // The action that opens a list ends with it.
                        Action::Opened => continue,
                        Action::Node(node) => self.push(node),
                        Action::End => self.end()?,
                        Action::Else => self.otherwise()?,
                    }
                    self.state.action_line = 0;
                }
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    fn push(&mut self, node: NodeId) {
        if let Some(open) = self.open.last_mut() {
            open.list.push(node);
        }
    }

    fn finish_root(&mut self) -> Result<()> {
        let list = self.open.pop().map(|o| o.list).unwrap_or_default();
        self.add_tree(self.name.to_owned(), list)
    }

    fn add_tree(&mut self, name: String, list: Tree) -> Result<()> {
        match self.trees.get(&name) {
            Some(tree) if !self.ast.is_empty(tree) => {
                if !self.ast.is_empty(&list) {
                    let name = strconv::quote(name.as_bytes());
                    return self.error(format!("template: multiple definition of template {name}"));
                }
            }
            _ => {
                self.trees.insert(name, list);
            }
        }
        Ok(())
    }

    fn open_define(&mut self) -> Result<()> {
        // Go reads the definition as a tree of its own, beginning with its name.
        self.outer.push(std::mem::replace(&mut self.state, State::new()));
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(&token, "define clause");
        }
        let name = self.unquoted(&token)?;
        self.expect(Kind::RightDelim, "define clause")?;
        self.open.push(Open { kind: OpenKind::Define { name }, list: Vec::new() });
        Ok(())
    }

    fn unquoted(&self, token: &Token<'_>) -> Result<String> {
        match strconv::unquote(&token.text) {
            Some(bytes) => Ok(Text::from(bytes).to_str_lossy().into_owned()),
            None => self.error("invalid syntax"),
        }
    }

    /// An action behind its left delimiter.
    fn action(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Block => self.open_block(),
            Kind::Break => self.leave(&token, "{{break}}", NodeKind::Break),
            Kind::Continue => self.leave(&token, "{{continue}}", NodeKind::Continue),
            Kind::Else => {
                if !matches!(self.peek_non_space().kind, Kind::If | Kind::With) {
                    self.expect(Kind::RightDelim, "else")?;
                }
                Ok(Action::Else)
            }
            Kind::End => {
                self.expect(Kind::RightDelim, "end")?;
                Ok(Action::End)
            }
            Kind::If => self.open_branch(Keyword::If, false),
            Kind::Range => self.open_branch(Keyword::Range, false),
            Kind::With => self.open_branch(Keyword::With, false),
            Kind::Template => self.template(),
            _ => {
                self.backup();
                let pos = self.peek().pos;
                let pipe = self.pipeline("command", Kind::RightDelim)?;
                Ok(Action::Node(self.add(pos, NodeKind::Action { pipe })))
            }
        }
    }

    fn leave(&mut self, token: &Token<'_>, name: &str, kind: NodeKind) -> Result<Action> {
        let behind = self.next_non_space();
        if behind.kind != Kind::RightDelim {
            return self.unexpected(&behind, name);
        }
        if self.state.range_depth == 0 {
            return self.error(format!("{name} outside {{{{range}}}}"));
        }
        Ok(Action::Node(self.add(token.pos, kind)))
    }

    fn template(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        let name = self.template_name(&token, "template clause")?;
        let mut pipe = None;
        if self.next_non_space().kind != Kind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline("template clause", Kind::RightDelim)?);
        }
        Ok(Action::Node(self.add(token.pos, NodeKind::Template { name: name.into(), pipe })))
    }

    fn template_name(&mut self, token: &Token<'_>, context: &str) -> Result<String> {
        match token.kind {
            Kind::String | Kind::RawString => self.unquoted(token),
            _ => self.unexpected(token, context),
        }
    }

    fn open_block(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        let name = self.template_name(&token, "block clause")?;
        let pipe = self.pipeline("block clause", Kind::RightDelim)?;
        self.outer.push(std::mem::replace(&mut self.state, State::new()));
        let kind = OpenKind::Block { name, pos: token.pos, pipe };
        self.open.push(Open { kind, list: Vec::new() });
        Ok(Action::Opened)
    }

    fn open_branch(&mut self, keyword: Keyword, chained: bool) -> Result<Action> {
        let variables = self.state.variables.stack.len();
        let pipe = self.pipeline(keyword.text(), Kind::RightDelim)?;
        if keyword == Keyword::Range {
            self.state.range_depth += 1;
        }
        let branch = OpenBranch { keyword, pipe, variables, then: None, chained };
        self.open.push(Open { kind: OpenKind::Branch(branch), list: Vec::new() });
        Ok(Action::Opened)
    }

    /// `{{end}}`
    fn end(&mut self) -> Result<()> {
        match self.open.last().map(|o| &o.kind) {
            None | Some(OpenKind::Root) => return self.error("unexpected {{end}}"),
            Some(_) => {}
        }
        while let Some(Open { kind, list }) = self.open.pop() {
            match kind {
                OpenKind::Root => {}
                OpenKind::Define { name } => self.close_tree(name, list)?,
                OpenKind::Block { name, pos, pipe } => {
                    self.close_tree(name.clone(), list)?;
                    let node = NodeKind::Template { name: name.into(), pipe: Some(pipe) };
                    let node = self.add(pos, node);
                    self.push(node);
                }
                OpenKind::Branch(branch) => {
                    let chained = branch.chained;
                    self.close_branch(branch, list);
                    if chained {
                        continue;
                    }
                }
            }
            break;
        }
        Ok(())
    }

    fn close_tree(&mut self, name: String, list: Tree) -> Result<()> {
        self.add_tree(name, list)?;
        if let Some(state) = self.outer.pop() {
            self.state = state;
        }
        Ok(())
    }

    fn close_branch(&mut self, branch: OpenBranch, list: Vec<NodeId>) {
        let OpenBranch { keyword, pipe, variables, then, .. } = branch;
        if keyword == Keyword::Range && then.is_none() {
            self.state.range_depth = self.state.range_depth.saturating_sub(1);
        }
        self.state.variables.truncate(variables);
        let (list, otherwise) = match then {
            Some(then) => (then, Some(list)),
            None => (list, None),
        };
        let pos = self.ast.get(pipe).map_or(0, |n| n.pos);
        let pos = usize::try_from(pos).unwrap_or(usize::MAX);
        let node = self.add(pos, NodeKind::Branch { keyword, pipe, list, otherwise });
        self.push(node);
    }

    /// `{{else}}`, or the `{{else` of `{{else if ...}}` and `{{else with ...}}`.
    fn otherwise(&mut self) -> Result<()> {
        let keyword = match self.open.last_mut() {
            None | Some(Open { kind: OpenKind::Root, .. }) => {
                return self.error("unexpected {{else}}");
            }
            Some(Open { kind: OpenKind::Define { .. }, .. }) => {
                return self.error("unexpected {{else}} in define clause");
            }
            Some(Open { kind: OpenKind::Block { .. }, .. }) => {
                return self.error("unexpected {{else}} in block clause");
            }
            Some(Open { kind: OpenKind::Branch(branch), list }) => {
                if branch.then.is_some() {
                    return self.error("expected end; found {{else}}");
                }
                branch.then = Some(std::mem::take(list));
                branch.keyword
            }
        };
        if keyword == Keyword::Range {
            self.state.range_depth = self.state.range_depth.saturating_sub(1);
        }
        self.state.action_line = 0;
        let next = self.peek().kind;
        match keyword {
            Keyword::If if next == Kind::If => {
                self.next();
                self.open_branch(Keyword::If, true)?;
            }
            Keyword::With if next == Kind::With => {
                self.next();
                self.open_branch(Keyword::With, true)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A pipeline up to `end`.
    fn pipeline(&mut self, context: &'static str, end: Kind) -> Result<NodeId> {
        let mut open: Vec<OpenPipe> = vec![self.open_pipe(context, end)?];
        loop {
            let Some(pipe) = open.last_mut() else { return self.error("no pipeline") };
            if pipe.args.is_none() {
                let token = self.next_non_space();
                if token.kind == pipe.end {
                    let pipe = open.pop().unwrap_or_default();
                    let node = self.close_pipe(pipe)?;
                    let Some(outer) = open.last_mut() else { return Ok(node) };
                    self.state.parentheses = self.state.parentheses.saturating_sub(1);
                    let operand = self.operand(node)?;
                    outer.args.get_or_insert_default().push(operand);
                    self.after_operand(outer)?;
                } else if starts_operand(token.kind) {
                    self.backup();
                    pipe.command_pos = self.peek_non_space().pos;
                    pipe.args = Some(Vec::new());
                } else {
                    return self.unexpected(&token, pipe.context);
                }
                continue;
            }
            if self.peek_non_space().kind == Kind::LeftParen {
                self.next();
                if self.state.parentheses >= MOST_PARENTHESES {
                    return self.error("max expression depth exceeded");
                }
                self.state.parentheses += 1;
                open.push(self.open_pipe("parenthesized pipeline", Kind::RightParen)?);
                continue;
            }
            if let Some(node) = self.term()? {
                let operand = self.operand(node)?;
                pipe.args.get_or_insert_default().push(operand);
            }
            self.after_operand(pipe)?;
        }
    }

    fn open_pipe(&mut self, context: &'static str, end: Kind) -> Result<OpenPipe> {
        let pos = self.peek_non_space().pos;
        let mut pipe = Pipe::default();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                break;
            }
            self.next();
            // A space behind the variable is a token; it is needed when the variable turns out to be an argument.
            let behind = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.assigns = next.kind == Kind::Assign;
                    self.next_non_space();
                    self.declare(&mut pipe, &variable);
                }
                Kind::Char if next.text == "," => {
                    self.next_non_space();
                    self.declare(&mut pipe, &variable);
                    if context == "range" && pipe.declared.len() < 2 {
                        match self.peek_non_space().kind {
                            Kind::Variable | Kind::RightDelim | Kind::RightParen => continue,
                            _ => return self.error("range can only initialize variables"),
                        }
                    }
                    return self.error(format!("too many declarations in {context}"));
                }
                _ if behind.kind == Kind::Space => {
                    let [_, second, third] = &mut self.state.tokens;
                    (*second, *third) = (behind, variable);
                    self.state.peeked = 3;
                }
                _ => {
                    let [_, second, _] = &mut self.state.tokens;
                    *second = variable;
                    self.state.peeked = 2;
                }
            }
            break;
        }
        Ok(OpenPipe { pos, pipe, context, end, command_pos: 0, args: None })
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: &Token<'_>) {
        let name = variable.text.as_ref();
        let node = NodeKind::Variable { name: name.into(), fields: Vec::new() };
        pipe.declared.push(self.add(variable.pos, node));
        self.state.variables.push(name);
    }

    /// Behind an operand: a space goes on, anything else ends the command.
    fn after_operand(&mut self, pipe: &mut OpenPipe) -> Result<()> {
        let token = self.next();
        match token.kind {
            Kind::Space => return Ok(()),
            Kind::RightDelim | Kind::RightParen => self.backup(),
            Kind::Pipe => {}
            _ => return self.unexpected(&token, "operand"),
        }
        let args = pipe.args.take().unwrap_or_default();
        if args.is_empty() {
            return self.error("empty command");
        }
        let command = self.add(pipe.command_pos, NodeKind::Command { args });
        pipe.pipe.commands.push(command);
        Ok(())
    }

    fn close_pipe(&mut self, open: OpenPipe) -> Result<NodeId> {
        if open.pipe.commands.is_empty() {
            return self.error(format!("missing value for {}", open.context));
        }
        for (at, command) in open.pipe.commands.iter().enumerate().skip(1) {
            let Some(NodeKind::Command { args }) = self.ast.kind(*command) else { continue };
            let first = args.first().and_then(|a| self.ast.kind(*a));
            if let Some(
                NodeKind::Bool(_)
                | NodeKind::Dot
                | NodeKind::Nil
                | NodeKind::Number(_)
                | NodeKind::String { .. },
            ) = first
            {
                return self.error(format!("non executable command in pipeline stage {}", at + 1));
            }
        }
        Ok(self.add(open.pos, NodeKind::Pipe(open.pipe)))
    }

    /// A term and the fields that follow it.
    fn operand(&mut self, node: NodeId) -> Result<NodeId> {
        let first = self.peek();
        if first.kind != Kind::Field {
            return Ok(node);
        }
        let mut fields: Vec<Box<str>> = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            fields.push(token.text.trim_start_matches('.').into());
        }
        let kind = match self.ast.kind(node) {
            Some(NodeKind::Field { fields: before }) => {
                NodeKind::Field { fields: before.iter().cloned().chain(fields).collect() }
            }
            Some(NodeKind::Variable { name, fields: before }) => NodeKind::Variable {
                name: name.clone(),
                fields: before.iter().cloned().chain(fields).collect(),
            },
            Some(
                NodeKind::Bool(_)
                | NodeKind::String { .. }
                | NodeKind::Number(_)
                | NodeKind::Nil
                | NodeKind::Dot,
            ) => {
                let term = strconv::quote(self.ast.describe(node).as_bytes());
                return self.error(format!("unexpected . after term {term}"));
            }
            _ => NodeKind::Chain { node, fields },
        };
        Ok(self.add(first.pos, kind))
    }

    /// A term other than parentheses; `None` if what comes is none.
    fn term(&mut self) -> Result<Option<NodeId>> {
        let token = self.next_non_space();
        let text = token.text.as_ref();
        let kind = match token.kind {
            Kind::Identifier => {
                if !(self.has_function)(text) {
                    let name = strconv::quote(text.as_bytes());
                    return self.error(format!("function {name} not defined"));
                }
                NodeKind::Identifier(text.into())
            }
            Kind::Dot => NodeKind::Dot,
            Kind::Nil => NodeKind::Nil,
            Kind::Variable => {
                if !self.state.variables.contains(text) {
                    let name = strconv::quote(text.as_bytes());
                    return self.error(format!("undefined variable {name}"));
                }
                NodeKind::Variable { name: text.into(), fields: Vec::new() }
            }
            Kind::Field => NodeKind::Field { fields: vec![text.trim_start_matches('.').into()] },
            Kind::Bool => NodeKind::Bool(text == "true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => match read_number(text, token.kind) {
                Ok(number) => NodeKind::Number(Box::new(number)),
                Err(message) => return self.error(message),
            },
            Kind::String | Kind::RawString => match strconv::unquote(text) {
                Some(bytes) => NodeKind::String { quoted: text.into(), text: Text::from(bytes) },
                None => return self.error("invalid syntax"),
            },
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(self.add(token.pos, kind)))
    }
}

/// A pipeline that is being read, and its command that is.
struct OpenPipe {
    pos: usize,
    pipe: Pipe,
    context: &'static str,
    end: Kind,
    command_pos: usize,
    args: Option<Vec<NodeId>>,
}

impl Default for OpenPipe {
    fn default() -> Self {
        OpenPipe {
            pos: 0,
            pipe: Pipe::default(),
            context: "",
            end: Kind::RightDelim,
            command_pos: 0,
            args: None,
        }
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharConstant
            | Kind::Complex
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Nil
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParen
    )
}
