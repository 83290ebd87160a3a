//! Where the machine can turn back to.

use crate::Value;
use crate::value::{List, Map};

use super::super::failure::Failure;
use super::super::number::Number;
use super::stack::Saved;

/// A place to turn back to, with all that was on the stacks.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) kind: Kind,
    pub(super) items: Saved,
    pub(super) frames: Saved,
    pub(super) paths: Saved,
    pub(super) slots: usize,
    pub(super) aside: u32,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Go on there, unless it is an error that turns back.
    Alternative(usize),
    /// Go on there with the value of an error.
    Try(usize),
    EndTry,
    /// Go on there if it is an error.
    OnError(usize),
    Label(u64),
    /// Go on there with the next item.
    Each(Items, usize),
}

/// What is still to come of an iteration.
#[derive(Debug)]
pub(super) enum Items {
    List(List, usize),
    Map(Map, usize),
    Range { next: Value, end: Value, step: Value },
}

/// An error on its way.
#[derive(Debug)]
pub(super) struct Thrown {
    pub(super) failure: Failure,
    /// How many `Try` it must pass, for it arose behind them.
    pub(super) behind: u32,
}

impl Thrown {
    /// The value that `catch` gets of it; `None` where nothing catches it.
    pub(super) fn caught(&self) -> Option<Value> {
        match &self.failure {
            Failure::Message(text) => Some(Value::string(text.as_str())),
            Failure::Raised(value) => Some(value.clone()),
            Failure::Break(_) | Failure::Halt(_) | Failure::Stopped(_) => None,
        }
    }
}

/// An item with its key, where it has one that can stand in a path.
pub(super) struct Item {
    pub(super) key: Option<Value>,
    pub(super) value: Value,
    pub(super) more: bool,
}

impl Items {
    /// The next item.
    pub(super) fn next(&mut self) -> Option<Item> {
        match self {
            Items::List(list, at) => {
                let value = list.get(*at)?.clone();
                let key = Some(super::super::path::count(*at));
                *at += 1;
                Some(Item { key, value, more: *at < list.len() })
            }
            Items::Map(map, at) => {
                let (key, value) = map.as_slice().get(*at)?.clone();
                *at += 1;
                Some(Item { key: Some(Value::String(key)), value, more: *at < map.len() })
            }
            Items::Range { next, end, step } => {
                let (at, end, step) = (Number::of(next)?, Number::of(end)?, Number::of(step)?);
                // As gojq: a step of NaN is less than zero.
                let direction = step.compare(&Number::Int(0));
                let order = at.compare(&end);
                if direction.is_eq() || order.is_eq() || direction == order {
                    return None;
                }
                let following = super::super::functions::arithmetic::sum(&at, &step).into_value();
                let value = std::mem::replace(next, following);
                Some(Item { key: None, value, more: true })
            }
        }
    }
}
