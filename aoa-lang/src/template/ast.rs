//! The tree of a template, in one arena, and its nodes as error messages show them.

use std::fmt::Write;

use crate::strconv;
use crate::value::Text;

/// The place of a node in the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u32);

impl NodeId {
    /// No node.
    pub(super) const NONE: NodeId = NodeId(u32::MAX);
}

/// A node and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) pos: u32,
    pub(super) source: u32,
    pub(super) kind: NodeKind,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Text(Box<str>),
    Action {
        pipe: NodeId,
    },
    Bool(bool),
    Chain {
        node: NodeId,
        fields: Vec<Box<str>>,
    },
    Command {
        args: Vec<NodeId>,
    },
    Dot,
    Field {
        fields: Vec<Box<str>>,
    },
    Identifier(Box<str>),
    Branch {
        keyword: Keyword,
        pipe: NodeId,
        list: Vec<NodeId>,
        otherwise: Option<Vec<NodeId>>,
    },
    Nil,
    Number(Box<Number>),
    Pipe(Pipe),
    String {
        quoted: Box<str>,
        text: Text,
    },
    Template {
        name: Box<str>,
        pipe: Option<NodeId>,
    },
    /// The name with its `$`, and fields of it.
    Variable {
        name: Box<str>,
        fields: Vec<Box<str>>,
    },
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    If,
    Range,
    With,
}

impl Keyword {
    pub(super) fn text(self) -> &'static str {
        match self {
            Keyword::If => "if",
            Keyword::Range => "range",
            Keyword::With => "with",
        }
    }
}

/// A number in all the types that can hold it.
#[derive(Debug, Default)]
pub(super) struct Number {
    pub(super) text: Box<str>,
    pub(super) int: Option<i64>,
    pub(super) uint: Option<u64>,
    pub(super) float: Option<f64>,
    pub(super) complex: Option<(f64, f64)>,
}

#[derive(Debug, Default)]
pub(super) struct Pipe {
    pub(super) assigns: bool,
    pub(super) declared: Vec<NodeId>,
    pub(super) commands: Vec<NodeId>,
}

/// All nodes of a set of templates that belong together, and the texts that they were read from.
#[derive(Debug, Default)]
pub(super) struct Ast {
    nodes: Vec<Node>,
    sources: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    name: Box<str>,
    text: Box<str>,
}

impl Ast {
    /// Adds the text of a template; what comes back names it in nodes.
    pub(super) fn add_source(&mut self, name: &str, text: &str) -> u32 {
        let id = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.push(Source { name: name.into(), text: text.into() });
        id
    }

    pub(super) fn add(&mut self, source: u32, pos: usize, kind: NodeKind) -> NodeId {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node { pos: u32::try_from(pos).unwrap_or(u32::MAX), source, kind });
        NodeId(id)
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(usize::try_from(id.0).ok()?)
    }

    pub(super) fn kind(&self, id: NodeId) -> Option<&NodeKind> {
        self.get(id).map(|n| &n.kind)
    }

    /// The place of a node as `name:line:column`; Go's columns count bytes, from 0 on the first line and on all others.
    pub(super) fn location(&self, id: NodeId) -> String {
        let Some(node) = self.get(id) else { return String::new() };
        let source = usize::try_from(node.source).ok().and_then(|s| self.sources.get(s));
        let Some(source) = source else { return String::new() };
        let pos = usize::try_from(node.pos).unwrap_or(usize::MAX);
        let before = source.text.get(..pos).unwrap_or(&source.text);
        let line = 1 + before.bytes().filter(|b| *b == b'\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        format!("{}:{line}:{column}", source.name)
    }

    /// Whether a list has nothing but space in it.
    pub(super) fn is_empty(&self, list: &[NodeId]) -> bool {
        list.iter().all(|id| matches!(self.kind(*id), Some(NodeKind::Text(text)) if text.trim().is_empty()))
    }

    /// The source of a node, normalised, as Go's `Node.String` writes it.
    pub(super) fn describe(&self, id: NodeId) -> String {
        let mut out = String::new();
        let mut work = vec![Piece::Node(id)];
        while let Some(piece) = work.pop() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Node(id) => {
                    let from = work.len();
                    if let Some(node) = self.get(id) {
                        self.describe_node(&node.kind, &mut out, &mut work);
                    }
                    // Written in reading order, taken from the end.
                    if let Some(new) = work.get_mut(from..) {
                        new.reverse();
                    }
                }
            }
        }
        out
    }

    fn describe_node<'a>(&'a self, kind: &'a NodeKind, out: &mut String, work: &mut Vec<Piece<'a>>) {
        match kind {
            NodeKind::Text(text) => out.push_str(text),
            NodeKind::Action { pipe } => {
                work.extend([Piece::Text("{{"), Piece::Node(*pipe), Piece::Text("}}")]);
            }
            NodeKind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            NodeKind::Chain { node, fields } => {
                self.push_operand(*node, work);
                push_fields(fields, work);
            }
            NodeKind::Command { args } => {
                for (at, arg) in args.iter().enumerate() {
                    if at > 0 {
                        work.push(Piece::Text(" "));
                    }
                    self.push_operand(*arg, work);
                }
            }
            NodeKind::Dot => out.push('.'),
            NodeKind::Field { fields } => push_fields(fields, work),
            NodeKind::Identifier(name) => out.push_str(name),
            NodeKind::Branch { keyword, pipe, .. } => {
                work.extend([Piece::Text("{{"), Piece::Text(keyword.text()), Piece::Text(" ")]);
                work.extend([Piece::Node(*pipe), Piece::Text("}}")]);
            }
            NodeKind::Nil => out.push_str("nil"),
            NodeKind::Number(number) => out.push_str(&number.text),
            NodeKind::Pipe(pipe) => {
                for (at, variable) in pipe.declared.iter().enumerate() {
                    if at > 0 {
                        work.push(Piece::Text(", "));
                    }
                    work.push(Piece::Node(*variable));
                }
                if !pipe.declared.is_empty() {
                    work.push(Piece::Text(if pipe.assigns { " = " } else { " := " }));
                }
                for (at, command) in pipe.commands.iter().enumerate() {
                    if at > 0 {
                        work.push(Piece::Text(" | "));
                    }
                    work.push(Piece::Node(*command));
                }
            }
            NodeKind::String { quoted, .. } => out.push_str(quoted),
            NodeKind::Template { name, pipe } => {
                let _ = write!(out, "{{{{template {}", strconv::quote(name.as_bytes()));
                if let Some(pipe) = pipe {
                    work.extend([Piece::Text(" "), Piece::Node(*pipe)]);
                }
                work.push(Piece::Text("}}"));
            }
            NodeKind::Variable { name, fields } => {
                work.push(Piece::Text(name));
                push_fields(fields, work);
            }
            NodeKind::Break => out.push_str("{{break}}"),
            NodeKind::Continue => out.push_str("{{continue}}"),
        }
    }

    fn push_operand<'a>(&'a self, id: NodeId, work: &mut Vec<Piece<'a>>) {
        if matches!(self.kind(id), Some(NodeKind::Pipe(_))) {
            work.extend([Piece::Text("("), Piece::Node(id), Piece::Text(")")]);
        } else {
            work.push(Piece::Node(id));
        }
    }
}

enum Piece<'a> {
    Text(&'a str),
    Node(NodeId),
}

fn push_fields<'a>(fields: &'a [Box<str>], work: &mut Vec<Piece<'a>>) {
    for field in fields {
        work.extend([Piece::Text("."), Piece::Text(field)]);
    }
}
