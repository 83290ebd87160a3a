//! Calls of functions, builtins and methods.

use std::sync::Arc;

use super::{Callee, Next, Run};
use crate::template::arguments::{Arity, Constant, constant};
use crate::template::ast::NodeId;
use crate::template::builtins;
use crate::template::fields::{Field, field};
use crate::template::function::{Access, Call, FnError, Function};
use crate::template::program::{Builtin, CallSite, Index, Program, Slot, at};
use crate::value::{GoType, Object, Signature};
use crate::{Result, Value};

impl Run<'_, '_> {
    pub(super) fn method(&mut self, program: &Program, site: Index) -> Result<Option<Index>> {
        let Some(site) = at(&program.sites, site) else { return Ok(None) };
        let receiver = self.pop();
        let depth = self.state.options.limits.depth;
        match field(&mut self.state.heap, &receiver, &site.name, true, self.state.missing, depth) {
            Ok(Field::Value(slot)) => {
                // Nothing at all: Go does not even look at the arguments.
                if site.has_final {
                    self.pop();
                }
                self.push(slot);
                Ok(Some(site.end))
            }
            Ok(Field::Method(receiver)) => self.begin_method(site, receiver),
            Err(message) => self.fail(&message),
        }
    }

    fn begin_method(&mut self, site: &CallSite, object: Arc<dyn Object>) -> Result<Option<Index>> {
        let Some(signature) = object.method(&site.name) else { return Ok(None) };
        if let Some(message) =
            Arity::of(&signature).complaint(&site.name, site.written, usize::from(site.has_final))
        {
            return self.fail(&message);
        }
        self.callees.push(Callee { object, signature });
        Ok(None)
    }

    pub(super) fn call_method(&mut self, program: &Program, site: Index) -> Result<()> {
        let (Some(site), Some(callee)) = (at(&program.sites, site), self.callees.pop()) else {
            return Ok(());
        };
        let from = self.stack.len().saturating_sub(site.written + usize::from(site.has_final));
        self.freeze_from(from)?;
        let answer = callee.object.call(&site.name, self.stack.get(from..).unwrap_or_default());
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(value) => {
                let slot = self.result(value, callee.signature.result);
                self.push(slot);
                Ok(())
            }
            Err(text) => {
                self.node = site.node;
                self.fail_calling(&site.name, text)
            }
        }
    }

    pub(super) fn method_const(&mut self, program: &Program, argument: Index, node: NodeId) -> Result<()> {
        self.node = node;
        let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, argument));
        match constant(&program.ast, node, of) {
            Constant::Value(value) => {
                self.push(Slot::of(value));
                Ok(())
            }
            Constant::Wrong(message) => self.fail(&message),
            Constant::None => self.fail("no constant"),
        }
    }

    /// Freezes the values of the stack from `from` on.
    fn freeze_from(&mut self, from: usize) -> Result<()> {
        if self.state.heap.active {
            for place in self.stack.get_mut(from..).unwrap_or_default() {
                if matches!(place, Value::Handle(_)) {
                    *place = self.state.heap.freeze(place, self.state.options.limits.depth)?;
                }
            }
        }
        Ok(())
    }

    /// Makes the values of the stack from `from` on what a function gets of them.
    fn pass_from(&mut self, from: usize) {
        for place in self.stack.get_mut(from..).unwrap_or_default() {
            if let Value::Object(object) = place
                && let Some(passed) = object.passed()
            {
                *place = passed;
            }
        }
    }

    /// Charges a call for what functions mostly do with their arguments, the values of the stack from `from` on: to look at
    /// each item and byte once; and for what was frozen and thawed meanwhile.
    fn charge(&mut self, from: usize) -> Result<()> {
        let mut steps = self.state.heap.take_copied();
        for value in self.stack.get(from..).unwrap_or_default() {
            steps += match value {
                Value::String(text) => text.len() / 256,
                Value::List(list) => list.len() / 16,
                Value::Map(map) => map.len() / 16,
                _ => 0,
            };
        }
        self.state.meter.steps(u64::try_from(steps).unwrap_or(u64::MAX))
    }

    pub(super) fn call(
        &mut self,
        program: &Program,
        function: &Function,
        count: Index,
        node: NodeId,
        next: usize,
    ) -> Result<Next> {
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if function.access == Access::Reads {
            self.freeze_from(from)?;
        }
        self.pass_from(from);
        self.charge(from)?;
        let mut call = Call {
            heap: &mut self.state.heap,
            meter: &mut self.state.meter,
            nesting: &self.state.nesting,
            patterns: &program.patterns,
            options: self.state.options,
        };
        let answer = (function.body)(&mut call, self.stack.get(from..).unwrap_or_default());
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(value) => {
                let slot = self.result(value, function.result);
                self.push(slot);
                Ok(Next::Behind)
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail_calling(function.name, text)
            }
            Err(FnError::Abort(error)) => Err(error),
            Err(FnError::Enter(entry)) => self.enter_entry(*entry, function.name, node, next),
        }
    }

    pub(super) fn builtin(&mut self, builtin: Builtin, count: Index, node: NodeId) -> Result<()> {
        let callee = if builtin == Builtin::Call { self.pop().value } else { Value::Null };
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if builtins::only_reads(builtin) {
            self.freeze_from(from)?;
            self.pass_from(from);
        }
        self.charge(from)?;
        let slots: Vec<Slot> = match builtins::wants_slots(builtin) {
            true => {
                let values = self.stack.drain(from..);
                let flags = self.interface.drain(from..);
                values.zip(flags).map(|(value, interface)| Slot { value, interface }).collect()
            }
            false => Vec::new(),
        };
        let answer = if builtins::wants_slots(builtin) {
            builtins::of_slots(
                builtin,
                &slots,
                &callee,
                &mut self.state.heap,
                self.state.options.limits.depth,
            )
        } else {
            let args = self.stack.get(from..).unwrap_or_default();
            builtins::of_values(builtin, args, &mut self.state.meter).map(Slot::of)
        };
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(slot) => {
                let value = self.state.heap.thaw(slot.value);
                self.push(Slot { value, interface: slot.interface });
                Ok(())
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail_calling(builtins::name(builtin), text)
            }
            Err(FnError::Abort(error)) => Err(error),
            Err(FnError::Enter(_)) => Ok(()),
        }
    }
}

pub(super) fn parameter(signature: &Signature, argument: Index) -> GoType {
    at(signature.params, argument).or(signature.params.last()).copied().unwrap_or(GoType::Any)
}
