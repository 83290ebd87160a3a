//! The functions that Argo CD adds to sprig's (applicationset/utils/template_functions.go).

use crate::template::{Call, FnError, Function};
use crate::value::{GoType, IntKind, List, ListKind, Map, MapKind, Text};
use crate::yaml::{self, LoadOptions, Numbers};
use crate::{ErrorKind, Value, json, unicode};

pub(super) const TABLE: &[Function] = &[
    Function::new("fromYaml", &[GoType::String], GoType::MAP, from_yaml),
    Function::new("fromYamlArray", &[GoType::String], GoType::LIST, from_yaml_array),
    Function::new("normalize", &[GoType::String], GoType::String, normalize),
    Function::new("slugify", &[GoType::Any], GoType::String, slugify).variadic(),
    Function::new("toYaml", &[GoType::Any], GoType::String, to_yaml),
];

/// A name made fit for DNS: lower case letters, digits, `-` and `.`, no more than 253, none of the signs at the ends.
#[must_use]
pub fn sanitize_name(name: &Text) -> String {
    let lower = unicode::chars(name.as_bytes()).map(unicode::to_lower);
    let fit = lower.map(|c| if matches!(c, 'a'..='z' | '0'..='9' | '-' | '.') { c } else { '-' });
    fit.take(253).collect::<String>().trim_matches(['-', '.']).to_owned()
}

fn normalize(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    Ok(Value::from(sanitize_name(&text(args))))
}

/// `slugify [length [smart]] name`
fn slugify(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let (mut most, mut smart, mut name) = (50i64, true, Text::EMPTY);
    for (at, arg) in args.iter().enumerate() {
        let wanted = |of: &str| match arg {
            Value::Null => format!("interface conversion: interface {{}} is nil, not {of}"),
            _ => format!("interface conversion: interface {{}} is {}, not {of}", arg.type_name()),
        };
        match (at, arg) {
            (_, Value::String(text)) if at + 1 == args.len() => name = text.clone(),
            _ if at + 1 == args.len() => return Err(wanted("string").into()),
            (0, Value::Int(IntKind::Int, n)) => most = *n,
            (0, _) => return Err(wanted("int").into()),
            (1, Value::Bool(b)) => smart = *b,
            (1, _) => return Err(wanted("bool").into()),
            _ => {}
        }
    }
    call.build(name.len())?;
    slug(&sanitize_name(&name), most, smart).map(Value::from)
}

/// gosimple/slug 1.15.0 `Make` on a sanitised name, which is ASCII.
fn slug(name: &str, most: i64, smart: bool) -> Result<String, FnError> {
    let mut name = name;
    if !smart && i64::try_from(name.len()).is_ok_and(|len| len >= most) {
        let end = usize::try_from(most)
            .map_err(|_| format!("runtime error: slice bounds out of range [:{most}]"))?;
        name = name.get(..end).unwrap_or(name);
    }
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if c == '.' { '-' } else { c };
        if c != '-' || !slug.ends_with('-') {
            slug.push(c);
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    let most = usize::try_from(most).unwrap_or(0);
    if !smart || most == 0 || slug.len() <= most {
        return Ok(slug.to_owned());
    }
    // Smart: at the last dash that fits.
    let end = slug.get(..=most).and_then(|t| t.rfind('-')).unwrap_or(most);
    Ok(slug.get(..end).unwrap_or(slug).to_owned())
}

fn to_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let mut limits = call.options().limits.clone();
    limits.output_bytes = limits.output_bytes.min(limits.template_output);
    let mut out = match yaml::emit_within(args.first().unwrap_or(&Value::Null), &limits) {
        Ok(out) => out,
        Err(error) if error.kind() == ErrorKind::Limit => return Err(FnError::Abort(error)),
        Err(error) => return Err(error.message().into()),
    };
    call.build(out.len())?;
    if out.ends_with('\n') {
        out.pop();
    }
    Ok(Value::from(out))
}

fn from_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read_yaml(call, args)? {
        Value::Null => Ok(Value::Map(Map::nil(MapKind::Any))),
        map @ Value::Map(_) => Ok(map),
        other => Err(wrong_shape(&other, GoType::MAP)),
    }
}

fn from_yaml_array(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read_yaml(call, args)? {
        Value::Null => Ok(Value::List(List::nil(ListKind::Any))),
        list @ Value::List(_) => Ok(list),
        other => Err(wrong_shape(&other, GoType::LIST)),
    }
}

fn read_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let text = text(args);
    call.build(text.len())?;
    let options =
        LoadOptions::new().with_numbers(Numbers::Float64).with_limits(call.options().limits.clone());
    yaml::load_with(text.as_bytes(), &options).map_err(|error| {
        if error.kind() == ErrorKind::Limit {
            FnError::Abort(error)
        } else {
            FnError::message(error.message())
        }
    })
}

fn wrong_shape(value: &Value, wanted: GoType) -> FnError {
    let wrong = json::mismatch(value, wanted.name());
    FnError::message(format!("error unmarshaling JSON: while decoding JSON: {wrong}"))
}

fn text(args: &[Value]) -> Text {
    match args.first() {
        Some(Value::String(text)) => text.clone(),
        _ => Text::EMPTY,
    }
}
