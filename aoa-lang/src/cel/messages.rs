//! Protocol Buffers' well-known types, which expressions can make: `google.protobuf.Int32Value{value: 5}`.

use std::sync::Arc;

use super::ast::Name;
use super::convert::{SECOND, timestamp};
use super::failure::Failure;
use super::types::Type;
use super::value::Val;
use crate::time::Time;

/// The type that a message of this name stands for.
pub(super) fn type_named(name: &str) -> Option<Type> {
    let nullable = |inner| Some(Type::Nullable(Arc::new(inner)));
    match name.strip_prefix("google.protobuf.")? {
        "BoolValue" => nullable(Type::Bool),
        "BytesValue" => nullable(Type::Bytes),
        "DoubleValue" | "FloatValue" => nullable(Type::Double),
        "Int64Value" | "Int32Value" => nullable(Type::Int),
        "UInt64Value" | "UInt32Value" => nullable(Type::Uint),
        "StringValue" => nullable(Type::String),
        "Any" => Some(Type::Any),
        "Duration" => Some(Type::Duration),
        "Timestamp" => Some(Type::Timestamp),
        "ListValue" => Some(Type::list(Type::Dyn)),
        "NullValue" => Some(Type::Null),
        "Struct" => Some(Type::map(Type::String, Type::Dyn)),
        "Value" => Some(Type::Dyn),
        "Empty" => Some(Type::structure(name)),
        _ => None,
    }
}

/// The type of a field of a message.
pub(super) fn field(message: &str, field: &str) -> Option<Type> {
    let message = message.strip_prefix("google.protobuf.")?;
    Some(match (message, field) {
        ("BoolValue", "value") => Type::Bool,
        ("BytesValue", "value") => Type::Bytes,
        ("DoubleValue" | "FloatValue", "value") => Type::Double,
        ("Int64Value" | "Int32Value", "value") => Type::Int,
        ("UInt64Value" | "UInt32Value", "value") => Type::Uint,
        ("StringValue", "value") => Type::String,
        ("Duration" | "Timestamp", "seconds" | "nanos") => Type::Int,
        ("ListValue", "values") => Type::list(Type::Dyn),
        ("Struct", "fields") => Type::map(Type::String, Type::Dyn),
        ("Value", "number_value") => Type::Double,
        ("Value", "string_value") => Type::String,
        ("Value", "bool_value") => Type::Bool,
        ("Value", "null_value") => Type::Int,
        ("Value", "struct_value") => Type::map(Type::String, Type::Dyn),
        ("Value", "list_value") => Type::list(Type::Dyn),
        ("Any", "type_url") => Type::String,
        ("Any", "value") => Type::Bytes,
        _ => return None,
    })
}

/// The value that a message with these fields is.
///
/// # Errors
/// Messages that are no values of CEL; numbers out of range.
pub(super) fn make(message: &str, fields: &[(Name, Val)]) -> Result<Val, Failure> {
    let get =
        |name: &str| fields.iter().rev().find(|(field, _)| &**field == name).map(|(_, value)| value.clone());
    let int = |name: &str| match get(name) {
        Some(Val::Int(n)) => n,
        _ => 0,
    };
    let narrow = |value: Val| match value {
        Val::Int(n) => i32::try_from(n).map(|_| Val::Int(n)).map_err(|_| Failure::new("integer overflow")),
        Val::Uint(n) => {
            u32::try_from(n).map(|_| Val::Uint(n)).map_err(|_| Failure::new("unsigned integer overflow"))
        }
        other => Ok(other),
    };
    match message.strip_prefix("google.protobuf.").unwrap_or(message) {
        "BoolValue" => Ok(get("value").unwrap_or(Val::Bool(false))),
        "BytesValue" => Ok(get("value").unwrap_or_else(|| Val::Bytes(Arc::from([])))),
        "DoubleValue" => Ok(get("value").unwrap_or(Val::Double(0.0))),
        #[expect(clippy::cast_possible_truncation, reason = "the field is a float")]
        "FloatValue" => Ok(match get("value") {
            Some(Val::Double(n)) => Val::Double(f64::from(n as f32)),
            _ => Val::Double(0.0),
        }),
        "Int64Value" => Ok(get("value").unwrap_or(Val::Int(0))),
        "Int32Value" => narrow(get("value").unwrap_or(Val::Int(0))),
        "UInt64Value" => Ok(get("value").unwrap_or(Val::Uint(0))),
        "UInt32Value" => narrow(get("value").unwrap_or(Val::Uint(0))),
        "StringValue" => Ok(get("value").unwrap_or_else(|| Val::string(""))),
        "Duration" => {
            let nanos = int("seconds").checked_mul(SECOND).and_then(|n| n.checked_add(int("nanos")));
            nanos.map(Val::Duration).ok_or(Failure::new("duration overflow"))
        }
        "Timestamp" => {
            let nanos = u32::try_from(int("nanos")).map_err(|_| Failure::new("timestamp overflow"))?;
            timestamp(Time::unix(int("seconds"), nanos).to_zone(crate::time::Zone::Utc))
        }
        "ListValue" => Ok(get("values").unwrap_or_else(|| Val::list(Vec::new()))),
        "Struct" => Ok(get("fields").unwrap_or_else(|| Val::Map(Arc::default()))),
        "Value" => Ok(fields.last().map_or(Val::Null, |(name, value)| match (&**name, value) {
            ("null_value", _) => Val::Null,
            (_, value) => value.clone(),
        })),
        _ => Err(Failure::new(format!("unknown type '{message}'"))),
    }
}
