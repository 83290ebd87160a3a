//! Expressions to instructions.

mod fold;
mod object;
mod scope;
mod term;
mod update;

use std::collections::HashMap;

use crate::{Error, Result, Value};

use self::scope::{Mark, Meaning, Scope};
use super::ast::{Arithmetic, Body, Comparison, Definition, Kind, Operator, Query, Term};
use super::functions::{self, Native};
use super::op::{Code, Function, Op, Place};
use super::parse::{self, Program};
use super::prelude;

/// Compiles an expression.
///
/// # Errors
///
/// `Invalid` with gojq's text for names that mean nothing, and for modules.
pub(super) fn compile(program: &Program) -> Result<Code> {
    if let Some(path) = program.imports.first() {
        let path = crate::strconv::quote(path.as_bytes());
        return Err(Error::invalid(format!("cannot load module: {path}")));
    }
    let mut compiler = Compiler::default();
    let main = compiler.begin_function();
    compiler.query(&program.query)?;
    compiler.end_function(main);
    compiler.mark_last_calls();
    Ok(compiler.code)
}

#[derive(Default)]
struct Compiler {
    code: Code,
    /// From the outermost function in. Functions of the prelude see none of those outside.
    scopes: Vec<Scope>,
    /// Functions of the prelude that are compiled already.
    builtins: HashMap<(String, usize), usize>,
    /// The functions that are being compiled.
    open: Vec<usize>,
    /// For each instruction, the function that it belongs to.
    owners: Vec<usize>,
    /// The last place that something jumps to.
    barrier: usize,
}

impl Compiler {
    // Instructions.

    fn emit(&mut self, op: Op) -> usize {
        let at = self.code.ops.len();
        // A constant has no use for the input that was loaded for it.
        if let (Op::Constant(value), Some(last @ (Op::Load(_) | Op::Duplicate))) =
            (&op, self.code.ops.last_mut())
            && self.barrier != at
        {
            *last = Op::Push(value.clone());
            return at.saturating_sub(1);
        }
        self.code.ops.push(op);
        self.owners.push(self.open.last().copied().unwrap_or(0));
        at
    }

    /// Makes the jump or fork at `at` lead here.
    fn land(&mut self, at: usize) {
        let here = self.here();
        if let Some(
            Op::Fork(target)
            | Op::Try(target)
            | Op::ForkOnError(target)
            | Op::Jump(target)
            | Op::JumpUnless(target),
        ) = self.code.ops.get_mut(at)
        {
            *target = here;
        }
    }

    /// The place of the next instruction, which something refers to.
    fn here(&mut self) -> usize {
        self.barrier = self.code.ops.len();
        self.barrier
    }

    // Functions and blocks.

    /// Begins a function and its scope; its code stands where it is met, and is jumped over by [`Compiler::definition`].
    fn begin_function(&mut self) -> usize {
        let id = self.code.functions.len();
        let start = self.here();
        self.code.functions.push(Function { start, parameters: 0, slots: 0 });
        self.open.push(id);
        self.scopes.push(Scope::default());
        id
    }

    fn end_function(&mut self, id: usize) {
        self.emit(Op::Return);
        self.open.pop();
        let slots = self.scopes.pop().map_or(0, |scope| scope.slots);
        if let Some(function) = self.code.functions.get_mut(id) {
            function.slots = slots;
        }
    }

    fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "there is a last one")]
        &mut self.scopes[last]
    }

    fn fresh(&mut self) -> Place {
        self.scope().fresh()
    }

    fn enter(&mut self) -> Mark {
        self.scope().enter()
    }

    fn leave(&mut self, mark: &Mark) {
        self.scope().leave(mark);
    }

    /// What is compiled by `compile` is a block: its names are not seen behind it.
    fn block<T>(&mut self, compile: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mark = self.enter();
        let result = compile(self);
        self.leave(&mark);
        result
    }

    /// A function without a name for an argument.
    fn closure(&mut self, body: &Query) -> Result<usize> {
        let over = self.emit(Op::Jump(0));
        let id = self.begin_function();
        self.query(body)?;
        self.end_function(id);
        self.land(over);
        Ok(id)
    }

    fn definition(&mut self, definition: &Definition) -> Result<()> {
        let over = self.emit(Op::Jump(0));
        let id = self.code.functions.len();
        self.scope().define(&definition.name, definition.parameters.len(), id);
        let id = self.begin_function();
        self.parameters(&definition.parameters);
        self.query(&definition.body)?;
        self.end_function(id);
        self.land(over);
        Ok(())
    }

    /// The input is on the top, below it the arguments from the first to the last.
    fn parameters(&mut self, parameters: &[String]) {
        if parameters.is_empty() {
            return;
        }
        self.count_parameters(parameters.len());
        let input = self.fresh();
        self.emit(Op::Store(input));
        let mut values = Vec::new();
        for parameter in parameters {
            let name = parameter.strip_prefix('$').unwrap_or(parameter);
            let place = self.scope().create(name);
            self.emit(Op::Store(place));
            if name.len() < parameter.len() {
                values.push((parameter, place));
            }
        }
        for (name, closure) in values {
            self.emit(Op::Load(input));
            self.emit(Op::BeginAside);
            self.emit(Op::Load(closure));
            self.emit(Op::CallClosure);
            let place = self.scope().declare(name);
            self.emit(Op::Store(place));
            self.emit(Op::EndAside);
        }
        self.emit(Op::Load(input));
    }

    fn count_parameters(&mut self, parameters: usize) {
        let open = self.open.last().copied();
        if let Some(function) = open.and_then(|id| self.code.functions.get_mut(id)) {
            function.parameters = parameters;
        }
    }

    /// A function of the prelude.
    fn builtin(&mut self, name: &str, arity: usize) -> Result<Option<usize>> {
        if let Some(id) = self.builtins.get(&(name.to_owned(), arity)) {
            return Ok(Some(*id));
        }
        let Some(text) = prelude::definitions(name) else { return Ok(None) };
        if text.is_empty() {
            return Ok(self.made_builtin(name, arity));
        }
        let defined = parse::parse(text)?.query.definitions;
        let Some(definition) = defined.iter().find(|d| d.parameters.len() == arity) else { return Ok(None) };
        let over = self.emit(Op::Jump(0));
        let outside = std::mem::take(&mut self.scopes);
        let id = self.begin_function();
        self.builtins.insert((name.to_owned(), arity), id);
        self.parameters(&definition.parameters);
        let compiled = self.query(&definition.body);
        self.end_function(id);
        self.scopes = outside;
        self.land(over);
        compiled.map(|()| Some(id))
    }

    /// Calls in last place of a function to itself need no new activation record on top of the old one.
    fn mark_last_calls(&mut self) {
        for at in 0..self.code.ops.len() {
            let (Some(Op::Call(id, _)), Some(owner)) = (self.code.ops.get(at), self.owners.get(at)) else {
                continue;
            };
            if id == owner
                && self.code.functions.get(*id).is_some_and(|f| f.parameters == 0)
                && self.returns(at + 1)
            {
                let id = *id;
                if let Some(op) = self.code.ops.get_mut(at) {
                    *op = Op::CallLast(id);
                }
            }
        }
    }

    fn returns(&self, mut at: usize) -> bool {
        loop {
            match self.code.ops.get(at) {
                Some(Op::Jump(target)) if *target > at => at = *target,
                Some(Op::Return) => return true,
                _ => return false,
            }
        }
    }

    // Queries.

    fn query(&mut self, query: &Query) -> Result<()> {
        for definition in &query.definitions {
            self.definition(definition)?;
        }
        match &query.body {
            Body::Missing => Err(Error::invalid("missing query (try \".\")")),
            Body::Term(term) => self.term(term),
            Body::Pipe(steps) => steps.iter().try_for_each(|step| self.query(step)),
            Body::Comma(items) => self.comma(items),
            Body::Bind(source, patterns, body) => self.bind(source, patterns, body),
            Body::Binary(operator, left, right) => self.binary(*operator, left, right),
        }
    }

    fn comma(&mut self, items: &[Query]) -> Result<()> {
        let Some((last, others)) = items.split_last() else { return Ok(()) };
        let mut ends = Vec::with_capacity(others.len());
        for item in others {
            let fork = self.emit(Op::Fork(0));
            self.query(item)?;
            ends.push(self.emit(Op::Jump(0)));
            self.land(fork);
        }
        self.query(last)?;
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    fn binary(&mut self, operator: Operator, left: &Query, right: &Query) -> Result<()> {
        match operator {
            Operator::Alternative => self.alternative(left, right),
            Operator::Or => self.either(left, right, true),
            Operator::And => self.either(left, right, false),
            Operator::Assign => self.assign(left, right),
            Operator::Modify => self.call("_modify", &[left, right]),
            Operator::Update(arithmetic) => self.update(left, right, function_of(arithmetic)),
            Operator::UpdateAlternative => self.update(left, right, "_alternative"),
            Operator::Arithmetic(arithmetic) => self.native_of(function_of(arithmetic), &[left, right]),
            Operator::Compare(comparison) => self.native_of(comparison_of(comparison), &[left, right]),
        }
    }

    /// `left // right`
    fn alternative(&mut self, left: &Query, right: &Query) -> Result<()> {
        self.emit(Op::Push(Value::Bool(false)));
        let found = self.fresh();
        self.emit(Op::Store(found));
        let fork = self.emit(Op::Fork(0));
        self.query(left)?;
        self.emit(Op::Duplicate);
        let unless = self.emit(Op::JumpUnless(0));
        self.emit(Op::Push(Value::Bool(true)));
        self.emit(Op::Store(found));
        let end = self.emit(Op::Jump(0));
        self.land(unless);
        self.emit(Op::Backtrack);
        self.land(fork);
        self.emit(Op::Load(found));
        let none = self.emit(Op::JumpUnless(0));
        self.emit(Op::Backtrack);
        self.land(none);
        self.query(right)?;
        self.land(end);
        Ok(())
    }

    /// `left or right`, `left and right`: `decided` is the value of `left` that says all.
    fn either(&mut self, left: &Query, right: &Query, decided: bool) -> Result<()> {
        let constant = |value: bool| Op::Constant(Value::Bool(value));
        let first = self.test(left)?;
        let mut ends = Vec::new();
        if decided {
            self.emit(constant(true));
            ends.push(self.emit(Op::Jump(0)));
            self.land(first);
        }
        let second = self.test(right)?;
        self.emit(constant(true));
        ends.push(self.emit(Op::Jump(0)));
        self.land(second);
        self.emit(constant(false));
        if !decided {
            ends.push(self.emit(Op::Jump(0)));
            self.land(first);
            self.emit(constant(false));
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    /// Goes on if the condition holds of the top, which stays; returns the jump for where it does not.
    fn test(&mut self, condition: &Query) -> Result<usize> {
        self.emit(Op::Duplicate);
        self.emit(Op::BeginAside);
        self.block(|compiler| compiler.query(condition))?;
        self.emit(Op::EndAside);
        Ok(self.emit(Op::JumpUnless(0)))
    }

    // Calls.

    /// A function of any kind.
    fn call(&mut self, name: &str, arguments: &[&Query]) -> Result<()> {
        if arguments.is_empty() {
            match scope::meaning(&self.scopes, name) {
                Some(Meaning::Function { id, hops }) => return self.call_defined(id, hops, arguments),
                Some(Meaning::Variable(place)) if name.starts_with('$') => {
                    self.emit(Op::Pop);
                    self.emit(Op::Load(place));
                    return Ok(());
                }
                Some(Meaning::Variable(place)) => {
                    self.emit(Op::Load(place));
                    self.emit(Op::CallClosure);
                    return Ok(());
                }
                // Argo CD gives no environment.
                None if name == "$ENV" || name == "env" => {
                    self.emit(Op::Constant(Value::map::<&str>([])));
                    return Ok(());
                }
                None if name.starts_with('$') => {
                    return Err(Error::invalid(format!("variable not defined: {name}")));
                }
                None => {}
            }
        } else if let Some((id, hops)) = scope::function(&self.scopes, name, arguments.len()) {
            return self.call_defined(id, hops, arguments);
        }
        if let Some(id) = self.builtin(name, arguments.len())? {
            // It refers to nothing outside of itself.
            return self.call_defined(id, u32::MAX, arguments);
        }
        self.call_special(name, arguments)
    }

    fn call_special(&mut self, name: &str, arguments: &[&Query]) -> Result<()> {
        match (name, arguments) {
            ("empty", []) => {
                self.emit(Op::Backtrack);
                Ok(())
            }
            ("path", [places]) => {
                self.emit(Op::BeginPath);
                self.block(|compiler| compiler.query(places))?;
                self.emit(Op::EndPath);
                Ok(())
            }
            ("input", []) => Err(Error::invalid("input(s)/0 is not allowed")),
            ("debug", [message]) => {
                self.block(|compiler| compiler.query(message))?;
                Err(Error::invalid("function not defined: debug/1"))
            }
            _ => match functions::find(name, arguments.len()) {
                Some(native) => self.native(native, arguments),
                None => Err(Error::invalid(format!("function not defined: {name}/{}", arguments.len()))),
            },
        }
    }

    fn call_defined(&mut self, id: usize, hops: u32, arguments: &[&Query]) -> Result<()> {
        if arguments.is_empty() {
            self.emit(Op::Call(id, hops));
            return Ok(());
        }
        let input = self.fresh();
        self.emit(Op::Store(input));
        for argument in arguments.iter().rev() {
            match self.parameter(argument) {
                Some(place) => {
                    self.emit(Op::Load(place));
                }
                None => {
                    let closure = self.closure(argument)?;
                    self.emit(Op::Closure(closure));
                }
            }
        }
        self.emit(Op::Load(input));
        self.emit(Op::Call(id, hops));
        Ok(())
    }

    /// The parameter that an argument is, and nothing more: it is handed on as it is.
    fn parameter(&self, argument: &Query) -> Option<Place> {
        let Body::Term(term) = &argument.body else { return None };
        let Term { kind: Kind::Call(name, arguments), suffixes } = &**term else { return None };
        if !argument.definitions.is_empty() || !suffixes.is_empty() || !arguments.is_empty() {
            return None;
        }
        match scope::meaning(&self.scopes, name) {
            Some(Meaning::Variable(place)) => Some(place),
            _ => None,
        }
    }

    fn native_of(&mut self, name: &str, arguments: &[&Query]) -> Result<()> {
        match functions::find(name, arguments.len()) {
            Some(native) => self.native(native, arguments),
            None => Err(Error::invalid(format!("function not defined: {name}/{}", arguments.len()))),
        }
    }

    /// A native function: its arguments are evaluated from the last to the first, the last one changing slowest.
    fn native(&mut self, native: &'static Native, arguments: &[&Query]) -> Result<()> {
        if !arguments.is_empty() {
            let input = self.fresh();
            self.emit(Op::Store(input));
            if native.aside.is_some() {
                self.emit(Op::BeginAside);
            }
            for (at, argument) in arguments.iter().enumerate().rev() {
                self.emit(Op::Load(input));
                self.block(|compiler| compiler.query(argument))?;
                if native.aside == Some(at) {
                    self.emit(Op::EndAside);
                }
            }
            self.emit(if native.aside.is_some_and(|at| at > 0) {
                Op::Push(Value::Null)
            } else {
                Op::Load(input)
            });
        }
        self.emit(Op::Native(native, arguments.len()));
        if native.name == "_range" {
            self.emit(Op::Range);
        }
        Ok(())
    }
}

fn function_of(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "_add",
        Arithmetic::Subtract => "_subtract",
        Arithmetic::Multiply => "_multiply",
        Arithmetic::Divide => "_divide",
        Arithmetic::Modulo => "_modulo",
    }
}

fn comparison_of(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "_equal",
        Comparison::Unequal => "_notequal",
        Comparison::Greater => "_greater",
        Comparison::Less => "_less",
        Comparison::GreaterOrEqual => "_greatereq",
        Comparison::LessOrEqual => "_lesseq",
    }
}
