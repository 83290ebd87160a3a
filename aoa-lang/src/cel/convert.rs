//! Conversions between types: `int()`, `string()`, `timestamp()` and their like.

use std::sync::Arc;

use super::failure::Failure;
use super::types::Type;
use super::value::Val;
use crate::strconv;
use crate::time::{Duration, Time};

/// The bounds of a `timestamp`: years 1 to 9999.
const EARLIEST: i64 = -62_135_596_800;
const LATEST: i64 = 253_402_300_799;

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// `value` as a value of type `to` (`ConvertToType` of cel-go).
pub(super) fn convert(value: &Val, to: &Type) -> Result<Val, Failure> {
    let converted = match (value, to) {
        (Val::Bool(_), Type::Bool)
        | (Val::Int(_), Type::Int)
        | (Val::Uint(_), Type::Uint)
        | (Val::Double(_), Type::Double)
        | (Val::String(_), Type::String)
        | (Val::Bytes(_), Type::Bytes)
        | (Val::Duration(_), Type::Duration)
        | (Val::Timestamp(_), Type::Timestamp) => Some(value.clone()),
        (Val::String(text), to) => from_string(text, to)?,
        (value, Type::String) => to_string(value)?,
        (Val::Int(n), Type::Uint) => {
            Some(Val::Uint(u64::try_from(*n).map_err(|_| Failure::new("unsigned integer overflow"))?))
        }
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Int(n), Type::Double) => Some(Val::Double(*n as f64)),
        (Val::Int(n), Type::Timestamp) => Some(timestamp(Time::unix(*n, 0).to_zone(crate::time::Zone::Utc))?),
        (Val::Uint(n), Type::Int) => {
            Some(Val::Int(i64::try_from(*n).map_err(|_| Failure::new("integer overflow"))?))
        }
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        (Val::Uint(n), Type::Double) => Some(Val::Double(*n as f64)),
        (Val::Double(n), Type::Int) => {
            Some(Val::Int(double_to_int(*n).ok_or(Failure::new("integer overflow"))?))
        }
        (Val::Double(n), Type::Uint) => {
            Some(Val::Uint(double_to_uint(*n).ok_or(Failure::new("unsigned integer overflow"))?))
        }
        (Val::Duration(n), Type::Int) => Some(Val::Int(*n)),
        (Val::Timestamp(time), Type::Int) => Some(Val::Int(time.unix_seconds())),
        _ => None,
    };
    converted.ok_or_else(|| {
        Failure::new(format!("type conversion error from '{}' to '{}'", value.type_name(), to.name()))
    })
}

/// A `timestamp` of this time, if it lies within CEL's bounds.
pub(super) fn timestamp(time: Time) -> Result<Val, Failure> {
    if (EARLIEST..=LATEST).contains(&time.unix_seconds()) {
        Ok(Val::Timestamp(Arc::new(time)))
    } else {
        Err(Failure::new("timestamp overflow"))
    }
}

fn from_string(text: &crate::value::Text, to: &Type) -> Result<Option<Val>, Failure> {
    if *to == Type::Bytes {
        return Ok(Some(Val::Bytes(Arc::from(text.as_bytes()))));
    }
    let Some(text) = text.as_str() else { return Ok(None) };
    Ok(match to {
        Type::Int => strconv::parse_int(text, 10, 64).ok().map(Val::Int),
        Type::Uint => strconv::parse_uint(text, 10, 64).ok().map(Val::Uint),
        Type::Double => strconv::parse_float(text, 64).ok().map(Val::Double),
        Type::Bool => strconv::parse_bool(text).map(Val::Bool),
        Type::Duration => Duration::parse(text.as_bytes()).ok().map(|duration| Val::Duration(duration.0)),
        Type::Timestamp => match Time::parse(b"2006-01-02T15:04:05Z07:00", text.as_bytes()) {
            Ok(time) => Some(timestamp(time)?),
            Err(_) => None,
        },
        _ => None,
    })
}

fn to_string(value: &Val) -> Result<Option<Val>, Failure> {
    Ok(Some(Val::string(match value {
        Val::Null => "null".to_owned(),
        Val::Bool(b) => b.to_string(),
        Val::Int(n) => n.to_string(),
        Val::Uint(n) => n.to_string(),
        Val::Double(n) => strconv::format_float_verb(*n, 'g', None, 64),
        Val::Bytes(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| Failure::new("invalid UTF-8 in bytes, cannot convert to string"))?
            .to_owned(),
        Val::Duration(n) => duration_text(*n),
        Val::Timestamp(time) => timestamp_text(time),
        Val::Type(of) => of.name().to_owned(),
        _ => return Ok(None),
    })))
}

/// Seconds with a fraction: `1.5s`.
pub(super) fn duration_text(nanos: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "as Go's Duration.Seconds computes")]
    let seconds = (nanos / SECOND) as f64 + (nanos % SECOND) as f64 / 1e9;
    format!("{}s", strconv::format_float(seconds, strconv::FloatFormat::Fixed, None, 64))
}

pub(super) fn timestamp_text(time: &Time) -> String {
    String::from_utf8_lossy(&time.format(b"2006-01-02T15:04:05.999999999Z07:00")).into_owned()
}

fn double_to_int(n: f64) -> Option<i64> {
    // Both ends are refused, as upstream refuses them.
    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
    (n > -9_223_372_036_854_775_808.0 && n < 9_223_372_036_854_775_807.0).then_some(n as i64)
}

fn double_to_uint(n: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the bounds are checked; -0.5 is below them"
    )]
    (0.0..18_446_744_073_709_551_616.0).contains(&n).then_some(n as u64)
}

/// The integer that equals `n`.
pub(super) fn double_to_int_exactly(n: f64) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exactness is what is asked for")]
    double_to_int(n).filter(|int| *int as f64 == n)
}

/// The unsigned integer that equals `n`.
pub(super) fn double_to_uint_exactly(n: f64) -> Option<u64> {
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exactness is what is asked for")]
    double_to_uint(n).filter(|int| *int as f64 == n)
}
