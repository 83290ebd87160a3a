//! Functions of floats.

use crate::Value;

use super::super::failure::{Failure, Outcome};
use super::super::number::{float_to_int, to_float};
use super::{Context, arg};

fn float(name: &str, value: &Value) -> Outcome<f64> {
    to_float(value).ok_or_else(|| Failure::not_applicable(name, value))
}

pub(super) fn one(name: &str, value: &Value, f: impl Fn(f64) -> f64) -> Outcome {
    float(name, value).map(|x| Value::float(f(x)))
}

pub(super) fn two(name: &str, args: &[Value], f: impl Fn(f64, f64) -> f64) -> Outcome {
    Ok(Value::float(f(float(name, arg(args, 0))?, float(name, arg(args, 1))?)))
}

pub(super) fn three(name: &str, args: &[Value], f: impl Fn(f64, f64, f64) -> f64) -> Outcome {
    let [x, y, z] = [float(name, arg(args, 0))?, float(name, arg(args, 1))?, float(name, arg(args, 2))?];
    Ok(Value::float(f(x, y, z)))
}

/// `math.Asin`, by way of the arc tangent.
pub(super) fn asin(x: f64) -> f64 {
    let magnitude = x.abs();
    if x == 0.0 {
        return x;
    }
    if magnitude > 1.0 || x.is_nan() {
        return f64::NAN;
    }
    let root = (1.0 - magnitude * magnitude).sqrt();
    let angle = if magnitude > 0.7 {
        std::f64::consts::FRAC_PI_2 - libm::atan(root / magnitude)
    } else {
        libm::atan(magnitude / root)
    };
    if x < 0.0 { -angle } else { angle }
}

/// `math.Acos`
pub(super) fn acos(x: f64) -> f64 {
    std::f64::consts::FRAC_PI_2 - asin(x)
}

pub(super) fn dim(x: f64, y: f64) -> f64 {
    let difference = x - y;
    if difference <= 0.0 { 0.0 } else { difference }
}

pub(super) fn maximum(x: f64, y: f64) -> f64 {
    match (x.is_nan(), y.is_nan()) {
        (true, _) => y,
        (_, true) => x,
        _ if x == y => {
            if x.is_sign_negative() {
                y
            } else {
                x
            }
        }
        _ => x.max(y),
    }
}

pub(super) fn minimum(x: f64, y: f64) -> f64 {
    match (x.is_nan(), y.is_nan()) {
        (true, _) => y,
        (_, true) => x,
        _ if x == y => {
            if x.is_sign_negative() {
                x
            } else {
                y
            }
        }
        _ => x.min(y),
    }
}

pub(super) fn drem(x: f64, y: f64) -> f64 {
    let rest = libm::remainder(x, y);
    if rest == 0.0 { rest.copysign(x) } else { rest }
}

/// The order of a Bessel function.
pub(super) fn order(n: f64) -> i32 {
    i32::try_from(float_to_int(n).clamp(i64::from(i32::MIN), i64::from(i32::MAX))).unwrap_or(0)
}

pub(super) fn scale(x: f64, exponent: f64) -> f64 {
    libm::ldexp(x, order(exponent))
}

pub(super) fn significand(x: f64) -> f64 {
    libm::frexp(x).0 * 2.0
}

pub(super) fn logb(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return f64::INFINITY;
    }
    if x.is_nan() {
        return x;
    }
    f64::from(libm::frexp(x).1 - 1)
}

pub(super) fn frexp(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let x = float("frexp", &value)?;
    let (fraction, exponent) = if x.is_finite() { libm::frexp(x) } else { (x, 0) };
    Ok(Value::list(vec![Value::float(fraction), Value::int(i64::from(exponent))]))
}

pub(super) fn modf(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let x = float("modf", &value)?;
    let (fraction, whole) =
        if x.is_infinite() { (0.0_f64.copysign(x), x) } else { ((x - x.trunc()).copysign(x), x.trunc()) };
    Ok(Value::list(vec![Value::float(fraction), Value::float(whole)]))
}

pub(super) fn is_finite(value: &Value) -> bool {
    to_float(value).is_some_and(|x| !x.is_infinite())
}

pub(super) fn is_infinite(value: &Value) -> bool {
    to_float(value).is_some_and(f64::is_infinite)
}

pub(super) fn is_normal(value: &Value) -> bool {
    to_float(value).is_some_and(f64::is_normal)
}

pub(super) fn is_nan(value: &Value) -> Outcome {
    match (to_float(value), value) {
        (Some(x), _) => Ok(Value::Bool(x.is_nan())),
        (None, Value::Null) => Ok(Value::Bool(false)),
        (None, other) => Err(Failure::not_applicable("isnan", other)),
    }
}
