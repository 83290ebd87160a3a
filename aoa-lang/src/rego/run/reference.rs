//! References: through values, and through the documents below `data`.

use super::super::compile::plan::{Branch, Plan, RefPlan, Root};
use super::super::value::Val;
use super::{Flow, Frame, Machine};
use crate::{Error, Result};

type Found<'f, 'p> = dyn FnMut(&mut Machine<'p>, &mut Frame, Val) -> Result<Flow> + 'f;

/// How many open variables of one reference may stand behind each other.
const OPEN: u32 = 60;

impl<'p> Machine<'p> {
    pub(super) fn reference(
        &mut self,
        reference: &RefPlan,
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
    ) -> Result<Flow> {
        let root = match reference.root {
            Root::Data => return self.data(&reference.path, frame, found),
            Root::Input => self.context()?.input.clone(),
            Root::Slot(slot) => frame.get(slot).cloned(),
        };
        match root {
            Some(root) => self.steps_into(&root, &reference.path, frame, found, 0),
            None => Ok(Flow::More),
        }
    }

    /// Follows a path into a value.
    pub(super) fn steps_into(
        &mut self,
        value: &Val,
        path: &[Plan],
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
        depth: u32,
    ) -> Result<Flow> {
        let mut value = value;
        let mut path = path;
        while let Some((first, rest)) = path.split_first() {
            self.step()?;
            if !self.is_bound(first, frame) {
                return self.members_of(value, first, rest, frame, found, depth);
            }
            let next = match first {
                Plan::Value(key) => value.get(key),
                Plan::Slot(slot) => frame.get(*slot).and_then(|key| value.get(key)),
                _ => match self.ground(first, frame)? {
                    Some(key) => value.get(&key),
                    None => None,
                },
            };
            match next {
                Some(next) => value = next,
                None => return Ok(Flow::More),
            }
            path = rest;
        }
        let value = value.clone();
        found(self, frame, value)
    }

    /// Every element of `value` whose key fits an open step.
    fn members_of(
        &mut self,
        value: &Val,
        first: &Plan,
        rest: &[Plan],
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
        depth: u32,
    ) -> Result<Flow> {
        if depth > OPEN {
            return Err(Error::limit("a reference with too many open variables"));
        }
        let mut each = |machine: &mut Self, frame: &mut Frame, key: Val, item: &Val| {
            machine.step()?;
            let mark = frame.trail.len();
            let mut flow = Flow::More;
            if machine.unify_value(first, &key, frame)? {
                flow = machine.steps_into(item, rest, frame, found, depth + 1)?;
            }
            frame.undo(mark);
            Ok::<Flow, Error>(flow)
        };
        match value {
            Val::Array(seq) => {
                if !matches!(first, Plan::Slot(_)) {
                    return Ok(Flow::More);
                }
                for (at, item) in seq.items().iter().enumerate() {
                    if each(self, frame, Val::count(at), item)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
            }
            Val::Object(entries) => {
                for (key, item) in entries.items() {
                    if each(self, frame, key.clone(), item)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
            }
            Val::Set(seq) => {
                for item in seq.items() {
                    if each(self, frame, item.clone(), item)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
            }
            _ => {}
        }
        Ok(Flow::More)
    }

    /// Follows a path below `data`, where rules and given data lie beside each other.
    pub(super) fn data(
        &mut self,
        path: &[Plan],
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
    ) -> Result<Flow> {
        let root = &self.plans.root;
        let base = self.context()?.data.clone();
        self.branch(root, base, &[], path, frame, found, 0)
    }

    #[expect(clippy::too_many_arguments, reason = "one step of one walk")]
    fn branch(
        &mut self,
        node: &'p Branch,
        base: Option<Val>,
        at: &[Val],
        path: &[Plan],
        frame: &mut Frame,
        found: &mut Found<'_, 'p>,
        depth: u32,
    ) -> Result<Flow> {
        self.step()?;
        if depth > OPEN {
            return Err(Error::limit("a path below data that is too long"));
        }
        if self.context()?.replaced.iter().any(|replaced| is_same(replaced, at)) {
            return match base {
                Some(base) => self.steps_into(&base, path, frame, found, depth),
                None => Ok(Flow::More),
            };
        }
        if let Some(document) = node.document {
            return self.follow_document(document, node, path, frame, found, depth);
        }
        let Some((first, rest)) = path.split_first() else {
            return match self.extent(node, base, at, depth)? {
                Some(value) => found(self, frame, value),
                None => Ok(Flow::More),
            };
        };
        let below = |base: &Option<Val>, key: &Val| base.as_ref().and_then(|base| base.get(key).cloned());
        if self.is_bound(first, frame) {
            let Some(key) = self.ground(first, frame)? else { return Ok(Flow::More) };
            let inner = below(&base, &key);
            return match child_of(node, &key) {
                Some(child) => {
                    let at: Vec<Val> = at.iter().cloned().chain([key]).collect();
                    self.branch(child, inner, &at, rest, frame, found, depth + 1)
                }
                None => match inner {
                    Some(inner) => self.steps_into(&inner, rest, frame, found, depth),
                    None => Ok(Flow::More),
                },
            };
        }
        let mut keys: Vec<Val> = node.children.keys().map(|name| Val::text(name)).collect();
        if let Some(Val::Object(entries)) = &base {
            keys.extend(entries.items().iter().map(|(key, _)| key.clone()));
        }
        keys.sort_by(Val::order);
        keys.dedup_by(|a, b| a.order(b).is_eq());
        self.grow(keys.len())?;
        for key in keys {
            let mark = frame.trail.len();
            let mut flow = Flow::More;
            if self.unify_value(first, &key, frame)? {
                let inner = below(&base, &key);
                flow = match child_of(node, &key) {
                    Some(child) => {
                        let at: Vec<Val> = at.iter().cloned().chain([key]).collect();
                        self.branch(child, inner, &at, rest, frame, found, depth + 1)?
                    }
                    None => match inner {
                        Some(inner) => self.steps_into(&inner, rest, frame, found, depth + 1)?,
                        None => Flow::More,
                    },
                };
            }
            frame.undo(mark);
            if flow == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    /// Everything below a package.
    pub(super) fn extent(
        &mut self,
        node: &'p Branch,
        base: Option<Val>,
        at: &[Val],
        depth: u32,
    ) -> Result<Option<Val>> {
        if depth > OPEN {
            return Err(Error::limit("a path below data that is too long"));
        }
        if let Some(document) = node.document {
            return self.whole(document, node);
        }
        let mut entries = match &base {
            Some(Val::Object(entries)) => entries.items().to_vec(),
            Some(other) if node.children.is_empty() => return Ok(Some(other.clone())),
            _ => Vec::new(),
        };
        self.grow(entries.len())?;
        for (name, child) in &node.children {
            let key = Val::text(name);
            let inner = base.as_ref().and_then(|base| base.get(&key).cloned());
            let at: Vec<Val> = at.iter().cloned().chain([key.clone()]).collect();
            if let Some(value) = self.extent(child, inner, &at, depth + 1)? {
                entries.retain(|(known, _)| known.order(&key).is_ne());
                entries.push((key, value));
            }
        }
        Ok(Some(Val::object(entries)?))
    }
}

pub(super) fn child_of<'b>(node: &'b Branch, key: &Val) -> Option<&'b Branch> {
    match key {
        Val::String(text) => node.children.get(text.as_str()?),
        other => node.children.get(&format!("\u{0}{}", other.written())),
    }
}

fn is_same(a: &[Val], b: &[Val]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.order(b).is_eq())
}
