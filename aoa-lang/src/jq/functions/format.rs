//! `@csv`, `@sh` and the other formats.

use crate::url::{self, Part};
use crate::value::Text;
use crate::{Value, base64 as base64_text};

use super::super::encode;
use super::super::failure::{Failure, Outcome, typed_preview};
use super::{Context, arg, text};

/// The function behind a format, with its `@`.
pub(in super::super) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "@text" => "tostring",
        "@json" => "tojson",
        "@html" => "_tohtml",
        "@uri" => "_touri",
        "@urid" => "_tourid",
        "@csv" => "_tocsv",
        "@tsv" => "_totsv",
        "@sh" => "_tosh",
        "@base64" => "_tobase64",
        "@base64d" => "_tobase64d",
        _ => return None,
    })
}

/// `format(name)`
pub(super) fn by_name(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let Value::String(name) = arg(args, 0) else {
        return Err(Failure::not_applicable("format", arg(args, 0)));
    };
    let name = format!("@{name}");
    match function(&name).and_then(|function| super::find(function, 0)) {
        Some(native) => (native.call)(cx, value, &[]),
        None => Err(Failure::message(format!("format not defined: {name}"))),
    }
}

/// The text of any value.
fn plain(cx: &mut Context, value: &Value) -> Outcome<Vec<u8>> {
    match text::to_text(cx, value.clone(), &[])? {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        _ => Ok(Vec::new()),
    }
}

fn of(bytes: Vec<u8>) -> Value {
    Value::String(Text::from(bytes))
}

/// Each byte that has a replacement replaced.
fn escaped(bytes: &[u8], replace: impl Fn(u8) -> Option<&'static str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match replace(*byte) {
            Some(text) => out.extend_from_slice(text.as_bytes()),
            None => out.push(*byte),
        }
    }
    out
}

pub(super) fn html(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let bytes = plain(cx, &value)?;
    Ok(of(escaped(&bytes, |byte| match byte {
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'&' => Some("&amp;"),
        b'\'' => Some("&apos;"),
        b'"' => Some("&quot;"),
        _ => None,
    })))
}

pub(super) fn uri(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let bytes = plain(cx, &value)?;
    let escaped_text = url::escape(&bytes, Part::QueryComponent);
    Ok(of(escaped(&escaped_text, |byte| (byte == b'+').then_some("%20"))))
}

pub(super) fn uri_decoded(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let bytes = escaped(&plain(cx, &value)?, |byte| (byte == b'+').then_some("%2B"));
    match url::unescape(&bytes, Part::QueryComponent) {
        Ok(text) => Ok(of(text.into_owned())),
        Err(reason) => Err(Failure::refused("@urid", &[], &value, &reason)),
    }
}

/// A list as a line; null is empty but in `@sh`.
fn row(name: &str, list: &[Value], separator: u8, escape: impl Fn(&[u8]) -> Vec<u8>) -> Outcome {
    let mut out = Vec::new();
    for (at, item) in list.iter().enumerate() {
        if at > 0 {
            out.push(separator);
        }
        match item {
            Value::List(_) | Value::Map(_) => {
                let shown = typed_preview(item);
                return Err(Failure::message(format!("@{name} cannot format an array including: {shown}")));
            }
            Value::String(text) => out.extend(escape(text.as_bytes())),
            other => {
                let json = encode::shortened(other, usize::MAX);
                if json != "null" || name == "sh" {
                    out.extend_from_slice(json.as_bytes());
                }
            }
        }
    }
    Ok(of(out))
}

fn list_of<'v>(name: &str, value: &'v Value) -> Outcome<&'v [Value]> {
    match value {
        Value::List(list) => Ok(list.as_slice()),
        other => Err(Failure::not_applicable(name, other)),
    }
}

pub(super) fn csv(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let list = list_of("@csv", &value)?;
    cx.budget.charge_items(list.len())?;
    row("csv", list, b',', |text| {
        let inner = escaped(text, |byte| match byte {
            b'"' => Some("\"\""),
            0 => Some("\\0"),
            _ => None,
        });
        [b"\"", inner.as_slice(), b"\""].concat()
    })
}

pub(super) fn tsv(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let list = list_of("@tsv", &value)?;
    cx.budget.charge_items(list.len())?;
    row("tsv", list, b'\t', |text| {
        escaped(text, |byte| match byte {
            b'\t' => Some("\\t"),
            b'\r' => Some("\\r"),
            b'\n' => Some("\\n"),
            b'\\' => Some("\\\\"),
            0 => Some("\\0"),
            _ => None,
        })
    })
}

pub(super) fn shell(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let single = [value.clone()];
    let list = value.as_list().map_or(single.as_slice(), |list| list.as_slice());
    cx.budget.charge_items(list.len())?;
    row("sh", list, b' ', |text| {
        let inner = escaped(text, |byte| match byte {
            b'\'' => Some("'\\''"),
            0 => Some("\\0"),
            _ => None,
        });
        [b"'", inner.as_slice(), b"'"].concat()
    })
}

pub(super) fn base64(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let bytes = plain(cx, &value)?;
    Ok(Value::string(base64_text::encode(&bytes)))
}

/// Without padding: what stands behind the first `=` does not count.
pub(super) fn base64_decoded(cx: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let bytes = plain(cx, &value)?;
    let text = bytes.split(|byte| *byte == b'=').next().unwrap_or_default();
    match base64_text::decode_raw(text) {
        Ok(decoded) => Ok(of(decoded)),
        Err(at) => {
            let reason = format!("illegal base64 data at input byte {at}");
            Err(Failure::refused("@base64d", &[], &value, &reason))
        }
    }
}
