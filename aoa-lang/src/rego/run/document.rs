//! Documents that rules define.

use std::collections::BTreeMap;

use super::super::compile::plan::{Branch, Document, DocumentShape, Plan, RulePlan};
use super::super::value::Val;
use super::{Flow, Frame, Machine, Ordered};
use crate::Result;

type Found<'f, 'p> = dyn FnMut(&mut Machine<'p>, &mut Frame, Val) -> Result<Flow> + 'f;

/// A document that is being put together.
enum Part {
    Value(Val),
    Set(Vec<Val>),
    Object(BTreeMap<Ordered, Part>),
}

impl<'p> Machine<'p> {
    /// Follows a path into a document.
    pub(super) fn follow_document(
        &mut self,
        number: usize,
        node: &'p Branch,
        path: &[Plan],
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
        depth: u32,
    ) -> Result<Flow> {
        let Some(document) = self.plans.documents.get(number) else { return Ok(Flow::More) };
        if document.shape == DocumentShape::Function {
            return Ok(Flow::More);
        }
        let is_known = self.context()?.documents.contains_key(&number);
        if let (Some((first, rest)), false, true) = (path.split_first(), is_known, node.children.is_empty())
            && matches!(document.shape, DocumentShape::Set | DocumentShape::Object)
            && self.is_bound(first, frame)
        {
            let Some(key) = self.ground(first, frame)? else { return Ok(Flow::More) };
            return match self.at_key(document, &key)? {
                Some(value) => self.steps_into(&value, rest, frame, found, depth),
                None => Ok(Flow::More),
            };
        }
        match self.whole(number, node)? {
            Some(value) => self.steps_into(&value, path, frame, found, depth),
            None => Ok(Flow::More),
        }
    }

    /// The whole document.
    pub(super) fn whole(&mut self, number: usize, node: &'p Branch) -> Result<Option<Val>> {
        if let Some(known) = self.context()?.documents.get(&number) {
            return Ok(known.clone());
        }
        let Some(document) = self.plans.documents.get(number) else { return Ok(None) };
        let value = match document.shape {
            DocumentShape::Function => None,
            DocumentShape::Complete => self.complete(document, &[])?,
            DocumentShape::Set | DocumentShape::Object => {
                let part = self.partial(document, None)?;
                let mut value = finished(part)?;
                for (name, child) in &node.children {
                    let key = Val::text(name);
                    let Some(inner) = self.extent(child, None, &[], 1)? else { continue };
                    if let Val::Object(entries) = &value {
                        let kept = entries.items().iter().filter(|(known, _)| known.order(&key).is_ne());
                        let mut kept: Vec<_> = kept.cloned().collect();
                        kept.push((key, inner));
                        value = Val::object(kept)?;
                    }
                }
                Some(value)
            }
        };
        self.context()?.documents.insert(number, value.clone());
        Ok(value)
    }

    /// The result of a function.
    pub(super) fn function(&mut self, number: usize, args: Vec<Val>) -> Result<Option<Val>> {
        let key = (number, Ordered(args));
        if let Some(known) = self.context()?.calls.get(&key) {
            return Ok(Some(known.clone()));
        }
        let Some(document) = self.plans.documents.get(number) else { return Ok(None) };
        let value = self.complete(document, &key.1.0)?;
        if let Some(value) = &value {
            self.grow(1)?;
            self.context()?.calls.insert(key, value.clone());
        }
        Ok(value)
    }

    fn complete(&mut self, document: &'p Document, args: &[Val]) -> Result<Option<Val>> {
        let mut result: Option<Val> = None;
        for rule in document.rules.iter().filter(|rule| !rule.is_default) {
            for branch in std::iter::once(rule).chain(&rule.branches) {
                let known = result.take();
                let value = self.value_of(branch, args, known.as_ref(), document)?;
                let holds = value.is_some();
                result = value.or(known);
                if holds {
                    break;
                }
            }
            if result.is_some() && document.is_constant {
                return Ok(result);
            }
        }
        if result.is_some() {
            return Ok(result);
        }
        for rule in document.rules.iter().filter(|rule| rule.is_default) {
            result = self.value_of(rule, args, None, document)?;
        }
        Ok(result)
    }

    fn value_of(
        &mut self,
        rule: &'p RulePlan,
        args: &[Val],
        known: Option<&Val>,
        document: &Document,
    ) -> Result<Option<Val>> {
        let mut frame = Frame::new(rule.slots);
        for (plan, arg) in rule.args.iter().zip(args) {
            if !self.unify_value(plan, arg, &mut frame)? {
                return Ok(None);
            }
        }
        let message = match document.shape {
            DocumentShape::Function => "functions must not produce multiple outputs for same inputs",
            _ => "complete rules must not produce multiple outputs",
        };
        let mut result: Option<Val> = None;
        self.body(&rule.body, &mut frame, &mut |machine, frame| {
            let Some(plan) = &rule.value else { return Ok(Flow::More) };
            let Some(value) = machine.ground(plan, frame)? else { return Ok(Flow::More) };
            if result.as_ref().or(known).is_some_and(|known| *known != value) {
                return Err(machine.conflict(rule.place, message));
            }
            result = Some(value);
            Ok(if document.is_constant { Flow::Enough } else { Flow::More })
        })?;
        Ok(result)
    }

    /// One element of a document that has many.
    fn at_key(&mut self, document: &'p Document, key: &Val) -> Result<Option<Val>> {
        let part = self.partial(document, Some(key))?;
        Ok(finished(part)?.get(key).cloned())
    }

    /// A set or an object; of `key` alone, if one is given.
    fn partial(&mut self, document: &'p Document, key: Option<&Val>) -> Result<Part> {
        let mut part = match document.shape {
            DocumentShape::Set => Part::Set(Vec::new()),
            _ => Part::Object(BTreeMap::new()),
        };
        for rule in &document.rules {
            let mut frame = Frame::new(rule.slots);
            if let Some(key) = key {
                let first = rule.path.first().or(rule.key.as_ref());
                if let Some(first) = first
                    && !self.unify_value(first, key, &mut frame)?
                {
                    continue;
                }
            }
            let mut enough = false;
            self.body(&rule.body, &mut frame, &mut |machine, frame| {
                machine.grow(1)?;
                machine.add(&mut part, rule, frame)?;
                enough = key.is_some() && document.shape == DocumentShape::Set;
                Ok(if enough { Flow::Enough } else { Flow::More })
            })?;
            if enough {
                break;
            }
        }
        Ok(part)
    }

    fn add(&mut self, part: &mut Part, rule: &RulePlan, frame: &mut Frame) -> Result<()> {
        let mut place = part;
        for (at, step) in rule.path.iter().enumerate() {
            let Some(key) = self.ground(step, frame)? else { return Ok(()) };
            let Part::Object(entries) = place else {
                return Err(self.conflict(rule.place, "object keys must be unique"));
            };
            let is_last = at + 1 == rule.path.len();
            if is_last && let Some(plan) = &rule.value {
                let Some(value) = self.ground(plan, frame)? else { return Ok(()) };
                return match entries.entry(Ordered(vec![key])).or_insert_with(|| Part::Value(value.clone())) {
                    Part::Value(known) if *known == value => Ok(()),
                    _ => Err(self.conflict(rule.place, "object keys must be unique")),
                };
            }
            let fresh = if is_last { Part::Set(Vec::new()) } else { Part::Object(BTreeMap::new()) };
            place = entries.entry(Ordered(vec![key])).or_insert(fresh);
        }
        let Some(plan) = &rule.key else { return Ok(()) };
        let Some(key) = self.ground(plan, frame)? else { return Ok(()) };
        match place {
            Part::Set(items) => {
                items.push(key);
                Ok(())
            }
            _ => Err(self.conflict(rule.place, "object keys must be unique")),
        }
    }
}

fn finished(part: Part) -> Result<Val> {
    match part {
        Part::Value(value) => Ok(value),
        Part::Set(items) => Val::set(items),
        Part::Object(entries) => {
            let mut out = Vec::with_capacity(entries.len());
            for (key, part) in entries {
                out.extend(key.0.into_iter().next().map(|key| finished(part).map(|value| (key, value))));
            }
            Val::object(out.into_iter().collect::<Result<_>>()?)
        }
    }
}
