//! Texts: cel-go's extension in version 2.

use super::super::declare::{Functions, Native};
use super::super::failure::Failure;
use super::super::string_format::format;
use super::super::value::Val;
use super::standard::int;
use super::{int_of, str_of};
use crate::unicode;

pub(super) fn declare(functions: &mut Functions) {
    let members: [(&'static str, &'static str, &str, Native); 18] = [
        ("charAt", "string_char_at_int", "(int) -> string", char_at),
        ("indexOf", "string_index_of_string", "(string) -> int", index_of),
        ("indexOf", "string_index_of_string_int", "(string, int) -> int", index_of),
        ("lastIndexOf", "string_last_index_of_string", "(string) -> int", last_index_of),
        ("lastIndexOf", "string_last_index_of_string_int", "(string, int) -> int", last_index_of),
        ("lowerAscii", "string_lower_ascii", "() -> string", |a| {
            Ok(Val::string(str_of(a, 0)?.to_ascii_lowercase()))
        }),
        ("replace", "string_replace_string_string", "(string, string) -> string", replace),
        ("replace", "string_replace_string_string_int", "(string, string, int) -> string", replace),
        ("split", "string_split_string", "(string) -> list(string)", split),
        ("split", "string_split_string_int", "(string, int) -> list(string)", split),
        ("substring", "string_substring_int", "(int) -> string", substring),
        ("substring", "string_substring_int_int", "(int, int) -> string", substring),
        ("trim", "string_trim", "() -> string", |a| {
            Ok(Val::string(str_of(a, 0)?.trim_matches(unicode::is_space)))
        }),
        ("upperAscii", "string_upper_ascii", "() -> string", |a| {
            Ok(Val::string(str_of(a, 0)?.to_ascii_uppercase()))
        }),
        ("format", "string_format", "(list(dyn)) -> string", |a| {
            let list = a.get(1).ok_or(Failure::no_overload())?;
            Ok(Val::string(format(&str_of(a, 0)?, list)?))
        }),
        // Find and replace with regular expressions is Kubernetes' own.
        ("find", "string_find_string", "(string) -> string", super::text::find),
        ("findAll", "string_find_all_string", "(string) -> list(string)", super::text::find_all),
        ("findAll", "string_find_all_string_int", "(string, int) -> list(string)", super::text::find_all),
    ];
    for (name, id, signature, native) in members {
        functions.add(name, id, &format!("string.{signature}"), Some(native));
    }
    functions.add("join", "list_join", "list(string).() -> string", Some(join));
    functions.add("join", "list_join_string", "list(string).(string) -> string", Some(join));
    functions.add(
        "strings.quote",
        "strings_quote",
        "(string) -> string",
        Some(|a| Ok(Val::string(quote(&str_of(a, 0)?)))),
    );
}

fn chars_of(arguments: &[Val], at: usize) -> Result<Vec<char>, Failure> {
    Ok(str_of(arguments, at)?.chars().collect())
}

fn text(chars: Option<&[char]>) -> Val {
    Val::string(chars.unwrap_or_default().iter().collect::<String>())
}

fn out_of_range(index: i64) -> Failure {
    Failure::new(format!("index out of range: {index}"))
}

/// `index` as a place in, or just behind, `length` characters.
fn place(index: i64, length: usize) -> Result<usize, Failure> {
    usize::try_from(index).ok().filter(|at| *at <= length).ok_or_else(|| out_of_range(index))
}

fn char_at(arguments: &[Val]) -> Result<Val, Failure> {
    let chars = chars_of(arguments, 0)?;
    let at = place(int_of(arguments, 1)?, chars.len())?;
    Ok(Val::string(chars.get(at).map(char::to_string).unwrap_or_default()))
}

fn index_of(arguments: &[Val]) -> Result<Val, Failure> {
    let (chars, part) = (chars_of(arguments, 0)?, chars_of(arguments, 1)?);
    let offset = if arguments.len() > 2 { int_of(arguments, 2)? } else { 0 };
    if part.is_empty() {
        return Ok(Val::Int(offset));
    }
    let from = usize::try_from(offset).map_err(|_| out_of_range(offset))?;
    let found = chars.windows(part.len()).enumerate().skip(from).find(|(_, window)| *window == part);
    Ok(found.map_or(Val::Int(-1), |(at, _)| int(at)))
}

fn last_index_of(arguments: &[Val]) -> Result<Val, Failure> {
    let (chars, part) = (chars_of(arguments, 0)?, chars_of(arguments, 1)?);
    let offset = match arguments.get(2) {
        Some(_) => int_of(arguments, 2)?,
        None if part.is_empty() => return Ok(int(chars.len())),
        // Upstream compares bytes here.
        None if str_of(arguments, 0)?.len() < str_of(arguments, 1)?.len() => return Ok(Val::Int(-1)),
        None => i64::try_from(chars.len()).unwrap_or(i64::MAX) - 1,
    };
    if part.is_empty() {
        return Ok(Val::Int(offset));
    }
    let from = usize::try_from(offset).map_err(|_| out_of_range(offset))?;
    if from >= chars.len() {
        return Ok(Val::Int(-1));
    }
    let found = chars.windows(part.len()).take(from + 1).rposition(|window| window == part);
    Ok(found.map_or(Val::Int(-1), int))
}

fn replace(arguments: &[Val]) -> Result<Val, Failure> {
    let (text, old, new) = (str_of(arguments, 0)?, str_of(arguments, 1)?, str_of(arguments, 2)?);
    let count = if arguments.len() > 3 { usize::try_from(int_of(arguments, 3)?).ok() } else { None };
    // An empty text stands before each character and at the end, in Rust as in Go.
    let count = count.unwrap_or(usize::MAX);
    let most = text.len().saturating_add(1).min(count);
    if most.saturating_mul(new.len()) > LONGEST
        && text.matches(&*old).count().saturating_mul(new.len()) > LONGEST
    {
        return Err(Failure::new("the text is too long"));
    }
    Ok(Val::string(text.replacen(&*old, &new, count)))
}

const LONGEST: usize = 64 << 20;

fn split(arguments: &[Val]) -> Result<Val, Failure> {
    let (text, separator) = (str_of(arguments, 0)?, str_of(arguments, 1)?);
    let count = if arguments.len() > 2 { usize::try_from(int_of(arguments, 2)?).ok() } else { None };
    let parts: Vec<&str> = match (count, separator.is_empty()) {
        (Some(0), _) => Vec::new(),
        (_, true) => {
            let most = count.unwrap_or(usize::MAX);
            let mut parts: Vec<&str> = text.split("").filter(|part| !part.is_empty()).collect();
            if parts.len() > most {
                let kept = most - 1;
                let bytes: usize = parts.iter().take(kept).map(|part| part.len()).sum();
                parts.truncate(kept);
                parts.push(text.get(bytes..).unwrap_or_default());
            }
            parts
        }
        (None, false) => text.split(&*separator).collect(),
        (Some(count), false) => text.splitn(count, &*separator).collect(),
    };
    Ok(Val::list(parts.into_iter().map(Val::string).collect()))
}

fn substring(arguments: &[Val]) -> Result<Val, Failure> {
    let chars = chars_of(arguments, 0)?;
    let start = int_of(arguments, 1)?;
    let end =
        if arguments.len() > 2 { int_of(arguments, 2)? } else { i64::try_from(chars.len()).unwrap_or(0) };
    if arguments.len() > 2 && start > end {
        return Err(Failure::new(format!("invalid substring range. start: {start}, end: {end}")));
    }
    let (start, end) = (place(start, chars.len())?, place(end, chars.len())?);
    Ok(text(chars.get(start..end)))
}

fn join(arguments: &[Val]) -> Result<Val, Failure> {
    let list = arguments.first().filter(|list| list.list_len().is_some()).ok_or(Failure::no_overload())?;
    let separator = if arguments.len() > 1 { str_of(arguments, 1)?.into_owned() } else { String::new() };
    let mut out = String::new();
    for (index, item) in list.items().enumerate() {
        if index > 0 {
            out.push_str(&separator);
        }
        match &item {
            Val::String(text) => out.push_str(&text.to_str_lossy()),
            other => return Err(Failure::new(format!("join: invalid input: {}", other.shown()))),
        }
        if out.len() > LONGEST {
            return Err(Failure::new("the text is too long"));
        }
    }
    Ok(Val::string(out))
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
