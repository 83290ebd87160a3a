//! Compiles trees to a [`Program`], with a list of what is still to do instead of recursion.

mod commands;
mod nodes;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicUsize;

use super::ast::{Ast, NodeId};
use super::function::{Access, Functions};
use super::parse::Tree;
use super::program::{Builtin, Index, Op, PathField, Program};
use crate::Value;
use crate::value::GoType;

/// Compiles `trees`, and `main` before them if there is one: a tree that is run by its place, not by its name.
pub(super) fn compile(
    ast: Ast,
    main: Option<(&str, &Tree)>,
    trees: &BTreeMap<String, Tree>,
    functions: &Functions,
) -> Program {
    let mut compiler = Compiler {
        ast: &ast,
        functions,
        program: Program::default(),
        templates: HashMap::new(),
        variables: HashMap::new(),
        labels: Vec::new(),
        loops: Vec::new(),
        work: Vec::new(),
    };
    // Variable 0 is the data of the template, which is there without being declared.
    compiler.variable("$");
    for (at, template) in trees.keys().enumerate() {
        compiler.templates.insert(template, index(at + usize::from(main.is_some())));
    }
    if let Some((name, main)) = main {
        compiler.template(name, main);
    }
    trees.iter().for_each(|(name, tree)| compiler.template(name, tree));
    compiler.resolve_labels();
    let mut program = compiler.program;
    program.mutates = program.functions.iter().any(|f| f.access == Access::Mutates);
    program.straight = program.find_straight();
    program.ast = ast;
    program
}

/// The builtin of this name, unless it is `and` or `or`.
pub(super) fn builtin(name: &str) -> Option<Builtin> {
    Some(match name {
        "call" => Builtin::Call,
        "eq" => Builtin::Eq,
        "ge" => Builtin::Ge,
        "gt" => Builtin::Gt,
        "html" => Builtin::Html,
        "index" => Builtin::Index,
        "js" => Builtin::Js,
        "le" => Builtin::Le,
        "len" => Builtin::Len,
        "lt" => Builtin::Lt,
        "ne" => Builtin::Ne,
        "not" => Builtin::Not,
        "print" => Builtin::Print,
        "printf" => Builtin::Printf,
        "println" => Builtin::Println,
        "slice" => Builtin::Slice,
        "urlquery" => Builtin::UrlQuery,
        _ => return None,
    })
}

/// What is still to be compiled, the next one last.
enum Work {
    Node(NodeId),
    Pipe(NodeId),
    Command { node: NodeId, has_final: bool },
    Arg { node: NodeId, of: Param },
    Op(Op),
    Label(Index),
    EnterLoop { next: Index, end: Index },
    LeaveLoop,
}

/// What an argument is checked against.
#[derive(Clone, Copy)]
enum Param {
    /// Nothing: parameters of type `reflect.Value`, and what stands before fields.
    Free,
    Typed(GoType),
    /// Parameter of a method, which is known at run time.
    Method(Index),
}

struct Compiler<'a> {
    ast: &'a Ast,
    functions: &'a Functions,
    program: Program,
    templates: HashMap<&'a str, Index>,
    variables: HashMap<String, Index>,
    /// The places of the labels that jumps name until the end.
    labels: Vec<Index>,
    loops: Vec<(Index, Index)>,
    work: Vec<Work>,
}

impl<'a> Compiler<'a> {
    fn template(&mut self, name: &str, tree: &[NodeId]) {
        let start = index(self.program.ops.len());
        self.program.templates.push((name.into(), start));
        self.work.extend(tree.iter().rev().map(|n| Work::Node(*n)));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Node(node) => self.node(node),
                Work::Pipe(node) => self.pipe(node),
                Work::Command { node, has_final } => self.command(node, has_final),
                Work::Arg { node, of } => self.arg(node, of),
                Work::Op(op) => self.program.ops.push(op),
                Work::Label(label) => {
                    let here = index(self.program.ops.len());
                    if let Some(place) = usize::try_from(label).ok().and_then(|l| self.labels.get_mut(l)) {
                        *place = here;
                    }
                }
                Work::EnterLoop { next, end } => self.loops.push((next, end)),
                Work::LeaveLoop => {
                    self.loops.pop();
                }
            }
        }
        self.program.ops.push(Op::Return);
    }

    /// Puts work before all that waits, in this order.
    fn then(&mut self, work: impl IntoIterator<Item = Work>) {
        let from = self.work.len();
        self.work.extend(work);
        if let Some(new) = self.work.get_mut(from..) {
            new.reverse();
        }
    }

    fn op(&mut self, op: Op) {
        self.program.ops.push(op);
    }

    fn label(&mut self) -> Index {
        self.labels.push(0);
        index(self.labels.len() - 1)
    }

    fn fail(&mut self, message: String, node: NodeId) -> Op {
        self.program.messages.push(message);
        Op::Fail { message: index(self.program.messages.len() - 1), node }
    }

    fn value(&mut self, value: Value) -> Op {
        self.program.consts.push(value);
        Op::Const(index(self.program.consts.len() - 1))
    }

    fn path(&mut self, fields: &[Box<str>]) -> Index {
        let field = |name: &str| PathField { name: name.into(), hint: AtomicUsize::new(0) };
        self.program.paths.push(fields.iter().map(|name| field(name)).collect());
        index(self.program.paths.len() - 1)
    }

    fn variable(&mut self, name: &str) -> Index {
        if let Some(known) = self.variables.get(name) {
            return *known;
        }
        self.program.variables.push(name.into());
        let id = index(self.program.variables.len() - 1);
        self.variables.insert(name.to_owned(), id);
        id
    }

    /// Jumps name labels until here, and places from here on.
    fn resolve_labels(&mut self) {
        let labels = std::mem::take(&mut self.labels);
        let place = |label: &mut Index| {
            *label = usize::try_from(*label).ok().and_then(|l| labels.get(l)).copied().unwrap_or(0);
        };
        for op in &mut self.program.ops {
            match op {
                Op::Jump(to) | Op::Unless(to) | Op::With(to) | Op::Break(to) | Op::Continue(to) => place(to),
                Op::Range { otherwise: to, .. } | Op::Next { end: to, .. } | Op::Shortcut { end: to, .. } => {
                    place(to);
                }
                _ => {}
            }
        }
        self.program.sites.iter_mut().for_each(|s| place(&mut s.end));
    }
}

fn index(at: usize) -> Index {
    Index::try_from(at).unwrap_or(Index::MAX)
}
