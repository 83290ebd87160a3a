//! Terms and their values; equations.

use super::super::compile::plan::{Plan, Root};
use super::super::value::Val;
use super::{Flow, Frame, Machine, Outcome};
use crate::Result;

impl Machine<'_> {
    /// The value of a term whose variables are bound; `None` if it is undefined.
    pub(super) fn ground(&mut self, plan: &Plan, frame: &mut Frame) -> Result<Option<Val>> {
        Ok(match plan {
            Plan::Value(value) => Some(value.clone()),
            Plan::Slot(slot) => frame.get(*slot).cloned(),
            Plan::Array(items) => match self.grounds(items, frame)? {
                Some(items) => Some(Val::array(items)?),
                None => None,
            },
            Plan::Set(items) => match self.grounds(items, frame)? {
                Some(items) => Some(Val::set(items)?),
                None => None,
            },
            Plan::Object(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    match (self.ground(key, frame)?, self.ground(value, frame)?) {
                        (Some(key), Some(value)) => values.push((key, value)),
                        _ => return Ok(None),
                    }
                }
                self.grow(values.len())?;
                Some(Val::object(values)?)
            }
            Plan::Of(of) => Some(self.comprehension(of, frame)?),
            Plan::Ref(_) => {
                let mut found = None;
                self.values(plan, frame, &mut |_, _, value| {
                    found = Some(value);
                    Ok(Flow::Enough)
                })?;
                found
            }
        })
    }

    fn grounds(&mut self, items: &[Plan], frame: &mut Frame) -> Result<Option<Vec<Val>>> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.ground(item, frame)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        self.grow(values.len())?;
        Ok(Some(values))
    }

    /// Whether the value of a term is known without trying.
    pub(super) fn is_bound(&self, plan: &Plan, frame: &Frame) -> bool {
        match plan {
            Plan::Value(_) | Plan::Of(_) => true,
            Plan::Slot(slot) => frame.get(*slot).is_some(),
            Plan::Array(items) | Plan::Set(items) => items.iter().all(|item| self.is_bound(item, frame)),
            Plan::Object(entries) => {
                entries.iter().all(|(k, v)| self.is_bound(k, frame) && self.is_bound(v, frame))
            }
            Plan::Ref(reference) => {
                let root = match reference.root {
                    Root::Slot(slot) => frame.get(slot).is_some(),
                    Root::Input | Root::Data => true,
                };
                root && reference.path.iter().all(|step| self.is_bound(step, frame))
            }
        }
    }

    /// Every value that a term can have; variables in references are bound meanwhile.
    pub(super) fn values(
        &mut self,
        plan: &Plan,
        frame: &mut Frame,
        found: &mut dyn FnMut(&mut Self, &mut Frame, Val) -> Result<Flow>,
    ) -> Result<Flow> {
        match plan {
            Plan::Ref(reference) => self.reference(reference, frame, found),
            _ => match self.ground(plan, frame)? {
                Some(value) => found(self, frame, value),
                None => Ok(Flow::More),
            },
        }
    }

    /// Binds what is open in a pattern so that it equals `value`.
    pub(super) fn unify_value(&mut self, plan: &Plan, value: &Val, frame: &mut Frame) -> Result<bool> {
        match plan {
            Plan::Value(known) => Ok(known == value),
            Plan::Slot(slot) => match frame.get(*slot) {
                Some(known) => Ok(known == value),
                None => {
                    frame.bind(*slot, value.clone());
                    Ok(true)
                }
            },
            Plan::Array(items) => {
                let Val::Array(seq) = value else { return Ok(false) };
                if seq.items().len() != items.len() {
                    return Ok(false);
                }
                self.spend(items.len())?;
                for (item, value) in items.iter().zip(seq.items()) {
                    if !self.unify_value(item, value, frame)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Plan::Object(entries) => {
                let Val::Object(object) = value else { return Ok(false) };
                if object.items().len() != entries.len() {
                    return Ok(false);
                }
                self.spend(entries.len())?;
                for (key, plan) in entries {
                    let Some(key) = self.ground(key, frame)? else { return Ok(false) };
                    let Some(value) = object.get(&key) else { return Ok(false) };
                    if !self.unify_value(plan, value, frame)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Plan::Set(_) | Plan::Of(_) | Plan::Ref(_) => {
                Ok(self.ground(plan, frame)?.is_some_and(|known| known == *value))
            }
        }
    }

    /// `a = b`
    pub(super) fn equation(&mut self, a: &Plan, b: &Plan, frame: &mut Frame) -> Result<Outcome> {
        let mark = frame.trail.len();
        if self.is_bound(a, frame) {
            return self.against(a, b, frame, mark);
        }
        if self.is_bound(b, frame) {
            return self.against(b, a, frame, mark);
        }
        match (a, b) {
            (Plan::Ref(_), _) => self.collect(a, b, frame),
            (_, Plan::Ref(_)) => self.collect(b, a, frame),
            _ => {
                let holds = self.pairs(a, b, frame)?;
                if !holds {
                    frame.undo(mark);
                }
                Ok(if holds { Outcome::One } else { Outcome::Fail })
            }
        }
    }

    /// The one side is known.
    fn against(&mut self, known: &Plan, other: &Plan, frame: &mut Frame, mark: usize) -> Result<Outcome> {
        if let (Plan::Ref(_), false) = (other, self.is_bound(other, frame)) {
            return self.collect(other, known, frame);
        }
        let Some(value) = self.ground(known, frame)? else { return Ok(Outcome::Fail) };
        if self.unify_value(other, &value, frame)? {
            return Ok(Outcome::One);
        }
        frame.undo(mark);
        Ok(Outcome::Fail)
    }

    /// Every way in which a reference equals the other side.
    fn collect(&mut self, reference: &Plan, other: &Plan, frame: &mut Frame) -> Result<Outcome> {
        let start = frame.trail.len();
        let mut solutions = Vec::new();
        self.values(reference, frame, &mut |machine, frame, value| {
            let mark = frame.trail.len();
            if let (Plan::Ref(_), false) = (other, machine.is_bound(other, frame)) {
                machine.values(other, frame, &mut |machine, frame, found| {
                    if found == value {
                        machine.grow(1)?;
                        solutions.push(frame.since(start));
                    }
                    Ok(Flow::More)
                })?;
            } else if machine.unify_value(other, &value, frame)? {
                machine.grow(1)?;
                solutions.push(frame.since(start));
            }
            frame.undo(mark);
            Ok(Flow::More)
        })?;
        frame.undo(start);
        Ok(Outcome::Many(solutions))
    }

    /// Two composites with open variables on both sides: what is known on one side binds the other, as long as anything
    /// changes.
    fn pairs(&mut self, a: &Plan, b: &Plan, frame: &mut Frame) -> Result<bool> {
        let mut open: Vec<(&Plan, &Plan)> = vec![(a, b)];
        loop {
            let before = frame.trail.len();
            let mut left = Vec::new();
            let mut progress = false;
            while let Some((a, b)) = open.pop() {
                self.step()?;
                let known = if self.is_bound(a, frame) {
                    Some((a, b))
                } else if self.is_bound(b, frame) {
                    Some((b, a))
                } else {
                    None
                };
                if let Some((known, other)) = known {
                    let Some(value) = self.ground(known, frame)? else { return Ok(false) };
                    if !self.unify_value(other, &value, frame)? {
                        return Ok(false);
                    }
                    progress = true;
                    continue;
                }
                match (a, b) {
                    (Plan::Array(xs), Plan::Array(ys)) => {
                        if xs.len() != ys.len() {
                            return Ok(false);
                        }
                        open.extend(xs.iter().zip(ys));
                        progress = true;
                    }
                    (Plan::Object(xs), Plan::Object(ys)) => {
                        if xs.len() != ys.len() {
                            return Ok(false);
                        }
                        for (key, x) in xs {
                            let Some(key) = self.ground(key, frame)? else { return Ok(false) };
                            let mut other = None;
                            for (known, y) in ys {
                                if self.ground(known, frame)?.is_some_and(|known| known == key) {
                                    other = Some(y);
                                }
                            }
                            let Some(y) = other else { return Ok(false) };
                            open.push((x, y));
                        }
                        progress = true;
                    }
                    _ => left.push((a, b)),
                }
            }
            if left.is_empty() {
                return Ok(true);
            }
            if !progress && frame.trail.len() == before {
                return Err(crate::Error::new(
                    crate::ErrorKind::Unsupported,
                    "rego: variables are equal that are never bound",
                ));
            }
            open = left;
        }
    }

    /// An expression that is only a term: it holds unless it is false or undefined.
    pub(super) fn test(&mut self, plan: &Plan, frame: &mut Frame) -> Result<Outcome> {
        let is_true = |value: &Val| !matches!(value, Val::Bool(false));
        if self.is_bound(plan, frame) {
            let value = self.ground(plan, frame)?;
            return Ok(if value.as_ref().is_some_and(is_true) { Outcome::One } else { Outcome::Fail });
        }
        let start = frame.trail.len();
        let mut solutions = Vec::new();
        self.values(plan, frame, &mut |machine, frame, value| {
            if is_true(&value) {
                machine.grow(1)?;
                solutions.push(frame.since(start));
            }
            Ok(Flow::More)
        })?;
        frame.undo(start);
        Ok(Outcome::Many(solutions))
    }
}
