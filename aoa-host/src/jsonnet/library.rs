//! The standard library: jrsonnet's, with what go-jsonnet 0.22.0 does otherwise.

use std::cell::RefCell;

use aoa_core::lang::Value;
use aoa_core::lang::json::{self, Numbers};
use jrsonnet_evaluator::function::{FuncVal, NativeFn, builtin};
use jrsonnet_evaluator::manifest::JsonFormat;
use jrsonnet_evaluator::trace::PathResolver;
use jrsonnet_evaluator::val::ArrValue;
use jrsonnet_evaluator::{
    ContextInitializer, Error, IStr, InitialContextBuilder, ObjValue, ObjValueBuilder, Result, Thunk, Val,
    error::ErrorKind,
};
use jrsonnet_gcmodule::{Cc, Trace};
use jrsonnet_ir::{NumValue, Source};
use jrsonnet_stdlib::{Settings, StdTracePrinter, stdlib_uncached};

use super::yaml::{Layout, escaped, manifest};

/// What programs know as `std`.
#[derive(Trace)]
pub(super) struct Library {
    std: ObjValue,
    paths: PathResolver,
}

impl Library {
    /// With the external variables that `settings` is given.
    pub(super) fn new(paths: PathResolver, fill: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            ext_vars: Default::default(),
            ext_natives: Default::default(),
            trace_printer: std::rc::Rc::new(StdTracePrinter::new(paths.clone())),
            path_resolver: paths.clone(),
        };
        fill(&mut settings);
        let mut std = ObjValueBuilder::new();
        std.with_super(stdlib_uncached(Cc::new(RefCell::new(settings))));
        let own: [(&str, FuncVal); 7] = [
            ("escapeStringJson", FuncVal::from(escape_string_json {})),
            ("makeArray", FuncVal::from(make_array {})),
            ("manifestJsonMinified", FuncVal::from(manifest_json_minified {})),
            ("manifestYamlDoc", FuncVal::from(manifest_yaml_doc {})),
            ("manifestYamlStream", FuncVal::from(manifest_yaml_stream {})),
            ("parseJson", FuncVal::from(parse_json {})),
            ("toString", FuncVal::from(to_string {})),
        ];
        for (name, function) in own {
            std.method(name, function);
        }
        Library { std: std.build(), paths }
    }
}

impl ContextInitializer for Library {
    fn populate(&self, source: Source, builder: &mut InitialContextBuilder) {
        let path = source.source_path();
        let this_file = path.path().map_or_else(|| path.to_string(), |path| self.paths.resolve(path));
        let mut std = ObjValueBuilder::new();
        std.with_super(self.std.clone());
        std.field("thisFile").hide().value(this_file);
        builder.bind("std", Thunk::evaluated(Val::Obj(std.build())));
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// jrsonnet reads numbers through serde_json, which hands them over as objects where another crate of the program has asked
/// for numbers of any length.
#[builtin]
fn parse_json(str: IStr) -> Result<Val> {
    let value = json::read(str.as_bytes(), Numbers::Float64)
        .map_err(|error| failure(format!("failed to parse JSON: {}", error.message())))?;
    from_value(&value)
}

fn from_value(value: &Value) -> Result<Val> {
    Ok(match value {
        Value::Null => Val::Null,
        Value::Bool(flag) => Val::Bool(*flag),
        Value::Float(_, number) => number_of(*number)?,
        Value::String(text) => Val::string(IStr::from(text.to_str_lossy().as_ref())),
        Value::List(items) => {
            let items: Result<Vec<Val>> = items.iter().map(from_value).collect();
            Val::arr(items?)
        }
        Value::Map(map) => {
            let mut object = ObjValueBuilder::new();
            for (key, value) in map.iter() {
                object.field(key.to_str_lossy().as_ref()).value(from_value(value)?);
            }
            Val::Obj(object.build())
        }
        // JSON with numbers as floats has nothing else.
        _ => return Err(failure("this is no JSON".to_owned())),
    })
}

fn number_of(number: f64) -> Result<Val> {
    let number = NumValue::new(number).ok_or_else(|| failure("a number is too large".to_owned()))?;
    Ok(Val::Num(number))
}

#[builtin]
fn manifest_yaml_doc(
    value: Val,
    #[default(false)] indent_array_in_object: bool,
    #[default(true)] quote_keys: bool,
) -> Result<String> {
    manifest(&value, Layout { indent_array_in_object, quote_keys })
}

/// go-jsonnet 0.22.0, `manifestYamlStream` of its standard library: the documents are joined, and the beginning is written
/// where there are none.
#[builtin]
fn manifest_yaml_stream(
    value: Val,
    #[default(false)] indent_array_in_object: bool,
    #[default(true)] c_document_end: bool,
    #[default(true)] quote_keys: bool,
) -> Result<String> {
    let Val::Arr(documents) = value else {
        return Err(failure(format!("manifestYamlStream only takes arrays, got {}", value.value_type())));
    };
    let layout = Layout { indent_array_in_object, quote_keys };
    let documents: Result<Vec<String>> =
        documents.iter().map(|document| manifest(&document?, layout)).collect();
    let end = if c_document_end { "\n...\n" } else { "\n" };
    Ok(format!("---\n{}{end}", documents?.join("\n---\n")))
}

/// Go's encoding/json writes the separators of lines and paragraphs as escapes.
#[builtin]
fn manifest_json_minified(value: Val) -> Result<String> {
    let text = value.manifest(JsonFormat::minify())?;
    Ok(text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

#[builtin]
fn escape_string_json(str_: Val) -> Result<String> {
    Ok(escaped(&text_of(&str_)?))
}

#[builtin]
fn to_string(a: Val) -> Result<String> {
    text_of(&a)
}

fn text_of(value: &Val) -> Result<String> {
    match value {
        Val::Num(number) => Ok(number_text(number.get())),
        other => Ok(other.to_string()?.to_string()),
    }
}

/// go-jsonnet 0.22.0, `unparseNumber`: whole numbers in full, others with seventeen digits as C's `%.17g`.
fn number_text(number: f64) -> String {
    if number == number.floor() {
        return format!("{number:.0}");
    }
    let text = format!("{number:.16e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trimmed = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if (-4..17).contains(&exponent) {
        let decimals = usize::try_from(16 - exponent).unwrap_or_default();
        return trimmed(&format!("{number:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
}

/// Fewer than none are none.
#[builtin]
fn make_array(sz: f64, func: NativeFn!((u32,) -> Val)) -> Result<ArrValue> {
    if sz != sz.trunc() {
        return Err(failure(format!("Expected an integer, but got {}", number_text(sz))));
    }
    let count = sz as u32;
    Ok(if count == 0 { ArrValue::empty() } else { ArrValue::make(count, func) })
}

pub(super) fn failure(text: String) -> Error {
    ErrorKind::RuntimeError(text.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_by_go_jsonnet() {
        let texts =
            [1.0 / 3.0, 1e-7, 123_456_789_012_345_680_000.0, 0.1 + 0.2, 1.5e-5, 100.0, -2.5].map(number_text);
        let wanted = [
            "0.33333333333333331",
            "9.9999999999999995e-08",
            "123456789012345683968",
            "0.30000000000000004",
            "1.5e-05",
            "100",
            "-2.5",
        ];
        assert_eq!(texts, wanted);
    }
}
