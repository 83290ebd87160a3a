//! Defaults: what counts as empty, and what stands in for it.

use super::args::{Answer, Args};
use crate::Value;
use crate::template::{Call, Function, Shape};
use crate::value::{GoType, Structure};

const ANY: GoType = GoType::Any;

pub(super) const TABLE: &[Function] = &[
    Function::new("default", &[ANY, ANY], ANY, default).variadic().shares(),
    Function::new("empty", &[ANY], GoType::Bool, |call, args| Ok(Value::Bool(is_empty(call, args.any(0))))),
    Function::new("coalesce", &[ANY], ANY, coalesce).variadic().shares(),
    Function::new("all", &[ANY], GoType::Bool, all).variadic(),
    Function::new("any", &[ANY], GoType::Bool, any).variadic(),
    Function::new("ternary", &[ANY, ANY, GoType::Bool], ANY, ternary).shares(),
];

fn default(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let given = args.get(1).filter(|given| !is_empty(call, given));
    Ok(given.unwrap_or(args.any(0)).clone())
}

fn coalesce(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(args.iter().find(|value| !is_empty(call, value)).cloned().unwrap_or_default())
}

fn all(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(!args.iter().any(|value| is_empty(call, value))))
}

fn any(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.iter().any(|value| !is_empty(call, value))))
}

fn ternary(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(args.any(usize::from(!args.flag(2))).clone())
}

/// sprig's `empty`: nil, false, zero, and what has no length; a struct never is.
pub(super) fn is_empty(call: &Call<'_>, value: &Value) -> bool {
    match call.shape(value) {
        Shape::List { len, .. } | Shape::Map { len, .. } => return len == 0,
        Shape::Other => {}
    }
    match value {
        Value::Null => true,
        Value::Bool(b) => !b,
        Value::Int(_, n) => *n == 0,
        Value::Uint(_, n) => *n == 0,
        Value::Float(_, n) => *n == 0.0,
        Value::Number(text) => text.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Object(object) if object.type_name().starts_with('*') => false,
        Value::Object(object) => match object.structure() {
            Structure::Struct(_) => false,
            Structure::Map { entries, .. } => entries.is_empty(),
            Structure::Complex(re, im) => re == 0.0 && im == 0.0,
            Structure::Scalar(inner) => inner.as_i64() == Some(0),
        },
        Value::List(_) | Value::Map(_) | Value::Handle(_) => false,
    }
}
