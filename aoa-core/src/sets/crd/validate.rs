//! Checking an object against the schema, with the texts of the API server.
//!
//! `validation.ValidateCustomResource` of apiextensions-apiserver 0.36.1 over kube-openapi's validators.

use std::collections::BTreeSet;

use aoa_lang::strconv::{FloatFormat, format_float, quote};
use aoa_lang::text::regexp::Regexp;
use aoa_lang::{Value, json};

use super::schema::{Format, Schema, Shape};
use super::{ROOT, schema_at};

/// Why the API server refuses this ApplicationSet: one text for each violation, sorted; empty if it does not.
///
/// The object should have gone through [`prune`](super::prune()) and [`drop_nulls`](super::drop_nulls) before.
#[must_use]
pub fn validate(set: &Value) -> Vec<String> {
    let mut errors = BTreeSet::new();
    if let Some(root) = schema_at(ROOT) {
        check(set, root, "", &mut errors);
    }
    errors.into_iter().collect()
}

type Errors = BTreeSet<String>;

/// Recursion ends where the schema does.
fn check(value: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    check_type(value, schema, path, errors);
    if let (Shape::IntOrString, false) = (schema.shape, value.is_null()) {
        check_int_or_string(value, path, errors);
    }
    match value {
        Value::String(_) => check_text(value.as_str().unwrap_or_default(), schema, path, errors),
        Value::Int(..) | Value::Uint(..) | Value::Float(..) => check_range(value, schema, path, errors),
        Value::List(list) => {
            if let Some(items) = items_of(schema) {
                for (index, item) in list.iter().enumerate() {
                    check(item, items, &format!("{path}[{index}]"), errors);
                }
            }
        }
        Value::Map(map) => {
            for (key, value) in map.iter() {
                let name = key.to_str_lossy();
                if let Some(field) = schema.shape.field(&name).and_then(schema_at) {
                    check(value, field, &join(path, &name), errors);
                }
            }
            for name in schema.required.iter().filter(|name| !map.contains_key(name)) {
                errors.insert(format!("{}: Required value", join(path, name)));
            }
        }
        _ => {}
    }
    check_values(value, schema, path, errors);
}

fn items_of(schema: &Schema) -> Option<&'static Schema> {
    match schema.shape {
        Shape::Array(items) => schema_at(items),
        _ => None,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The JSON type and the format that the validator sees in a value.
fn type_and_format(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", ""),
        Value::Bool(_) => ("boolean", ""),
        Value::Int(..) | Value::Uint(..) => ("integer", "int64"),
        Value::Float(..) | Value::Number(_) => ("number", "float64"),
        Value::List(_) => ("array", ""),
        Value::Map(_) => ("object", ""),
        Value::String(_) | Value::Object(_) | Value::Handle(_) => ("string", ""),
    }
}

fn accepts(shape: Shape, value: &Value) -> bool {
    match (shape, value) {
        (Shape::Any, _)
        | (Shape::String | Shape::IntOrString, Value::String(_))
        | (Shape::Boolean, Value::Bool(_))
        | (Shape::Integer | Shape::IntOrString, Value::Int(..) | Value::Uint(..))
        | (Shape::Array(_), Value::List(_))
        | (Shape::Map(_) | Shape::Object(_), Value::Map(_)) => true,
        (Shape::Integer | Shape::IntOrString, Value::Float(_, number)) => is_json_integer(*number),
        _ => false,
    }
}

fn check_type(value: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    if accepts(schema.shape, value) {
        return;
    }
    let (found, format) = type_and_format(value);
    let compares_format = !matches!(value, Value::Null | Value::String(_) | Value::List(_));
    match schema.format {
        // Values that are neither texts nor lists are measured by the format first.
        Format::Int64 | Format::DateTime if compares_format => {
            errors.insert(wrong_type(path, schema.format.name(), format));
        }
        // With a format that is not one of numbers, the type of a list is never looked at.
        Format::DateTime if matches!(value, Value::List(_)) => {}
        _ => {
            errors.insert(wrong_type(path, schema.shape.type_names(), found));
        }
    }
}

fn wrong_type(path: &str, wanted: &str, found: &str) -> String {
    let found = quote(found.as_bytes());
    format!("{}: Invalid value: {found}: {path} in body must be of type {wanted}: {found}", shown(path))
}

/// The path of the whole object is Go's nil.
fn shown(path: &str) -> &str {
    if path.is_empty() { "<nil>" } else { path }
}

/// `anyOf: [integer, string]`: of two failures the first is told.
fn check_int_or_string(value: &Value, path: &str, errors: &mut Errors) {
    static INTEGER: Schema = super::schema::integer();
    let mut as_integer = Errors::new();
    check_type(value, &INTEGER, path, &mut as_integer);
    check_range(value, &INTEGER, path, &mut as_integer);
    if as_integer.is_empty() || matches!(value, Value::String(_)) {
        return;
    }
    errors.insert(format!(
        "<nil>: Invalid value: \"\": {} must validate at least one schema (anyOf)",
        quote(path.as_bytes())
    ));
    errors.append(&mut as_integer);
}

/// Numbers must fit an int64 where an integer is wanted.
fn check_range(value: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    let (Value::Float(_, number), Shape::Integer) = (value, schema.shape) else { return };
    if format_float(*number, FloatFormat::Fixed, None, 64).parse::<i64>().is_ok() {
        return;
    }
    let format = match schema.format {
        Format::None => String::from("(default format)"),
        format => format!("with format {}", format.name()),
    };
    errors.insert(format!(
        "<nil>: Invalid value: \"\": Checked value must be of type integer {format} in {path}"
    ));
}

fn check_text(text: &str, schema: &Schema, path: &str, errors: &mut Errors) {
    let found = quote(text.as_bytes());
    if text.chars().count() < schema.min_length {
        let least = schema.min_length;
        errors.insert(format!(
            "{path}: Invalid value: {found}: {path} in body should be at least {least} chars long"
        ));
    } else if !schema.pattern.is_empty() && !matches_pattern(schema.pattern, text) {
        let pattern = schema.pattern;
        errors.insert(format!("{path}: Invalid value: {found}: {path} in body should match '{pattern}'"));
    }
    if schema.format == Format::DateTime && !is_date_time(text) {
        errors.insert(wrong_type(path, "date-time", text));
    }
}

/// A pattern of the table compiles.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    Regexp::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

fn check_values(value: &Value, schema: &Schema, path: &str, errors: &mut Errors) {
    if schema.values.is_empty() || value.as_str().is_some_and(|text| schema.values.contains(&text)) {
        return;
    }
    let values: Vec<String> = schema.values.iter().map(|v| quote(v.as_bytes())).collect();
    let found = match value {
        Value::String(text) => quote(text.as_bytes()),
        Value::Float(_, number) => format_float(*number, FloatFormat::General, None, 64),
        other => json::to_string(other).unwrap_or_default(),
    };
    errors.insert(format!("{path}: Unsupported value: {found}: supported values: {}", values.join(", ")));
}

/// `swag.IsFloat64AJSONInteger`: whole, or very nearly so, and within 53 bits.
fn is_json_integer(number: f64) -> bool {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    const NEAR: f64 = 1e-9;
    if !number.is_finite() || number.abs() > LARGEST {
        return false;
    }
    let whole = number.trunc();
    let (distance, size) = ((number - whole).abs(), number.abs() + whole.abs());
    distance == 0.0 || (whole != 0.0 && distance / size < NEAR)
}

/// `strfmt.IsDateTime`: a date that exists, `T`, a time of day with seconds and a zone, in any case.
fn is_date_time(text: &str) -> bool {
    // Upstream's expression too lets any character stand before the fraction.
    const TIME: &str = "^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$";
    let lower = text.to_ascii_lowercase();
    let mut parts = lower.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    let in_range = |time: &str| {
        let part = |range| time.get(range).unwrap_or("99");
        part(0..2) <= "23" && part(3..5) <= "59" && part(6..8) <= "59"
    };
    is_date(date) && matches_pattern(TIME, time) && in_range(time)
}

fn is_date(text: &str) -> bool {
    let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else { return false };
    let number = |text: &str, width: usize| {
        (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_texts() {
        for good in ["2000-01-01T00:00:00Z", "2000-02-29t23:59:59.123+01:00", "2000-01-01T00:00:00-00:00"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in ["", "2000-01-01", "2001-02-29T00:00:00Z", "2000-01-01T24:00:00Z", "2000-01-01T00:00:00"] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }

    #[test]
    fn whole_floats_are_integers() {
        assert!(is_json_integer(3.0) && is_json_integer(-2.0) && is_json_integer(0.0));
        assert!(!is_json_integer(1.5) && !is_json_integer(1e300) && !is_json_integer(f64::NAN));
    }
}
