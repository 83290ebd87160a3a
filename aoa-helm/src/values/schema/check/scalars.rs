//! Rules for strings, numbers, types and constants.

use aoa_lang::value::Text;
use aoa_lang::{Value, fmt};

use super::super::Failure;
use super::super::compile::{Schema, TYPES, Types};
use super::super::number::{Number, grouped};
use super::super::violation::in_quotes;
use super::equal::equal;
use super::{Checker, Frame};

impl Checker<'_> {
    #[inline(never)]
    pub(super) fn string(&mut self, text: &Text, frame: &mut Frame<'_, '_>) {
        let schema = frame.scope.schema.schema();
        let count = |n: usize| grouped(&n.to_string());
        if schema.min_length.is_some() || schema.max_length.is_some() {
            let length = aoa_lang::unicode::chars(text.as_bytes()).count();
            if let Some(min) = schema.min_length.filter(|min| length < *min) {
                self.add(frame, || format!("minLength: got {}, want {}", count(length), count(min)));
            }
            if let Some(max) = schema.max_length.filter(|max| length > *max) {
                self.add(frame, || format!("maxLength: got {}, want {}", count(length), count(max)));
            }
        }
        if let Some(pattern) = &schema.pattern
            && !pattern.is_match(text.as_bytes())
        {
            self.add(frame, || {
                format!(
                    "{} does not match pattern {}",
                    in_quotes(&text.to_str_lossy()),
                    in_quotes(pattern.as_str())
                )
            });
        }
    }

    #[inline(never)]
    pub(super) fn number(&mut self, value: &Value, frame: &mut Frame<'_, '_>) {
        use std::cmp::Ordering::{Greater, Less};
        let schema = frame.scope.schema.schema();
        let Some(number) = Number::of(value) else { return };
        let mut refuse = |name: &str, wanted: &Option<Number>, fits: &dyn Fn(&Number) -> bool| {
            if let Some(wanted) = wanted.as_ref().filter(|wanted| !fits(wanted)) {
                self.add(frame, || format!("{name}: got {}, want {}", number.shown(), wanted.shown()));
            }
        };
        refuse("minimum", &schema.minimum, &|wanted| number.compare(wanted) != Less);
        refuse("maximum", &schema.maximum, &|wanted| number.compare(wanted) != Greater);
        refuse("exclusiveMinimum", &schema.exclusive_minimum, &|wanted| number.compare(wanted) == Greater);
        refuse("exclusiveMaximum", &schema.exclusive_maximum, &|wanted| number.compare(wanted) == Less);
        refuse("multipleOf", &schema.multiple_of, &|wanted| number.is_multiple_of(wanted));
    }
}

/// Whether the value is of a type, or one of the values, that the schema wants.
pub(super) fn kind_rules(value: &Value, schema: &Schema) -> Result<Option<String>, Failure> {
    let Some(name) = type_of(value) else {
        return Ok(Some(format!("invalid jsonType {}", value.type_name())));
    };
    let wanted = schema.types;
    if wanted != Types::default() {
        let is = |name: &str| TYPES.iter().enumerate().any(|(at, t)| *t == name && wanted.0 & (1 << at) != 0);
        let whole = || Number::of(value).is_some_and(|number| number.is_integer());
        let is_whole = name == "number" && is("integer") && whole();
        if !(is(name) || is_whole) {
            let names: Vec<&str> = TYPES.into_iter().filter(|name| is(name)).collect();
            return Ok(Some(format!("got {name}, want {}", names.join(" or "))));
        }
    }
    let is_simple = |value: &Value| !matches!(value, Value::Map(_) | Value::List(_));
    if let Some(constant) = &schema.constant
        && !equal(value, constant)?
    {
        return Ok(Some(match is_simple(constant) {
            true => format!("value must be {}", shown(constant)),
            false => "'const' failed".to_owned(),
        }));
    }
    if let Some(values) = &schema.values {
        for other in values.iter() {
            if equal(value, other)? {
                return Ok(None);
            }
        }
        let all: Vec<String> = values.iter().map(shown).collect();
        return Ok(Some(match (values.iter().all(is_simple), all.as_slice()) {
            (false, _) => "'enum' failed".to_owned(),
            (true, [one]) => format!("value must be {one}"),
            (true, all) => format!("value must be one of {}", all.join(", ")),
        }));
    }
    Ok(None)
}

pub(super) fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        Value::Object(_) | Value::Handle(_) => return None,
    })
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => in_quotes(&text.to_str_lossy()),
        Value::Map(_) | Value::List(_) => "value".to_owned(),
        other => fmt::display(other),
    }
}
