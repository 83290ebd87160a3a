//! Equality and order of values.

use std::cmp::Ordering;

use super::failure::Failure;
use super::value::{Special, Val};
use crate::value::{List, Map};

/// Data may nest deeper than a stack holds; what lies below is taken as different.
const DEEPEST: u32 = 500;

/// `a == b` (`types.Equal` of cel-go): numbers of all types compare by value.
///
/// # Errors
/// Values of the Kubernetes libraries compare only with their own type.
pub(super) fn equal(a: &Val, b: &Val) -> Result<bool, Failure> {
    equal_at(a, b, 0)
}

fn equal_at(a: &Val, b: &Val, depth: u32) -> Result<bool, Failure> {
    if depth > DEEPEST {
        return Err(Failure::new("data is nested too deeply to be compared"));
    }
    Ok(match (a, b) {
        (Val::Null, Val::Null) => true,
        (Val::Null, _) | (_, Val::Null) => false,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Int(_) | Val::Uint(_) | Val::Double(_), Val::Int(_) | Val::Uint(_) | Val::Double(_)) => {
            numbers(a, b) == Some(Ordering::Equal)
        }
        (Val::String(a), Val::String(b)) => a == b,
        (Val::Bytes(a), Val::Bytes(b)) => a == b,
        (Val::Duration(a), Val::Duration(b)) => a == b,
        (Val::Timestamp(a), Val::Timestamp(b)) => a.compare(b).is_eq(),
        (Val::Type(a), Val::Type(b)) => a.name() == b.name(),
        (Val::Optional(a), Val::Optional(b)) => match (a, b) {
            (Some(a), Some(b)) => equal_at(a, b, depth + 1)?,
            (None, None) => true,
            _ => false,
        },
        (Val::Data(a), Val::Data(b)) if same_list(a, b) => true,
        (Val::DataMap(a), Val::DataMap(b)) if same_map(a, b) => true,
        (Val::List(_) | Val::Data(_), Val::List(_) | Val::Data(_)) => {
            a.list_len() == b.list_len()
                && a.items().zip(b.items()).all(|(a, b)| is_not_unequal(&a, &b, depth + 1))
        }
        (Val::Map(_) | Val::DataMap(_), Val::Map(_) | Val::DataMap(_)) => {
            a.map_len() == b.map_len()
                && (0..a.map_len().unwrap_or(0)).filter_map(|at| a.entry(at)).all(|(key, value)| {
                    b.find(&key).is_some_and(|other| is_not_unequal(&value, &other, depth + 1))
                })
        }
        (Val::Object(a), b) => special(a, b)?,
        (Val::Lazy(a), Val::Lazy(b)) => a == b,
        (Val::Lazy(_), _) => return Err(Failure::no_overload()),
        _ => false,
    })
}

/// Within lists and maps an error counts as equal, as upstream only looks for `false`.
fn is_not_unequal(a: &Val, b: &Val, depth: u32) -> bool {
    equal_at(a, b, depth).unwrap_or(depth <= DEEPEST)
}

fn same_list(a: &List, b: &List) -> bool {
    std::ptr::eq(a.as_slice(), b.as_slice())
}

fn same_map(a: &Map, b: &Map) -> bool {
    std::ptr::eq(a.as_slice(), b.as_slice())
}

fn special(a: &Special, b: &Val) -> Result<bool, Failure> {
    let Val::Object(b) = b else { return Err(Failure::no_overload()) };
    match (a, &**b) {
        (Special::Quantity(a), Special::Quantity(b)) => Ok(a.compare(b).is_eq()),
        (Special::Url(a), Special::Url(b)) => Ok(a.to_text() == b.to_text()),
        (Special::Ip(a), Special::Ip(b)) => Ok(a == b),
        (Special::Cidr(a), Special::Cidr(b)) => Ok(a == b),
        (Special::Semver(a), Special::Semver(b)) => Ok(a.compare(b).is_eq()),
        (Special::Format(a), Special::Format(b)) => Ok(a.name == b.name),
        _ => Err(Failure::no_overload()),
    }
}

/// Order of two values of one type, or of two numbers (`traits.Comparer` of cel-go).
///
/// # Errors
/// Types that have no order, or different ones; a number that is none.
pub(super) fn compare(a: &Val, b: &Val) -> Result<Ordering, Failure> {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => Ok(a.cmp(b)),
        (Val::Int(_) | Val::Uint(_) | Val::Double(_), Val::Int(_) | Val::Uint(_) | Val::Double(_)) => {
            numbers(a, b).ok_or(Failure::new("NaN values cannot be ordered"))
        }
        (Val::String(a), Val::String(b)) => Ok(a.cmp(b)),
        (Val::Bytes(a), Val::Bytes(b)) => Ok(a.cmp(b)),
        (Val::Duration(a), Val::Duration(b)) => Ok(a.cmp(b)),
        (Val::Timestamp(a), Val::Timestamp(b)) => Ok(a.compare(b)),
        _ => Err(Failure::no_overload()),
    }
}

/// Whether values of this type have an order.
pub(super) fn is_comparable(value: &Val) -> bool {
    matches!(
        value,
        Val::Bool(_)
            | Val::Int(_)
            | Val::Uint(_)
            | Val::Double(_)
            | Val::String(_)
            | Val::Bytes(_)
            | Val::Duration(_)
            | Val::Timestamp(_)
    )
}

/// Order of two numbers; `None` if one is not a number.
fn numbers(a: &Val, b: &Val) -> Option<Ordering> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => Some(a.cmp(b)),
        (Val::Uint(a), Val::Uint(b)) => Some(a.cmp(b)),
        (Val::Double(a), Val::Double(b)) => a.partial_cmp(b),
        (Val::Int(a), Val::Uint(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        (Val::Uint(a), Val::Int(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        // Compared as doubles, as upstream compares them.
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Int(a), Val::Double(b)) => (*a as f64).partial_cmp(b),
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Double(a), Val::Int(b)) => a.partial_cmp(&(*b as f64)),
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Uint(a), Val::Double(b)) => (*a as f64).partial_cmp(b),
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Double(a), Val::Uint(b)) => a.partial_cmp(&(*b as f64)),
        _ => None,
    }
}

/// Whether the list or the keys of the map hold `element`; `None` for other values.
pub(super) fn contains(container: &Val, element: &Val) -> Option<bool> {
    if container.is_map() {
        return Some(container.find(element).is_some());
    }
    container.list_len()?;
    Some(container.items().any(|item| equal(element, &item) == Ok(true)))
}
