//! JSON: writing and reading.

use super::args::{Answer, Args};
use super::text::string;
use crate::json::{self, Html, Layout, Numbers};
use crate::template::{Call, FnError, Function};
use crate::value::GoType;
use crate::{Error, ErrorKind, Value};

const ANY: GoType = GoType::Any;
const STRING: GoType = GoType::String;
const PRETTY: Layout<'static> = Layout::Indented("  ");

pub(super) const TABLE: &[Function] = &[
    Function::new("toJson", &[ANY], STRING, |call, args| {
        lenient(write(call, args, Html::Escaped, Layout::Compact))
    }),
    Function::new("mustToJson", &[ANY], STRING, |call, args| {
        write(call, args, Html::Escaped, Layout::Compact)
    }),
    Function::new("toPrettyJson", &[ANY], STRING, |call, args| {
        lenient(write(call, args, Html::Escaped, PRETTY))
    }),
    Function::new("mustToPrettyJson", &[ANY], STRING, |call, args| write(call, args, Html::Escaped, PRETTY)),
    Function::new("toRawJson", &[ANY], STRING, |call, args| write(call, args, Html::Plain, Layout::Compact)),
    Function::new("mustToRawJson", &[ANY], STRING, |call, args| {
        write(call, args, Html::Plain, Layout::Compact)
    }),
    Function::new("fromJson", &[STRING], ANY, |call, args| match read(call, args) {
        // What is no JSON is nil.
        Err(FnError::Message(_)) => Ok(Value::Null),
        other => other,
    }),
    Function::new("mustFromJson", &[STRING], ANY, read),
];

fn write(call: &mut Call<'_>, args: &[Value], html: Html, layout: Layout<'_>) -> Answer {
    let value = call.freeze(args.any(0))?;
    let mut text = String::new();
    let limit = call.options().limits.template_output;
    json::write_within(&mut text, &value, html, layout, limit).map_err(failed)?;
    call.build(text.len())?;
    Ok(string(text))
}

fn read(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.steps(args.text(0).len() / 4)?;
    json::read_within(args.text(0), Numbers::Float64, &call.options().limits).map_err(failed)
}

/// What cannot be written is the empty text.
fn lenient(answer: Answer) -> Answer {
    match answer {
        Err(FnError::Message(_)) => Ok(Value::from("")),
        other => other,
    }
}

fn failed(error: Error) -> FnError {
    match error.kind() {
        ErrorKind::Limit | ErrorKind::Internal => FnError::Abort(error),
        _ => FnError::message(error.message()),
    }
}
