//! Arithmetic, order and membership.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::compare::{compare, contains};
use super::super::convert::timestamp;
use super::super::declare::{Ability, Functions};
use super::super::failure::Failure;
use super::super::value::Val;
use crate::time::{Duration, Time, Zone};

pub(super) fn declare(functions: &mut Functions) {
    functions.add("_?_:_", "conditional", "(bool, A, A) -> A", None);
    functions.add("_&&_", "logical_and", "(bool, bool) -> bool", None);
    functions.add("_||_", "logical_or", "(bool, bool) -> bool", None);
    functions.add("!_", "logical_not", "(bool) -> bool", None);
    functions.share("!_", Ability::Any, |a| match a {
        [Val::Bool(b)] => Ok(Val::Bool(!b)),
        _ => Err(Failure::no_overload()),
    });
    functions.add("@not_strictly_false", "not_strictly_false", "(bool) -> bool", None);
    functions.add("_==_", "equals", "(A, A) -> bool", None);
    functions.add("_!=_", "not_equals", "(A, A) -> bool", None);
    declare_arithmetic(functions);
    declare_order(functions);
    functions.add("_[_]", "index_list", "(list(A), int) -> A", None);
    functions.add("_[_]", "index_map", "(map(A, B), A) -> B", None);
    functions.add("@in", "in_list", "(A, list(A)) -> bool", None);
    functions.add("@in", "in_map", "(A, map(A, B)) -> bool", None);
    functions.share("@in", Ability::Any, |a| match a {
        [element, container] => contains(container, element).map(Val::Bool).ok_or(Failure::no_overload()),
        _ => Err(Failure::no_overload()),
    });
}

fn declare_arithmetic(functions: &mut Functions) {
    for (id, signature) in [
        ("add_bytes", "(bytes, bytes) -> bytes"),
        ("add_double", "(double, double) -> double"),
        ("add_duration_duration", "(duration, duration) -> duration"),
        ("add_duration_timestamp", "(duration, timestamp) -> timestamp"),
        ("add_timestamp_duration", "(timestamp, duration) -> timestamp"),
        ("add_int64", "(int, int) -> int"),
        ("add_list", "(list(A), list(A)) -> list(A)"),
        ("add_string", "(string, string) -> string"),
        ("add_uint64", "(uint, uint) -> uint"),
    ] {
        functions.add("_+_", id, signature, None);
    }
    functions.share("_+_", Ability::Add, |a| binary(a, add));
    for (name, ability, native, kinds) in [
        ("_/_", Ability::Divide, (|a| binary(a, divide)) as super::super::declare::Native, DIVIDE.as_slice()),
        ("_%_", Ability::Modulo, |a| binary(a, modulo), &MODULO),
        ("_*_", Ability::Multiply, |a| binary(a, multiply), &MULTIPLY),
    ] {
        for (id, signature) in kinds {
            functions.add(name, id, signature, None);
        }
        functions.share(name, ability, native);
    }
    functions.add("-_", "negate_double", "(double) -> double", None);
    functions.add("-_", "negate_int64", "(int) -> int", None);
    functions.share("-_", Ability::Negate, |a| match a {
        [Val::Int(n)] => n.checked_neg().map(Val::Int).ok_or(Failure::new("integer overflow")),
        [Val::Double(n)] => Ok(Val::Double(-n)),
        [Val::Duration(n)] => n.checked_neg().map(Val::Duration).ok_or(Failure::new("duration overflow")),
        _ => Err(Failure::no_overload()),
    });
    for (id, signature) in [
        ("subtract_double", "(double, double) -> double"),
        ("subtract_duration_duration", "(duration, duration) -> duration"),
        ("subtract_int64", "(int, int) -> int"),
        ("subtract_timestamp_duration", "(timestamp, duration) -> timestamp"),
        ("subtract_timestamp_timestamp", "(timestamp, timestamp) -> duration"),
        ("subtract_uint64", "(uint, uint) -> uint"),
    ] {
        functions.add("_-_", id, signature, None);
    }
    functions.share("_-_", Ability::Subtract, |a| binary(a, subtract));
}

const DIVIDE: [(&str, &str); 3] = [
    ("divide_double", "(double, double) -> double"),
    ("divide_int64", "(int, int) -> int"),
    ("divide_uint64", "(uint, uint) -> uint"),
];
const MODULO: [(&str, &str); 2] =
    [("modulo_int64", "(int, int) -> int"), ("modulo_uint64", "(uint, uint) -> uint")];
const MULTIPLY: [(&str, &str); 3] = [
    ("multiply_double", "(double, double) -> double"),
    ("multiply_int64", "(int, int) -> int"),
    ("multiply_uint64", "(uint, uint) -> uint"),
];

/// The pairs of types that have an order, in upstream's order, with the tail of the overload's name.
const ORDERED: [(&str, &str); 14] = [
    ("bool", "(bool, bool) -> bool"),
    ("int64", "(int, int) -> bool"),
    ("int64_double", "(int, double) -> bool"),
    ("int64_uint64", "(int, uint) -> bool"),
    ("uint64", "(uint, uint) -> bool"),
    ("uint64_double", "(uint, double) -> bool"),
    ("uint64_int64", "(uint, int) -> bool"),
    ("double", "(double, double) -> bool"),
    ("double_int64", "(double, int) -> bool"),
    ("double_uint64", "(double, uint) -> bool"),
    ("string", "(string, string) -> bool"),
    ("bytes", "(bytes, bytes) -> bool"),
    ("timestamp", "(timestamp, timestamp) -> bool"),
    ("duration", "(duration, duration) -> bool"),
];

fn declare_order(functions: &mut Functions) {
    for (kind, signature) in ORDERED {
        // Only the costs of texts and bytes tell overloads apart.
        let id = match kind {
            "string" => "compare_string",
            "bytes" => "compare_bytes",
            _ => "compare",
        };
        for name in ["_<_", "_<=_", "_>_", "_>=_"] {
            functions.add(name, id, signature, None);
        }
    }
    functions.share("_<_", Ability::Compare, |a| order(a, Ordering::is_lt));
    functions.share("_<=_", Ability::Compare, |a| order(a, Ordering::is_le));
    functions.share("_>_", Ability::Compare, |a| order(a, Ordering::is_gt));
    functions.share("_>=_", Ability::Compare, |a| order(a, Ordering::is_ge));
}

fn order(arguments: &[Val], holds: fn(Ordering) -> bool) -> Result<Val, Failure> {
    match arguments {
        [a, b] => Ok(Val::Bool(holds(compare(a, b)?))),
        _ => Err(Failure::no_overload()),
    }
}

fn binary(arguments: &[Val], run: fn(&Val, &Val) -> Result<Val, Failure>) -> Result<Val, Failure> {
    match arguments {
        [a, b] => run(a, b),
        _ => Err(Failure::no_overload()),
    }
}

const INT: Failure = failure("integer overflow");
const UINT: Failure = failure("unsigned integer overflow");
const DURATION: Failure = failure("duration overflow");

const fn failure(text: &'static str) -> Failure {
    Failure::fixed(text)
}

/// The longest text or list that a sum may make.
const LONGEST: usize = 64 << 20;

/// `a + b`
pub(in super::super) fn add(a: &Val, b: &Val) -> Result<Val, Failure> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_add(*b).map(Val::Int).ok_or(INT),
        (Val::Uint(a), Val::Uint(b)) => a.checked_add(*b).map(Val::Uint).ok_or(UINT),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a + b)),
        (Val::String(a), Val::String(b)) => {
            check_length(a.len().saturating_add(b.len()))?;
            Ok(Val::string([a.as_bytes(), b.as_bytes()].concat()))
        }
        (Val::Bytes(a), Val::Bytes(b)) => {
            check_length(a.len().saturating_add(b.len()))?;
            Ok(Val::Bytes(Arc::from([&**a, &**b].concat())))
        }
        (Val::Duration(a), Val::Duration(b)) => a.checked_add(*b).map(Val::Duration).ok_or(DURATION),
        (Val::Duration(d), Val::Timestamp(t)) | (Val::Timestamp(t), Val::Duration(d)) => {
            timestamp(t.to_zone(Zone::Utc).add(Duration(*d)))
        }
        (Val::List(_) | Val::Data(_), Val::List(_) | Val::Data(_)) => match (a.list_len(), b.list_len()) {
            (Some(0), _) => Ok(b.clone()),
            (_, Some(0)) => Ok(a.clone()),
            (x, y) => {
                check_length(x.unwrap_or(0).saturating_add(y.unwrap_or(0)))?;
                Ok(Val::list(a.items().chain(b.items()).collect()))
            }
        },
        _ => Err(Failure::no_overload()),
    }
}

fn check_length(length: usize) -> Result<(), Failure> {
    if length > LONGEST { Err(failure("the value is too large")) } else { Ok(()) }
}

fn subtract(a: &Val, b: &Val) -> Result<Val, Failure> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_sub(*b).map(Val::Int).ok_or(INT),
        (Val::Uint(a), Val::Uint(b)) => a.checked_sub(*b).map(Val::Uint).ok_or(UINT),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a - b)),
        (Val::Duration(a), Val::Duration(b)) => a.checked_sub(*b).map(Val::Duration).ok_or(DURATION),
        (Val::Timestamp(t), Val::Duration(d)) => {
            timestamp(t.to_zone(Zone::Utc).add(Duration(d.checked_neg().ok_or(DURATION)?)))
        }
        (Val::Timestamp(a), Val::Timestamp(b)) => {
            let nanos = |t: &Time| i128::from(t.unix_seconds()) * 1_000_000_000 + i128::from(t.nanosecond());
            // Upstream reports what overflows inside: int64 arithmetic.
            i64::try_from(nanos(a) - nanos(b)).map(Val::Duration).map_err(|_| INT)
        }
        _ => Err(Failure::no_overload()),
    }
}

fn multiply(a: &Val, b: &Val) -> Result<Val, Failure> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_mul(*b).map(Val::Int).ok_or(INT),
        (Val::Uint(a), Val::Uint(b)) => a.checked_mul(*b).map(Val::Uint).ok_or(UINT),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a * b)),
        _ => Err(Failure::no_overload()),
    }
}

fn divide(a: &Val, b: &Val) -> Result<Val, Failure> {
    match (a, b) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => Err(failure("division by zero")),
        (Val::Int(a), Val::Int(b)) => a.checked_div(*b).map(Val::Int).ok_or(INT),
        (Val::Uint(a), Val::Uint(b)) => a.checked_div(*b).map(Val::Uint).ok_or(UINT),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a / b)),
        _ => Err(Failure::no_overload()),
    }
}

fn modulo(a: &Val, b: &Val) -> Result<Val, Failure> {
    match (a, b) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => Err(failure("modulus by zero")),
        (Val::Int(a), Val::Int(b)) => a.checked_rem(*b).map(Val::Int).ok_or(INT),
        (Val::Uint(a), Val::Uint(b)) => a.checked_rem(*b).map(Val::Uint).ok_or(UINT),
        _ => Err(Failure::no_overload()),
    }
}
