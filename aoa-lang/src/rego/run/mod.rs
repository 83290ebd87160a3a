//! Running programs (`v1/topdown`).
//!
//! A body is run expression by expression with a stack of what is still to be tried, so that its length costs no stack of
//! ours; only rules, comprehensions and `every` within each other do, and their depth is bounded.

mod call;
mod document;
mod reference;
mod unify;
mod with;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::builtins::Regexes;
use super::compile::plan::{Function, Place, Plan, Plans, Step, StepKind};
use super::value::Val;
use crate::{Error, Limits, Result};

/// How deep rules, comprehensions and `every` may stand within each other.
const DEEPEST: u32 = 120;

/// Whether more solutions are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    More,
    Enough,
}

/// The values of variables, and which of them were bound in which order.
#[derive(Default)]
pub(super) struct Frame {
    slots: Vec<Option<Val>>,
    trail: Vec<u32>,
}

impl Frame {
    fn new(slots: u32) -> Frame {
        Frame { slots: vec![None; usize::try_from(slots).unwrap_or(0)], trail: Vec::new() }
    }

    fn get(&self, slot: u32) -> Option<&Val> {
        self.slots.get(usize::try_from(slot).ok()?)?.as_ref()
    }

    fn bind(&mut self, slot: u32, value: Val) {
        if let Some(place) = usize::try_from(slot).ok().and_then(|at| self.slots.get_mut(at)) {
            *place = Some(value);
            self.trail.push(slot);
        }
    }

    fn undo(&mut self, mark: usize) {
        while self.trail.len() > mark {
            let Some(slot) = self.trail.pop() else { return };
            if let Some(place) = usize::try_from(slot).ok().and_then(|at| self.slots.get_mut(at)) {
                *place = None;
            }
        }
    }

    /// What was bound since `mark`.
    fn since(&self, mark: usize) -> Vec<(u32, Val)> {
        let slots = self.trail.get(mark..).unwrap_or_default();
        slots.iter().filter_map(|slot| Some((*slot, self.get(*slot)?.clone()))).collect()
    }
}

type Solution = Vec<(u32, Val)>;

/// What came of an expression.
enum Outcome {
    Fail,
    /// It holds; what it binds is bound.
    One,
    Many(Vec<Solution>),
}

/// Values by what orders them.
#[derive(Clone, Debug)]
struct Ordered(Vec<Val>);

impl PartialEq for Ordered {
    fn eq(&self, other: &Ordered) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Ordered) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Ordered) -> Ordering {
        let mut pairs = self.0.iter().zip(&other.0);
        pairs
            .find_map(|(a, b)| Some(a.order(b)).filter(|order| order.is_ne()))
            .unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}

/// What is asked about, and what was found out already.
#[derive(Clone, Default)]
struct Context {
    input: Option<Val>,
    data: Option<Val>,
    /// Paths below `data` that were replaced: no rules are asked there.
    replaced: Vec<Vec<Val>>,
    mocks: Vec<(Function, Mock)>,
    documents: BTreeMap<usize, Option<Val>>,
    calls: BTreeMap<(usize, Ordered), Val>,
}

#[derive(Clone)]
enum Mock {
    Value(Val),
    Function(Function),
}

/// One run of a program.
pub(super) struct Machine<'p> {
    plans: &'p Plans,
    contexts: Vec<Context>,
    steps: u64,
    bytes: u64,
    depth: u32,
    now: Option<i64>,
    regexes: &'p mut Regexes,
    /// What could not be known, so that the answer may be another.
    pub(super) unknown: Vec<String>,
}

impl<'p> Machine<'p> {
    pub(super) fn new(
        plans: &'p Plans,
        input: Option<Val>,
        data: Option<Val>,
        now: Option<i64>,
        limits: &Limits,
        regexes: &'p mut Regexes,
    ) -> Self {
        Machine {
            plans,
            contexts: vec![Context { input, data, ..Context::default() }],
            steps: limits.rego_steps,
            bytes: limits.rego_bytes,
            depth: 0,
            now,
            regexes,
            unknown: Vec::new(),
        }
    }

    /// The document at a path, if it is defined.
    pub(super) fn document(&mut self, path: &[&str]) -> Result<Option<Val>> {
        let steps: Vec<Plan> = path.iter().map(|name| Plan::Value(Val::text(name))).collect();
        let mut frame = Frame::new(0);
        let mut found = None;
        self.data(&steps, &mut frame, &mut |_, _, value| {
            found = Some(value);
            Ok(Flow::Enough)
        })?;
        Ok(found)
    }

    fn step(&mut self) -> Result<()> {
        self.spend(1)
    }

    fn spend(&mut self, steps: usize) -> Result<()> {
        let left = u64::try_from(steps).ok().and_then(|steps| self.steps.checked_sub(steps));
        self.steps = left.ok_or_else(|| Error::limit("the policy takes too many steps"))?;
        Ok(())
    }

    fn grow(&mut self, items: usize) -> Result<()> {
        self.spend(items)?;
        let left =
            u64::try_from(items).ok().and_then(|items| self.bytes.checked_sub(items.saturating_mul(48)));
        self.bytes = left.ok_or_else(|| Error::limit("the policy takes too much memory"))?;
        Ok(())
    }

    fn context(&mut self) -> Result<&mut Context> {
        self.contexts.last_mut().ok_or_else(|| Error::new(crate::ErrorKind::Internal, "rego: no context"))
    }

    fn conflict(&self, place: Place, message: &str) -> Error {
        let file = self.plans.files.get(place.file).map_or("", String::as_str);
        Error::invalid(format!("{file}:{}: eval_conflict_error: {message}", place.row))
    }

    /// Runs a body; `found` is called for every solution, with all variables bound.
    fn body(
        &mut self,
        body: &[Step],
        frame: &mut Frame,
        found: &mut dyn FnMut(&mut Self, &mut Frame) -> Result<Flow>,
    ) -> Result<Flow> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::limit(format!("rules stand more than {DEEPEST} deep within each other")));
        }
        let start = frame.trail.len();
        let result = self.steps_of(body, frame, found);
        frame.undo(start);
        self.depth -= 1;
        result
    }

    fn steps_of(
        &mut self,
        body: &[Step],
        frame: &mut Frame,
        found: &mut dyn FnMut(&mut Self, &mut Frame) -> Result<Flow>,
    ) -> Result<Flow> {
        let mut choices: Vec<(usize, usize, std::vec::IntoIter<Solution>)> = Vec::new();
        let mut at = 0;
        loop {
            let holds = match body.get(at) {
                None => {
                    if found(self, frame)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                    false
                }
                Some(step) => {
                    self.step()?;
                    match self.expr(step, frame)? {
                        Outcome::Fail => false,
                        Outcome::One => true,
                        Outcome::Many(solutions) => {
                            self.grow(solutions.len())?;
                            choices.push((at, frame.trail.len(), solutions.into_iter()));
                            false
                        }
                    }
                }
            };
            if holds {
                at += 1;
                continue;
            }
            // Back to the last choice that has something left.
            loop {
                let Some((step, mark, solutions)) = choices.last_mut() else { return Ok(Flow::More) };
                frame.undo(*mark);
                match solutions.next() {
                    Some(solution) => {
                        at = *step + 1;
                        solution.into_iter().for_each(|(slot, value)| frame.bind(slot, value));
                        break;
                    }
                    None => {
                        choices.pop();
                    }
                }
            }
        }
    }

    fn expr(&mut self, step: &Step, frame: &mut Frame) -> Result<Outcome> {
        if !step.with.is_empty() {
            let Some(context) = self.replaced(&step.with, frame, step.place)? else {
                return Ok(Outcome::Fail);
            };
            self.contexts.push(context);
            let outcome = self.without(step, frame);
            self.contexts.pop();
            return outcome;
        }
        self.without(step, frame)
    }

    fn without(&mut self, step: &Step, frame: &mut Frame) -> Result<Outcome> {
        if step.negated {
            let mark = frame.trail.len();
            let outcome = self.kind(&step.kind, frame)?;
            frame.undo(mark);
            return Ok(match outcome {
                Outcome::Fail => Outcome::One,
                Outcome::Many(solutions) if solutions.is_empty() => Outcome::One,
                Outcome::One | Outcome::Many(_) => Outcome::Fail,
            });
        }
        self.kind(&step.kind, frame)
    }

    fn kind(&mut self, kind: &StepKind, frame: &mut Frame) -> Result<Outcome> {
        match kind {
            StepKind::Unify(a, b) => self.equation(a, b, frame),
            StepKind::Test(plan) => self.test(plan, frame),
            StepKind::Call { function, args, result } => {
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    match self.ground(arg, frame)? {
                        Some(value) => values.push(value),
                        None => return Ok(Outcome::Fail),
                    }
                }
                self.call(*function, values, result.as_ref(), frame, 0)
            }
            StepKind::Every { key, value, domain, body } => {
                let Some(domain) = self.ground(domain, frame)? else { return Ok(Outcome::Fail) };
                let mut entries = Vec::new();
                match &domain {
                    Val::Array(seq) => {
                        entries.extend(
                            seq.items().iter().enumerate().map(|(at, v)| (Val::count(at), v.clone())),
                        );
                    }
                    Val::Set(seq) => entries.extend(seq.items().iter().map(|v| (v.clone(), v.clone()))),
                    Val::Object(object) => entries.extend(object.items().iter().cloned()),
                    _ => return Ok(Outcome::Fail),
                }
                self.grow(entries.len())?;
                for (k, v) in entries {
                    let mark = frame.trail.len();
                    let mut holds = false;
                    if self.unify_value(key, &k, frame)? && self.unify_value(value, &v, frame)? {
                        self.body(body, frame, &mut |_, _| {
                            holds = true;
                            Ok(Flow::Enough)
                        })?;
                    }
                    frame.undo(mark);
                    if !holds {
                        return Ok(Outcome::Fail);
                    }
                }
                Ok(Outcome::One)
            }
            StepKind::Not(body) => {
                let mut holds = false;
                self.body(body, frame, &mut |_, _| {
                    holds = true;
                    Ok(Flow::Enough)
                })?;
                Ok(if holds { Outcome::Fail } else { Outcome::One })
            }
        }
    }
}
