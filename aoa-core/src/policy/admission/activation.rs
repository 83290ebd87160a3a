//! The values that the expressions of one policy see, and what they may cost together.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::cel::{Failure, PER_CALL_LIMIT, RESERVED, Val, Variables};

use super::expressions::{Authorizer, Expression, Expressions};

/// What all expressions of one kind of a policy may cost together.
pub(super) const BUDGET: u64 = 10_000_000;
/// What all match conditions may cost together.
pub(super) const CONDITION_BUDGET: u64 = 2_500_000;

/// A chain of variables that is longer could overflow a stack.
const DEEPEST: u32 = 50;

/// The values of a request.
#[derive(Clone, Default)]
pub(super) struct Values {
    pub(super) object: Value,
    pub(super) old_object: Value,
    pub(super) params: Value,
    pub(super) request: Value,
    pub(super) namespace: Value,
}

/// One round of expressions: `variables` are evaluated once, when they are first read.
pub(super) struct Activation<'a> {
    values: &'a Values,
    expressions: &'a Expressions,
    known: RefCell<BTreeMap<String, Result<Val, Failure>>>,
    cost: Cell<u64>,
    depth: Cell<u32>,
    budget: Cell<u64>,
    authorizer: Authorizer,
}

/// That the budget of the round is used up: nothing more is evaluated.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutOfBudget;

impl OutOfBudget {
    pub(super) const MESSAGE: &'static str =
        "validation failed due to running out of cost budget, no further validation rules will be run";
}

impl<'a> Activation<'a> {
    pub(super) fn new(
        values: &'a Values,
        expressions: &'a Expressions,
        budget: u64,
        authorizer: Authorizer,
    ) -> Self {
        Activation {
            values,
            expressions,
            known: RefCell::default(),
            cost: Cell::new(0),
            depth: Cell::new(0),
            budget: Cell::new(budget),
            authorizer,
        }
    }

    /// What is left of the budget.
    pub(super) fn budget(&self) -> u64 {
        self.budget.get()
    }

    /// Evaluates an expression: its value, or the message of why there is none.
    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Result<Val, String>, OutOfBudget> {
        let program = match &expression.program {
            Ok(program) => program,
            Err(why) => return Ok(Err(format!("compilation error: {why}"))),
        };
        let outcome = program.evaluate(self, PER_CALL_LIMIT);
        let cost = self.cost.take().saturating_add(outcome.cost);
        let left = self.budget.get().checked_sub(cost).ok_or(OutOfBudget)?;
        self.budget.set(left);
        Ok(outcome
            .value
            .map_err(|failure| format!("expression '{}' resulted in error: {failure}", expression.text)))
    }

    fn composed(&self, name: &str, expression: &Expression) -> Result<Val, Failure> {
        let quoted = aoa_lang::strconv::quote(name.as_bytes());
        let program = match &expression.program {
            Ok(program) => program,
            Err(why) => {
                return Err(Failure::new(format!("composited variable {quoted} fails to compile: {why}")));
            }
        };
        if self.depth.get() >= DEEPEST {
            return Err(Failure::new(format!("composited variable {quoted} is nested too deeply")));
        }
        self.depth.set(self.depth.get() + 1);
        let outcome = program.evaluate(self, PER_CALL_LIMIT);
        self.depth.set(self.depth.get().saturating_sub(1));
        self.cost.set(self.cost.get().saturating_add(outcome.cost));
        outcome.value.map_err(|failure| {
            Failure::new(format!("composited variable {quoted} fails to evaluate: {failure}"))
        })
    }
}

impl Variables for Activation<'_> {
    fn variable(&self, name: &str) -> Option<Result<Val, Failure>> {
        let value = match name {
            "object" => &self.values.object,
            "oldObject" => &self.values.old_object,
            "params" => &self.values.params,
            "request" => &self.values.request,
            "namespaceObject" => &self.values.namespace,
            "authorizer" | "authorizer.requestResource" if self.authorizer == Authorizer::Absent => {
                return None;
            }
            "authorizer" => return Some(Ok(Val::authorizer())),
            "authorizer.requestResource" => return Some(Ok(Val::resource_check())),
            "variables" => return Some(Ok(Val::Lazy(0))),
            _ => return None,
        };
        Some(Ok(Val::of(value)))
    }

    fn field(&self, _: u32, name: &str) -> Option<Result<Val, Failure>> {
        let name = unescaped(name)?;
        if let Some(known) = self.known.borrow().get(&name) {
            return Some(known.clone());
        }
        let expression = self.expressions.variables.get(&name)?;
        let value = self.composed(&name, expression);
        self.known.borrow_mut().insert(name, value.clone());
        Some(value)
    }
}

/// What an escaped name stands for: `__namespace__` for `namespace`, `a__dot__b` for `a.b`; `None` for an escape that is
/// none.
fn unescaped(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find("__") {
        let (before, from) = rest.split_at(start);
        let after = from.strip_prefix("__").unwrap_or_default();
        let length = after.find('_').unwrap_or(after.len());
        let (word, tail) = after.split_at(length);
        let Some(tail) = tail.strip_prefix("__").filter(|_| !word.is_empty()) else {
            // The next place where an escape can begin.
            out.push_str(before);
            out.push('_');
            rest = from.strip_prefix('_').unwrap_or_default();
            continue;
        };
        out.push_str(before);
        match word {
            "underscores" => out.push_str("__"),
            "dot" => out.push('.'),
            "dash" => out.push('-'),
            "slash" => out.push('/'),
            word if RESERVED.contains(&word) && name.len() == word.len() + 4 => out.push_str(word),
            _ => return None,
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}
