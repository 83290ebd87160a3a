//! The type checker: `checker/checker.go` of cel-go.

use std::sync::Arc;

use super::ast::{Ast, Element, Entry, Expr, Field, Fold, Id, Name, Presence, SelectKind};
use super::declare::{CallStyle, Function, Overload};
use super::environment::Environment;
use super::issues::{Issues, Place};
use super::messages;
use super::solve::{OpenVariables, Solution, most_general};
use super::types::{Param, Type, signature};
use super::value::Val;

/// An expression whose types fit.
pub struct Checked {
    pub(super) ast: Ast,
    pub(super) types: Vec<Type>,
    pub(super) references: Vec<Reference>,
}

impl Checked {
    /// The type of the expression.
    #[must_use]
    pub fn output_type(&self) -> &Type {
        self.type_of(self.ast.root)
    }

    pub(super) fn type_of(&self, id: Id) -> &Type {
        self.types.get(id as usize).unwrap_or(&Type::Dyn)
    }

    pub(super) fn reference(&self, id: Id) -> &Reference {
        self.references.get(id as usize).unwrap_or(&Reference::None)
    }
}

/// What a name or a call stands for.
#[derive(Clone, Default)]
pub(super) enum Reference {
    #[default]
    None,
    /// A type.
    Type(Type),
    /// The overloads of a function that the arguments fit.
    Overloads(&'static Function, Vec<&'static Overload>),
}

/// Checks the types of an expression.
///
/// # Errors
/// What does not fit.
pub(super) fn check(ast: Ast, text: &str, environment: &Environment) -> Result<Checked, Issues> {
    let mut checker = Checker {
        types: vec![None; ast.len()],
        references: vec![Reference::None; ast.len()],
        ast,
        environment,
        issues: Issues::new(text),
        scopes: Vec::new(),
        solution: Solution::default(),
    };
    checker.check(checker.ast.root);
    if !checker.issues.is_empty() {
        return Err(checker.issues);
    }
    let Checker { ast, types, references, solution, .. } = checker;
    let close = |type_: Option<Type>| match type_ {
        Some(type_) => solution.substitute(&type_, OpenVariables::ToDyn),
        None => Type::Dyn,
    };
    Ok(Checked { ast, types: types.into_iter().map(close).collect(), references })
}

struct Checker<'e> {
    ast: Ast,
    types: Vec<Option<Type>>,
    references: Vec<Reference>,
    environment: &'e Environment,
    issues: Issues,
    /// The variables of the loops around, innermost last.
    scopes: Vec<(Name, Type)>,
    solution: Solution,
}

/// What a name is declared as.
enum Declared {
    Variable(Name, Type),
    /// A type of this name, or the name of a message.
    Type(Type),
}

impl Checker<'_> {
    fn check(&mut self, id: Id) {
        match self.ast.expr(id).clone() {
            Expr::Literal(value) => {
                let type_ = value.type_of();
                self.set_type(id, type_);
            }
            Expr::Ident(name) => self.check_ident(id, &name),
            Expr::Select { operand, field, kind } => self.check_select(id, operand, &field, kind),
            Expr::Call { function, target, arguments } => self.check_call(id, &function, target, &arguments),
            Expr::List(elements) => self.check_list(id, &elements),
            Expr::Map(entries) => self.check_map(id, &entries),
            Expr::Struct { name, fields } => self.check_struct(id, &name, &fields),
            Expr::Fold(fold) => self.check_fold(id, &fold),
            Expr::Nothing => self.set_type(id, Type::Error),
        }
    }

    fn check_ident(&mut self, id: Id, name: &str) {
        if !self.resolve_ident(id, name) {
            self.set_type(id, Type::Error);
            self.undeclared(id, name);
        }
    }

    /// Makes the node stand for the variable or type of that name.
    fn resolve_ident(&mut self, id: Id, name: &str) -> bool {
        match self.lookup(name) {
            Some(Declared::Variable(name, type_)) => {
                self.set_type(id, type_);
                self.ast.replace(id, Expr::Ident(name));
                true
            }
            Some(Declared::Type(type_)) => {
                self.set_type(id, Type::Type(Some(Arc::new(type_.clone()))));
                self.set_reference(id, Reference::Type(type_));
                true
            }
            None => false,
        }
    }

    fn lookup(&self, name: &str) -> Option<Declared> {
        let name = name.strip_prefix('.').unwrap_or(name);
        if let Some((found, type_)) = self.scopes.iter().rev().find(|(known, _)| **known == *name) {
            return Some(Declared::Variable(found.clone(), type_.clone()));
        }
        if let Some(type_) = self.environment.variable(name) {
            return Some(Declared::Variable(Name::from(name), type_.clone()));
        }
        if self.environment.structure(name).is_some() {
            return Some(Declared::Type(Type::structure(name)));
        }
        named_type(name).or_else(|| messages::type_named(name)).map(Declared::Type)
    }

    fn check_select(&mut self, id: Id, operand: Id, field: &Name, kind: SelectKind) {
        if kind == SelectKind::Value
            && let Some(qualified) = self.ast.qualified_name(id)
            && self.resolve_ident(id, &qualified)
        {
            return;
        }
        let mut result = self.check_field(id, operand, field, Presence::Always);
        if kind == SelectKind::Presence {
            result = Type::Bool;
        }
        let result = self.solution.substitute(&result, OpenVariables::Stay);
        self.set_type(id, result);
    }

    fn check_field(&mut self, id: Id, operand: Id, field: &str, presence: Presence) -> Type {
        self.check(operand);
        let operand_type = self.solution.substitute(&self.type_of(operand), OpenVariables::Stay);
        let inner = operand_type.unwrap_optional();
        let target = inner.unwrap_or(&operand_type);
        let result = match target {
            Type::Map(pair) => pair.1.clone(),
            Type::Struct(name) => self.field_type(self.ast.place(id), name, field).unwrap_or(Type::Error),
            Type::Param(_) => {
                self.solution.assign(&Type::Dyn, target);
                Type::Dyn
            }
            _ => {
                if !target.is_dyn_or_error() {
                    let message = format!("type '{target}' does not support field selection");
                    self.report(id, message);
                }
                Type::Dyn
            }
        };
        if inner.is_some() || presence == Presence::IfPresent { Type::optional(result) } else { result }
    }

    fn field_type(&mut self, place: Place, structure: &str, field: &str) -> Option<Type> {
        let found = match self.environment.structure(structure) {
            Some(fields) => fields.get(field).cloned(),
            None if messages::type_named(structure).is_some() => messages::field(structure, field),
            None => {
                self.issues.report(place, format!("unexpected failed resolution of '{structure}'"));
                return None;
            }
        };
        if found.is_none() {
            self.issues.report(place, format!("undefined field '{field}'"));
        }
        found
    }

    fn check_call(&mut self, id: Id, name: &Name, target: Option<Id>, arguments: &[Id]) {
        if &**name == "_?._" {
            return self.check_optional_select(id, arguments);
        }
        for argument in arguments {
            self.check(*argument);
        }
        let functions = self.environment.functions();
        let Some(target) = target else {
            let plain = name.strip_prefix('.').unwrap_or(name);
            match functions.get(plain) {
                Some(function) => self.resolve_call(id, function, None, arguments),
                None => self.undeclared_call(id, name),
            }
            return;
        };
        // `a.b.c()` may call the function `a.b.c`.
        if let Some(prefix) = self.ast.qualified_name(target) {
            let prefix = prefix.strip_prefix('.').unwrap_or(&prefix);
            let qualified = format!("{prefix}.{name}");
            if let Some(function) = functions.get(&qualified) {
                let function_name = Name::from(qualified);
                let call =
                    Expr::Call { function: function_name, target: None, arguments: arguments.to_vec() };
                self.ast.replace(id, call);
                return self.resolve_call(id, function, None, arguments);
            }
        }
        self.check(target);
        match functions.get(name) {
            Some(function) => self.resolve_call(id, function, Some(target), arguments),
            None => self.undeclared_call(id, name),
        }
    }

    fn check_optional_select(&mut self, id: Id, arguments: &[Id]) {
        let [operand, field] = *arguments else { return };
        let Expr::Literal(Val::String(name)) = self.ast.expr(field).clone() else { return };
        let result = self.check_field(id, operand, &name.to_str_lossy(), Presence::IfPresent);
        let result = self.solution.substitute(&result, OpenVariables::Stay);
        self.set_type(id, result);
        if let Some(function) = self.environment.functions().get("_?._") {
            self.set_reference(id, Reference::Overloads(function, function.overloads.iter().collect()));
        }
    }

    fn resolve_call(&mut self, id: Id, function: &'static Function, target: Option<Id>, arguments: &[Id]) {
        let types: Vec<_> = target.iter().chain(arguments).map(|id| self.type_of(*id)).collect();
        if matches!(function.name, "_&&_" | "_||_") {
            return self.resolve_logic(id, function, arguments, &types);
        }
        let style = if target.is_some() { CallStyle::Member } else { CallStyle::Function };
        let mut fitting = Vec::new();
        let mut result: Option<Type> = None;
        for overload in function.overloads.iter().filter(|overload| overload.call == style) {
            let (parameters, returned) = self.instantiate(overload);
            if !self.solution.assign_all(&types, &parameters) {
                continue;
            }
            fitting.push(overload);
            let returned = self.solution.substitute(&returned, OpenVariables::Stay);
            result = Some(match result {
                None => returned,
                Some(known) if known.is_dyn() || returned.is_exact(&known) => known,
                Some(_) => Type::Dyn,
            });
        }
        let Some(result) = result else {
            let types: Vec<_> =
                types.iter().map(|type_| self.solution.substitute(type_, OpenVariables::ToDyn)).collect();
            let signature = signature(&types, target.is_some());
            let message =
                format!("found no matching overload for '{}' applied to '{signature}'", function.name);
            self.report(id, message);
            return self.set_type(id, Type::Error);
        };
        self.set_type(id, result);
        self.set_reference(id, Reference::Overloads(function, fitting));
    }

    fn resolve_logic(&mut self, id: Id, function: &'static Function, arguments: &[Id], types: &[Type]) {
        let mut fits = true;
        for (argument, type_) in arguments.iter().zip(types) {
            if !self.solution.assign(type_, &Type::Bool) {
                self.report(*argument, format!("expected type 'bool' but found '{type_}'"));
                fits = false;
            }
        }
        self.set_type(id, if fits { Type::Bool } else { Type::Error });
        self.set_reference(id, Reference::Overloads(function, function.overloads.iter().collect()));
    }

    /// The types of an overload, its type parameters replaced by new variables.
    fn instantiate(&mut self, overload: &Overload) -> (Vec<Type>, Type) {
        if !overload.is_generic {
            return (overload.parameters.clone(), overload.result.clone());
        }
        let mut names: Vec<(char, Type)> = Vec::new();
        let mut replace = |type_: &Type| {
            replace_named(type_, &mut |name| {
                if let Some((_, variable)) = names.iter().find(|(known, _)| *known == name) {
                    return variable.clone();
                }
                let variable = self.solution.variable();
                names.push((name, variable.clone()));
                variable
            })
        };
        let parameters = overload.parameters.iter().map(&mut replace).collect();
        (parameters, replace(&overload.result))
    }

    fn check_list(&mut self, id: Id, elements: &[Element]) {
        let mut joined = None;
        for element in elements {
            self.check(element.value);
            let type_ = self.present_type(element.value, element.presence);
            joined = Some(self.join(joined, type_));
        }
        let element = joined.unwrap_or_else(|| self.solution.variable());
        self.set_type(id, Type::list(element));
    }

    fn check_map(&mut self, id: Id, entries: &[Entry]) {
        let (mut keys, mut values) = (None, None);
        for entry in entries {
            self.check(entry.key);
            let key = self.type_of(entry.key);
            keys = Some(self.join(keys, key));
            self.check(entry.value);
            let value = self.present_type(entry.value, entry.presence);
            values = Some(self.join(values, value));
        }
        let (key, value) = match (keys, values) {
            (Some(key), Some(value)) => (key, value),
            _ => (self.solution.variable(), self.solution.variable()),
        };
        self.set_type(id, Type::map(key, value));
    }

    /// The type of an element; behind a question mark it must be an optional.
    fn present_type(&mut self, id: Id, presence: Presence) -> Type {
        let type_ = self.type_of(id);
        if presence == Presence::Always {
            return type_;
        }
        if let Some(inner) = type_.unwrap_optional() {
            return inner.clone();
        }
        if !type_.is_dyn() {
            let wanted = Type::optional(type_.clone());
            self.report(id, format!("expected type '{wanted}' but found '{type_}'"));
        }
        type_
    }

    fn join(&mut self, previous: Option<Type>, current: Type) -> Type {
        match previous {
            None => current,
            Some(previous) if self.solution.assign(&previous, &current) => {
                most_general(&previous, &current).clone()
            }
            Some(_) => Type::Dyn,
        }
    }

    fn check_struct(&mut self, id: Id, name: &str, fields: &[Field]) {
        let type_ = match self.lookup(name) {
            None => {
                self.undeclared(id, name);
                return self.set_type(id, Type::Error);
            }
            Some(Declared::Variable(_, type_)) => {
                self.report(id, format!("'{}' is not a type", type_.declared()));
                Type::Error
            }
            Some(Declared::Type(type_)) => type_,
        };
        let name = name.strip_prefix('.').unwrap_or(name);
        let is_message = matches!(type_, Type::Struct(_)) || messages::type_named(name).is_some();
        if !is_message && !type_.is_error() {
            self.report(id, format!("'{}' is not a message type", type_.name()));
        }
        self.set_type(id, if is_message { type_ } else { Type::Error });
        for field in fields {
            self.check(field.value);
            let wanted = self.field_type(field.place, name, &field.name).unwrap_or(Type::Error);
            let found = self.present_type(field.value, field.presence);
            if !self.solution.assign(&wanted, &found) {
                let message = format!(
                    "expected type of field '{}' is '{wanted}' but provided type is '{found}'",
                    field.name
                );
                self.issues.report(field.place, message);
            }
        }
    }

    fn check_fold(&mut self, id: Id, fold: &Fold) {
        self.check(fold.range);
        self.check(fold.init);
        let range = self.solution.substitute(&self.type_of(fold.range), OpenVariables::Stay);
        let accumulator = self.type_of(fold.init);
        let depth = self.scopes.len();
        self.scopes.push((fold.accumulator.clone(), accumulator.clone()));
        let (first, second) = match &range {
            Type::List(element) if fold.second_variable.is_some() => (Type::Int, (**element).clone()),
            Type::List(element) => ((**element).clone(), Type::Dyn),
            Type::Map(pair) => (pair.0.clone(), pair.1.clone()),
            Type::Dyn | Type::Any | Type::Error | Type::Param(_) => {
                self.solution.assign(&Type::Dyn, &range);
                (Type::Dyn, Type::Dyn)
            }
            _ => {
                let message = format!(
                    "expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                self.report(fold.range, message);
                (Type::Error, Type::Error)
            }
        };
        self.scopes.push((fold.variable.clone(), first));
        if let Some(name) = &fold.second_variable {
            self.scopes.push((name.clone(), second));
        }
        self.check(fold.condition);
        self.assert_type(fold.condition, &Type::Bool);
        self.check(fold.step);
        self.assert_type(fold.step, &accumulator);
        self.scopes.truncate(depth + 1);
        self.check(fold.result);
        self.scopes.truncate(depth);
        let result = self.solution.substitute(&self.type_of(fold.result), OpenVariables::Stay);
        self.set_type(id, result);
    }

    fn assert_type(&mut self, id: Id, wanted: &Type) {
        let found = self.type_of(id);
        if !self.solution.assign(wanted, &found) {
            self.report(id, format!("expected type '{wanted}' but found '{found}'"));
        }
    }

    fn type_of(&self, id: Id) -> Type {
        self.types.get(id as usize).cloned().flatten().unwrap_or(Type::Error)
    }

    fn set_type(&mut self, id: Id, type_: Type) {
        if let Some(place) = self.types.get_mut(id as usize) {
            *place = Some(type_);
        }
    }

    fn set_reference(&mut self, id: Id, reference: Reference) {
        if let Some(place) = self.references.get_mut(id as usize) {
            *place = reference;
        }
    }

    fn undeclared_call(&mut self, id: Id, name: &str) {
        self.set_type(id, Type::Error);
        self.undeclared(id, name);
    }

    fn undeclared(&mut self, id: Id, name: &str) {
        self.report(id, format!("undeclared reference to '{name}' (in container '')"));
    }

    fn report(&mut self, id: Id, message: String) {
        let place = self.ast.place(id);
        self.issues.report(place, message);
    }
}

/// `type_` with the parameters of a declaration replaced.
fn replace_named(type_: &Type, replace: &mut impl FnMut(char) -> Type) -> Type {
    match type_ {
        Type::Param(Param::Named(name)) => replace(*name),
        Type::List(element) => Type::list(replace_named(element, replace)),
        Type::Map(pair) => {
            let key = replace_named(&pair.0, replace);
            Type::map(key, replace_named(&pair.1, replace))
        }
        Type::Opaque(name, parameters) => {
            let parameters = parameters.iter().map(|parameter| replace_named(parameter, replace)).collect();
            Type::Opaque(name.clone(), parameters)
        }
        Type::Type(Some(inner)) => Type::Type(Some(Arc::new(replace_named(inner, replace)))),
        other => other.clone(),
    }
}

/// The types that have a name of their own in expressions.
fn named_type(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "int" => Type::Int,
        "list" => Type::list(Type::Dyn),
        "map" => Type::map(Type::Dyn, Type::Dyn),
        "null_type" => Type::Null,
        "string" => Type::String,
        "type" => Type::Type(None),
        "uint" => Type::Uint,
        "optional_type" | "net.IP" | "net.CIDR" => Type::opaque(name),
        _ => return None,
    })
}
