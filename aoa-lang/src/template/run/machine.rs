//! The machine: takes the steps of a program one after the other.

use super::{Next, Run};
use crate::template::arguments::validate;
use crate::template::ast::NodeId;
use crate::template::fields::is_true;
use crate::template::heap::Shape;
use crate::template::program::{Index, Op, Program, Slot, at};
use crate::template::run::call::parameter;
use crate::value::GoType;
use crate::{Error, ErrorKind, Result, Value, strconv};

/// Go's bound on templates within templates.
const MOST_TEMPLATES: usize = 100_000;

impl Run<'_, '_> {
    pub(super) fn execute(&mut self) -> Result<()> {
        let start = at(&self.program.templates, self.template).map_or(Index::MAX, |t| t.1);
        let mut start = usize::try_from(start).unwrap_or(usize::MAX);
        loop {
            let program = self.program.clone();
            match self.execute_program(&program, start) {
                Ok(Some(next)) => start = next,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.unwind(error)),
            }
        }
    }

    /// Runs until the program changes, or to the end.
    fn execute_program(&mut self, program: &Program, start: usize) -> Result<Option<usize>> {
        let mut place = start;
        while let Some(op) = program.ops.get(place) {
            place += 1;
            self.state.meter.steps(1)?;
            match self.step(program, *op, place)? {
                Next::Behind => {}
                Next::At(to) => place = usize::try_from(to).unwrap_or(usize::MAX),
                Next::Program(to) => return Ok(Some(to)),
                Next::End => break,
            }
        }
        Ok(None)
    }

    /// The error as the functions on the way out pass it on.
    fn unwind(&mut self, error: Error) -> Error {
        let passes = matches!(error.kind(), ErrorKind::Limit | ErrorKind::Unsupported | ErrorKind::Internal);
        let mut prefixes = Vec::new();
        while let Some(frame) = self.frames.pop() {
            if let Some(program) = frame.program {
                self.program = program;
            }
            self.template = frame.template;
            let Some(entered) = frame.entered else { continue };
            if entered.counts {
                self.state.nesting.leave();
            }
            if !passes {
                self.node = entered.node;
                prefixes.extend(entered.failing.map(|failing| failing(&entered.subject)));
                prefixes.push(self.describe(&format!("error calling {}: ", entered.function)));
            }
        }
        let length: usize = prefixes.iter().map(String::len).sum();
        if length > self.state.options.limits.template_output {
            return Error::limit("the error of the template is too long");
        }
        error.wrapped_in(prefixes)
    }

    /// One step; where the run goes on, if not behind it. It is part of the loop: to enter and leave it costs as much as most steps.
    #[inline(always)]
    fn step(&mut self, program: &Program, op: Op, next: usize) -> Result<Next> {
        match op {
            Op::Text(text) => {
                let text = at(&program.texts, text).map_or(&[][..], |t| t.as_bytes());
                self.write(text)?;
            }
            Op::PrintPath { path, node } => self.print_path(program, path, node)?,
            Op::Print => {
                let slot = self.pop();
                self.print(&slot.value)?;
            }
            Op::Pop => {
                self.pop();
            }
            Op::At(node) => self.node = node,
            Op::Fail { message, node } => {
                if node != NodeId::NONE {
                    self.node = node;
                }
                return self.fail(at(&program.messages, message).map_or("", String::as_str));
            }
            Op::Const(value) => {
                let value = at(&program.consts, value).cloned().unwrap_or_default();
                let value = self.state.heap.thaw(value);
                self.push(Slot::of(value));
            }
            Op::Dot => self.push(self.dot.clone()),
            Op::DotPath { path, node } => {
                self.node = node;
                let slot = self.path(program, None, path)?;
                self.push(slot);
            }
            Op::Variable { name, path, node } => {
                self.node = node;
                let slot = self.variable(program, name, path)?;
                self.push(slot);
            }
            Op::Path(path) => {
                let slot = self.pop();
                let slot = self.path(program, Some(slot), path)?;
                self.push(slot);
            }
            Op::Method { site } => return Ok(self.method(program, site)?.into()),
            Op::CallMethod { site } => self.call_method(program, site)?,
            Op::MethodArg(at) => {
                let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, at));
                self.check(of)?;
            }
            Op::MethodConst { argument, node } => self.method_const(program, argument, node)?,
            Op::Check(of) => self.check(of)?,
            Op::Final { count, of } => {
                let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0) + 1);
                if let (Some(values), Some(flags)) =
                    (self.stack.get_mut(from..), self.interface.get_mut(from..))
                {
                    values.rotate_left(1);
                    flags.rotate_left(1);
                }
                if let Some(of) = of {
                    self.check(of)?;
                }
            }
            Op::Shortcut { stop, has_final, end } => return Ok(self.shortcut(stop, has_final, end).into()),
            Op::Call { function, count, node } => {
                if let Some(function) = at(&program.functions, function) {
                    return self.call(program, function, count, node, next);
                }
            }
            Op::Builtin { builtin, count, node } => self.builtin(builtin, count, node)?,
            Op::Unwrap => {
                if let Some(flag) = self.interface.last_mut() {
                    *flag = false;
                }
            }
            Op::Declare(name) => {
                let slot = self.top();
                self.variables.push((name, slot));
            }
            Op::Assign(name) => {
                let slot = self.top();
                self.assign(name, slot)?;
            }
            Op::Mark => self.marks.push(self.variables.len()),
            Op::Release => {
                let mark = self.marks.pop().unwrap_or(self.base);
                self.variables.truncate(mark);
            }
            Op::Jump(to) => return Ok(Next::At(to)),
            Op::Unless(to) => {
                let slot = self.pop();
                return Ok((!is_true(&slot.value, &self.state.heap)).then_some(to).into());
            }
            Op::With(to) => {
                let slot = self.pop();
                if !is_true(&slot.value, &self.state.heap) {
                    return Ok(Next::At(to));
                }
                self.dots.push(std::mem::replace(&mut self.dot, slot));
            }
            Op::EndWith => self.dot = self.dots.pop().unwrap_or_default(),
            Op::Range { spec, otherwise } => return Ok(self.range(program, spec, otherwise)?.into()),
            Op::Next { spec, end } => return Ok(self.next(program, spec, end)?.into()),
            Op::Break(end) => {
                self.end_loop();
                return Ok(Next::At(end));
            }
            Op::Continue(to) => return Ok(Next::At(to)),
            Op::CheckDepth { node } => {
                self.node = node;
                if self.depth >= MOST_TEMPLATES {
                    return self.fail(&format!("exceeded maximum template depth ({MOST_TEMPLATES})"));
                }
                if self.frames.len() >= self.state.options.limits.template_depth {
                    return Err(Error::limit("templates are nested too deep"));
                }
            }
            Op::Template(template) => return Ok(self.enter_template(program, template, next)),
            Op::CheckName { name, node } => {
                let name = at(&program.texts, name).map_or("", |n| &**n);
                if self.layer.find(name).is_none() {
                    self.node = node;
                    return self.fail(&format!("template {} not defined", strconv::quote(name.as_bytes())));
                }
            }
            Op::TemplateNamed(name) => {
                let name = at(&program.texts, name).map_or("", |n| &**n);
                return Ok(self.enter_named(name, next));
            }
            Op::Return => return self.leave(),
        }
        Ok(Next::Behind)
    }

    #[inline]
    pub(super) fn push(&mut self, slot: Slot) {
        self.stack.push(slot.value);
        self.interface.push(slot.interface);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Slot {
        Slot {
            value: self.stack.pop().unwrap_or_default(),
            interface: self.interface.pop().unwrap_or_default(),
        }
    }

    fn top(&self) -> Slot {
        Slot {
            value: self.stack.last().cloned().unwrap_or_default(),
            interface: self.interface.last().copied().unwrap_or_default(),
        }
    }

    /// The error of the run at the current node.
    pub(super) fn fail<T>(&self, message: &str) -> Result<T> {
        Err(Error::invalid(self.describe(message)))
    }

    /// The error of a function at the current node.
    pub(super) fn fail_calling<T>(&self, function: &str, text: String) -> Result<T> {
        Err(Error::invalid(text).wrapped(&self.describe(&format!("error calling {function}: "))))
    }

    pub(super) fn describe(&self, message: &str) -> String {
        let name = at(&self.program.templates, self.template).map_or("", |t| &*t.0);
        let ast = &self.program.ast;
        format!(
            "template: {}: executing {} at <{}>: {message}",
            ast.location(self.node),
            strconv::quote(name.as_bytes()),
            ast.describe(self.node)
        )
    }

    fn check(&mut self, of: GoType) -> Result<()> {
        if let (Some(value), Some(interface)) = (self.stack.last(), self.interface.last_mut()) {
            // The usual cases: nothing is to be made of the value.
            match of {
                GoType::Any if *interface || !value.is_null() => return Ok(()),
                GoType::String if matches!(value, Value::String(_)) => {
                    *interface = false;
                    return Ok(());
                }
                _ => {}
            }
        }
        let slot = self.pop();
        match validate(slot, of, &self.state.heap) {
            Ok(slot) => {
                // A nil that became a nil map of the type is new to the heap.
                let mut value = self.state.heap.thaw(slot.value);
                // A function gets a map of a named type as one without methods.
                if let (GoType::Map(wanted), Shape::Map { kind, .. }) = (of, self.state.heap.shape(&value))
                    && kind != wanted
                {
                    value = self.state.heap.with_kind(value, wanted);
                }
                self.push(Slot { value, ..slot });
                Ok(())
            }
            Err(message) => self.fail(&message),
        }
    }

    fn shortcut(&mut self, stop: bool, has_final: bool, end: Index) -> Option<Index> {
        let slot = self.pop();
        if is_true(&slot.value, &self.state.heap) != stop {
            return None;
        }
        if has_final {
            self.pop();
        }
        self.push(slot);
        Some(end)
    }
}
