//! From the checked tree to a program: `interpreter/planner.go` of cel-go, with its optimizations of constants.

use std::sync::Arc;

use super::ast::{Element, Entry, Expr, Field, Fold, Id, Name, SelectKind};
use super::check::{Checked, Reference};
use super::convert::{double_to_int_exactly, double_to_uint_exactly};
use super::cost::rule;
use super::declare::Guard;
use super::failure::Failure;
use super::map::ComputedMap;
use super::program::{
    Asks, Attribute, Base, Call, FoldNode, FoldVariables, ListNode, Local, LocalRole, MapNode, MessageNode,
    Need, NoVariables, Node, Order, Program, Qualifier, QualifierKey, list_of, set_entry,
};
use super::run::{Run, check_index};
use super::value::{Key, Val};
use crate::text::regexp::Regexp;

/// Makes a program.
///
/// # Errors
/// A constant part that fails.
pub(super) fn plan(checked: &Checked) -> Result<Program, Failure> {
    let mut planner = Planner { checked, variables: Vec::new(), scopes: Vec::new(), frames: 0 };
    let root = planner.plan(checked.ast.root)?;
    Ok(Program { root, variables: planner.variables, frames: planner.frames })
}

struct Planner<'c> {
    checked: &'c Checked,
    variables: Vec<Name>,
    scopes: Vec<Scope>,
    frames: usize,
}

/// The names of a loop's variables.
struct Scope {
    frame: usize,
    accumulator: Name,
    /// `None` where the result is computed, which does not see them.
    loops: Option<(Name, Option<Name>)>,
}

type Planned = Result<Node, Failure>;

impl Planner<'_> {
    fn plan(&mut self, id: Id) -> Planned {
        if let Reference::Type(type_) = self.checked.reference(id) {
            return Ok(Node::Const(Val::Type(Arc::new(type_.clone()))));
        }
        match self.checked.ast.expr(id) {
            Expr::Literal(value) => Ok(Node::Const(value.clone())),
            Expr::Ident(name) => Ok(attribute(self.variable(name))),
            Expr::Select { operand, field, kind } => self.select(*operand, field, *kind),
            Expr::Call { function, target, arguments } => self.call(id, function, *target, arguments),
            Expr::List(elements) => self.list(elements),
            Expr::Map(entries) => self.map(entries),
            Expr::Struct { name, fields } => self.message(name, fields),
            Expr::Fold(fold) => self.fold(fold),
            Expr::Nothing => Ok(Node::Fail(Failure::new("syntax error"))),
        }
    }

    fn variable(&mut self, name: &Name) -> Base {
        for scope in self.scopes.iter().rev() {
            let role = if scope.accumulator == *name {
                LocalRole::Accumulator
            } else {
                match &scope.loops {
                    Some((first, _)) if first == name => LocalRole::First,
                    Some((_, Some(second))) if second == name => LocalRole::Second,
                    _ => continue,
                }
            };
            return Base::Local(Local { frame: scope.frame, role });
        }
        let known = self.variables.iter().position(|variable| variable == name);
        Base::Variable(known.unwrap_or_else(|| {
            self.variables.push(name.clone());
            self.variables.len() - 1
        }))
    }

    fn select(&mut self, operand: Id, field: &Name, kind: SelectKind) -> Planned {
        let mut attribute = as_attribute(self.plan(operand)?);
        let need = match kind {
            SelectKind::Value => Need::Required,
            SelectKind::Presence => Need::Tested,
        };
        attribute.qualifiers.push(Qualifier { key: QualifierKey::Constant(Val::string(&**field)), need });
        if kind == SelectKind::Presence {
            attribute.asks = Asks::Presence;
        }
        Ok(Node::Attribute(attribute))
    }

    fn call(&mut self, id: Id, function: &str, target: Option<Id>, arguments: &[Id]) -> Planned {
        let mut nodes = Vec::with_capacity(arguments.len() + 1);
        for argument in target.iter().chain(arguments) {
            nodes.push(self.plan(*argument)?);
        }
        match (function, nodes.len()) {
            ("_&&_" | "_||_" | "_==_" | "_!=_", 2) => return Ok(operator(function, nodes)),
            ("_?_:_", 3) => return Ok(conditional(nodes)),
            ("_[_]", 2) => return index(nodes, Need::Required),
            ("_[?_]" | "_?._", 2) => return index(nodes, Need::Optional),
            ("@not_strictly_false", 1) => {
                let node = nodes.pop().unwrap_or(Node::Const(Val::Null));
                return Ok(Node::NotStrictlyFalse(Box::new(node)));
            }
            ("or" | "orValue", 2) => return Ok(operator(function, nodes)),
            _ => {}
        }
        let Reference::Overloads(function, overloads) = self.checked.reference(id) else {
            return Err(Failure::new(format!("no such overload: {function}")));
        };
        let overload = match overloads.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        if let Some(node) = self.constant_call(function.name, overload.map_or("", |o| o.id), &mut nodes) {
            return node;
        }
        let pattern = pattern(function.name, &nodes)?;
        // Upstream binds these as variadic: they stop at the first argument that fails.
        let is_variadic = nodes.len() > 2
            || pattern.is_some()
            || function.name == "format"
            || (function.shared.is_none() && overload.is_none() && function.overloads.len() > 1);
        let collects = match (function.name, nodes.first()) {
            ("_+_" | "cel.@mapInsert", Some(Node::Attribute(first))) if first.qualifiers.is_empty() => {
                match first.base {
                    Base::Local(Local { frame, role: LocalRole::Accumulator }) => Some(frame),
                    _ => None,
                }
            }
            _ => None,
        };
        let call = Call {
            function,
            overload,
            rule: rule(function.name, overload.map_or("", |overload| overload.id)),
            arguments: nodes,
            pattern,
            order: if is_variadic { Order::UntilFailure } else { Order::All },
            collects,
        };
        let is_conversion = matches!(
            function.name,
            "bool"
                | "bytes"
                | "double"
                | "duration"
                | "dyn"
                | "int"
                | "string"
                | "timestamp"
                | "type"
                | "uint"
        );
        let is_constant = matches!(call.arguments.as_slice(), [Node::Const(_) | Node::Fail(_)]);
        let node = Node::Call(Box::new(call));
        if is_conversion && is_constant { self.evaluate_now(node).map(Node::Const) } else { Ok(node) }
    }

    /// Membership in a constant list of primitive values is a look-up.
    fn constant_call(&self, function: &str, overload: &str, nodes: &mut Vec<Node>) -> Option<Planned> {
        let (("@in", "in_list"), [_, Node::Const(list)]) = ((function, overload), nodes.as_slice()) else {
            return None;
        };
        if list.list_len() == Some(0) {
            return Some(Ok(Node::Const(Val::Bool(false))));
        }
        let mut keys = std::collections::HashSet::default();
        for item in list.items() {
            match &item {
                Val::Bool(_) | Val::String(_) => {}
                Val::Double(n) => {
                    keys.extend(double_to_int_exactly(*n).map(|n| Key(Val::Int(n))));
                    keys.extend(double_to_uint_exactly(*n).map(|n| Key(Val::Uint(n))));
                }
                #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
                Val::Int(n) => {
                    keys.insert(Key(Val::Double(*n as f64)));
                    keys.extend(u64::try_from(*n).ok().map(|n| Key(Val::Uint(n))));
                }
                #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
                Val::Uint(n) => {
                    keys.insert(Key(Val::Double(*n as f64)));
                    keys.extend(i64::try_from(*n).ok().map(|n| Key(Val::Int(n))));
                }
                _ => return None,
            }
            keys.insert(Key(item));
        }
        nodes.truncate(1);
        let element = nodes.pop()?;
        Some(Ok(Node::Among(Box::new((element, keys)))))
    }

    fn evaluate_now(&self, node: Node) -> Result<Val, Failure> {
        let program = Program { root: node, variables: Vec::new(), frames: 0 };
        Run::new(&program, &NoVariables, u64::MAX).eval(&program.root)
    }

    fn list(&mut self, elements: &[Element]) -> Planned {
        let mut nodes = Vec::with_capacity(elements.len());
        for element in elements {
            nodes.push((self.plan(element.value)?, element.presence));
        }
        if !nodes.iter().all(|(node, _)| is_constant(node)) {
            return Ok(Node::List(Box::new(ListNode { elements: nodes })));
        }
        let mut values = Vec::with_capacity(nodes.len());
        for (node, presence) in nodes {
            match node {
                Node::Const(value) => values.push((value, presence)),
                other => return Ok(other),
            }
        }
        Ok(list_of(values).map_or_else(Node::Fail, Node::Const))
    }

    fn map(&mut self, entries: &[Entry]) -> Planned {
        let mut nodes = Vec::with_capacity(entries.len());
        for entry in entries {
            nodes.push((self.plan(entry.key)?, self.plan(entry.value)?, entry.presence));
        }
        if !nodes.iter().all(|(key, value, _)| is_constant(key) && is_constant(value)) {
            return Ok(Node::Map(Box::new(MapNode { entries: nodes })));
        }
        let mut map = ComputedMap::default();
        for (key, value, presence) in nodes {
            match (key, value) {
                (Node::Const(key), Node::Const(value)) => {
                    if let Err(failure) = set_entry(&mut map, key, value, presence) {
                        return Ok(Node::Fail(failure));
                    }
                }
                (Node::Const(_), other) | (other, _) => return Ok(other),
            }
        }
        Ok(Node::Const(Val::Map(Arc::new(map))))
    }

    fn message(&mut self, name: &Name, fields: &[Field]) -> Planned {
        let mut nodes = Vec::with_capacity(fields.len());
        for field in fields {
            nodes.push((field.name.clone(), self.plan(field.value)?, field.presence));
        }
        Ok(Node::Message(Box::new(MessageNode { name: name.clone(), fields: nodes })))
    }

    fn fold(&mut self, fold: &Fold) -> Planned {
        let init = self.plan(fold.init)?;
        let range = self.plan(fold.range)?;
        let frame = self.frames;
        self.frames += 1;
        let loops = Some((fold.variable.clone(), fold.second_variable.clone()));
        self.scopes.push(Scope { frame, accumulator: fold.accumulator.clone(), loops });
        let condition = self.plan(fold.condition)?;
        let step = self.plan(fold.step)?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.loops = None;
        }
        let result = self.plan(fold.result)?;
        self.scopes.pop();
        let variables = if fold.second_variable.is_some() { FoldVariables::Two } else { FoldVariables::One };
        Ok(Node::Fold(Box::new(FoldNode { frame, range, init, condition, step, result, variables })))
    }
}

fn operator(function: &str, nodes: Vec<Node>) -> Node {
    let Ok(pair) = <[Node; 2]>::try_from(nodes) else { return Node::Fail(Failure::no_overload()) };
    let pair = Box::new(pair);
    match function {
        "_&&_" => Node::And(pair),
        "_||_" => Node::Or(pair),
        "_==_" => Node::Equal(pair),
        "_!=_" => Node::NotEqual(pair),
        "or" => Node::OptionalOr(pair),
        _ => Node::OptionalOrValue(pair),
    }
}

fn conditional(nodes: Vec<Node>) -> Node {
    let Ok([condition, truthy, falsy]) = <[Node; 3]>::try_from(nodes) else {
        return Node::Fail(Failure::no_overload());
    };
    let branches = (condition, *as_attribute(truthy), *as_attribute(falsy));
    attribute(Base::Conditional(Box::new(branches)))
}

fn index(nodes: Vec<Node>, need: Need) -> Planned {
    let Ok([operand, index]) = <[Node; 2]>::try_from(nodes) else { return Err(Failure::no_overload()) };
    let mut attribute = as_attribute(operand);
    let key = match index {
        Node::Const(value) => {
            check_index(&value)?;
            QualifierKey::Constant(value)
        }
        other => QualifierKey::Computed(as_attribute(other)),
    };
    attribute.qualifiers.push(Qualifier { key, need });
    Ok(Node::Attribute(attribute))
}

fn attribute(base: Base) -> Node {
    Node::Attribute(Box::new(Attribute { base, qualifiers: Vec::new(), asks: Asks::Value }))
}

fn as_attribute(node: Node) -> Box<Attribute> {
    match node {
        Node::Attribute(attribute) => attribute,
        other => Box::new(Attribute { base: Base::Node(other), qualifiers: Vec::new(), asks: Asks::Value }),
    }
}

fn is_constant(node: &Node) -> bool {
    matches!(node, Node::Const(_) | Node::Fail(_))
}

/// The compiled pattern of a call with a constant regular expression.
fn pattern(function: &str, nodes: &[Node]) -> Result<Option<Regexp>, Failure> {
    match (function, nodes) {
        ("matches" | "find" | "findAll", [_, Node::Const(Val::String(pattern)), ..]) => {
            Regexp::new(pattern.as_bytes())
                .map(Some)
                .map_err(|error| Failure::new(error.message().to_owned()))
        }
        _ => Ok(None),
    }
}

/// Whether overloads are chosen by the types of the values.
pub(super) fn is_guarded(guard: Guard) -> bool {
    guard == Guard::Types
}
