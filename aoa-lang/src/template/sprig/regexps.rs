//! Regular expressions of Go's `regexp`.

use std::ops::Range;
use std::sync::Arc;

use super::args::{Answer, Args};
use super::text::{string, strings};
use crate::strconv::quote;
use crate::template::{Call, FnError, Function};
use crate::text::regexp::{Regexp, quote_meta};
use crate::value::{GoType, List, ListKind, Text};
use crate::{ErrorKind, Value};

const STRING: GoType = GoType::String;
const INT: GoType = GoType::INT;
const STRINGS: GoType = GoType::STRINGS;

pub(super) const TABLE: &[Function] = &[
    Function::new("regexMatch", &[STRING, STRING], GoType::Bool, |call, args| match matches(call, args) {
        // A bad pattern matches nothing.
        Err(FnError::Message(_)) => Ok(Value::Bool(false)),
        other => other,
    }),
    Function::new("mustRegexMatch", &[STRING, STRING], GoType::Bool, matches),
    Function::new("regexFind", &[STRING, STRING], STRING, |call, args| find(call, args, Bad::Panics)),
    Function::new("mustRegexFind", &[STRING, STRING], STRING, |call, args| find(call, args, Bad::Fails)),
    Function::new("regexFindAll", &[STRING, STRING, INT], STRINGS, |call, args| {
        find_all(call, args, Bad::Panics)
    }),
    Function::new("mustRegexFindAll", &[STRING, STRING, INT], STRINGS, |call, args| {
        find_all(call, args, Bad::Fails)
    }),
    Function::new("regexReplaceAll", &[STRING, STRING, STRING], STRING, |call, args| {
        replace(call, args, Bad::Panics, Replacement::Template)
    }),
    Function::new("mustRegexReplaceAll", &[STRING, STRING, STRING], STRING, |call, args| {
        replace(call, args, Bad::Fails, Replacement::Template)
    }),
    Function::new("regexReplaceAllLiteral", &[STRING, STRING, STRING], STRING, |call, args| {
        replace(call, args, Bad::Panics, Replacement::Literal)
    }),
    Function::new("mustRegexReplaceAllLiteral", &[STRING, STRING, STRING], STRING, |call, args| {
        replace(call, args, Bad::Fails, Replacement::Literal)
    }),
    Function::new("regexSplit", &[STRING, STRING, INT], STRINGS, |call, args| split(call, args, Bad::Panics)),
    Function::new("mustRegexSplit", &[STRING, STRING, INT], STRINGS, |call, args| {
        split(call, args, Bad::Fails)
    }),
    Function::new("regexQuoteMeta", &[STRING], STRING, quoted_meta),
];

/// What a bad pattern does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bad {
    /// `MustCompile` panics with a longer message.
    Panics,
    /// `Compile` returns an error.
    Fails,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Replacement {
    /// `$1` and `${name}` stand for groups.
    Template,
    Literal,
}

fn compile(call: &mut Call<'_>, pattern: &[u8], bad: Bad) -> Result<Arc<Regexp>, FnError> {
    call.steps(pattern.len() + 100)?;
    call.regexp(pattern).map_err(|error| match (error.kind(), bad) {
        (ErrorKind::Syntax | ErrorKind::Invalid, Bad::Fails) => FnError::message(error.message()),
        (ErrorKind::Syntax | ErrorKind::Invalid, Bad::Panics) => {
            FnError::message(format!("regexp: Compile({}): {}", quoted(pattern), error.message()))
        }
        _ => FnError::Abort(error),
    })
}

/// Searches take time in proportion to the text.
fn search_cost(call: &mut Call<'_>, text: &[u8]) -> Result<(), FnError> {
    call.steps(text.len() / 16)
}

/// In backquotes where Go can, else in double quotes.
fn quoted(pattern: &[u8]) -> String {
    let plain = |c: char| (c >= ' ' || c == '\t') && !matches!(c, '`' | '\u{7f}' | '\u{feff}');
    match std::str::from_utf8(pattern) {
        Ok(text) if text.chars().all(plain) => format!("`{text}`"),
        _ => quote(pattern),
    }
}

fn matches(call: &mut Call<'_>, args: &[Value]) -> Answer {
    search_cost(call, args.text(1))?;
    Ok(Value::Bool(compile(call, args.text(0), Bad::Fails)?.is_match(args.text(1))))
}

fn find(call: &mut Call<'_>, args: &[Value], bad: Bad) -> Answer {
    search_cost(call, args.text(1))?;
    let found = compile(call, args.text(0), bad)?.find(args.text(1));
    Ok(string(found.and_then(|place| args.text(1).get(place)).unwrap_or_default()))
}

fn find_all(call: &mut Call<'_>, args: &[Value], bad: Bad) -> Answer {
    search_cost(call, args.text(1))?;
    let found = compile(call, args.text(0), bad)?.find_all(args.text(1), usize::try_from(args.int(2)).ok());
    parts(call, args.text(1), &found)
}

fn split(call: &mut Call<'_>, args: &[Value], bad: Bad) -> Answer {
    search_cost(call, args.text(1))?;
    let most = args.int(2);
    let found = compile(call, args.text(0), bad)?.split(args.text(1), usize::try_from(most).ok());
    // An empty text between empty matches has no parts; only a split into none at all is Go's nil slice.
    if found.is_empty() && most != 0 { Ok(strings([])) } else { parts(call, args.text(1), &found) }
}

/// These parts of the text; none are Go's nil slice.
fn parts(call: &mut Call<'_>, text: &[u8], places: &[Range<usize>]) -> Answer {
    call.build(places.len().saturating_mul(size_of::<Value>()))?;
    if places.is_empty() {
        return Ok(Value::List(List::nil(ListKind::String)));
    }
    Ok(strings(places.iter().map(|place| Text::from_bytes(text.get(place.clone()).unwrap_or_default()))))
}

fn replace(call: &mut Call<'_>, args: &[Value], bad: Bad, replacement: Replacement) -> Answer {
    let (text, with) = (args.text(1), args.text(2));
    search_cost(call, text)?;
    let limit = call.options().limits.template_output;
    let regexp = compile(call, args.text(0), bad)?;
    let replaced = match replacement {
        Replacement::Template => regexp.replace_all(text, with, limit),
        Replacement::Literal => regexp.replace_all_literal(text, with, limit),
    };
    let replaced = replaced.map_err(FnError::Abort)?;
    call.build(replaced.len())?;
    Ok(string(replaced))
}

fn quoted_meta(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.build(args.text(0).len().saturating_mul(2))?;
    let mut out = Vec::with_capacity(args.text(0).len());
    for chunk in args.text(0).utf8_chunks() {
        out.extend_from_slice(quote_meta(chunk.valid()).as_bytes());
        out.extend_from_slice(chunk.invalid());
    }
    Ok(string(out))
}
