//! Functions and their overloads: what the checker chooses from and what calls run.

use std::collections::HashMap;

use super::failure::Failure;
use super::types::{Param, Type};
use super::value::Val;

/// What runs a call: all arguments, the target first.
pub(super) type Native = fn(&[Val]) -> Result<Val, Failure>;

/// The functions of an environment.
#[derive(Default)]
pub(super) struct Functions {
    by_name: HashMap<&'static str, Function>,
}

/// A function with its overloads.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) overloads: Vec<Overload>,
    /// What runs all overloads, where they share it.
    pub(super) shared: Option<Shared>,
}

/// An implementation for all overloads of a function.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) native: Native,
    /// What the first argument must be able to do.
    pub(super) ability: Ability,
}

/// One way to call a function.
pub(super) struct Overload {
    pub(super) id: &'static str,
    pub(super) call: CallStyle,
    pub(super) parameters: Vec<Type>,
    pub(super) result: Type,
    pub(super) native: Option<Native>,
    pub(super) guard: Guard,
    /// Whether type parameters occur.
    pub(super) is_generic: bool,
}

/// `f(x)` or `x.f()`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum CallStyle {
    Function,
    Member,
}

/// Whether the types of the arguments are compared when the call runs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Guard {
    Types,
    None,
}

/// What operators ask of their first argument (`traits` of cel-go).
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ability {
    Any,
    Add,
    Compare,
    Divide,
    Modulo,
    Multiply,
    Negate,
    Subtract,
    Size,
    Match,
    List,
}

impl Ability {
    pub(super) fn has(self, value: &Val) -> bool {
        let is_number = matches!(value, Val::Int(_) | Val::Uint(_) | Val::Double(_));
        match self {
            Ability::Any => true,
            Ability::Add => {
                is_number
                    || matches!(
                        value,
                        Val::String(_)
                            | Val::Bytes(_)
                            | Val::Duration(_)
                            | Val::Timestamp(_)
                            | Val::List(_)
                            | Val::Data(_)
                    )
            }
            Ability::Compare => super::compare::is_comparable(value),
            Ability::Divide | Ability::Multiply => is_number,
            Ability::Modulo => matches!(value, Val::Int(_) | Val::Uint(_)),
            Ability::Negate => {
                matches!(value, Val::Bool(_) | Val::Double(_) | Val::Duration(_) | Val::Int(_))
            }
            Ability::Subtract => is_number || matches!(value, Val::Duration(_) | Val::Timestamp(_)),
            Ability::Size => {
                matches!(value, Val::String(_) | Val::Bytes(_))
                    || value.list_len().is_some()
                    || value.is_map()
            }
            Ability::Match => matches!(value, Val::String(_)),
            Ability::List => value.list_len().is_some(),
        }
    }
}

impl Functions {
    pub(super) fn get(&self, name: &str) -> Option<&Function> {
        self.by_name.get(name)
    }

    /// Adds an overload; its signature is written `(int, string) -> bool`, with `T.` in front for members.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        id: &'static str,
        signature: &str,
        native: Option<Native>,
    ) -> &mut Overload {
        let (call, parameters, result) = signature_of(signature);
        let is_generic = parameters.iter().chain([&result]).any(has_parameter);
        let function = self.function(name);
        function.overloads.push(Overload {
            id,
            call,
            parameters,
            result,
            native,
            guard: Guard::Types,
            is_generic,
        });
        let last = function.overloads.len() - 1;
        // There is one: it was pushed.
        #[expect(clippy::indexing_slicing, reason = "the index is that of the element just pushed")]
        &mut function.overloads[last]
    }

    /// Gives all overloads of a function one implementation.
    pub(super) fn share(&mut self, name: &'static str, ability: Ability, native: Native) {
        self.function(name).shared = Some(Shared { native, ability });
    }

    fn function(&mut self, name: &'static str) -> &mut Function {
        self.by_name.entry(name).or_insert_with(|| Function { name, overloads: Vec::new(), shared: None })
    }
}

fn has_parameter(type_: &Type) -> bool {
    matches!(type_, Type::Param(_)) || type_.parameters().any(has_parameter)
}

fn signature_of(text: &str) -> (CallStyle, Vec<Type>, Type) {
    let (arguments, result) = text.split_once(" -> ").unwrap_or((text, "dyn"));
    let (target, rest) = match arguments.split_once(".(") {
        Some((target, rest)) => (Some(target), rest),
        None => (None, arguments.trim_start_matches('(')),
    };
    let rest = rest.strip_suffix(')').unwrap_or(rest);
    let call = if target.is_some() { CallStyle::Member } else { CallStyle::Function };
    let parameters = target.into_iter().chain(split_types(rest)).map(type_of).collect();
    (call, parameters, type_of(result))
}

/// The parts of a list of types, at commas outside of parentheses.
fn split_types(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn type_of(text: &str) -> Type {
    if let Some((name, inner)) = text.split_once('(') {
        let mut inner = split_types(inner.strip_suffix(')').unwrap_or(inner)).into_iter().map(type_of);
        let (first, second) = (inner.next().unwrap_or(Type::Dyn), inner.next());
        return match name {
            "list" => Type::list(first),
            "map" => Type::map(first, second.unwrap_or(Type::Dyn)),
            "optional" => Type::optional(first),
            _ => Type::Type(Some(std::sync::Arc::new(first))),
        };
    }
    match text {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "duration" => Type::Duration,
        "dyn" => Type::Dyn,
        "int" => Type::Int,
        "string" => Type::String,
        "timestamp" => Type::Timestamp,
        "uint" => Type::Uint,
        "net.IP" | "net.CIDR" => Type::opaque(text),
        _ => match text.chars().next() {
            Some(c) if text.len() == 1 => Type::Param(Param::Named(c)),
            _ => Type::structure(&format!("kubernetes.{text}")),
        },
    }
}
