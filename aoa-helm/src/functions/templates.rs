//! Functions that run templates, stop them, or would look at a cluster.

use aoa_lang::template::{Call, Entry, FnError, Function};
use aoa_lang::value::{GoType, Map, Text};
use aoa_lang::{Value, strconv};

const ANY: GoType = GoType::Any;
const STRING: GoType = GoType::String;

/// How often a template may be included within itself.
const MOST_INCLUDES: usize = 1000;

/// What Helm puts around the messages of `required` and `fail`, to find them again in the errors of the engine.
pub(crate) const MESSAGE_START: &str = "HELM_ERR_START";
pub(crate) const MESSAGE_END: &str = "HELM_ERR_END";

/// The name of texts that `tpl` runs, which is that of the set of templates.
pub(crate) const ROOT: &str = "gotpl";

pub(super) const TABLE: &[Function] = &[
    Function::new("include", &[STRING, ANY], STRING, include).shares(),
    Function::new("tpl", &[STRING, ANY], STRING, tpl).shares(),
    Function::new("required", &[STRING, ANY], ANY, required).shares(),
    Function::new("fail", &[STRING], STRING, |_, args| Err(marked(&text(args, 0)))),
    // A client that only renders knows no cluster.
    Function::new("lookup", &[STRING, STRING, STRING, STRING], GoType::MAP, |_, _| {
        Ok(Value::Map(Map::new()))
    }),
    Function::new("getHostByName", &[STRING], STRING, |_, _| Ok(Value::from(""))),
];

fn include(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let name = text(args, 0);
    if call.nesting(&name) > MOST_INCLUDES {
        let name = name.to_str_lossy();
        let message =
            format!("rendering template has a nested reference name: {name}: unable to execute template");
        return Err(message.into());
    }
    Err(Entry::named(name, args.get(1).cloned().unwrap_or_default()).into())
}

fn tpl(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let source = text(args, 0);
    if !contains(source.as_bytes(), b"{{") {
        return Ok(Value::String(without_no_value(&source)));
    }
    let failing = |text: &Text| {
        format!("error during tpl function execution for {}: ", strconv::quote(text.as_bytes()))
    };
    let entry = Entry::source(ROOT, source, args.get(1).cloned().unwrap_or_default());
    Err(entry.with_finish(|output| without_no_value(&output)).with_failing(failing).into())
}

fn required(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match args.get(1) {
        None | Some(Value::Null) => Err(marked(&text(args, 0))),
        Some(Value::String(value)) if value.is_empty() => Err(marked(&text(args, 0))),
        Some(value) => Ok(value.clone()),
    }
}

fn marked(message: &Text) -> FnError {
    FnError::message(format!("{MESSAGE_START}{}{MESSAGE_END}", message.to_str_lossy()))
}

/// Go prints a missing value of any type as `<no value>`, whatever the options; Helm takes that out again.
pub(crate) fn without_no_value(text: &Text) -> Text {
    const NO_VALUE: &[u8] = b"<no value>";
    let bytes = text.as_bytes();
    if !contains(bytes, NO_VALUE) {
        return text.clone();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        match rest.strip_prefix(NO_VALUE) {
            Some(behind) => rest = behind,
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    Text::from(out)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

fn text(args: &[Value], at: usize) -> Text {
    match args.get(at) {
        Some(Value::String(text)) => text.clone(),
        _ => Text::EMPTY,
    }
}
