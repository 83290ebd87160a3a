//! Checks of constants beyond types: durations, timestamps, regular expressions, mixed literals, format strings.

use super::ast::{Element, Expr, Id, Presence, for_each_child};
use super::check::{Checked, Reference};
use super::convert::convert;
use super::issues::{Issues, Place};
use super::string_format::{Clause, Piece, clauses, refusal};
use super::types::Type;
use super::value::Val;
use crate::text::regexp::Regexp;

/// Looks for constants that cannot work.
///
/// # Errors
/// Those found.
pub(super) fn validate(checked: &Checked, text: &str) -> Result<(), Issues> {
    let mut validator = Validator { checked, issues: Issues::new(text) };
    validator.walk();
    if validator.issues.is_empty() { Ok(()) } else { Err(validator.issues) }
}

struct Validator<'c> {
    checked: &'c Checked,
    issues: Issues,
}

/// Whether literals may mix types: within the arguments of `format`.
#[derive(Clone, Copy, PartialEq)]
enum Mixing {
    Refused,
    Allowed,
}

impl Validator<'_> {
    fn walk(&mut self) {
        let ast = &self.checked.ast;
        let mut open = vec![(ast.root, Mixing::Refused)];
        while let Some((id, mixing)) = open.pop() {
            let expr = ast.expr(id);
            let mut below = mixing;
            match expr {
                Expr::Call { function, target, arguments } => {
                    if &**function == "format" {
                        below = Mixing::Allowed;
                    }
                    self.call(id, function, *target, arguments);
                }
                Expr::List(elements) if mixing == Mixing::Refused => self.list(elements),
                Expr::Map(entries) if mixing == Mixing::Refused => {
                    let keys = entries.iter().map(|e| (e.key, Presence::Always)).collect::<Vec<_>>();
                    let values = entries.iter().map(|e| (e.value, e.presence)).collect::<Vec<_>>();
                    self.same_types(&keys, After::Continue);
                    self.same_types(&values, After::Continue);
                }
                _ => {}
            }
            for_each_child(expr, |child| open.push((child, below)));
        }
    }

    fn list(&mut self, elements: &[Element]) {
        let elements: Vec<_> = elements.iter().map(|element| (element.value, element.presence)).collect();
        self.same_types(&elements, After::Stop);
    }

    fn same_types(&mut self, values: &[(Id, Presence)], after: After) {
        let mut first: Option<&Type> = None;
        for (id, presence) in values {
            let type_ = self.checked.type_of(*id);
            let type_ = match presence {
                Presence::IfPresent => type_.unwrap_optional().unwrap_or(type_),
                Presence::Always => type_,
            };
            match first {
                None => first = Some(type_),
                Some(first) if first.is_equivalent(type_) => {}
                Some(first) => {
                    self.report(*id, format!("expected type '{first}' but found '{type_}'"));
                    if after == After::Stop {
                        return;
                    }
                }
            }
        }
    }

    fn call(&mut self, id: Id, function: &str, target: Option<Id>, arguments: &[Id]) {
        let literal = arguments.first().and_then(|argument| match self.checked.ast.expr(*argument) {
            Expr::Literal(value) => Some((*argument, value)),
            _ => None,
        });
        match (function, literal) {
            ("duration", Some((at, value))) if convert(value, &Type::Duration).is_err() => {
                self.report(at, "invalid duration argument".to_owned());
            }
            ("timestamp", Some((at, value))) if convert(value, &Type::Timestamp).is_err() => {
                self.report(at, "invalid timestamp argument".to_owned());
            }
            // The first argument, even where that is the text and not the pattern.
            ("matches", Some((at, Val::String(pattern)))) if Regexp::new(pattern.as_bytes()).is_err() => {
                self.report(at, "invalid matches argument".to_owned());
            }
            ("format", None) => self.format(id, target, arguments),
            _ => {}
        }
    }

    /// A constant format string with a written list of arguments.
    fn format(&mut self, id: Id, target: Option<Id>, arguments: &[Id]) {
        let ast = &self.checked.ast;
        let (Some(target), [list]) = (target, arguments) else { return };
        let (Expr::Literal(Val::String(text)), Expr::List(elements)) = (ast.expr(target), ast.expr(*list))
        else {
            return;
        };
        if let Reference::Overloads(_, overloads) = self.checked.reference(id)
            && !overloads.iter().any(|overload| overload.id == "string_format")
        {
            return;
        }
        let mut used = 0;
        let mut at = id;
        let outcome = clauses(&text.to_str_lossy(), &mut |piece| {
            let Piece::Clause(index, clause) = piece else { return Ok(()) };
            used += 1;
            let Some(element) = elements.get(index) else {
                return Err(format!("index {index} out of range"));
            };
            match self.refused(clause?, element.value) {
                None => Ok(()),
                Some((bad, why)) => {
                    at = bad;
                    Err(format!("error during formatting: {why}"))
                }
            }
        });
        match outcome {
            Err(why) => self.report(at, why),
            Ok(()) if elements.len() > used => {
                let count = elements.len();
                self.report(
                    id,
                    format!("too many arguments supplied to string.format (expected {used}, got {count})"),
                );
            }
            Ok(()) => {}
        }
    }

    fn refused(&self, clause: Clause, argument: Id) -> Option<(Id, String)> {
        let takes = |type_: &Type| match clause {
            Clause::Decimal | Clause::Octal => matches!(type_, Type::Int | Type::Uint),
            Clause::Fixed(_) | Clause::Scientific(_) => matches!(type_, Type::Double | Type::String),
            Clause::Binary => matches!(type_, Type::Int | Type::Uint | Type::Bool),
            Clause::Hex { .. } => matches!(type_, Type::Int | Type::Uint | Type::String | Type::Bytes),
            Clause::String => matches!(
                type_,
                Type::List(_)
                    | Type::Map(_)
                    | Type::Int
                    | Type::Uint
                    | Type::Double
                    | Type::Bool
                    | Type::String
                    | Type::Timestamp
                    | Type::Bytes
                    | Type::Duration
                    | Type::Type(_)
                    | Type::Null
            ),
        };
        let mut open = vec![argument];
        while let Some(id) = open.pop() {
            let type_ = self.checked.type_of(id).base();
            if *type_ != Type::Dyn && !takes(type_) {
                return Some((id, refusal(clause, type_.name())));
            }
            // What stands in lists and maps is written as well.
            if matches!(clause, Clause::String) {
                let below = open.len();
                if let expr @ (Expr::List(_) | Expr::Map(_)) = self.checked.ast.expr(id) {
                    for_each_child(expr, |child| open.push(child));
                }
                if let Some(new) = open.get_mut(below..) {
                    new.reverse();
                }
            }
        }
        None
    }

    fn report(&mut self, id: Id, message: String) {
        let place: Place = self.checked.ast.place(id);
        self.issues.report(place, message);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum After {
    Stop,
    Continue,
}
