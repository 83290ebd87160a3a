//! What `with` replaces.

use std::collections::BTreeMap;

use super::super::compile::plan::{Place, Plan, Replacement, Target, WithPlan};
use super::super::value::Val;
use super::{Context, Frame, Machine, Mock};
use crate::Result;

impl Machine<'_> {
    /// The context under the replacements of an expression.
    pub(super) fn replaced(
        &mut self,
        with: &[WithPlan],
        frame: &mut Frame,
        place: Place,
    ) -> Result<Option<Context>> {
        let current = self.context()?;
        let mut context = Context {
            input: current.input.clone(),
            data: current.data.clone(),
            replaced: current.replaced.clone(),
            mocks: current.mocks.clone(),
            documents: BTreeMap::new(),
            calls: BTreeMap::new(),
        };
        for replacement in with {
            let value = match &replacement.value {
                Replacement::Function(function) => Mock::Function(*function),
                Replacement::Value(plan) => match self.ground(plan, frame)? {
                    Some(value) => Mock::Value(value),
                    None => return Ok(None),
                },
            };
            match (&replacement.target, value) {
                (Target::Function(function), mock) => {
                    context.mocks.retain(|(known, _)| known != function);
                    context.mocks.push((*function, mock));
                }
                (Target::Input(path), Mock::Value(value)) => {
                    let Some(path) = self.path(path, frame)? else { return Ok(None) };
                    context.input = Some(self.placed(context.input.take(), &path, value, place)?);
                }
                (Target::Data(path), Mock::Value(value)) => {
                    let Some(path) = self.path(path, frame)? else { return Ok(None) };
                    context.data = Some(self.placed(context.data.take(), &path, value, place)?);
                    context.replaced.push(path);
                }
                (Target::Input(_) | Target::Data(_), Mock::Function(_)) => {}
            }
        }
        Ok(Some(context))
    }

    pub(super) fn path(&mut self, path: &[Plan], frame: &mut Frame) -> Result<Option<Vec<Val>>> {
        let mut steps = Vec::with_capacity(path.len());
        for plan in path {
            match self.ground(plan, frame)? {
                Some(value) => steps.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(steps))
    }

    /// `document` with `value` at a path.
    pub(super) fn placed(
        &mut self,
        document: Option<Val>,
        path: &[Val],
        value: Val,
        place: Place,
    ) -> Result<Val> {
        let Some((first, rest)) = path.split_first() else { return Ok(value) };
        let entries = match &document {
            Some(Val::Object(entries)) => entries.items().to_vec(),
            None => Vec::new(),
            Some(_) => return Err(self.conflict(place, "conflicting values")),
        };
        self.grow(entries.len())?;
        let inner = document.as_ref().and_then(|document| document.get(first).cloned());
        let value = self.placed(inner, rest, value, place)?;
        let kept = entries.into_iter().filter(|(key, _)| key.order(first).is_ne());
        Val::object(kept.chain([(first.clone(), value)]).collect())
    }
}
