//! The types that read and write JSON by code of their own.

use super::decode::{Slot, number_text};
use super::quantity;
use super::table::Codec;
use crate::time::{Time, Zone};
use crate::{Error, Result, Value};

/// What `UnmarshalJSON` of `codec` does with `value`; errors end the reading at once, as they do upstream.
pub(super) fn decode(codec: Codec, slot: &mut Slot, value: &Value) -> Result<()> {
    match codec {
        Codec::Plain | Codec::Parameter => {}
        Codec::Raw => {
            if !value.is_null() {
                *slot = Slot::Value(value.clone());
            }
        }
        Codec::Quantity => {
            *slot = match value {
                Value::Null => Slot::Unset,
                value => Slot::Value(Value::string(&*quantity::canonical(&quantity_text(value)?)?)),
            }
        }
        Codec::IntOrString => *slot = Slot::Value(int_or_string(slot, value)?),
        Codec::Time => *slot = time(value, SECONDS)?,
        Codec::MicroTime => *slot = time(value, MICROSECONDS)?,
    }
    Ok(())
}

/// What the zero value of a type with `codec` encodes to.
pub(super) fn zero(codec: Codec) -> Value {
    match codec {
        Codec::Plain | Codec::Parameter | Codec::Raw | Codec::Time | Codec::MicroTime => Value::Null,
        Codec::Quantity => Value::from("0"),
        Codec::IntOrString => Value::int64(0),
    }
}

/// Upstream parses the JSON text between the quotation marks, in which control characters stand escaped.
fn quantity_text(value: &Value) -> Result<String> {
    let text = match value {
        Value::String(text) => text.to_str_lossy().into_owned(),
        value => number_text(value)?.unwrap_or_default(),
    };
    let is_space =
        |c: char| c == ' ' || !c.is_ascii() && c.is_whitespace() && !"\u{2028}\u{2029}".contains(c);
    Ok(text.trim_matches(is_space).to_owned())
}

fn int_or_string(slot: &Slot, value: &Value) -> Result<Value> {
    let number = match value {
        Value::String(_) => return Ok(value.clone()),
        Value::Null => {
            return Ok(match slot {
                Slot::Value(Value::Int(_, n)) => Value::int64(*n),
                _ => zero(Codec::IntOrString),
            });
        }
        value => number_text(value)?,
    };
    let what = match (&number, value) {
        (Some(text), _) => match text.parse::<i32>() {
            Ok(n) => return Ok(Value::int64(i64::from(n))),
            Err(_) => format!("number {text}"),
        },
        (None, Value::Bool(_)) => "bool".to_owned(),
        (None, Value::List(_)) => "array".to_owned(),
        (None, _) => "object".to_owned(),
    };
    Err(Error::invalid(format!("json: cannot unmarshal {what} into Go value of type int32")))
}

const SECONDS: &[u8] = b"2006-01-02T15:04:05Z07:00";
const MICROSECONDS: &[u8] = b"2006-01-02T15:04:05.000000Z07:00";

fn time(value: &Value, layout: &[u8]) -> Result<Slot> {
    let text = match value {
        Value::Null => return Ok(Slot::Unset),
        Value::String(text) => text,
        value => {
            let what = match value {
                Value::Bool(_) => "bool",
                Value::List(_) => "array",
                Value::Map(_) => "object",
                _ => "number",
            };
            let message = format!("json: cannot unmarshal {what} into Go value of type string");
            return Err(Error::invalid(message));
        }
    };
    let time = Time::parse(layout, text.as_bytes()).map_err(Error::invalid)?;
    if time.is_zero() {
        return Ok(Slot::Unset);
    }
    Ok(Slot::Value(Value::string(time.to_zone(Zone::Utc).format(layout))))
}
