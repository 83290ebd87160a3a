//! The machine that runs compiled expressions: stacks that can be turned back, and no recursion.

mod fork;
mod stack;

use std::sync::Arc;

use crate::value::{List, Text};
use crate::{Error, Value};

use self::fork::{Fork, Items, Kind, Thrown};
use self::stack::Stack;
use super::failure::{Failure, Outcome};
use super::functions::{Context, Track};
use super::op::{Code, Op, Place};
use super::path;

/// More nodes than any expression needs that is meant to end.
const MAX_NODES: usize = 2_000_000;
/// No function outside.
const NONE: usize = 0;

/// A run of an expression.
#[derive(Debug)]
pub(super) struct Machine {
    code: Arc<Code>,
    pub(super) context: Context,
    at: usize,
    items: Stack<Item>,
    frames: Stack<Frame>,
    paths: Stack<Step>,
    forks: Vec<Fork>,
    slots: Vec<Item>,
    /// How many of the slots are in use.
    used: usize,
    /// In how many places indexing is no path.
    aside: u32,
    labels: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Running,
    Done,
}

/// What is on the stack and in variables.
#[derive(Clone, Debug)]
enum Item {
    Value(Value),
    /// A function and the activation record that it sees.
    Closure(usize, usize),
    Label(u64),
}

impl Default for Item {
    fn default() -> Self {
        Item::Value(Value::Null)
    }
}

/// An activation record.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    /// Where its variables begin.
    slots: usize,
    /// Where to go on behind it.
    resume: usize,
    /// That of who called.
    caller: usize,
    /// That of the function around it.
    outer: usize,
}

/// A step of the path that is being followed.
#[derive(Clone, Debug)]
enum Step {
    /// A new path begins at this value; what was aside before.
    Root(Value, u32),
    /// A key, and the value that it led to.
    Key(Value, Value),
}

impl Default for Step {
    fn default() -> Self {
        Step::Root(Value::Null, 0)
    }
}

impl Step {
    fn value(&self) -> &Value {
        match self {
            Step::Root(value, _) | Step::Key(_, value) => value,
        }
    }
}

/// What an instruction leads to.
enum Next {
    Following,
    At(usize),
    Backtrack,
    Output(Value),
}

impl Machine {
    pub(super) fn new(code: Arc<Code>, context: Context, input: Value) -> Self {
        let mut items = Stack::default();
        items.push(Item::Value(input));
        Machine {
            code,
            context,
            at: 0,
            items,
            frames: Stack::default(),
            paths: Stack::default(),
            forks: Vec::new(),
            slots: Vec::new(),
            used: 0,
            aside: 0,
            labels: 0,
            state: State::New,
        }
    }

    /// The next output.
    pub(super) fn next(&mut self) -> Option<Outcome> {
        match self.state {
            State::Done => return None,
            State::New => {
                self.state = State::Running;
                self.enter(0, NONE, usize::MAX);
            }
            State::Running => {
                if let Err(end) = self.backtrack(None) {
                    return self.finish(end);
                }
            }
        }
        let code = self.code.clone();
        loop {
            let next = match code.ops.get(self.at) {
                Some(op) => self.context.budget.charge(1).and_then(|()| self.run(&code, op)),
                None => Ok(Next::Backtrack),
            };
            let thrown = match next {
                Ok(Next::Following) => {
                    self.at += 1;
                    continue;
                }
                Ok(Next::At(at)) => {
                    self.at = at;
                    continue;
                }
                Ok(Next::Output(value)) => return Some(Ok(value)),
                Ok(Next::Backtrack) => None,
                Err(failure) => Some(Thrown { failure, behind: 0 }),
            };
            if let Err(end) = self.backtrack(thrown) {
                return self.finish(end);
            }
        }
    }

    fn finish(&mut self, end: Option<Failure>) -> Option<Outcome> {
        self.state = State::Done;
        end.map(Err)
    }

    // Forks.

    fn fork(&mut self, kind: Kind) -> Outcome<()> {
        if self.forks.len() >= MAX_NODES || self.items.len() >= MAX_NODES || self.paths.len() >= MAX_NODES {
            return Err(Failure::Stopped(Error::limit("the jq expression keeps too much in mind")));
        }
        self.forks.push(Fork {
            kind,
            items: self.items.save(),
            frames: self.frames.save(),
            paths: self.paths.save(),
            slots: self.used,
            aside: self.aside,
        });
        Ok(())
    }

    fn restore(&mut self, fork: &Fork) {
        self.items.restore(fork.items);
        self.frames.restore(fork.frames);
        self.paths.restore(fork.paths);
        self.used = fork.slots;
        self.aside = fork.aside;
    }

    /// Turns back to where there is something left to do; an error where there is nothing.
    fn backtrack(&mut self, mut thrown: Option<Thrown>) -> Result<(), Option<Failure>> {
        if let Some(Thrown { failure: Failure::Stopped(error), .. }) = thrown {
            self.forks.clear();
            return Err(Some(Failure::Stopped(error)));
        }
        while let Some(mut fork) = self.forks.pop() {
            self.restore(&fork);
            match (&mut fork.kind, &mut thrown) {
                (Kind::Alternative(at), None) => {
                    self.at = *at;
                    return Ok(());
                }
                (Kind::OnError(at), Some(_)) => {
                    self.at = *at;
                    return Ok(());
                }
                (Kind::Try(_), Some(Thrown { behind: behind @ 1.., .. })) => *behind -= 1,
                (Kind::Try(at), Some(error)) => {
                    if let Some(value) = error.caught() {
                        self.items.drop_top();
                        self.items.push(Item::Value(value));
                        self.at = *at;
                        return Ok(());
                    }
                }
                (Kind::EndTry, Some(error)) => error.behind = error.behind.saturating_add(1),
                (Kind::Label(label), Some(Thrown { failure: Failure::Break(to), behind: 0 }))
                    if to == label =>
                {
                    thrown = None;
                }
                (Kind::Each(items, at), None) => {
                    let at = *at;
                    if let Some(item) = items.next() {
                        if item.more {
                            let Kind::Each(items, _) = fork.kind else { continue };
                            self.fork(Kind::Each(items, at)).map_err(Some)?;
                        }
                        self.push_item(item);
                        self.at = at;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(thrown.map(|error| error.failure))
    }

    // Stacks and variables.

    fn push(&mut self, value: Value) {
        self.items.push(Item::Value(value));
    }

    fn pop(&mut self) -> Value {
        match self.items.pop() {
            Some(Item::Value(value)) => value,
            _ => Value::Null,
        }
    }

    /// The activation record so many functions outside of the running one.
    fn outside(&self, hops: u32) -> usize {
        let mut frame = self.frames.top();
        for _ in 0..hops {
            frame = self.frames.at(frame).map_or(NONE, |frame| frame.outer);
        }
        frame
    }

    fn slot(&mut self, place: Place) -> Option<&mut Item> {
        let frame = self.frames.at(self.outside(place.hops))?;
        self.slots.get_mut(frame.slots.checked_add(place.slot)?)
    }

    fn load(&mut self, place: Place) -> Item {
        self.slot(place).cloned().unwrap_or_default()
    }

    fn load_value(&mut self, place: Place) -> Value {
        match self.load(place) {
            Item::Value(value) => value,
            _ => Value::Null,
        }
    }

    fn store(&mut self, place: Place, item: Item) {
        if let Some(slot) = self.slot(place) {
            *slot = item;
        }
    }

    fn enter(&mut self, function: usize, outer: usize, resume: usize) {
        let function = self.code.functions.get(function).copied().unwrap_or_default();
        let caller = self.frames.top();
        self.frames.push(Frame { slots: self.used, resume, caller, outer });
        self.used = self.used.saturating_add(function.slots);
        if self.used > self.slots.len() {
            self.slots.resize(self.used, Item::default());
        }
        self.at = function.start;
    }

    /// Leaves the running function; returns where to go on.
    fn leave(&mut self) -> Frame {
        let frame = self.frames.peek().copied().unwrap_or_default();
        if self.frames.is_free() {
            self.used = frame.slots;
        }
        self.frames.return_to(frame.caller);
        frame
    }

    fn call(&mut self, function: usize, outer: usize, resume: usize) -> Outcome<Next> {
        if self.frames.len() >= MAX_NODES || self.slots.len() >= 2 * MAX_NODES {
            return Err(Failure::Stopped(Error::limit("the jq expression calls functions too deeply")));
        }
        self.enter(function, outer, resume);
        Ok(Next::At(self.at))
    }

    // Paths.

    fn follows_path(&self) -> bool {
        self.aside == 0 && !self.paths.is_empty()
    }

    /// Whether a value is the one that the path has led to.
    fn is_on_path(&self, value: &Value) -> bool {
        self.paths.peek().is_some_and(|step| is_same(step.value(), value))
    }

    fn check_path(&self, value: &Value) -> Outcome<()> {
        if self.is_on_path(value) { Ok(()) } else { Err(Failure::invalid_path(value)) }
    }

    fn end_path(&mut self) -> Outcome<()> {
        let value = self.pop();
        self.check_path(&value)?;
        let mut keys = Vec::new();
        while let Some(step) = self.paths.pop() {
            match step {
                Step::Key(key, _) => keys.push(key),
                Step::Root(_, aside) => {
                    self.aside = aside;
                    break;
                }
            }
        }
        keys.reverse();
        self.push(Value::list(keys));
        Ok(())
    }

    // Instructions.

    fn run(&mut self, code: &Code, op: &Op) -> Outcome<Next> {
        match op {
            Op::Push(value) => self.push(value.clone()),
            Op::Pop => self.items.drop_top(),
            Op::Duplicate => {
                let top = self.items.peek().cloned().unwrap_or_default();
                self.items.push(top);
            }
            Op::Constant(value) => {
                self.items.drop_top();
                self.push(value.clone());
            }
            Op::Load(place) => {
                let item = self.load(*place);
                self.items.push(item);
            }
            Op::Store(place) => {
                let item = self.items.pop().unwrap_or_default();
                self.store(*place, item);
            }
            Op::Object(pairs) => self.object(*pairs)?,
            Op::Append(place) => self.append(*place),
            Op::Fork(at) => self.fork(Kind::Alternative(*at))?,
            Op::Try(at) => self.fork(Kind::Try(*at))?,
            Op::EndTry => self.fork(Kind::EndTry)?,
            Op::ForkOnError(at) => self.fork(Kind::OnError(*at))?,
            Op::Label(place) => {
                self.labels += 1;
                self.fork(Kind::Label(self.labels))?;
                self.store(*place, Item::Label(self.labels));
            }
            Op::Break(place) => {
                return match self.load(*place) {
                    Item::Label(label) => Err(Failure::Break(label)),
                    _ => Ok(Next::Backtrack),
                };
            }
            Op::Backtrack => return Ok(Next::Backtrack),
            Op::Jump(at) => return Ok(Next::At(*at)),
            Op::JumpUnless(at) => {
                if matches!(self.pop(), Value::Null | Value::Bool(false)) {
                    return Ok(Next::At(*at));
                }
            }
            Op::Index(key) => self.index(key)?,
            Op::IndexArray(key) => {
                if let Some(Item::Value(value)) = self.items.peek()
                    && !matches!(value, Value::Null | Value::List(_))
                {
                    return Err(Failure::expected_array(value));
                }
                self.index(key)?;
            }
            Op::Iterate => return self.iterate(),
            Op::Range => return self.range(),
            _ => return self.run_call(code, op),
        }
        Ok(Next::Following)
    }

    /// The instructions for functions and paths.
    fn run_call(&mut self, code: &Code, op: &Op) -> Outcome<Next> {
        match op {
            Op::Native(native, count) => {
                let input = self.pop();
                let mut arguments = [const { Value::Null }; 3];
                arguments.iter_mut().take(*count).for_each(|argument| *argument = self.pop());
                let given = arguments.get(..*count).unwrap_or_default();
                let follows = native.track != Track::Nothing && self.follows_path();
                let kept = (follows && native.track == Track::GetPath).then(|| input.clone());
                let output = (native.call)(&mut self.context, input, given)?;
                if follows {
                    self.follow(native.track, &arguments, kept, &output)?;
                }
                self.push(output);
            }
            Op::Call(function, hops) => {
                let outer = if *hops == u32::MAX { NONE } else { self.outside(*hops) };
                return self.call(*function, outer, self.at);
            }
            Op::CallLast(function) => {
                let frame = self.leave();
                self.enter(*function, frame.outer, frame.resume);
                return Ok(Next::At(self.at));
            }
            Op::Closure(function) => {
                let start = Item::Closure(*function, self.frames.top());
                self.items.push(start);
            }
            Op::CallClosure => {
                let Some(Item::Closure(function, outer)) = self.items.pop() else {
                    return Ok(Next::Backtrack);
                };
                return self.call(function, outer, self.at);
            }
            Op::Return => {
                let frame = self.leave();
                if frame.resume == usize::MAX {
                    let output = self.pop();
                    return Ok(Next::Output(output));
                }
                return Ok(Next::At(frame.resume.saturating_add(1)));
            }
            Op::BeginAside => self.aside = self.aside.saturating_add(1),
            Op::EndAside => self.aside = self.aside.saturating_sub(1),
            Op::BeginPath => {
                let Some(Item::Value(root)) = self.items.peek() else { return Ok(Next::Backtrack) };
                self.paths.push(Step::Root(root.clone(), self.aside));
                self.aside = 0;
            }
            Op::EndPath => self.end_path()?,
            Op::SetPath { whole, path } => {
                let value = self.pop();
                let path = self.load_value(*path);
                let old = self.slot(*whole).map(std::mem::take).unwrap_or_default();
                let Item::Value(old) = old else { return Ok(Next::Backtrack) };
                let new = path::set(&mut self.context.budget, old, &path, value)?;
                self.store(*whole, Item::Value(new));
            }
            _ => debug_assert!(code.ops.is_empty(), "an instruction that `run` does"),
        }
        Ok(Next::Following)
    }

    fn index(&mut self, key: &Value) -> Outcome<()> {
        let value = self.pop();
        let item = path::index(&mut self.context.budget, &value, key)?;
        if self.follows_path() {
            self.check_path(&value)?;
            self.paths.push(Step::Key(key.clone(), item.clone()));
        }
        self.push(item);
        Ok(())
    }

    /// A native function was called whose result is a place in its input.
    fn follow(
        &mut self,
        track: Track,
        arguments: &[Value; 3],
        input: Option<Value>,
        output: &Value,
    ) -> Outcome<()> {
        let [first, second, third] = arguments;
        match track {
            Track::Nothing => {}
            Track::Index => {
                self.check_path(first)?;
                self.paths.push(Step::Key(second.clone(), output.clone()));
            }
            Track::Slice => {
                self.check_path(first)?;
                let range = Value::map([("start", third.clone()), ("end", second.clone())]);
                self.paths.push(Step::Key(range, output.clone()));
            }
            Track::GetPath => {
                self.check_path(&input.unwrap_or_default())?;
                let keys = first.as_list().cloned().unwrap_or_default();
                for key in &keys {
                    self.paths.push(Step::Key(key.clone(), output.clone()));
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, pairs: usize) -> Outcome<()> {
        let mut entries: Vec<(Text, Value)> = Vec::with_capacity(pairs);
        for _ in 0..pairs {
            let (value, key) = (self.pop(), self.pop());
            match key {
                Value::String(key) => entries.push((key, value)),
                other => return Err(Failure::key_is_no_text(&other)),
            }
        }
        // The last pair written counts; it was on the top.
        entries.reverse();
        self.push(Value::map(entries));
        Ok(())
    }

    fn append(&mut self, place: Place) {
        let value = self.pop();
        if let Some(slot) = self.slot(place) {
            let Item::Value(Value::List(list)) = std::mem::take(slot) else { return };
            let mut items = list.into_vec();
            items.push(value);
            *slot = Item::Value(Value::List(List::new(items)));
        }
    }

    fn iterate(&mut self) -> Outcome<Next> {
        let value = self.pop();
        if matches!(value, Value::List(_) | Value::Map(_)) && self.follows_path() && !self.is_on_path(&value)
        {
            let shown = super::failure::typed_preview(&value);
            return Err(Failure::message(format!("invalid path on iterating against: {shown}")));
        }
        match value {
            Value::List(list) => self.each(Items::List(list, 0)),
            Value::Map(map) => self.each(Items::Map(map, 0)),
            other => {
                let shown = super::failure::typed_preview(&other);
                Err(Failure::message(format!("cannot iterate over: {shown}")))
            }
        }
    }

    fn range(&mut self) -> Outcome<Next> {
        let bounds = self.pop();
        let bound = |at| bounds.as_list().and_then(|list| list.get(at)).cloned().unwrap_or_default();
        self.each(Items::Range { next: bound(0), end: bound(1), step: bound(2) })
    }

    fn each(&mut self, mut items: Items) -> Outcome<Next> {
        let Some(item) = items.next() else { return Ok(Next::Backtrack) };
        if item.more {
            self.fork(Kind::Each(items, self.at.saturating_add(1)))?;
        }
        self.push_item(item);
        Ok(Next::Following)
    }

    fn push_item(&mut self, item: fork::Item) {
        if let Some(key) = item.key
            && self.follows_path()
        {
            self.paths.push(Step::Key(key, item.value.clone()));
        }
        self.push(item.value);
    }
}

/// Whether two values are one in memory; those that hold nothing else are compared.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(l), Value::Bool(r)) => l == r,
        (Value::String(l), Value::String(r)) => l == r,
        (Value::Int(_, l), Value::Int(_, r)) => l == r,
        (Value::Uint(_, l), Value::Uint(_, r)) => l == r,
        (Value::Float(_, l), Value::Float(_, r)) => l == r || (l.is_nan() && r.is_nan()),
        (Value::Number(l), Value::Number(r)) => l == r,
        // All empty slices of Go are one.
        (Value::List(l), Value::List(r)) => l.shares(r) || (l.is_empty() && r.is_empty()),
        (Value::Map(l), Value::Map(r)) => l.shares(r),
        _ => false,
    }
}
