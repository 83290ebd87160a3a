//! Types of values: `typeOf`, `kindOf`, and equality as `reflect.DeepEqual` has it.

use super::args::{Answer, Args};
use crate::Value;
use crate::template::{Call, Function, Shape};
use crate::value::{GoType, Structure};

const ANY: GoType = GoType::Any;

pub(super) const TABLE: &[Function] = &[
    Function::new("typeOf", &[ANY], GoType::String, |call, args| {
        Ok(Value::from(call.type_name(args.any(0))))
    }),
    Function::new("typeIs", &[GoType::String, ANY], GoType::Bool, type_is),
    Function::new("typeIsLike", &[GoType::String, ANY], GoType::Bool, type_is_like),
    Function::new("kindOf", &[ANY], GoType::String, |call, args| Ok(Value::from(kind(call, args.any(0))))),
    Function::new("kindIs", &[GoType::String, ANY], GoType::Bool, kind_is),
    Function::new("deepEqual", &[ANY, ANY], GoType::Bool, deep_equal),
];

fn type_is(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.text(0) == call.type_name(args.any(1)).as_bytes()))
}

fn type_is_like(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let name = call.type_name(args.any(1)).as_bytes();
    Ok(Value::Bool(args.text(0) == name || name.strip_prefix(b"*") == Some(args.text(0))))
}

fn kind_is(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.text(0) == kind(call, args.any(1)).as_bytes()))
}

fn deep_equal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (a, b) = (call.freeze(args.any(0))?, call.freeze(args.any(1))?);
    Ok(Value::Bool(are_equal(&a, &b)))
}

/// `reflect.Value.Kind` as text.
pub(super) fn kind(call: &Call<'_>, value: &Value) -> &'static str {
    match call.shape(value) {
        Shape::List { .. } => "slice",
        Shape::Map { .. } => "map",
        Shape::Other => scalar_kind(value),
    }
}

fn scalar_kind(value: &Value) -> &'static str {
    match value {
        Value::Null | Value::Handle(_) => "invalid",
        Value::Number(_) => "string",
        Value::Object(object) if object.type_name().starts_with('*') => "ptr",
        Value::Object(object) => match object.structure() {
            Structure::Struct(_) => "struct",
            Structure::Map { .. } => "map",
            Structure::Complex(..) => "complex128",
            Structure::Scalar(inner) => inner.type_name(),
        },
        other => other.type_name(),
    }
}

/// `reflect.DeepEqual` of frozen values.
pub(super) fn are_equal(a: &Value, b: &Value) -> bool {
    a.deep_equals(b)
}
