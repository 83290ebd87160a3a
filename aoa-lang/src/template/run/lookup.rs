//! Fields and variables.

use super::Run;
use crate::template::arguments::Arity;
use crate::template::fields::{Field, field, walk};
use crate::template::program::{Index, PathField, Program, Slot, at};
use crate::value::{GoType, Object};
use crate::{Result, Value};

impl Run<'_, '_> {
    /// Fields of a value, or of dot.
    pub(super) fn path(&mut self, program: &Program, from: Option<Slot>, path: Index) -> Result<Slot> {
        let fields = at(&program.paths, path).map_or(&[][..], Vec::as_slice);
        let start = from.as_ref().unwrap_or(&self.dot);
        let (mut slot, rest) = match walk(&start.value, start.interface, fields) {
            Ok((value, interface)) => return Ok(Slot { value: value.clone(), interface }),
            Err((value, interface, at)) => {
                (Slot { value: value.clone(), interface }, fields.get(at..).unwrap_or_default())
            }
        };
        let depth = self.state.options.limits.depth;
        for PathField { name, .. } in rest {
            slot = match field(&mut self.state.heap, &slot, name, false, self.state.missing, depth) {
                Ok(Field::Value(slot)) => slot,
                Ok(Field::Method(receiver)) => self.call_without_arguments(&*receiver, name)?,
                Err(message) => return self.fail(&message),
            };
        }
        Ok(slot)
    }

    fn call_without_arguments(&mut self, object: &dyn Object, name: &str) -> Result<Slot> {
        let Some(signature) = object.method(name) else { return Ok(Slot::default()) };
        if let Some(message) = Arity::of(&signature).complaint(name, 0, 0) {
            return self.fail(&message);
        }
        match object.call(name, &[]) {
            Ok(value) => Ok(self.result(value, signature.result)),
            Err(text) => self.fail_calling(name, text),
        }
    }

    pub(super) fn result(&mut self, value: Value, of: GoType) -> Slot {
        let value = self.state.heap.thaw(value);
        Slot { value, interface: of == GoType::Any }
    }

    /// A variable, or fields of it.
    pub(super) fn variable(&mut self, program: &Program, name: Index, path: Index) -> Result<Slot> {
        let known = self.variables.get(self.base..).unwrap_or_default();
        let found = known.iter().rposition(|(n, _)| *n == name);
        // Long searches cost.
        let searched = known.len() - found.unwrap_or(0);
        self.state.meter.steps(u64::try_from(searched / 16).unwrap_or(0))?;
        let slot = match found.and_then(|at| known.get(at)) {
            Some((_, slot)) => slot,
            None if name == 0 => &self.data,
            None => return self.undefined(name),
        };
        let fields = at(&program.paths, path).map_or(&[][..], Vec::as_slice);
        if let Ok((value, interface)) = walk(&slot.value, slot.interface, fields) {
            // The usual case, in which nothing but the end of the path is taken.
            return Ok(Slot { value: value.clone(), interface });
        }
        let slot = slot.clone();
        self.path(program, Some(slot), path)
    }

    pub(super) fn assign(&mut self, name: Index, slot: Slot) -> Result<()> {
        let base = self.base;
        let known = self.variables.get_mut(base..).unwrap_or_default();
        let searched = known.len();
        match known.iter_mut().rev().find(|(n, _)| *n == name) {
            Some((_, place)) => *place = slot,
            None if name == 0 => self.data = slot,
            None => return self.undefined(name),
        }
        self.state.meter.steps(u64::try_from(searched / 16).unwrap_or(0))
    }

    fn undefined<T>(&self, name: Index) -> Result<T> {
        let name = at(&self.program.variables, name).map_or("", |n| &**n);
        self.fail(&format!("undefined variable: {name}"))
    }
}
