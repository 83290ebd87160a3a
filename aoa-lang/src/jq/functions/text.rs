//! Functions of texts.

use crate::value::{List, Text};
use crate::{ErrorKind, Limits, Value, json, unicode};

use super::super::failure::{Failure, Outcome};
use super::super::number::{Number, to_int};
use super::super::{encode, path};
use super::{Context, arg, arithmetic};

fn text<'v>(name: &str, value: &'v Value) -> Outcome<&'v Text> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(Failure::not_applicable(name, other)),
    }
}

/// Input and argument of a function of two texts.
fn texts<'v>(name: &str, value: &'v Value, args: &'v [Value]) -> Outcome<(&'v [u8], &'v [u8])> {
    match (value, arg(args, 0)) {
        (Value::String(text), Value::String(other)) => Ok((text.as_bytes(), other.as_bytes())),
        (value, other) => Err(Failure::not_applicable_with(name, &[other], value)),
    }
}

fn of(bytes: &[u8]) -> Value {
    Value::String(Text::from_bytes(bytes))
}

pub(super) fn byte_length(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    text("utf8bytelength", &value).map(|text| path::count(text.len()))
}

pub(super) fn to_json(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let json = encode::within(&value, cx.budget.bytes())?;
    cx.budget.charge_bytes(json.len())?;
    Ok(Value::string(json))
}

pub(super) fn to_text(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    if matches!(value, Value::String(_)) { Ok(value) } else { to_json(cx, value, args) }
}

pub(super) fn from_json(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let text = text("fromjson", &value)?;
    cx.budget.charge_bytes(text.len())?;
    match json::read_first(text.as_bytes(), json::Numbers::Text, &Limits::default()) {
        Ok((read, rest)) if rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) => Ok(read),
        Ok(_) => Err(Failure::not_applicable("fromjson", &value)),
        Err(error) if error.kind() == ErrorKind::Limit => Err(Failure::Stopped(error)),
        Err(error) => Err(Failure::refused("fromjson", &[], &value, error.message())),
    }
}

pub(super) fn starts_with(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    texts("startswith", &value, args).map(|(text, start)| Value::Bool(text.starts_with(start)))
}

pub(super) fn ends_with(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    texts("endswith", &value, args).map(|(text, end)| Value::Bool(text.ends_with(end)))
}

pub(super) fn trim_prefix(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    texts("ltrimstr", &value, args).map(|(text, start)| of(text.strip_prefix(start).unwrap_or(text)))
}

pub(super) fn trim_suffix(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    texts("rtrimstr", &value, args).map(|(text, end)| of(text.strip_suffix(end).unwrap_or(text)))
}

pub(super) fn trim_text(_: &mut Context, value: Value, args: &[Value]) -> Outcome {
    texts("trimstr", &value, args).map(|(text, part)| {
        let text = text.strip_prefix(part).unwrap_or(text);
        of(text.strip_suffix(part).unwrap_or(text))
    })
}

fn without_space_before(mut text: &[u8]) -> &[u8] {
    while let Some((c, size)) = unicode::first_char(text)
        && unicode::is_space(c)
    {
        text = text.get(size..).unwrap_or_default();
    }
    text
}

fn without_space_behind(mut text: &[u8]) -> &[u8] {
    while let Some((c, size)) = unicode::last_char(text)
        && unicode::is_space(c)
    {
        text = text.get(..text.len().saturating_sub(size)).unwrap_or_default();
    }
    text
}

pub(super) fn trim_left(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    text("ltrim", &value).map(|text| of(without_space_before(text.as_bytes())))
}

pub(super) fn trim_right(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    text("rtrim", &value).map(|text| of(without_space_behind(text.as_bytes())))
}

pub(super) fn trim(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    text("trim", &value).map(|text| of(without_space_behind(without_space_before(text.as_bytes()))))
}

fn codes(text: &Text) -> Vec<Value> {
    unicode::chars(text.as_bytes()).map(|c| Value::int(i64::from(u32::from(c)))).collect()
}

pub(super) fn explode(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let text = text("explode", &value)?;
    cx.budget.charge_items(text.len())?;
    Ok(Value::list(codes(text)))
}

pub(super) fn implode(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let wrong = || Failure::not_applicable("implode", &value);
    let list = value.as_list().ok_or_else(wrong)?;
    cx.budget.charge_items(list.len())?;
    let mut out = String::with_capacity(list.len());
    for code in list {
        let code = to_int(code).ok_or_else(wrong)?;
        let c = u32::try_from(code).ok().and_then(char::from_u32);
        out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(Value::string(out))
}

/// The parts of a text between separators; its characters for an empty one: `strings.Split`.
pub(super) fn parts(cx: &mut Context, text: &Text, separator: &Text) -> Outcome {
    let (bytes, separator) = (text.as_bytes(), separator.as_bytes());
    cx.budget.charge_items(bytes.len())?;
    let mut out = Vec::new();
    if separator.is_empty() {
        let mut rest = bytes;
        while let Some((_, size)) = unicode::first_char(rest) {
            let (c, behind) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            out.push(of(c));
            rest = behind;
        }
        return Ok(Value::list(out));
    }
    let mut start = 0;
    for at in memchr::memmem::find_iter(bytes, separator) {
        out.push(of(bytes.get(start..at).unwrap_or_default()));
        start = at + separator.len();
    }
    out.push(of(bytes.get(start..).unwrap_or_default()));
    Ok(Value::list(out))
}

pub(super) fn split(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let separator = arg(args, 0);
    match (&value, separator) {
        (Value::String(text), Value::String(separator)) => parts(cx, text, separator),
        (Value::String(_), other) | (other, _) => Err(Failure::not_applicable("split", other)),
    }
}

pub(super) fn join(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let separator = arg(args, 0);
    let items: Vec<Value> = match &value {
        Value::List(list) => list.as_slice().to_vec(),
        Value::Map(map) => map.values().cloned().collect(),
        other => return Err(Failure::not_applicable_with("join", &[separator], other)),
    };
    if items.is_empty() {
        return Ok(Value::string(""));
    }
    let joined = items.into_iter().enumerate().flat_map(|(at, item)| {
        let before = if at == 0 { Value::string("") } else { separator.clone() };
        let item = match item {
            Value::Bool(_) => Value::string(encode::shortened(&item, usize::MAX)),
            item if Number::of(&item).is_some() => Value::string(encode::shortened(&item, usize::MAX)),
            item => item,
        };
        [before, item]
    });
    arithmetic::sum_of(cx, joined)
}

fn mapped(value: &Text, change: impl Fn(char) -> char) -> Value {
    Value::string(unicode::chars(value.as_bytes()).map(change).collect::<String>())
}

pub(super) fn downcase(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let text = text("ascii_downcase", &value)?;
    cx.budget.charge_bytes(text.len())?;
    Ok(mapped(text, |c| c.to_ascii_lowercase()))
}

pub(super) fn upcase(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let text = text("ascii_upcase", &value)?;
    cx.budget.charge_bytes(text.len())?;
    Ok(mapped(text, |c| c.to_ascii_uppercase()))
}

/// The lists in which a search looks: texts are lists of characters.
fn searched(name: &str, value: &Value, wanted: &Value) -> Outcome<Option<(List, List)>> {
    match (value, wanted) {
        (Value::Null, _) => Ok(None),
        (Value::List(list), Value::List(part)) => Ok(Some((list.clone(), part.clone()))),
        (Value::List(list), item) => Ok(Some((list.clone(), List::new(vec![item.clone()])))),
        (Value::String(text), Value::String(part)) => {
            Ok(Some((List::new(codes(text)), List::new(codes(part)))))
        }
        _ => Err(Failure::not_applicable_with(name, &[wanted], value)),
    }
}

fn find(cx: &mut Context, name: &str, value: &Value, wanted: &Value, backwards: bool) -> Outcome {
    let Some((list, part)) = searched(name, value, wanted)? else { return Ok(Value::Null) };
    cx.budget.charge_items(list.len())?;
    if part.is_empty() {
        return Ok(Value::Null);
    }
    let last = (list.len() + 1).saturating_sub(part.len());
    for step in 0..last {
        let at = if backwards { last - 1 - step } else { step };
        let window = list.as_slice().get(at..at + part.len()).unwrap_or_default();
        if path::is_part(&mut cx.budget, window, &part)? {
            return Ok(path::count(at));
        }
    }
    Ok(Value::Null)
}

pub(super) fn first_index(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    find(cx, "index", &value, arg(args, 0), false)
}

pub(super) fn last_index(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    find(cx, "rindex", &value, arg(args, 0), true)
}

pub(super) fn indices(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let Some((list, part)) = searched("indices", &value, arg(args, 0))? else { return Ok(Value::Null) };
    cx.budget.charge_items(list.len())?;
    path::positions(&mut cx.budget, &list, &part).map(Value::list)
}
