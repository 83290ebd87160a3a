//! The numbers of jq as gojq keeps them: integers without bound, and floats.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

use crate::strconv::parse_float;
use crate::{Value, strconv};

/// A number that is being reckoned with.
#[derive(Clone, Debug)]
pub(super) enum Number {
    Int(i64),
    Big(BigInt),
    Float(f64),
}

impl Number {
    /// The number that a value is.
    pub(super) fn of(value: &Value) -> Option<Number> {
        Some(match value {
            Value::Int(_, n) => Number::Int(*n),
            Value::Uint(_, n) => {
                i64::try_from(*n).map_or_else(|_| Number::Big(BigInt::from(*n)), Number::Int)
            }
            Value::Float(_, n) => Number::Float(*n),
            Value::Number(text) => Number::parse(text),
            _ => return None,
        })
    }

    /// A literal, or the text of a number: what is no number is an infinity (`parseNumber` of func.go).
    pub(super) fn parse(text: &str) -> Number {
        if let Ok(int) = strconv::parse_int(text, 10, 64) {
            return Number::Int(int);
        }
        if text.contains(['.', 'e', 'E'])
            && let Ok(float) = parse_float(text, 64)
        {
            return Number::Float(float);
        }
        match text.parse::<BigInt>() {
            Ok(big) => Number::Big(big),
            Err(_) if text.starts_with('-') => Number::Float(f64::NEG_INFINITY),
            Err(_) => Number::Float(f64::INFINITY),
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Number::Int(n) => Value::int(n),
            Number::Float(n) => Value::float(n),
            Number::Big(n) => match i64::try_from(&n) {
                Ok(n) => Value::int(n),
                Err(_) => Value::Number(n.to_string().into()),
            },
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "Go converts so")]
    pub(super) fn to_float(&self) -> f64 {
        match self {
            Number::Int(n) => *n as f64,
            Number::Float(n) => *n,
            Number::Big(n) => parse_float(&n.to_string(), 64).unwrap_or(match n.sign() {
                Sign::Minus => f64::NEG_INFINITY,
                _ => f64::INFINITY,
            }),
        }
    }

    /// The whole number nearest to zero, cut to the range of int64.
    pub(super) fn to_int(&self) -> i64 {
        match self {
            Number::Int(n) => *n,
            Number::Float(n) => float_to_int(*n),
            Number::Big(n) => match n.sign() {
                Sign::Plus => i64::try_from(n).unwrap_or(i64::MAX),
                _ => i64::try_from(n).unwrap_or(i64::MIN),
            },
        }
    }

    /// How two numbers compare; NaN is less than everything, itself included.
    pub(super) fn compare(&self, other: &Number) -> Ordering {
        match Pair::of(self, other) {
            Pair::Ints(l, r) => l.cmp(&r),
            Pair::Bigs(l, r) => l.cmp(&r),
            Pair::Floats(l, r) if is_less(l, r) => Ordering::Less,
            Pair::Floats(l, r) if l == r => Ordering::Equal,
            Pair::Floats(..) => Ordering::Greater,
        }
    }
}

/// Two numbers of one kind.
pub(super) enum Pair {
    Ints(i64, i64),
    Bigs(BigInt, BigInt),
    Floats(f64, f64),
}

impl Pair {
    pub(super) fn of(left: &Number, right: &Number) -> Pair {
        match (left, right) {
            (Number::Int(l), Number::Int(r)) => Pair::Ints(*l, *r),
            (Number::Float(_), _) | (_, Number::Float(_)) => Pair::Floats(left.to_float(), right.to_float()),
            (Number::Int(l), Number::Big(r)) => Pair::Bigs(BigInt::from(*l), r.clone()),
            (Number::Big(l), Number::Int(r)) => Pair::Bigs(l.clone(), BigInt::from(*r)),
            (Number::Big(l), Number::Big(r)) => Pair::Bigs(l.clone(), r.clone()),
        }
    }
}

/// Whether `left` is less than `right`, where NaN is less than everything.
pub(super) fn is_less(left: f64, right: f64) -> bool {
    left < right || left.is_nan()
}

/// Go's conversion, cut to the range; NaN is the smallest.
#[allow(clippy::cast_possible_truncation, reason = "in range")]
pub(super) fn float_to_int(number: f64) -> i64 {
    if number.is_nan() { i64::MIN } else { number as i64 }
}

/// A value as a float, if it is a number that fits one.
pub(super) fn to_float(value: &Value) -> Option<f64> {
    match value {
        // Texts of numbers are converted by themselves: one that is too large is none (`json.Number.Float64`).
        Value::Number(text) if text.contains(['.', 'e', 'E']) => parse_float(text, 64).ok(),
        value => Number::of(value).map(|number| number.to_float()),
    }
}

/// A value as an integer, if it is a number.
pub(super) fn to_int(value: &Value) -> Option<i64> {
    Number::of(value).map(|number| number.to_int())
}

/// The same, floats rounded up.
pub(super) fn to_int_ceil(value: &Value) -> Option<i64> {
    match value {
        Value::Float(_, n) => Some(float_to_int(n.ceil())),
        value => to_int(value),
    }
}
