//! `+ - * / %` on numbers, texts, lists and objects (gojq's `operator.go`).

use num_bigint::BigInt;

use crate::value::{Map, Text};
use crate::{Error, Value};

use super::super::encode;
use super::super::failure::{Failure, Outcome, preview, typed_preview};
use super::super::number::{Number, Pair, float_to_int, is_less, to_float};
use super::super::order;
use super::Context;

fn mismatch(name: &str, left: &Value, right: &Value) -> Failure {
    Failure::message(format!("cannot {name}: {} and {}", typed_preview(left), typed_preview(right)))
}

/// Both as numbers.
fn numbers(left: &Value, right: &Value) -> Option<Pair> {
    Some(Pair::of(&Number::of(left)?, &Number::of(right)?))
}

/// Texts of numbers are read as soon as they are reckoned with.
fn read(value: &Value) -> Value {
    match value {
        Value::Number(text) => Number::parse(text).into_value(),
        other => other.clone(),
    }
}

/// `left + right` of numbers.
pub(in super::super) fn sum(left: &Number, right: &Number) -> Number {
    match Pair::of(left, right) {
        Pair::Ints(l, r) => l.checked_add(r).map_or_else(|| Number::Big(BigInt::from(l) + r), Number::Int),
        Pair::Bigs(l, r) => Number::Big(l + r),
        Pair::Floats(l, r) => Number::Float(l + r),
    }
}

/// `-number`
pub(in super::super) fn negated(number: Number) -> Number {
    match number {
        Number::Int(n) => n.checked_neg().map_or_else(|| Number::Big(-BigInt::from(n)), Number::Int),
        Number::Big(n) => Number::Big(-n),
        Number::Float(n) => Number::Float(-n),
    }
}

pub(super) fn add(cx: &mut Context, left: &Value, right: &Value) -> Outcome {
    if let (Some(l), Some(r)) = (Number::of(left), Number::of(right)) {
        return Ok(sum(&l, &r).into_value());
    }
    Ok(match (left, right) {
        (Value::String(l), Value::String(r)) => {
            cx.budget.charge_bytes(l.len().saturating_add(r.len()))?;
            Value::String(Text::from([l.as_bytes(), r.as_bytes()].concat()))
        }
        (Value::List(l), Value::List(r)) if l.is_empty() || r.is_empty() => {
            if l.is_empty() {
                right.clone()
            } else {
                left.clone()
            }
        }
        (Value::List(l), Value::List(r)) => {
            cx.budget.charge_items(l.len().saturating_add(r.len()))?;
            Value::list(l.iter().chain(r).cloned().collect())
        }
        (Value::Map(l), Value::Map(r)) if l.is_empty() || r.is_empty() => {
            if l.is_empty() {
                right.clone()
            } else {
                left.clone()
            }
        }
        (Value::Map(l), Value::Map(r)) => Value::Map(merged(cx, l, r)?),
        (Value::Null, other) | (other, Value::Null) => read(other),
        _ => return Err(mismatch("add", left, right)),
    })
}

fn merged(cx: &mut Context, left: &Map, right: &Map) -> Outcome<Map> {
    cx.budget.charge_items(left.len().saturating_add(right.len()))?;
    Ok(left.as_slice().iter().chain(right.as_slice()).cloned().collect())
}

/// `add`: of a list, or the values of an object.
pub(super) fn add_all(cx: &mut Context, value: &Value) -> Outcome {
    match value {
        Value::List(list) => sum_of(cx, list.iter().cloned()),
        Value::Map(map) => sum_of(cx, map.values().cloned()),
        other => Err(Failure::not_applicable("add", other)),
    }
}

/// The sum of many, texts and lists grown in place.
pub(super) fn sum_of(cx: &mut Context, values: impl Iterator<Item = Value>) -> Outcome {
    enum Sum {
        Value(Value),
        Bytes(Vec<u8>),
        Items(Vec<Value>),
    }
    let close = |sum| match sum {
        Sum::Value(value) => value,
        Sum::Bytes(bytes) => Value::String(Text::from(bytes)),
        Sum::Items(items) => Value::list(items),
    };
    let mut total = Sum::Value(Value::Null);
    for value in values {
        cx.budget.charge(1)?;
        total = match (total, value) {
            (total, Value::Null) => total,
            (Sum::Value(Value::Null), Value::String(text)) => Sum::Bytes(text.as_bytes().to_vec()),
            (Sum::Bytes(mut bytes), Value::String(text)) => {
                cx.budget.charge_bytes(text.len())?;
                bytes.extend_from_slice(text.as_bytes());
                Sum::Bytes(bytes)
            }
            (Sum::Value(Value::Null), Value::List(list)) => Sum::Items(list.into_vec()),
            (Sum::Items(mut items), Value::List(list)) => {
                cx.budget.charge_items(list.len())?;
                items.extend(list.iter().cloned());
                Sum::Items(items)
            }
            (total, value) => Sum::Value(add(cx, &close(total), &value)?),
        };
    }
    Ok(close(total))
}

pub(super) fn subtract(cx: &mut Context, left: &Value, right: &Value) -> Outcome {
    if let Some(pair) = numbers(left, right) {
        return Ok(match pair {
            Pair::Ints(l, r) => {
                l.checked_sub(r).map_or_else(|| Number::Big(BigInt::from(l) - r), Number::Int)
            }
            Pair::Bigs(l, r) => Number::Big(l - r),
            Pair::Floats(l, r) => Number::Float(l - r),
        }
        .into_value());
    }
    let (Value::List(l), Value::List(r)) = (left, right) else {
        return Err(mismatch("subtract", &read(left), &read(right)));
    };
    let mut kept = Vec::new();
    for item in l {
        let mut found = false;
        for other in r {
            if order::equal(&mut cx.budget, item, other)? {
                found = true;
                break;
            }
        }
        if !found {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

pub(super) fn multiply(cx: &mut Context, left: &Value, right: &Value) -> Outcome {
    if let Some(pair) = numbers(left, right) {
        return Ok(match pair {
            Pair::Ints(l, r) => {
                l.checked_mul(r).map_or_else(|| Number::Big(BigInt::from(l) * r), Number::Int)
            }
            Pair::Bigs(l, r) => {
                cx.budget.charge(l.bits().saturating_add(r.bits()) / 64)?;
                Number::Big(l * r)
            }
            Pair::Floats(l, r) => Number::Float(l * r),
        }
        .into_value());
    }
    match (left, right) {
        (Value::Map(l), Value::Map(r)) => deep_merge(cx, l, r, 0).map(Value::Map),
        (Value::String(text), other) | (other, Value::String(text)) => match to_float(other) {
            Some(times) => repeat(cx, text, times),
            None => Err(mismatch("multiply", left, right)),
        },
        _ => Err(mismatch("multiply", &read(left), &read(right))),
    }
}

/// How deep objects are merged.
const MAX_MERGE_DEPTH: usize = 2_000;

fn deep_merge(cx: &mut Context, left: &Map, right: &Map, depth: usize) -> Outcome<Map> {
    if depth > MAX_MERGE_DEPTH {
        return Err(Failure::Stopped(Error::limit("jq: objects to be merged nest too deeply")));
    }
    cx.budget.charge_items(left.len().saturating_add(right.len()))?;
    let mut merged = left.clone().into_builder();
    for (key, value) in right.iter() {
        let value = match (merged.get_bytes(key.as_bytes()), value) {
            (Some(Value::Map(old)), Value::Map(new)) => {
                let old = old.clone();
                Value::Map(deep_merge(cx, &old, new, depth + 1)?)
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Ok(merged.build())
}

fn repeat(cx: &mut Context, text: &Text, times: f64) -> Outcome {
    if is_less(times, 0.0) {
        return Ok(Value::Null);
    }
    let count = float_to_int(times.min(f64::from(i32::MAX)));
    let count = u64::try_from(count).unwrap_or(0);
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_mul(count);
    if length >= 0x7fff_ffff {
        let (text, times) = (preview(&Value::String(text.clone())), encode::float(times));
        return Err(Failure::message(format!("repeat string result too large: {text} * {times}")));
    }
    cx.budget.charge(length / 8)?;
    Ok(Value::String(Text::from(text.as_bytes().repeat(usize::try_from(count).unwrap_or(0)))))
}

fn by_zero(name: &str, left: &Value, right: &Value) -> Failure {
    Failure::message(format!("cannot {name} {} by: {}", typed_preview(left), typed_preview(right)))
}

/// What messages show of two numbers of one kind: floats if one of them is.
fn shown(pair: &Pair) -> (Value, Value) {
    match pair {
        Pair::Ints(l, r) => (Value::int(*l), Value::int(*r)),
        Pair::Floats(l, r) => (Value::float(*l), Value::float(*r)),
        Pair::Bigs(l, r) => (Number::Big(l.clone()).into_value(), Number::Big(r.clone()).into_value()),
    }
}

#[allow(clippy::cast_precision_loss, reason = "Go converts so")]
pub(super) fn divide(cx: &mut Context, left: &Value, right: &Value) -> Outcome {
    if let Some(pair) = numbers(left, right) {
        let zero = || {
            let (l, r) = shown(&pair);
            by_zero("divide", &l, &r)
        };
        return Ok(match &pair {
            Pair::Ints(_, 0) => return Err(zero()),
            Pair::Ints(l, r) => match l.checked_rem(*r) {
                // Only the smallest integer by -1.
                None => negated(Number::Int(*l)),
                Some(0) => Number::Int(l.checked_div(*r).unwrap_or(0)),
                Some(_) => Number::Float(*l as f64 / *r as f64),
            },
            Pair::Floats(_, 0.0) => return Err(zero()),
            Pair::Floats(l, r) => Number::Float(l / r),
            Pair::Bigs(_, r) if *r == BigInt::ZERO => return Err(zero()),
            Pair::Bigs(l, r) if l % r == BigInt::ZERO => Number::Big(l / r),
            Pair::Bigs(l, r) => {
                Number::Float(Number::Big(l.clone()).to_float() / Number::Big(r.clone()).to_float())
            }
        }
        .into_value());
    }
    match (left, right) {
        (Value::String(l), Value::String(r)) if !l.is_empty() => super::text::parts(cx, l, r),
        (Value::String(_), Value::String(_)) => Ok(Value::list(Vec::new())),
        _ => Err(mismatch("divide", &read(left), &read(right))),
    }
}

pub(super) fn modulo(left: &Value, right: &Value) -> Outcome {
    let Some(pair) = numbers(left, right) else {
        return Err(mismatch("modulo", &read(left), &read(right)));
    };
    let zero = || {
        let (l, r) = shown(&pair);
        by_zero("modulo", &l, &r)
    };
    Ok(match &pair {
        Pair::Ints(_, 0) => return Err(zero()),
        Pair::Ints(l, r) => Number::Int(l.checked_rem(*r).unwrap_or(0)),
        Pair::Floats(l, r) if l.is_nan() || r.is_nan() => Number::Float(f64::NAN),
        Pair::Floats(l, r) => match float_to_int(*r) {
            0 => return Err(zero()),
            r => Number::Int(float_to_int(*l).checked_rem(r).unwrap_or(0)),
        },
        Pair::Bigs(_, r) if *r == BigInt::ZERO => return Err(zero()),
        Pair::Bigs(l, r) => Number::Big(l % r),
    }
    .into_value())
}

pub(super) fn plus(value: Value) -> Outcome {
    match Number::of(&value) {
        Some(_) => Ok(value),
        None => Err(Failure::message(format!("cannot plus: {}", typed_preview(&value)))),
    }
}

pub(super) fn negate(value: &Value) -> Outcome {
    match (value, Number::of(value)) {
        // The text is kept.
        (Value::Number(text), _) if text.contains(['.', 'e', 'E']) => {
            Ok(Value::Number(text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned).into()))
        }
        (_, Some(number)) => Ok(negated(number).into_value()),
        (_, None) => Err(Failure::message(format!("cannot negate: {}", typed_preview(value)))),
    }
}

/// `abs`
pub(super) fn absolute(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    magnitude(&value).ok_or_else(|| Failure::not_applicable("abs", &value))
}

/// A number without its sign.
pub(super) fn magnitude(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Number(text) => Value::Number(text.strip_prefix('-').unwrap_or(text).into()),
        value => match Number::of(value)? {
            Number::Float(n) => Value::float(n.abs()),
            Number::Int(n) if n < 0 => negated(Number::Int(n)).into_value(),
            number => number.into_value(),
        },
    })
}
