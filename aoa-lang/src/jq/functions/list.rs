//! Functions of lists: sorting, grouping, searching, flattening.

use std::cmp::Ordering;

use crate::Value;
use crate::value::List;

use super::super::failure::{Failure, Outcome, preview};
use super::super::number::{Number, is_less, to_float};
use super::super::{order, path};
use super::{Context, arg};

pub(super) fn reverse(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let Value::List(list) = &value else { return Err(Failure::not_applicable("reverse", &value)) };
    cx.budget.charge_items(list.len())?;
    Ok(Value::list(list.iter().rev().cloned().collect()))
}

pub(super) fn range(_: &mut Context, _: Value, args: &[Value]) -> Outcome {
    match args.iter().find(|bound| Number::of(bound).is_none()) {
        Some(other) => Err(Failure::not_applicable("range", other)),
        None => Ok(Value::list(args.to_vec())),
    }
}

pub(super) fn flatten(cx: &mut Context, value: &Value, depth: Option<&Value>) -> Outcome {
    let items: Vec<Value> = match value {
        Value::List(list) => list.as_slice().to_vec(),
        Value::Map(map) => map.values().cloned().collect(),
        other => return Err(Failure::not_applicable("flatten", other)),
    };
    let depth = match depth {
        None => -1.0,
        Some(depth) => match to_float(depth) {
            None => return Err(Failure::not_applicable("flatten", depth)),
            Some(number) if is_less(number, 0.0) => {
                let shown = preview(&Value::float(number));
                return Err(Failure::message(format!("flatten depth should not be negative: {shown}")));
            }
            Some(number) => number,
        },
    };
    flat(cx, items, depth).map(Value::list)
}

fn flat(cx: &mut Context, items: Vec<Value>, depth: f64) -> Outcome<Vec<Value>> {
    let mut out = Vec::new();
    let mut open = vec![(items.into_iter(), depth)];
    while let Some((items, depth)) = open.last_mut() {
        cx.budget.charge(1)?;
        match items.next() {
            None => {
                open.pop();
            }
            Some(Value::List(list)) if *depth != 0.0 => {
                cx.budget.charge_items(list.len())?;
                let deeper = *depth - 1.0;
                open.push((list.into_vec().into_iter(), deeper));
            }
            Some(item) => out.push(item),
        }
    }
    Ok(out)
}

/// The list, and a key for each of its items.
fn keyed<'v>(name: &str, value: &'v Value, keys: &'v Value) -> Outcome<(&'v List, &'v List)> {
    let (Value::List(list), Value::List(by)) = (value, keys) else {
        return Err(Failure::not_applicable_with(name, &[keys], value));
    };
    if list.len() != by.len() {
        return Err(Failure::refused(name, &[keys], value, "length mismatch"));
    }
    Ok((list, by))
}

pub(super) fn min(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let Value::List(list) = &value else { return Err(Failure::not_applicable("min", &value)) };
    extreme(cx, list, list, true)
}

pub(super) fn max(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let Value::List(list) = &value else { return Err(Failure::not_applicable("max", &value)) };
    extreme(cx, list, list, false)
}

pub(super) fn min_by(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (list, by) = keyed("min_by", &value, arg(args, 0))?;
    extreme(cx, list, by, true)
}

pub(super) fn max_by(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (list, by) = keyed("max_by", &value, arg(args, 0))?;
    extreme(cx, list, by, false)
}

/// The first least item, or the last greatest.
fn extreme(cx: &mut Context, list: &List, by: &List, least: bool) -> Outcome {
    let Some(mut best) = by.get(0) else { return Ok(Value::Null) };
    let mut found = 0;
    for (at, key) in by.iter().enumerate().skip(1) {
        let is_greater = order::compare(&mut cx.budget, best, key)? == Ordering::Greater;
        if is_greater == least {
            (best, found) = (key, at);
        }
    }
    Ok(list.get(found).cloned().unwrap_or_default())
}

type Sorted = Vec<(Value, Value)>;

/// The items with their keys, sorted by these.
fn sorted(cx: &mut Context, list: &List, by: &List) -> Outcome<Sorted> {
    cx.budget.charge_items(list.len())?;
    let items = list.iter().cloned().zip(by.iter().cloned()).collect();
    order::sort(&mut cx.budget, items, |(_, key)| key)
}

fn itself<'v>(name: &str, value: &'v Value) -> Outcome<&'v List> {
    value.as_list().ok_or_else(|| Failure::not_applicable(name, value))
}

pub(super) fn sort(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let list = itself("sort", &value)?;
    sorted(cx, list, list).map(items)
}

pub(super) fn sort_by(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (list, by) = keyed("sort_by", &value, arg(args, 0))?;
    sorted(cx, list, by).map(items)
}

fn items(sorted: Sorted) -> Value {
    Value::list(sorted.into_iter().map(|(item, _)| item).collect())
}

pub(super) fn unique(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let list = itself("unique", &value)?;
    let groups = groups(cx, list, list)?;
    Ok(firsts(groups))
}

pub(super) fn unique_by(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (list, by) = keyed("unique_by", &value, arg(args, 0))?;
    let groups = groups(cx, list, by)?;
    Ok(firsts(groups))
}

fn firsts(groups: Vec<Vec<Value>>) -> Value {
    Value::list(groups.into_iter().filter_map(|group| group.into_iter().next()).collect())
}

pub(super) fn group_by(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (list, by) = keyed("group_by", &value, arg(args, 0))?;
    let groups = groups(cx, list, by)?;
    Ok(Value::list(groups.into_iter().map(Value::list).collect()))
}

/// The items of equal keys together, in the order of these.
fn groups(cx: &mut Context, list: &List, by: &List) -> Outcome<Vec<Vec<Value>>> {
    let mut groups: Vec<Vec<Value>> = Vec::new();
    let mut last = None;
    for (item, key) in sorted(cx, list, by)? {
        let is_new = match &last {
            Some(last) => !order::equal(&mut cx.budget, last, &key)?,
            None => true,
        };
        match groups.last_mut() {
            Some(group) if !is_new => group.push(item),
            _ => {
                groups.push(vec![item]);
                last = Some(key);
            }
        }
    }
    Ok(groups)
}

pub(super) fn transpose(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let wrong = || Failure::not_applicable("transpose", &value);
    let rows: Option<Vec<&List>> = value.as_list().ok_or_else(wrong)?.iter().map(Value::as_list).collect();
    let rows = rows.ok_or_else(wrong)?;
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    cx.budget.charge(u64::try_from(width.saturating_mul(rows.len())).unwrap_or(u64::MAX))?;
    let column = |at: usize| rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
    Ok(Value::list((0..width).map(|at| Value::list(column(at))).collect()))
}

/// `bsearch`: where an item is in a sorted list, or where it would be, counted down from -1.
pub(super) fn search(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let wanted = arg(args, 0);
    let Value::List(list) = &value else {
        return Err(Failure::not_applicable_with("bsearch", &[wanted], &value));
    };
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = low.midpoint(high);
        let item = list.get(middle).unwrap_or(wanted);
        if order::compare(&mut cx.budget, item, wanted)? == Ordering::Less {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    match list.get(low) {
        Some(item) if order::equal(&mut cx.budget, item, wanted)? => Ok(path::count(low)),
        _ => Ok(Value::int((-1_i64).saturating_sub(i64::try_from(low).unwrap_or(i64::MAX)))),
    }
}
