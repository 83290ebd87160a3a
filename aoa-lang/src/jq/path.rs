//! Places in a value: reading, setting and deleting what a path of keys leads to.

use crate::value::{List, Map, MapBuilder, Rewrite, Text};
use crate::{Error, Value, unicode};

use super::budget::Budget;
use super::failure::{Failure, Outcome};
use super::number::{Number, to_int, to_int_ceil};
use super::order;

/// What stands for a deleted item until all paths are done: positions must not shift before. No expression can make one.
const DELETED: Value = Value::Handle(u32::MAX);

/// `value[key]`
pub(super) fn index(budget: &mut Budget, value: &Value, key: &Value) -> Outcome {
    if let Value::String(name) = key {
        return match value {
            Value::Null => Ok(Value::Null),
            Value::Map(map) => Ok(map.get_bytes(name.as_bytes()).cloned().unwrap_or_default()),
            other => Err(Failure::expected_object(other)),
        };
    }
    if let Some(at) = to_int(key) {
        return match value {
            Value::Null => Ok(Value::Null),
            Value::List(list) => {
                Ok(item_at(list.len(), at).and_then(|at| list.get(at)).cloned().unwrap_or_default())
            }
            Value::String(text) => {
                budget.charge_bytes(text.len())?;
                let length = unicode::chars(text.as_bytes()).count();
                let found = item_at(length, at).and_then(|at| unicode::chars(text.as_bytes()).nth(at));
                Ok(found.map_or(Value::Null, |c| Value::string(c.to_string())))
            }
            other => Err(Failure::expected_array(other)),
        };
    }
    match (key, value) {
        (Value::List(_) | Value::Map(_), Value::Null) => Ok(Value::Null),
        (Value::List(part), Value::List(list)) => positions(budget, list, part).map(Value::list),
        (Value::List(_), other) => Err(Failure::expected_array(other)),
        (Value::Map(range), _) => {
            let (start, end) = bounds(range)?;
            slice(budget, value, end, start)
        }
        (_, Value::List(_)) => Err(Failure::index_is_no_number("an array", key)),
        (_, Value::String(_)) => Err(Failure::index_is_no_number("a string", key)),
        _ => Err(Failure::key_is_no_text(key)),
    }
}

/// Where `part` occurs in `list`.
pub(super) fn positions(budget: &mut Budget, list: &List, part: &List) -> Outcome<Vec<Value>> {
    let mut found = Vec::new();
    if part.is_empty() {
        return Ok(found);
    }
    for (at, window) in list.as_slice().windows(part.len()).enumerate() {
        if is_part(budget, window, part)? {
            found.push(count(at));
        }
    }
    Ok(found)
}

pub(super) fn is_part(budget: &mut Budget, window: &[Value], part: &List) -> Outcome<bool> {
    for (item, wanted) in window.iter().zip(part) {
        if !order::equal(budget, item, wanted)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `value[start:end]`
pub(super) fn slice(budget: &mut Budget, value: &Value, end: &Value, start: &Value) -> Outcome {
    match value {
        Value::Null => Ok(Value::Null),
        Value::List(list) => {
            let (start, end) = range_in(list.len(), start, end, "an array")?;
            if start == 0 && end == list.len() {
                return Ok(value.clone());
            }
            budget.charge_items(end - start)?;
            Ok(Value::list(list.as_slice().get(start..end).unwrap_or_default().to_vec()))
        }
        Value::String(text) => {
            budget.charge_bytes(text.len())?;
            let length = unicode::chars(text.as_bytes()).count();
            let (start, end) = range_in(length, start, end, "a string")?;
            let (start, end) = (byte_at(text, start), byte_at(text, end));
            Ok(Value::String(Text::from_bytes(text.as_bytes().get(start..end).unwrap_or_default())))
        }
        other => Err(Failure::expected_array(other)),
    }
}

/// Where a character begins; behind the last one, the end.
fn byte_at(text: &Text, chars: usize) -> usize {
    let mut rest = text.as_bytes();
    for _ in 0..chars {
        let Some((_, size)) = unicode::first_char(rest) else { break };
        rest = rest.get(size..).unwrap_or_default();
    }
    text.len() - rest.len()
}

/// The item that an index means: negative ones count from the end.
fn item_at(length: usize, at: i64) -> Option<usize> {
    usize::try_from(clamped(at, -1, length)).ok().filter(|at| *at < length)
}

/// An index counted from the end if it is negative, and cut to a range.
fn clamped(at: i64, least: i64, length: usize) -> i64 {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if at < 0 { at.saturating_add(length) } else { at };
    at.clamp(least, length.max(least))
}

fn range_in(length: usize, start: &Value, end: &Value, of: &str) -> Outcome<(usize, usize)> {
    let wrong = |value: &Value| Failure::index_is_no_number(of, value);
    let start = match start {
        Value::Null => 0,
        start => clamped(to_int(start).ok_or_else(|| wrong(start))?, 0, length),
    };
    let end = match end {
        Value::Null => i64::try_from(length).unwrap_or(i64::MAX),
        end => clamped(to_int_ceil(end).ok_or_else(|| wrong(end))?, start, length),
    };
    Ok((usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0)))
}

fn bounds(range: &Map) -> Outcome<(&Value, &Value)> {
    range.get("start").zip(range.get("end")).ok_or_else(|| {
        let shown = super::failure::typed_preview(&Value::Map(range.clone()));
        Failure::message(format!("expected \"start\" and \"end\" for slicing but got: {shown}"))
    })
}

/// A number as gojq counts.
pub(super) fn count(number: usize) -> Value {
    Value::int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `getpath(path)`
pub(super) fn get(budget: &mut Budget, value: &Value, path: &Value) -> Outcome {
    let Value::List(keys) = path else {
        return Err(Failure::not_applicable_with("getpath", &[path], value));
    };
    let mut current = value.clone();
    for key in keys {
        budget.charge(1)?;
        if !matches!(current, Value::Null | Value::List(_) | Value::Map(_)) {
            return Err(Failure::not_applicable_with("getpath", &[path], value));
        }
        current = index(budget, &current, key).map_err(|failure| match failure {
            Failure::Message(reason) => Failure::refused("getpath", &[path], value, &reason),
            other => other,
        })?;
    }
    Ok(current)
}

/// `setpath(path; new)`; a value that nobody else holds is changed in place.
pub(super) fn set(budget: &mut Budget, value: Value, path: &Value, new: Value) -> Outcome {
    let Value::List(keys) = path else {
        return Err(Failure::not_applicable_with("setpath", &[path], &value));
    };
    put(budget, value, keys.as_slice(), new.clone()).map_err(|(failure, value)| match failure {
        Failure::Message(reason) => Failure::refused("setpath", &[path, &new], &value, &reason),
        other => other,
    })
}

/// `delpaths(paths)`
pub(super) fn delete(budget: &mut Budget, value: &Value, paths: &Value) -> Outcome {
    let Value::List(list) = paths else {
        return Err(Failure::not_applicable_with("delpaths", &[paths], value));
    };
    if list.is_empty() {
        return Ok(value.clone());
    }
    let refused = |reason: &str| Failure::refused("delpaths", &[paths], value, reason);
    let mut marked = value.clone();
    for path in list {
        let Value::List(keys) = path else {
            let reason = Failure::expected_array(path);
            return Err(if let Failure::Message(reason) = reason { refused(&reason) } else { reason });
        };
        marked = put(budget, marked, keys.as_slice(), DELETED).map_err(|(failure, _)| match failure {
            Failure::Message(reason) => refused(&reason),
            other => other,
        })?;
    }
    let mut stopped = None;
    let kept = marked.rewrite(&mut |value, _| {
        if let Err(failure) = budget.charge(1) {
            stopped = Some(failure);
            return Err(Error::limit("jq"));
        }
        Ok(if is_deleted(value) { Rewrite::Remove } else { Rewrite::Keep })
    });
    kept.map_err(|error| stopped.unwrap_or(Failure::Stopped(error)))
}

fn is_deleted(value: &Value) -> bool {
    matches!(value, Value::Handle(u32::MAX))
}

/// A list or map on the way down, its item taken out.
enum Level {
    Entry(MapBuilder, Text),
    Item(Vec<Value>, usize),
    Part(Vec<Value>, usize, usize),
}

/// What becomes of a step down.
enum Step {
    Down(Level, Value),
    /// What is to be deleted is not there.
    Nothing(Value),
}

/// Puts `new` at the end of the path. On failure the value comes back with it.
fn put(budget: &mut Budget, value: Value, path: &[Value], new: Value) -> Result<Value, (Failure, Value)> {
    let mut levels = Vec::with_capacity(path.len());
    let mut current = value;
    let mut new = Some(new);
    let mut failure = None;
    for key in path {
        if is_deleted(&current) {
            new = None;
            break;
        }
        match step(budget, current, key, new.as_ref().is_some_and(is_deleted)) {
            Ok(Step::Down(level, child)) => {
                levels.push(level);
                current = child;
            }
            Ok(Step::Nothing(same)) => {
                current = same;
                new = None;
                break;
            }
            Err((reason, same)) => {
                current = same;
                failure = Some(reason);
                new = None;
                break;
            }
        }
    }
    let mut current = new.unwrap_or(current);
    while let Some(level) = levels.pop() {
        current = match level {
            Level::Entry(mut map, key) => {
                map.insert(key, current);
                Value::Map(map.build())
            }
            Level::Item(mut items, at) => {
                if let Some(item) = items.get_mut(at) {
                    *item = current;
                }
                Value::list(items)
            }
            Level::Part(mut items, start, end) => {
                match current {
                    Value::List(part) => {
                        items.splice(start..end, part.iter().cloned());
                    }
                    deleted if is_deleted(&deleted) => {
                        items.iter_mut().take(end).skip(start).for_each(|item| *item = DELETED);
                    }
                    other if failure.is_none() => failure = Some(Failure::expected_array(&other)),
                    _ => {}
                }
                Value::list(items)
            }
        };
    }
    match failure {
        None => Ok(current),
        Some(failure) => Err((failure, current)),
    }
}

/// Far enough for any index that is meant (`updateArrayIndex`).
const TOO_LARGE: i64 = 0x2000_0000;

fn step(budget: &mut Budget, value: Value, key: &Value, deleting: bool) -> Result<Step, (Failure, Value)> {
    if let Value::String(name) = key {
        let map = match value {
            Value::Null if deleting => return Ok(Step::Nothing(Value::Null)),
            Value::Null => Map::new(),
            Value::Map(map) => map,
            other => return Err((Failure::expected_object(&other), other)),
        };
        return step_to_entry(budget, map, name, deleting);
    }
    let is_number = Number::of(key).is_some();
    if !is_number && !matches!(key, Value::Map(_)) {
        let failure = match &value {
            Value::List(_) => Failure::index_is_no_number("an array", key),
            _ => Failure::key_is_no_text(key),
        };
        return Err((failure, value));
    }
    let (list, was_null) = match value {
        Value::Null => (List::new(Vec::new()), true),
        Value::List(list) => (list, false),
        other => return Err((Failure::expected_array(&other), other)),
    };
    let same = |list: List| if was_null { Value::Null } else { Value::List(list) };
    if let Err(failure) = budget.charge_items(list.len()) {
        return Err((failure, same(list)));
    }
    match key {
        Value::Map(range) => step_to_part(list, range, deleting, same),
        _ => step_to_item(budget, list, to_int(key).unwrap_or(0), deleting, same),
    }
}

fn step_to_entry(
    budget: &mut Budget,
    map: Map,
    name: &Text,
    deleting: bool,
) -> Result<Step, (Failure, Value)> {
    if let Err(failure) = budget.charge_items(map.len()) {
        return Err((failure, Value::Map(map)));
    }
    if deleting && map.get_bytes(name.as_bytes()).is_none() {
        return Ok(Step::Nothing(Value::Map(map)));
    }
    let mut map = map.into_builder();
    let child = map.get_bytes_mut(name.as_bytes()).map(std::mem::take).unwrap_or_default();
    Ok(Step::Down(Level::Entry(map, name.clone()), child))
}

fn step_to_item(
    budget: &mut Budget,
    list: List,
    at: i64,
    deleting: bool,
    same: impl Fn(List) -> Value,
) -> Result<Step, (Failure, Value)> {
    let place = clamped(at, -1, list.len());
    let Ok(place) = usize::try_from(place) else {
        if deleting {
            return Ok(Step::Nothing(same(list)));
        }
        let failure = Failure::message(format!("array index should not be negative: {at}"));
        return Err((failure, same(list)));
    };
    if place < list.len() {
        let mut items = list.into_vec();
        let child = items.get_mut(place).map(std::mem::take).unwrap_or_default();
        return Ok(Step::Down(Level::Item(items, place), child));
    }
    if deleting {
        return Ok(Step::Nothing(same(list)));
    }
    if at >= TOO_LARGE {
        return Err((Failure::message(format!("array index too large: {at}")), same(list)));
    }
    let place = usize::try_from(at).unwrap_or(place);
    if let Err(failure) = budget.charge(u64::try_from(place - list.len()).unwrap_or(u64::MAX)) {
        return Err((failure, same(list)));
    }
    let mut items = list.into_vec();
    items.resize(place + 1, Value::Null);
    Ok(Step::Down(Level::Item(items, place), Value::Null))
}

fn step_to_part(
    list: List,
    range: &Map,
    deleting: bool,
    same: impl Fn(List) -> Value,
) -> Result<Step, (Failure, Value)> {
    let range = bounds(range).and_then(|(start, end)| range_in(list.len(), start, end, "an array"));
    match range {
        Err(failure) => Err((failure, same(list))),
        Ok((start, end)) if start == end && deleting => Ok(Step::Nothing(same(list))),
        Ok((start, end)) => {
            let part = list.as_slice().get(start..end).unwrap_or_default().to_vec();
            Ok(Step::Down(Level::Part(list.into_vec(), start, end), Value::list(part)))
        }
    }
}
