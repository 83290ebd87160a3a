//! The functions of Argo CD's Go templates, and the compiling of such a template.

use std::sync::OnceLock;

use aoa_lang::template::{Call, FnError, Function, Functions, MissingKey, Template, sprig};
use aoa_lang::value::{GoType, ListKind, Text};
use aoa_lang::{Result, Value, yaml};

use super::documents::{as_map, as_maps, with_floats};
use super::names::{normalize, slugify};

/// sprig's functions without those that look at the machine, and Argo CD's own.
#[must_use]
pub fn template_functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        sprig::functions().without(&["env", "expandenv", "getHostByName"]).with(&[
            Function::new("normalize", &[GoType::String], GoType::String, call_normalize),
            Function::new("slugify", &[GoType::Any], GoType::String, call_slugify).variadic(),
            Function::new("toYaml", &[GoType::Any], GoType::String, call_to_yaml),
            Function::new("fromYaml", &[GoType::String], GoType::MAP, call_from_yaml),
            Function::new("fromYamlArray", &[GoType::String], GoType::LIST, call_from_yaml_array),
        ])
    })
}

/// Compiles a Go template of an ApplicationSet.
///
/// # Errors
///
/// Go's text of what is wrong.
pub(super) fn compile(text: &Text, missing: MissingKey) -> Result<Template> {
    Template::parse("base", &text.to_str_lossy(), template_functions(), missing)
}

fn call_normalize(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    Ok(match args.first() {
        Some(Value::String(name)) => Value::String(normalize(name)),
        _ => Value::from(""),
    })
}

/// `slugify [size [smart]] name`; with more than three arguments those between are ignored.
fn call_slugify(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let wrong = |value: &Value, wanted: &str| {
        let found = if value.is_null() { "nil" } else { value.type_name() };
        FnError::message(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
    };
    let Some((name, options)) = args.split_last() else {
        return Ok(Value::from(""));
    };
    let size = match options.first() {
        None => 50,
        Some(Value::Int(aoa_lang::value::IntKind::Int, size)) => *size,
        Some(other) => return Err(wrong(other, "int")),
    };
    let smart = match options.get(1) {
        None => true,
        Some(Value::Bool(smart)) => *smart,
        Some(other) => return Err(wrong(other, "bool")),
    };
    let Value::String(name) = name else { return Err(wrong(name, "string")) };
    slugify(size, smart, name).map(Value::String).map_err(FnError::message)
}

fn call_to_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let value = call.freeze(args.first().unwrap_or(&Value::Null))?;
    let text = yaml::emit(&value).map_err(|e| FnError::message(e.message()))?;
    call.build(text.len())?;
    Ok(Value::from(text.strip_suffix('\n').unwrap_or(&text)))
}

fn call_from_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let value = read(call, args)?;
    let map = as_map(&value).map_err(decoding)?;
    Ok(call.new_map(map.kind(), map.as_slice().to_vec()))
}

fn call_from_yaml_array(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read(call, args)? {
        Value::Null => Ok(call.new_list(ListKind::Any, Vec::new())),
        Value::List(list) => Ok(call.new_list(ListKind::Any, list.into_vec())),
        other => {
            // The kind of the value is all that the two messages differ in.
            let message = as_maps(&other).err().map(|e| e.message().replace("[]map[string]", "[]")).unwrap_or_default();
            Err(decoding(aoa_lang::Error::invalid(message)))
        }
    }
}

fn read(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let Some(Value::String(text)) = args.first() else { return Ok(Value::Null) };
    call.build(text.len())?;
    let value = yaml::load(text.as_bytes()).map_err(|e| FnError::message(e.message()))?;
    with_floats(&value).map_err(FnError::Abort)
}

fn decoding(error: aoa_lang::Error) -> FnError {
    FnError::message(format!("{}{}", super::documents::DECODING, error.message()))
}
