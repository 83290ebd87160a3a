//! `toToml`, `fromToml`: TOML as BurntSushi/toml 1.6.0 writes and reads it.
//!
//! `write` makes text of a value. Reading is done by `read`, which takes characters from `scan`, and puts what it finds
//! into a `tree` that knows which tables may still be extended; it finds the ends of `strings` and `numbers`, which `scalar` makes values of.

mod numbers;
mod read;
mod scalar;
mod scan;
mod strings;
mod tree;
mod write;

use aoa_lang::{ErrorKind, Value};

use super::convert::{bytes, error_map};
use aoa_lang::template::{Call, FnError, Function};
use aoa_lang::value::GoType;

pub(super) const TABLE: &[Function] = &[
    Function::new("toToml", &[GoType::Any], GoType::String, to_toml),
    Function::new("mustToToml", &[GoType::Any], GoType::String, must_to_toml),
    Function::new("fromToml", &[GoType::String], GoType::MAP, from_toml),
];

/// The message of what cannot be written is the result.
fn to_toml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match must_to_toml(call, args) {
        Err(FnError::Message(text)) if text.starts_with(write::NO_VALUE) => Err(FnError::Message(text)),
        Err(FnError::Message(text)) => Ok(Value::from(text)),
        other => other,
    }
}

fn must_to_toml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let limits = &call.options().limits;
    let most = limits.output_bytes.min(limits.template_output);
    let text = write::to_text(args.first().unwrap_or(&Value::Null), most).map_err(super::convert::failed)?;
    call.build(text.len())?;
    Ok(Value::from(text))
}

/// The message of what cannot be read is in the result.
fn from_toml(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read::parse(bytes(args)) {
        Ok(map) => Ok(Value::Map(map)),
        Err(error) if error.kind() == ErrorKind::Limit => Err(FnError::Abort(error)),
        Err(error) => Ok(error_map(error.message())),
    }
}
