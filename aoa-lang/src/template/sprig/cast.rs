//! Converting values to numbers as `spf13/cast` 1.7.1 does: what cannot be converted is zero.

use crate::Value;
use crate::strconv::{parse_float, parse_int};
use crate::value::Structure;

/// `cast.ToInt64`, and on 64 bits `cast.ToInt`.
pub(super) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(_, n) => *n,
        Value::Uint(_, n) => n.cast_signed(),
        Value::Float(_, n) => float_to_int(*n),
        Value::Bool(b) => i64::from(*b),
        Value::String(text) => text.as_str().and_then(text_to_int).unwrap_or(0),
        Value::Number(text) => text_to_int(text).unwrap_or(0),
        // The package knows `time.Month` and `time.Weekday`, and no other named type.
        Value::Object(object) if matches!(object.type_name(), "time.Month" | "time.Weekday") => {
            match object.structure() {
                Structure::Scalar(Value::Int(_, n)) => n,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// `cast.ToFloat64`.
pub(super) fn to_float64(value: &Value) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
    match value {
        Value::Int(_, n) => *n as f64,
        Value::Uint(_, n) => *n as f64,
        Value::Float(_, n) => *n,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::String(text) => text.as_str().and_then(|t| parse_float(t, 64).ok()).unwrap_or(0.0),
        Value::Number(text) => parse_float(text, 64).unwrap_or(0.0),
        Value::Object(_) => to_int64(value) as f64,
        _ => 0.0,
    }
}

fn text_to_int(text: &str) -> Option<i64> {
    parse_int(without_zero_decimals(text), 0, 64).ok()
}

/// Cuts `.0`, `.00` ... off: the only fractions that integers may have.
fn without_zero_decimals(text: &str) -> &str {
    match text.trim_end_matches('0').strip_suffix('.') {
        Some(whole) if text.ends_with('0') => whole,
        _ => text,
    }
}

/// A float cut to an integer as amd64 does it: what does not fit is the smallest integer.
pub(super) fn float_to_int(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        #[expect(clippy::cast_possible_truncation, reason = "in range; the fraction is to be cut")]
        return number as i64;
    }
    i64::MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_convert_as_in_cast() {
        for (text, want) in [
            ("1.0", 1),
            ("1.10", 0),
            ("1.", 0),
            ("0x10", 16),
            ("08", 0),
            ("10", 10),
            ("100", 100),
            (".0", 0),
            ("1.0.0", 0),
        ] {
            assert_eq!(to_int64(&Value::from(text)), want, "{text}");
        }
        assert_eq!(to_int64(&Value::float(1e300)), i64::MIN);
        assert_eq!(to_int64(&Value::float(-1.9)), -1);
    }
}
