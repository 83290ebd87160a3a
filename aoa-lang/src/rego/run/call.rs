//! Calls: functions of modules, built-in ones, comprehensions.

use std::collections::BTreeMap;

use super::super::builtins::{self, Context as BuiltinContext, Fault};
use super::super::compile::plan::{Function, OfPlan, Plan, Shape};
use super::super::value::Val;
use super::{Flow, Frame, Machine, Mock, Ordered, Outcome};
use crate::Result;

impl Machine<'_> {
    pub(super) fn call(
        &mut self,
        function: Function,
        args: Vec<Val>,
        result: Option<&Plan>,
        frame: &mut Frame,
        depth: u32,
    ) -> Result<Outcome> {
        let mocks = &self.context()?.mocks;
        let mock = mocks.iter().rev().find(|(known, _)| *known == function).map(|(_, mock)| mock.clone());
        let value = match mock {
            Some(Mock::Value(value)) => Some(value),
            // The function that replaces it is not replaced itself.
            Some(Mock::Function(other)) if other != function && depth < 8 => {
                let mut context = self.context()?.clone();
                context.mocks.clear();
                self.contexts.push(context);
                let outcome = self.call(other, args, result, frame, depth + 1);
                self.contexts.pop();
                return outcome;
            }
            _ => match function {
                Function::Rule(number) => self.function(number, args)?,
                Function::Builtin(number) if builtins::is_walk(number) => {
                    return self.walk(&args, result, frame);
                }
                Function::Builtin(number) => self.builtin(number, &args)?,
            },
        };
        let Some(value) = value else { return Ok(Outcome::Fail) };
        match result {
            None => Ok(if matches!(value, Val::Bool(false)) { Outcome::Fail } else { Outcome::One }),
            Some(result) => {
                let mark = frame.trail.len();
                if self.unify_value(result, &value, frame)? {
                    return Ok(Outcome::One);
                }
                frame.undo(mark);
                Ok(Outcome::Fail)
            }
        }
    }

    pub(super) fn builtin(&mut self, number: usize, args: &[Val]) -> Result<Option<Val>> {
        let mut context = BuiltinContext {
            steps: &mut self.steps,
            bytes: &mut self.bytes,
            now: self.now,
            unknown: &mut self.unknown,
            regexes: self.regexes,
        };
        match builtins::run(number, &mut context, args) {
            Ok(value) => Ok(Some(value)),
            Err(Fault::Wrong) => Ok(None),
            Err(Fault::Fatal(error)) => Err(error),
        }
    }

    pub(super) fn walk(&mut self, args: &[Val], result: Option<&Plan>, frame: &mut Frame) -> Result<Outcome> {
        let (Some(root), Some(result)) = (args.first(), result) else { return Ok(Outcome::One) };
        let mut solutions = Vec::new();
        let mut open = vec![(Vec::new(), root.clone())];
        while let Some((path, value)) = open.pop() {
            self.grow(path.len() + 2)?;
            let pair = Val::array(vec![Val::array(path.clone())?, value.clone()])?;
            let mark = frame.trail.len();
            if self.unify_value(result, &pair, frame)? {
                solutions.push(frame.since(mark));
            }
            frame.undo(mark);
            let below = |key: Val| path.iter().cloned().chain([key]).collect::<Vec<_>>();
            match &value {
                Val::Array(seq) => {
                    let items = seq.items().iter().enumerate().rev();
                    open.extend(items.map(|(at, item)| (below(Val::count(at)), item.clone())));
                }
                Val::Set(seq) => {
                    open.extend(seq.items().iter().rev().map(|item| (below(item.clone()), item.clone())));
                }
                Val::Object(entries) => {
                    let entries = entries.items().iter().rev();
                    open.extend(entries.map(|(key, value)| (below(key.clone()), value.clone())));
                }
                _ => {}
            }
        }
        Ok(Outcome::Many(solutions))
    }

    /// What a comprehension builds.
    pub(super) fn comprehension(&mut self, of: &OfPlan, frame: &mut Frame) -> Result<Val> {
        let mut items = Vec::new();
        let mut entries: BTreeMap<Ordered, (Val, Val)> = BTreeMap::new();
        self.body(&of.body, frame, &mut |machine, frame| {
            machine.grow(1)?;
            let Some(value) = machine.ground(&of.value, frame)? else { return Ok(Flow::More) };
            if of.shape != Shape::Object {
                items.push(value);
                return Ok(Flow::More);
            }
            let Some(key) = machine.ground(&of.key, frame)? else { return Ok(Flow::More) };
            let known = entries.entry(Ordered(vec![key.clone()])).or_insert_with(|| (key, value.clone()));
            if known.1 != value {
                return Err(machine.conflict(of.place, "object keys must be unique"));
            }
            Ok(Flow::More)
        })?;
        match of.shape {
            Shape::Array => Val::array(items),
            Shape::Set => Val::set(items),
            Shape::Object => Val::object(entries.into_values().collect()),
        }
    }
}
