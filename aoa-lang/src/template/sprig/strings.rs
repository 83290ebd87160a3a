//! Texts: trimming, cutting, quoting, indenting, splitting.

use super::args::{Answer, Args, slice};
use super::text::{find, join, print, split, string, strings, strslice, strval};
use crate::Value;
use crate::strconv::quote;
use crate::template::{Call, FnError, Function, Shape};
use crate::unicode::{self, first_char, last_char};
use crate::value::{GoType, ListKind, Map, Text};

const INT: GoType = GoType::INT;
const STRING: GoType = GoType::String;
const STRING_MAP: GoType = GoType::Map(crate::value::MapKind::String);

pub(super) const TABLE: &[Function] = &[
    Function::new("hello", &[], STRING, |_, _| Ok(Value::from("Hello!"))),
    Function::new("trim", &[STRING], STRING, trim),
    Function::new("trimAll", &[STRING, STRING], STRING, trim_all),
    Function::new("trimall", &[STRING, STRING], STRING, trim_all),
    Function::new("trimSuffix", &[STRING, STRING], STRING, trim_suffix),
    Function::new("trimPrefix", &[STRING, STRING], STRING, trim_prefix),
    Function::new("upper", &[STRING], STRING, |_, args| Ok(mapped(args.text(0), unicode::to_upper))),
    Function::new("lower", &[STRING], STRING, |_, args| Ok(mapped(args.text(0), unicode::to_lower))),
    Function::new("trunc", &[INT, STRING], STRING, trunc),
    Function::new("substr", &[INT, INT, STRING], STRING, substr),
    Function::new("repeat", &[INT, STRING], STRING, repeat),
    Function::new("contains", &[STRING, STRING], GoType::Bool, contains),
    Function::new("hasPrefix", &[STRING, STRING], GoType::Bool, has_prefix),
    Function::new("hasSuffix", &[STRING, STRING], GoType::Bool, has_suffix),
    Function::new("quote", &[GoType::Any], STRING, quote_all).variadic(),
    Function::new("squote", &[GoType::Any], STRING, squote).variadic(),
    Function::new("cat", &[GoType::Any], STRING, cat).variadic(),
    Function::new("indent", &[INT, STRING], STRING, |call, args| indent(call, args, b"")),
    Function::new("nindent", &[INT, STRING], STRING, |call, args| indent(call, args, b"\n")),
    Function::new("replace", &[STRING, STRING, STRING], STRING, replace),
    Function::new("plural", &[STRING, STRING, INT], STRING, plural),
    Function::new("toString", &[GoType::Any], STRING, |call, args| {
        Ok(Value::String(strval(call, args.any(0))?))
    }),
    Function::new("toStrings", &[GoType::Any], GoType::STRINGS, to_strings).shares(),
    Function::new("join", &[STRING, GoType::Any], STRING, join_items),
    Function::new("sortAlpha", &[GoType::Any], GoType::STRINGS, sort_alpha).mutates(),
    Function::new("split", &[STRING, STRING], STRING_MAP, |_, args| {
        Ok(numbered(&split(args.text(1), args.text(0), None)))
    }),
    Function::new("splitn", &[STRING, INT, STRING], STRING_MAP, splitn),
    Function::new("splitList", &[STRING, STRING], GoType::STRINGS, split_list),
];

fn trim(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(trimmed(args.text(0), unicode::is_space)))
}

fn trim_all(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let set: Vec<char> = unicode::chars(args.text(0)).collect();
    Ok(string(trimmed(args.text(1), |c| set.contains(&c))))
}

fn trimmed(text: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    let mut text = text;
    while let Some((_, width)) = first_char(text).filter(|(c, _)| cut(*c)) {
        text = text.get(width..).unwrap_or_default();
    }
    while let Some((_, width)) = last_char(text).filter(|(c, _)| cut(*c)) {
        text = text.get(..text.len() - width).unwrap_or_default();
    }
    text
}

fn trim_suffix(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(args.text(1).strip_suffix(args.text(0)).unwrap_or(args.text(1))))
}

fn trim_prefix(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(args.text(1).strip_prefix(args.text(0)).unwrap_or(args.text(1))))
}

/// Each character mapped, as `strings.Map` does: bytes that are not UTF-8 become U+FFFD.
pub(super) fn mapped(text: &[u8], map: impl Fn(char) -> char) -> Value {
    string(unicode::chars(text).map(map).collect::<String>())
}

fn trunc(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = args.text(1);
    let count = args.int(0);
    let magnitude = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    Ok(string(match (count < 0, text.len().checked_sub(magnitude)) {
        (true, Some(start @ 1..)) => text.get(start..).unwrap_or_default(),
        (false, Some(_)) => text.get(..magnitude).unwrap_or_default(),
        _ => text,
    }))
}

fn substr(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let (start, end, text) = (args.int(0), args.int(1), args.text(2));
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    Ok(string(if start < 0 {
        slice(text, None, Some(end))?
    } else if end < 0 || end > length {
        slice(text, Some(start), None)?
    } else {
        slice(text, Some(start), Some(end))?
    }))
}

fn repeat(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = args.text(1);
    let count =
        usize::try_from(args.int(0)).map_err(|_| FnError::message("strings: negative Repeat count"))?;
    let length = text.len().saturating_mul(count);
    call.build(length)?;
    Ok(string(if length == 0 { Vec::new() } else { text.repeat(count) }))
}

fn contains(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(find(args.text(1), args.text(0)).is_some()))
}

fn has_prefix(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.text(1).starts_with(args.text(0))))
}

fn has_suffix(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.text(1).ends_with(args.text(0))))
}

fn quote_all(call: &mut Call<'_>, args: &[Value]) -> Answer {
    joined(call, args, |call, arg| {
        let text = strval(call, arg)?;
        Ok(Text::from(quote(text.as_bytes())))
    })
}

fn squote(call: &mut Call<'_>, args: &[Value]) -> Answer {
    joined(call, args, |call, arg| {
        let mut text = vec![b'\''];
        text.extend(print(call, arg)?);
        text.push(b'\'');
        Ok(Text::from(text))
    })
}

fn cat(call: &mut Call<'_>, args: &[Value]) -> Answer {
    joined(call, args, |call, arg| Ok(Text::from(print(call, arg)?)))
}

/// The texts of the arguments that are not nil, with blanks between.
fn joined(
    call: &mut Call<'_>,
    args: &[Value],
    text: impl Fn(&mut Call<'_>, &Value) -> Result<Text, FnError>,
) -> Answer {
    if let [arg] = args
        && !arg.is_null()
    {
        return Ok(string(text(call, arg)?));
    }
    let texts = args.iter().filter(|arg| !arg.is_null()).map(|arg| text(call, arg));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    Ok(string(join(call, &texts, b" ")?))
}

fn indent(call: &mut Call<'_>, args: &[Value], before: &[u8]) -> Answer {
    let text = args.text(1);
    let width =
        usize::try_from(args.int(0)).map_err(|_| FnError::message("strings: negative Repeat count"))?;
    let lines = text.split(|b| *b == b'\n').count();
    let length = width.saturating_mul(lines).saturating_add(text.len() + before.len());
    call.build(length)?;
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(before);
    for (at, line) in text.split(|b| *b == b'\n').enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        out.resize(out.len() + width, b' ');
        out.extend_from_slice(line);
    }
    Ok(string(out))
}

fn replace(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (old, new, text) = (args.text(0), args.text(1), args.text(2));
    if old == new {
        return Ok(args.any(2).clone());
    }
    if old.is_empty() {
        // `new` goes in front of each character, and to the end.
        let parts = split(text, b"", None);
        call.build(new.len().saturating_mul(parts.len() + 1).saturating_add(text.len()))?;
        let mut out = new.to_vec();
        for part in parts {
            out.extend_from_slice(part);
            out.extend_from_slice(new);
        }
        return Ok(string(out));
    }
    let parts: Vec<Text> = split(text, old, None).into_iter().map(Text::from_bytes).collect();
    Ok(string(join(call, &parts, new)?))
}

fn plural(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(args.any(usize::from(args.int(2) != 1)).clone())
}

fn to_strings(call: &mut Call<'_>, args: &[Value]) -> Answer {
    match call.shape(args.any(0)) {
        Shape::List { kind: ListKind::String, .. } => Ok(args.any(0).clone()),
        _ => {
            let texts = strslice(call, args.any(0))?;
            Ok(call.new_list(ListKind::String, texts.into_iter().map(Value::String).collect()))
        }
    }
}

fn join_items(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let texts = strslice(call, args.any(1))?;
    Ok(string(join(call, &texts, args.text(0))?))
}

/// A `[]string` is sorted in place, for all who hold it; of other lists a sorted copy is made.
fn sort_alpha(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let list = args.any(0);
    let Shape::List { kind, .. } = call.shape(list) else {
        let text = strval(call, list)?;
        return Ok(call.new_list(ListKind::String, vec![Value::String(text)]));
    };
    let mut texts = strslice(call, list)?;
    call.steps(texts.len().saturating_mul(8))?;
    texts.sort();
    if kind == ListKind::String && matches!(list, Value::Handle(_)) {
        for (at, text) in texts.into_iter().enumerate() {
            call.set_item(list, at, Value::String(text))?;
        }
        return Ok(list.clone());
    }
    Ok(call.new_list(ListKind::String, texts.into_iter().map(Value::String).collect()))
}

fn splitn(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(numbered(&split(args.text(2), args.text(0), usize::try_from(args.int(1)).ok())))
}

/// The parts as `map[string]string` with the keys `_0`, `_1` ...
fn numbered(parts: &[&[u8]]) -> Value {
    let entries = parts.iter().enumerate().map(|(at, part)| (format!("_{at}"), Text::from_bytes(part)));
    Value::Map(Map::strings(entries))
}

fn split_list(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let parts = split(args.text(1), args.text(0), None);
    call.build(parts.len().saturating_mul(size_of::<Value>()))?;
    Ok(strings(parts.into_iter().map(Text::from_bytes)))
}
