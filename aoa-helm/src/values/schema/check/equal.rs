//! Which values are equal: numbers of any spelling are.

use std::collections::HashMap;

use aoa_lang::value::List;
use aoa_lang::{Value, fmt};

use super::super::Failure;
use super::super::address::quoted;
use super::super::number::Number;
use super::scalars::type_of;
use super::{Done, MOST_DEPTH};

pub(super) fn equal(a: &Value, b: &Value) -> Result<bool, Failure> {
    if type_of(a) != type_of(b) {
        return Ok(false);
    }
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a == b),
        _ => Ok(fingerprint(a)? == fingerprint(b)?),
    }
}

/// The first two items that are equal.
pub(super) fn equal_items(list: &List) -> Result<Option<(usize, usize)>, Failure> {
    let mut seen = HashMap::new();
    for (at, item) in list.iter().enumerate() {
        if let Some(first) = seen.insert(fingerprint(item)?, at) {
            return Ok(Some((first, at)));
        }
    }
    Ok(None)
}

/// A text that is the same for equal values.
fn fingerprint(value: &Value) -> Result<String, Failure> {
    let mut out = String::new();
    write_fingerprint(value, 0, &mut out)?;
    Ok(out)
}

fn write_fingerprint(value: &Value, depth: usize, out: &mut String) -> Done {
    if depth > MOST_DEPTH {
        return Err(Failure::Limit("values and their values.schema.json are too deep"));
    }
    match value {
        Value::Map(map) => {
            out.push('{');
            for (name, value) in map.iter() {
                out.push_str(&quoted(&name.to_str_lossy()));
                write_fingerprint(value, depth + 1, out)?;
            }
            out.push('}');
        }
        Value::List(list) => {
            out.push('[');
            for value in list.iter() {
                write_fingerprint(value, depth + 1, out)?;
                out.push(',');
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&quoted(&text.to_str_lossy())),
        other => match Number::of(other) {
            Some(number) => out.push_str(&number.fingerprint()),
            None => out.push_str(&fmt::display(other)),
        },
    }
    Ok(())
}
