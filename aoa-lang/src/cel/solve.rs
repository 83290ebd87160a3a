//! Type variables and their solution: `checker/types.go` of cel-go.

use std::sync::Arc;

use super::types::{Param, Type};

/// What is known of the type variables of one check.
#[derive(Clone, Default)]
pub(super) struct Solution {
    variables: Vec<Option<Type>>,
}

impl Solution {
    /// A new variable.
    pub(super) fn variable(&mut self) -> Type {
        self.variables.push(None);
        Type::Param(Param::Variable(self.variables.len() - 1))
    }

    /// Whether `from` can stand where `to` is asked for; if so, what that says of variables is kept.
    pub(super) fn assign(&mut self, to: &Type, from: &Type) -> bool {
        self.assign_all(std::slice::from_ref(to), std::slice::from_ref(from))
    }

    /// [`Solution::assign`] for lists of types of equal length.
    pub(super) fn assign_all(&mut self, to: &[Type], from: &[Type]) -> bool {
        if to.len() != from.len() {
            return false;
        }
        // Upstream copies the mapping first; a copy is needed only where variables occur.
        let before = self.variables.clone();
        let fits = to.iter().zip(from).all(|(to, from)| self.unify(to, from));
        if !fits {
            self.variables = before;
        }
        fits
    }

    /// `type_` with its variables replaced by what is known of them; unknown ones become `dyn` if `open` says so.
    pub(super) fn substitute(&self, type_: &Type, open: OpenVariables) -> Type {
        match type_ {
            Type::Param(param) => match self.find(*param) {
                Some(known) => self.substitute(known, open),
                None if open == OpenVariables::ToDyn => Type::Dyn,
                None => type_.clone(),
            },
            Type::List(element) => Type::list(self.substitute(element, open)),
            Type::Map(pair) => Type::map(self.substitute(&pair.0, open), self.substitute(&pair.1, open)),
            Type::Opaque(name, parameters) if !parameters.is_empty() => Type::Opaque(
                name.clone(),
                parameters.iter().map(|parameter| self.substitute(parameter, open)).collect(),
            ),
            Type::Type(Some(inner)) => Type::Type(Some(Arc::new(self.substitute(inner, open)))),
            other => other.clone(),
        }
    }

    fn find(&self, param: Param) -> Option<&Type> {
        match param {
            Param::Variable(number) => self.variables.get(number)?.as_ref(),
            Param::Named(_) => None,
        }
    }

    fn set(&mut self, param: Param, type_: Type) {
        if let Param::Variable(number) = param
            && let Some(place) = self.variables.get_mut(number)
        {
            *place = Some(type_);
        }
    }

    /// `internalIsAssignable`
    fn unify(&mut self, t1: &Type, t2: &Type) -> bool {
        if let Type::Param(p2) = t2 {
            match self.substitutes(t1, *p2) {
                Fit::Yes => return true,
                Fit::NoAndKnown => return false,
                Fit::No => {}
            }
        }
        if let Type::Param(p1) = t1 {
            return self.substitutes(t2, *p1) == Fit::Yes;
        }
        if t1.is_dyn_or_error() || t2.is_dyn_or_error() {
            return true;
        }
        match (t1, t2) {
            (Type::Null, other) | (other, Type::Null) => takes_null(other),
            (Type::Type(_), _) => matches!(t2, Type::Type(_)),
            (Type::Opaque(..) | Type::List(_) | Type::Map(_), _) => {
                t1.same_kind(t2)
                    && t1.name() == t2.name()
                    && t1.parameters().count() == t2.parameters().count()
                    && t1.parameters().zip(t2.parameters()).all(|(a, b)| self.unify(a, b))
            }
            _ => t2.is_assignable_from(t1),
        }
    }

    /// `isValidTypeSubstitution`: whether `type_` may stand for the variable.
    fn substitutes(&mut self, type_: &Type, param: Param) -> Fit {
        if *type_ == Type::Param(param) {
            return Fit::Yes;
        }
        if let Some(known) = self.find(param).cloned() {
            if type_.is_exact(&known) {
                return Fit::Yes;
            }
            if !self.unify(type_, &known) {
                return Fit::NoAndKnown;
            }
            let general = most_general(type_, &known);
            if self.is_not_within(param, general) {
                let general = general.clone();
                self.set(param, general);
            }
            return Fit::Yes;
        }
        if self.is_not_within(param, type_) {
            self.set(param, type_.clone());
            return Fit::Yes;
        }
        Fit::No
    }

    /// `notReferencedIn`
    fn is_not_within(&self, param: Param, type_: &Type) -> bool {
        match type_ {
            Type::Param(other) if *other == param => false,
            Type::Param(other) => self.find(*other).is_none_or(|known| self.is_not_within(param, known)),
            _ => type_.parameters().all(|inner| self.is_not_within(param, inner)),
        }
    }
}

/// What becomes of variables that nothing is known of.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum OpenVariables {
    Stay,
    ToDyn,
}

#[derive(PartialEq)]
enum Fit {
    Yes,
    No,
    /// No, and the variable already stands for another type.
    NoAndKnown,
}

/// The type that takes more values.
pub(super) fn most_general<'t>(t1: &'t Type, t2: &'t Type) -> &'t Type {
    if is_equal_or_less_specific(t1, t2) { t1 } else { t2 }
}

fn is_equal_or_less_specific(t1: &Type, t2: &Type) -> bool {
    if t1.is_dyn() || matches!(t1, Type::Param(_)) {
        return true;
    }
    if t2.is_dyn() || matches!(t2, Type::Param(_)) || !t1.same_kind(t2) {
        return false;
    }
    match t1 {
        Type::Opaque(..) | Type::List(_) | Type::Map(_) => {
            t1.name() == t2.name()
                && t1.parameters().count() == t2.parameters().count()
                && t1.parameters().zip(t2.parameters()).all(|(a, b)| is_equal_or_less_specific(a, b))
        }
        Type::Type(_) => true,
        _ => t1.is_exact(t2),
    }
}

fn takes_null(type_: &Type) -> bool {
    matches!(
        type_,
        Type::Opaque(..)
            | Type::Struct(_)
            | Type::Any
            | Type::Duration
            | Type::Timestamp
            | Type::Null
            | Type::Nullable(_)
    )
}
