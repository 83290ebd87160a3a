//! An expression that is ready to run.

use std::collections::HashSet;

use super::ast::Name;
use super::cost::Rule;
use super::declare::{Function, Overload};
use super::failure::Failure;
use super::map::ComputedMap;
use super::run::Run;
use super::value::{Key, Val};
use crate::text::regexp::Regexp;

/// A compiled expression. It can be evaluated any number of times, from any number of threads.
pub struct Program {
    pub(super) root: Node,
    /// The variables it reads; nodes refer to them by number.
    pub(super) variables: Vec<Name>,
    /// How many loops it has; each has a frame of its own.
    pub(super) frames: usize,
}

/// What an evaluation came to.
pub struct Outcome {
    /// The value, or why there is none.
    pub value: Result<Val, Failure>,
    /// What it cost, in cel-go's units.
    pub cost: u64,
}

/// Where an expression finds its variables.
pub trait Variables {
    /// The variable `name`; `None` if it is not bound.
    fn variable(&self, name: &str) -> Option<Result<Val, Failure>>;

    /// Field `name` of the object that was given as [`Val::Lazy`].
    fn field(&self, object: u32, name: &str) -> Option<Result<Val, Failure>> {
        let _ = (object, name);
        None
    }
}

/// No variables at all.
pub struct NoVariables;

impl Variables for NoVariables {
    fn variable(&self, _: &str) -> Option<Result<Val, Failure>> {
        None
    }
}

impl Variables for &[(&str, Val)] {
    fn variable(&self, name: &str) -> Option<Result<Val, Failure>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| Ok(value.clone()))
    }
}

impl Program {
    /// The variables that it reads.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|name| &**name)
    }

    /// Whether it reads `field` of `variable`, or the variable as a whole.
    #[must_use]
    pub fn reads(&self, variable: &str, field: &str) -> bool {
        let Some(number) = self.variables.iter().position(|name| **name == *variable) else { return false };
        let mut reads = false;
        self.root.each_attribute(&mut |attribute| {
            if !matches!(attribute.base, Base::Variable(of) if of == number) {
                return;
            }
            reads |= match attribute.qualifiers.first().map(|qualifier| &qualifier.key) {
                Some(QualifierKey::Constant(Val::String(key))) => *key == *field,
                Some(_) | None => true,
            };
        });
        reads
    }

    /// Runs the expression; it ends with a failure as soon as it has cost more than `limit`.
    #[must_use]
    pub fn evaluate(&self, variables: &dyn Variables, limit: u64) -> Outcome {
        let mut run = Run::new(self, variables, limit);
        let value = run.eval(&self.root);
        Outcome { value, cost: run.cost() }
    }
}

/// One step.
pub(super) enum Node {
    Const(Val),
    /// A constant that is an error.
    Fail(Failure),
    Attribute(Box<Attribute>),
    Call(Box<Call>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    Equal(Box<[Node; 2]>),
    NotEqual(Box<[Node; 2]>),
    /// What a loop asks before each turn.
    NotStrictlyFalse(Box<Node>),
    /// Membership in a constant list.
    Among(Box<(Node, HashSet<Key, foldhash::fast::FixedState>)>),
    List(Box<ListNode>),
    Map(Box<MapNode>),
    Message(Box<MessageNode>),
    Fold(Box<FoldNode>),
    OptionalOr(Box<[Node; 2]>),
    OptionalOrValue(Box<[Node; 2]>),
}

impl Node {
    /// Calls `visit` for every attribute below; as deep as expressions nest, which the parser bounds.
    fn each_attribute<'n>(&'n self, visit: &mut dyn FnMut(&'n Attribute)) {
        match self {
            Node::Const(_) | Node::Fail(_) => {}
            Node::Attribute(attribute) => attribute.each(visit),
            Node::Call(call) => call.arguments.iter().for_each(|node| node.each_attribute(visit)),
            Node::And(pair)
            | Node::Or(pair)
            | Node::Equal(pair)
            | Node::NotEqual(pair)
            | Node::OptionalOr(pair)
            | Node::OptionalOrValue(pair) => pair.iter().for_each(|node| node.each_attribute(visit)),
            Node::NotStrictlyFalse(node) => node.each_attribute(visit),
            Node::Among(among) => among.0.each_attribute(visit),
            Node::List(list) => list.elements.iter().for_each(|(node, _)| node.each_attribute(visit)),
            Node::Map(map) => map.entries.iter().for_each(|(key, value, _)| {
                key.each_attribute(visit);
                value.each_attribute(visit);
            }),
            Node::Message(message) => {
                message.fields.iter().for_each(|(_, node, _)| node.each_attribute(visit));
            }
            Node::Fold(fold) => {
                let parts = [&fold.range, &fold.init, &fold.condition, &fold.step, &fold.result];
                parts.into_iter().for_each(|node| node.each_attribute(visit));
            }
        }
    }
}

impl Attribute {
    fn each<'n>(&'n self, visit: &mut dyn FnMut(&'n Attribute)) {
        visit(self);
        match &self.base {
            Base::Variable(_) | Base::Local(_) => {}
            Base::Node(node) => node.each_attribute(visit),
            Base::Conditional(branches) => {
                branches.0.each_attribute(visit);
                branches.1.each(visit);
                branches.2.each(visit);
            }
        }
        for qualifier in &self.qualifiers {
            if let QualifierKey::Computed(computed) = &qualifier.key {
                computed.each(visit);
            }
        }
    }
}

/// A variable or a value, and fields and elements of it.
pub(super) struct Attribute {
    pub(super) base: Base,
    pub(super) qualifiers: Vec<Qualifier>,
    pub(super) asks: Asks,
}

/// Whether a value is asked for, or whether there is one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Asks {
    Value,
    Presence,
}

/// What qualifiers are applied to.
pub(super) enum Base {
    Variable(usize),
    Local(Local),
    Node(Node),
    /// A condition, and what it decides between.
    Conditional(Box<(Node, Attribute, Attribute)>),
}

/// A variable of a loop.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Local {
    pub(super) frame: usize,
    pub(super) role: LocalRole,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum LocalRole {
    Accumulator,
    First,
    Second,
}

/// A field or an element.
pub(super) struct Qualifier {
    pub(super) key: QualifierKey,
    pub(super) need: Need,
}

pub(super) enum QualifierKey {
    Constant(Val),
    Computed(Box<Attribute>),
}

/// What a missing field means.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Need {
    /// An error.
    Required,
    /// An optional without a value.
    Optional,
    /// The answer `false`.
    Tested,
}

pub(super) struct Call {
    pub(super) function: &'static Function,
    /// The only overload that the arguments fit, if there is one.
    pub(super) overload: Option<&'static Overload>,
    pub(super) arguments: Vec<Node>,
    pub(super) rule: Rule,
    /// The compiled pattern of a constant regular expression.
    pub(super) pattern: Option<Regexp>,
    pub(super) order: Order,
    /// The loop whose collection this call adds to.
    pub(super) collects: Option<usize>,
}

/// Whether arguments behind one that fails are evaluated.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    All,
    UntilFailure,
}

pub(super) struct ListNode {
    pub(super) elements: Vec<(Node, super::ast::Presence)>,
}

pub(super) struct MapNode {
    pub(super) entries: Vec<(Node, Node, super::ast::Presence)>,
}

pub(super) struct MessageNode {
    pub(super) name: Name,
    pub(super) fields: Vec<(Name, Node, super::ast::Presence)>,
}

pub(super) struct FoldNode {
    pub(super) frame: usize,
    pub(super) range: Node,
    pub(super) init: Node,
    pub(super) condition: Node,
    pub(super) step: Node,
    pub(super) result: Node,
    pub(super) variables: FoldVariables,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum FoldVariables {
    One,
    Two,
}

/// A list of constants.
pub(super) fn list_of(elements: Vec<(Val, super::ast::Presence)>) -> Result<Val, Failure> {
    let mut items = Vec::with_capacity(elements.len());
    for (value, presence) in elements {
        match (presence, value) {
            (super::ast::Presence::Always, value) => items.push(value),
            (_, Val::Optional(value)) => items.extend(value.map(|value| (*value).clone())),
            (_, value) => {
                return Err(Failure::new(format!(
                    "cannot initialize optional list element from non-optional value {}",
                    value.shown()
                )));
            }
        }
    }
    Ok(Val::list(items))
}

/// Adds an entry to a map that is being made.
pub(super) fn set_entry(
    map: &mut ComputedMap,
    key: Val,
    value: Val,
    presence: super::ast::Presence,
) -> Result<(), Failure> {
    match (presence, value) {
        (super::ast::Presence::Always, value) => map.insert(key, value),
        (_, Val::Optional(Some(value))) => map.insert(key, (*value).clone()),
        (_, Val::Optional(None)) => map.remove(&key),
        (_, value) => {
            return Err(Failure::new(format!(
                "cannot initialize optional entry '{}' from non-optional value {}",
                key.shown(),
                value.shown()
            )));
        }
    }
    Ok(())
}
