//! The text of values: sprig's `strval` and `strslice`, and what is built from texts.

use crate::template::{Call, FnError, Shape};
use crate::value::{List, ListKind, Text};
use crate::{Value, fmt};

/// `strval`: texts and bytes as they are, all else as `%v` prints it.
pub(super) fn strval(call: &mut Call<'_>, value: &Value) -> Result<Text, FnError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => match call.freeze(value)? {
            Value::List(list) if list.kind() == ListKind::Byte => Ok(Text::from(list.to_bytes())),
            value => Ok(Text::from(print(call, &value)?)),
        },
    }
}

/// What `%v` prints.
pub(super) fn print(call: &mut Call<'_>, value: &Value) -> Result<Vec<u8>, FnError> {
    let value = call.freeze(value)?;
    let limit = call.options().limits.template_output;
    fmt::sprint(std::slice::from_ref(&value), limit).map_err(FnError::Abort)
}

/// `strslice`: the items of a list that are not nil, anything else as the only item, as texts.
pub(super) fn strslice(call: &mut Call<'_>, value: &Value) -> Result<Vec<Text>, FnError> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    if !matches!(call.shape(value), Shape::List { .. }) {
        return Ok(vec![strval(call, value)?]);
    }
    let items = call.items(value);
    call.steps(items.len())?;
    items.iter().filter(|item| !item.is_null()).map(|item| strval(call, item)).collect()
}

/// A `[]string`.
pub(super) fn strings(texts: impl IntoIterator<Item = Text>) -> Value {
    Value::List(List::of(ListKind::String, texts.into_iter().map(Value::String).collect()))
}

/// A `string` of bytes.
pub(super) fn string(bytes: impl Into<Text>) -> Value {
    Value::String(bytes.into())
}

/// The parts of `text` between separators: `strings.SplitN`, where `None` has no bound.
pub(super) fn split<'t>(text: &'t [u8], separator: &[u8], count: Option<usize>) -> Vec<&'t [u8]> {
    let most = count.unwrap_or(usize::MAX);
    if most == 0 {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    if separator.is_empty() {
        // Into characters.
        while let Some((_, width)) = crate::unicode::first_char(rest) {
            if parts.len() + 1 == most {
                break;
            }
            let (character, after) = rest.split_at_checked(width).unwrap_or((rest, b""));
            parts.push(character);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(rest);
        }
        return parts;
    }
    while parts.len() + 1 < most {
        let Some(at) = find(rest, separator) else { break };
        let (part, after) = rest.split_at_checked(at).unwrap_or((rest, b""));
        parts.push(part);
        rest = after.get(separator.len()..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// Where `needle` first stands in `text`.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

/// Joins texts, the whole being bounded.
pub(super) fn join(call: &mut Call<'_>, texts: &[Text], separator: &[u8]) -> Result<Vec<u8>, FnError> {
    let length = texts.iter().map(Text::len).sum::<usize>();
    let separators = separator.len().saturating_mul(texts.len().saturating_sub(1));
    call.build(length.saturating_add(separators))?;
    let mut out = Vec::with_capacity(length + separators);
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(text.as_bytes());
    }
    Ok(out)
}
