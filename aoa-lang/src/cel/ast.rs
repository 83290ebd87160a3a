//! The tree of an expression: nodes in one arena, macros expanded.

use std::sync::Arc;

use super::issues::Place;
use super::value::Val;

/// The number of a node.
pub(super) type Id = u32;

/// A name of a variable, field or function.
pub(super) type Name = Arc<str>;

/// The nodes of one expression.
#[derive(Default)]
pub(super) struct Ast {
    nodes: Vec<Node>,
    pub(super) root: Id,
}

/// One node.
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) place: Place,
    /// How many nodes lie below one another from here on.
    depth: u32,
}

/// What a node is.
#[derive(Clone)]
pub(super) enum Expr {
    Literal(Val),
    Ident(Name),
    Select {
        operand: Id,
        field: Name,
        kind: SelectKind,
    },
    Call {
        function: Name,
        target: Option<Id>,
        arguments: Vec<Id>,
    },
    List(Vec<Element>),
    Map(Vec<Entry>),
    Struct {
        name: Name,
        fields: Vec<Field>,
    },
    Fold(Box<Fold>),
    /// Where there was a syntax error.
    Nothing,
}

/// Whether a field is read or asked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SelectKind {
    Value,
    Presence,
}

/// Whether an element stands behind a question mark.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Presence {
    Always,
    IfPresent,
}

#[derive(Clone, Copy)]
pub(super) struct Element {
    pub(super) value: Id,
    pub(super) presence: Presence,
}

#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: Id,
    pub(super) value: Id,
    pub(super) presence: Presence,
}

#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: Name,
    pub(super) value: Id,
    pub(super) presence: Presence,
    pub(super) place: Place,
}

/// A loop over a list or a map, which macros expand to.
#[derive(Clone)]
pub(super) struct Fold {
    pub(super) range: Id,
    pub(super) variable: Name,
    pub(super) second_variable: Option<Name>,
    pub(super) accumulator: Name,
    pub(super) init: Id,
    pub(super) condition: Id,
    pub(super) step: Id,
    pub(super) result: Id,
}

/// A deeper tree could overflow a stack; the parser's own bound keeps usual expressions far below.
const DEEPEST: u32 = 1_000;
/// Macros copy their target, so that nested ones grow fast.
const MOST_NODES: usize = 400_000;

impl Ast {
    /// Adds a node.
    pub(super) fn add(&mut self, expr: Expr, place: Place) -> Id {
        let mut depth = 0;
        for_each_child(&expr, |child| depth = depth.max(self.depth(child)));
        self.nodes.push(Node { expr, place, depth: depth.saturating_add(1) });
        Id::try_from(self.nodes.len() - 1).unwrap_or(Id::MAX)
    }

    /// Whether the tree has grown beyond what is evaluated.
    pub(super) fn is_too_large(&self) -> bool {
        self.nodes.len() > MOST_NODES || self.nodes.last().is_some_and(|node| node.depth > DEEPEST)
    }

    pub(super) fn expr(&self, id: Id) -> &Expr {
        self.node(id).map_or(&Expr::Nothing, |node| &node.expr)
    }

    pub(super) fn place(&self, id: Id) -> Place {
        self.node(id).map_or(Place::Nowhere, |node| node.place)
    }

    pub(super) fn replace(&mut self, id: Id, expr: Expr) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.expr = expr;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A copy of the tree at `id`, for macros that use an argument twice.
    pub(super) fn copy(&mut self, id: Id) -> Id {
        if self.nodes.len() > MOST_NODES {
            return id;
        }
        let mut expr = self.expr(id).clone();
        for_each_child_mut(&mut expr, |child| *child = self.copy(*child));
        self.add(expr, self.place(id))
    }

    /// The dotted name that a chain of plain selections writes.
    pub(super) fn qualified_name(&self, id: Id) -> Option<String> {
        let mut fields: Vec<Name> = Vec::new();
        let mut at = id;
        loop {
            match self.expr(at) {
                Expr::Ident(name) => {
                    let mut text = name.to_string();
                    for field in fields.iter().rev() {
                        text.push('.');
                        text.push_str(field);
                    }
                    return Some(text);
                }
                Expr::Select { operand, field, kind: SelectKind::Value } => {
                    fields.push(field.clone());
                    at = *operand;
                }
                _ => return None,
            }
        }
    }

    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    fn depth(&self, id: Id) -> u32 {
        self.node(id).map_or(0, |node| node.depth)
    }
}

/// Calls `visit` for each node directly below `expr`.
pub(super) fn for_each_child(expr: &Expr, mut visit: impl FnMut(Id)) {
    match expr {
        Expr::Literal(_) | Expr::Ident(_) | Expr::Nothing => {}
        Expr::Select { operand, .. } => visit(*operand),
        Expr::Call { target, arguments, .. } => target.iter().chain(arguments).for_each(|id| visit(*id)),
        Expr::List(elements) => elements.iter().for_each(|element| visit(element.value)),
        Expr::Map(entries) => {
            for entry in entries {
                visit(entry.key);
                visit(entry.value);
            }
        }
        Expr::Struct { fields, .. } => fields.iter().for_each(|field| visit(field.value)),
        Expr::Fold(fold) => {
            [fold.range, fold.init, fold.condition, fold.step, fold.result].into_iter().for_each(visit);
        }
    }
}

fn for_each_child_mut(expr: &mut Expr, mut visit: impl FnMut(&mut Id)) {
    match expr {
        Expr::Literal(_) | Expr::Ident(_) | Expr::Nothing => {}
        Expr::Select { operand, .. } => visit(operand),
        Expr::Call { target, arguments, .. } => target.iter_mut().chain(arguments).for_each(visit),
        Expr::List(elements) => elements.iter_mut().for_each(|element| visit(&mut element.value)),
        Expr::Map(entries) => {
            for entry in entries {
                visit(&mut entry.key);
                visit(&mut entry.value);
            }
        }
        Expr::Struct { fields, .. } => fields.iter_mut().for_each(|field| visit(&mut field.value)),
        Expr::Fold(fold) => {
            let Fold { range, init, condition, step, result, .. } = &mut **fold;
            [range, init, condition, step, result].into_iter().for_each(visit);
        }
    }
}
