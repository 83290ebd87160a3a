//! How values compare: null, false, true, numbers, texts, lists, maps.

use std::cmp::Ordering;

use crate::Value;
use crate::value::{List, Map};

use super::budget::Budget;
use super::failure::Outcome;
use super::number::Number;

/// Compares two values of any types.
pub(super) fn compare(budget: &mut Budget, left: &Value, right: &Value) -> Outcome<Ordering> {
    let mut open: Vec<Pair<'_>> = Vec::new();
    let (mut left, mut right) = (left, right);
    loop {
        budget.charge(1)?;
        let order = match (left, right) {
            (Value::List(l), Value::List(r)) => {
                open.push(Pair::Lists(l, r, 0));
                Ordering::Equal
            }
            (Value::Map(l), Value::Map(r)) => {
                budget.charge_items(l.len())?;
                match l.keys().cmp(r.keys()) {
                    Ordering::Equal => {
                        open.push(Pair::Maps(l, r, 0));
                        Ordering::Equal
                    }
                    order => order,
                }
            }
            (l, r) => compare_flat(budget, l, r)?,
        };
        if order != Ordering::Equal {
            return Ok(order);
        }
        loop {
            let Some(pair) = open.last_mut() else { return Ok(Ordering::Equal) };
            match pair.next() {
                Ok(Some(next)) => {
                    (left, right) = next;
                    break;
                }
                Ok(None) => {
                    open.pop();
                }
                Err(order) => return Ok(order),
            }
        }
    }
}

/// Whether two values compare as equal.
pub(super) fn equal(budget: &mut Budget, left: &Value, right: &Value) -> Outcome<bool> {
    compare(budget, left, right).map(Ordering::is_eq)
}

/// Sorts `items` by `key`, equal ones in their order.
///
/// `sort.SliceStable` of Go takes any comparison, NaN's too, and so must this: blocks by insertion, then merges.
pub(super) fn sort<T>(budget: &mut Budget, mut items: Vec<T>, key: impl Fn(&T) -> &Value) -> Outcome<Vec<T>> {
    const BLOCK: usize = 20;
    for block in items.chunks_mut(BLOCK) {
        for start in 1..block.len() {
            for at in (1..=start).rev() {
                let (Some(before), Some(item)) = (block.get(at - 1), block.get(at)) else { break };
                if compare(budget, key(item), key(before))? != Ordering::Less {
                    break;
                }
                block.swap(at - 1, at);
            }
        }
    }
    let mut runs: Vec<Vec<T>> = Vec::new();
    let mut rest = items.into_iter();
    loop {
        let run: Vec<T> = rest.by_ref().take(BLOCK).collect();
        if run.is_empty() {
            break;
        }
        runs.push(run);
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pending = runs.into_iter();
        while let Some(left) = pending.next() {
            merged.push(match pending.next() {
                Some(right) => merge(budget, left, right, &key)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge<T>(
    budget: &mut Budget,
    left: Vec<T>,
    right: Vec<T>,
    key: &impl Fn(&T) -> &Value,
) -> Outcome<Vec<T>> {
    let mut out = Vec::with_capacity(left.len().saturating_add(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        let side = if compare(budget, key(r), key(l))? == Ordering::Less { &mut right } else { &mut left };
        out.extend(side.next());
    }
    out.extend(left);
    out.extend(right);
    Ok(out)
}

/// Two lists or maps of which the items from a place on are still to be compared.
enum Pair<'v> {
    Lists(&'v List, &'v List, usize),
    Maps(&'v Map, &'v Map, usize),
}

impl<'v> Pair<'v> {
    /// The next two items; an order where one list has ended before the other.
    fn next(&mut self) -> Result<Option<(&'v Value, &'v Value)>, Ordering> {
        match self {
            Pair::Lists(l, r, at) => {
                let pair = l.get(*at).zip(r.get(*at));
                *at += 1;
                match (pair, l.len().cmp(&r.len())) {
                    (None, Ordering::Equal) => Ok(None),
                    (None, order) => Err(order),
                    (pair, _) => Ok(pair),
                }
            }
            Pair::Maps(l, r, at) => {
                let pair = l.as_slice().get(*at).zip(r.as_slice().get(*at));
                *at += 1;
                Ok(pair.map(|((_, l), (_, r))| (l, r)))
            }
        }
    }
}

fn compare_flat(budget: &mut Budget, left: &Value, right: &Value) -> Outcome<Ordering> {
    if let (Value::String(l), Value::String(r)) = (left, right) {
        budget.charge_bytes(l.len().min(r.len()))?;
        return Ok(l.cmp(r));
    }
    if let (Some(l), Some(r)) = (Number::of(left), Number::of(right)) {
        return Ok(l.compare(&r));
    }
    Ok(rank(left).cmp(&rank(right)))
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null | Value::Handle(_) => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => 3,
        Value::String(_) | Value::Object(_) => 4,
        Value::List(_) => 5,
        Value::Map(_) => 6,
    }
}
