//! `toYaml`, `fromJson` and their kin. What fails is in the result, unless the function is called `must...`.

use aoa_lang::json::{self, Numbers};
use aoa_lang::template::{Call, FnError, Function};
use aoa_lang::value::{GoType, List, ListKind, Map, MapKind};
use aoa_lang::yaml::{self, LoadOptions};
use aoa_lang::{Error, ErrorKind, Result, Value};

const ANY: GoType = GoType::Any;
const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("toYaml", &[ANY], STRING, |call, args| lenient(to_yaml(call, args))),
    Function::new("mustToYaml", &[ANY], STRING, to_yaml),
    Function::new("toYamlPretty", &[ANY], STRING, |call, args| lenient(to_yaml_pretty(call, args))),
    Function::new("fromYaml", &[STRING], GoType::MAP, |call, args| as_map(read_yaml(call, args), YAML_WORDS)),
    Function::new("fromYamlArray", &[STRING], GoType::LIST, |call, args| {
        as_list(read_yaml(call, args), YAML_WORDS)
    }),
    Function::new("fromJson", &[STRING], GoType::MAP, |call, args| {
        as_map(read_json(call, args, |value| matches!(value, Value::Map(_))), "")
    }),
    Function::new("fromJsonArray", &[STRING], GoType::LIST, |call, args| {
        as_list(read_json(call, args, |value| matches!(value, Value::List(_))), "")
    }),
];

type Answer = std::result::Result<Value, FnError>;

const YAML_WORDS: &str = "error unmarshaling JSON: while decoding JSON: ";

fn to_yaml(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut limits = call.options().limits.clone();
    limits.output_bytes = limits.output_bytes.min(limits.template_output);
    let out = yaml::emit_within(args.first().unwrap_or(&Value::Null), &limits).map_err(failed)?;
    finish(call, out)
}

fn to_yaml_pretty(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let out = yaml::emit_pretty(args.first().unwrap_or(&Value::Null)).map_err(failed)?;
    finish(call, out)
}

fn finish(call: &mut Call<'_>, mut out: String) -> Answer {
    call.build(out.len())?;
    if out.ends_with('\n') {
        out.pop();
    }
    Ok(Value::from(out))
}

/// What cannot be written is the empty text.
fn lenient(answer: Answer) -> Answer {
    match answer {
        Err(FnError::Message(_)) => Ok(Value::from("")),
        other => other,
    }
}

fn read_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value> {
    let options =
        LoadOptions::new().with_numbers(yaml::Numbers::Float64).with_limits(call.options().limits.clone());
    yaml::load_with(bytes(args), &options)
}

fn read_json(call: &mut Call<'_>, args: &[Value], fits: fn(&Value) -> bool) -> Result<Value> {
    let limits = &call.options().limits;
    json::read_within(bytes(args), Numbers::Float64, limits).or_else(|error| {
        // Go looks at numbers that no float holds only inside of what was asked for.
        json::read_within(bytes(args), Numbers::Text, limits).ok().filter(|value| !fits(value)).ok_or(error)
    })
}

fn as_map(read: Result<Value>, words: &str) -> Answer {
    match read {
        // What was made before stays when YAML is read, but JSON sets it to nil.
        Ok(Value::Null) if !words.is_empty() => Ok(Value::Map(Map::new())),
        Ok(Value::Null) => Ok(Value::Map(Map::nil(MapKind::Any))),
        Ok(map @ Value::Map(_)) => Ok(map),
        Ok(other) => Ok(error_map(&wrong_shape(&other, GoType::MAP, words))),
        Err(error) => Ok(error_map(&text_of(error)?)),
    }
}

pub(super) fn error_map(message: &str) -> Value {
    Value::map([("Error", Value::from(message))])
}

fn as_list(read: Result<Value>, words: &str) -> Answer {
    let message = match read {
        Ok(Value::Null) if !words.is_empty() => return Ok(Value::list(Vec::new())),
        Ok(Value::Null) => return Ok(Value::List(List::nil(ListKind::Any))),
        Ok(list @ Value::List(_)) => return Ok(list),
        Ok(other) => wrong_shape(&other, GoType::LIST, words),
        Err(error) => text_of(error)?,
    };
    Ok(Value::list(vec![Value::from(message)]))
}

/// The text of an error that the result holds; limits end the run.
fn text_of(error: Error) -> std::result::Result<String, FnError> {
    match failed(error) {
        FnError::Message(text) => Ok(text),
        other => Err(other),
    }
}

pub(super) fn failed(error: Error) -> FnError {
    match error.kind() {
        ErrorKind::Limit | ErrorKind::Internal => FnError::Abort(error),
        _ => FnError::message(error.message()),
    }
}

fn wrong_shape(value: &Value, wanted: GoType, words: &str) -> String {
    format!("{words}{}", json::mismatch(value, wanted.name()))
}

pub(super) fn bytes(args: &[Value]) -> &[u8] {
    match args.first() {
        Some(Value::String(text)) => text.as_bytes(),
        _ => b"",
    }
}
