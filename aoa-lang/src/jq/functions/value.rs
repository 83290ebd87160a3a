//! Functions that take values of any type: comparison, places, types, errors.

use std::cmp::Ordering;

use crate::value::Text;
use crate::{Error, Value, unicode};

use super::super::failure::{Failure, Outcome};
use super::super::number::{Number, to_int};
use super::super::{lex, order, path};
use super::{Context, arg, arithmetic};

pub(super) fn alternative(left: &Value, right: &Value) -> Value {
    if matches!(left, Value::Null | Value::Bool(false)) { right.clone() } else { left.clone() }
}

fn compared(cx: &mut Context, args: &[Value], test: fn(Ordering) -> bool) -> Outcome {
    order::compare(&mut cx.budget, arg(args, 0), arg(args, 1)).map(|order| Value::Bool(test(order)))
}

pub(super) fn equal(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_eq)
}

pub(super) fn unequal(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_ne)
}

pub(super) fn greater(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_gt)
}

pub(super) fn greater_or_equal(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_ge)
}

pub(super) fn less(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_lt)
}

pub(super) fn less_or_equal(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    compared(cx, args, Ordering::is_le)
}

pub(super) fn index(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    path::index(&mut cx.budget, arg(args, 0), arg(args, 1))
}

pub(super) fn slice(cx: &mut Context, _: Value, args: &[Value]) -> Outcome {
    path::slice(&mut cx.budget, arg(args, 0), arg(args, 1), arg(args, 2))
}

pub(super) fn get_path(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    path::get(&mut cx.budget, &value, arg(args, 0))
}

pub(super) fn delete_paths(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    path::delete(&mut cx.budget, &value, arg(args, 0))
}

pub(super) fn length(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    Ok(match &value {
        Value::Null => Value::int(0),
        Value::String(text) => {
            cx.budget.charge_bytes(text.len())?;
            path::count(unicode::chars(text.as_bytes()).count())
        }
        Value::List(list) => path::count(list.len()),
        Value::Map(map) => path::count(map.len()),
        other => return arithmetic::magnitude(other).ok_or_else(|| Failure::not_applicable("length", other)),
    })
}

pub(super) fn keys(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    Ok(match &value {
        Value::List(list) => {
            cx.budget.charge_items(list.len())?;
            Value::list((0..list.len()).map(path::count).collect())
        }
        Value::Map(map) => {
            cx.budget.charge_items(map.len())?;
            Value::list(map.keys().map(|key| Value::String(key.clone())).collect())
        }
        other => return Err(Failure::not_applicable("keys", other)),
    })
}

pub(super) fn has(value: &Value, key: &Value) -> Outcome {
    let found = match (value, key) {
        (Value::Null, _) => Some(false),
        (Value::Map(map), Value::String(key)) => Some(map.get_bytes(key.as_bytes()).is_some()),
        (Value::List(list), key) => to_int(key).map(|at| usize::try_from(at).is_ok_and(|at| at < list.len())),
        _ => None,
    };
    found.map(Value::Bool).ok_or_else(|| Failure::not_applicable_with("has", &[key], value))
}

/// How deep `contains` looks.
const MAX_DEPTH: usize = 2_000;

pub(super) fn contains(cx: &mut Context, value: &Value, part: &Value) -> Outcome {
    includes(cx, value, part, 0).map(Value::Bool)
}

fn includes(cx: &mut Context, value: &Value, part: &Value, depth: usize) -> Outcome<bool> {
    cx.budget.charge(1)?;
    if depth > MAX_DEPTH {
        return Err(Failure::Stopped(Error::limit("jq: values to be compared nest too deeply")));
    }
    // Failing within a list or object means no more than that it is not in it.
    let within = |cx: &mut Context, value: &Value, part: &Value| match includes(cx, value, part, depth + 1) {
        Err(Failure::Message(_)) => Ok(false),
        other => other,
    };
    if let (Some(l), Some(r)) = (Number::of(value), Number::of(part)) {
        return Ok(match super::super::number::Pair::of(&l, &r) {
            super::super::number::Pair::Floats(l, r) => l == r,
            _ => l.compare(&r).is_eq(),
        });
    }
    match (value, part) {
        (Value::String(text), Value::String(part)) => {
            cx.budget.charge_bytes(text.len())?;
            Ok(memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some())
        }
        (Value::List(list), Value::List(parts)) => {
            'parts: for part in parts {
                for item in list {
                    if within(cx, item, part)? {
                        continue 'parts;
                    }
                }
                return Ok(false);
            }
            Ok(true)
        }
        (Value::Map(map), Value::Map(parts)) => {
            if map.len() < parts.len() {
                return Ok(false);
            }
            for (key, part) in parts.iter() {
                let Some(item) = map.get_bytes(key.as_bytes()) else { return Ok(false) };
                if !within(cx, item, part)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Null, Value::Null) => Ok(true),
        (Value::Bool(l), Value::Bool(r)) if l == r => Ok(true),
        _ => Err(Failure::not_applicable_with("contains", &[part], value)),
    }
}

pub(super) fn to_boolean(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::String(text) if *text == "true" => Ok(Value::Bool(true)),
        Value::String(text) if *text == "false" => Ok(Value::Bool(false)),
        Value::String(_) => Err(Failure::refused("toboolean", &[], &value, "invalid boolean")),
        other => Err(Failure::not_applicable("toboolean", other)),
    }
}

pub(super) fn to_number(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    match &value {
        Value::String(text) => match text.as_str().filter(|text| lex::is_number(text.as_bytes())) {
            Some(text) => Ok(Number::parse(text).into_value()),
            None => Err(Failure::refused("tonumber", &[], &value, "invalid number")),
        },
        other if Number::of(other).is_some() => Ok(value),
        other => Err(Failure::not_applicable("tonumber", other)),
    }
}

pub(super) fn error(value: Value) -> Outcome {
    Err(Failure::Raised(value))
}

pub(super) fn halt(value: Value) -> Outcome {
    Err(Failure::Halt(value))
}

pub(super) fn halt_with(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let code = arg(args, 0);
    if Number::of(code).is_none() {
        return Err(Failure::not_applicable("halt_error", code));
    }
    halt(value)
}

pub(super) fn module_meta(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    match &value {
        Value::String(text) => {
            let path = crate::strconv::quote(text.as_bytes());
            Err(Failure::message(format!("cannot load module: {path}")))
        }
        other => Err(Failure::not_applicable("modulemeta", other)),
    }
}

pub(super) fn builtins(names: Vec<(String, usize)>) -> Value {
    Value::list(
        names.into_iter().map(|(name, arity)| Value::String(Text::from(format!("{name}/{arity}")))).collect(),
    )
}
