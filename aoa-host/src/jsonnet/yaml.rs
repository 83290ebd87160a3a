//! `std.manifestYamlDoc` as go-jsonnet 0.22.0 writes it: texts are blocks only where they end with a line break.

use std::fmt::Write;

use aoa_core::lang::strconv::parse_float;
use jrsonnet_evaluator::{Result, Val};

use super::library::failure;

/// How a document is laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) indent_array_in_object: bool,
    pub(super) quote_keys: bool,
}

/// How deep values may be nested, as go-jsonnet has it for its own stack.
const DEPTH: usize = 500;

const INDENT: &str = "  ";

/// A value as YAML.
pub(super) fn manifest(value: &Val, layout: Layout) -> Result<String> {
    let mut out = String::new();
    write(value, &mut out, "", layout, DEPTH)?;
    Ok(out)
}

fn write(value: &Val, out: &mut String, indent: &str, layout: Layout, depth: usize) -> Result<()> {
    if depth == 0 {
        return Err(failure("max manifest depth exceeded, possible infinite recursion".to_owned()));
    }
    match value {
        Val::Null => out.push_str("null"),
        Val::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Val::Num(number) => {
            let _ = write!(out, "{}", number.get());
        }
        Val::Str(text) => write_text(&text.clone().into_flat(), out, indent),
        // go-jsonnet writes nothing for a function.
        Val::Func(_) => {}
        Val::Arr(items) if items.is_empty() => out.push_str("[]"),
        Val::Arr(items) => {
            for (at, item) in items.iter().enumerate() {
                let item = item?;
                if at > 0 {
                    new_line(out, indent);
                }
                out.push('-');
                match &item {
                    Val::Arr(inner) if !inner.is_empty() => new_line(out, &deeper(indent)),
                    _ => out.push(' '),
                }
                match &item {
                    Val::Arr(_) | Val::Obj(_) => write(&item, out, &deeper(indent), layout, depth - 1)?,
                    _ => write(&item, out, indent, layout, depth - 1)?,
                }
            }
        }
        Val::Obj(object) => {
            object.run_assertions()?;
            let mut is_first = true;
            for (key, value) in object.iter() {
                let value = value?;
                if !is_first {
                    new_line(out, indent);
                }
                is_first = false;
                if layout.quote_keys || !is_bare(&key) {
                    out.push_str(&escaped(&key));
                } else {
                    out.push_str(&key);
                }
                out.push(':');
                let inner = match &value {
                    Val::Arr(items) if !items.is_empty() && layout.indent_array_in_object => {
                        Some(deeper(indent))
                    }
                    Val::Arr(items) if !items.is_empty() => Some(indent.to_owned()),
                    Val::Obj(object) if !object.is_empty() => Some(deeper(indent)),
                    _ => None,
                };
                match &inner {
                    Some(inner) => new_line(out, inner),
                    None => out.push(' '),
                }
                write(&value, out, inner.as_deref().unwrap_or(indent), layout, depth - 1)?;
            }
            if is_first {
                out.push_str("{}");
            }
        }
    }
    Ok(())
}

fn deeper(indent: &str) -> String {
    format!("{indent}{INDENT}")
}

fn new_line(out: &mut String, indent: &str) {
    out.push('\n');
    out.push_str(indent);
}

fn write_text(text: &str, out: &mut String, indent: &str) {
    match text.strip_suffix('\n') {
        Some(text) => {
            out.push('|');
            for line in text.split('\n') {
                new_line(out, indent);
                out.push_str(INDENT);
                out.push_str(line);
            }
        }
        None => out.push_str(&escaped(text)),
    }
}

/// A text between quotes; go-jsonnet 0.22.0, `unparseString`.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for unit in text.chars() {
        match unit {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(unit));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Whether a key needs no quotes; go-jsonnet 0.22.0, `yamlBareSafe`.
fn is_bare(key: &str) -> bool {
    let is_plain = |unit: u8| unit.is_ascii_alphanumeric() || b"_-/.".contains(&unit);
    !key.is_empty()
        && key.bytes().all(is_plain)
        && !RESERVED.iter().any(|word| key.eq_ignore_ascii_case(word))
        && !is_date(key)
        && !is_binary(key)
        && !has_hexadecimal(key)
        && parse_float(key, 64).is_err()
}

const RESERVED: [&str; 15] = [
    "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", "-.inf", "+.inf", ".inf", "null", "-", "---",
];

fn is_date(key: &str) -> bool {
    key.bytes().all(|unit| unit.is_ascii_digit() || unit == b'-') && key.matches('-').count() == 2
}

fn is_binary(key: &str) -> bool {
    let digits = key.strip_prefix(['-', '+']).unwrap_or(key).strip_prefix("0b");
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|unit| b"01_".contains(&unit)))
}

/// Anywhere in the key: the pattern has no anchors.
fn has_hexadecimal(key: &str) -> bool {
    key.match_indices("0x").any(|(at, _)| {
        key.as_bytes().get(at + 2).is_some_and(|unit| unit.is_ascii_hexdigit() || *unit == b'_')
    })
}
