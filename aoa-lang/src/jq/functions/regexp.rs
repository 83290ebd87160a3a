//! Regular expressions: `match`, `test` and what is defined with them.

use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::text::regexp::{Match, Regexp};
use crate::value::Text;
use crate::{ErrorKind, Value, strconv, unicode};

use super::super::failure::{Failure, Outcome};
use super::super::path;
use super::{Context, arg};

/// More expressions than anybody writes; those that are made while running are many.
const MAX_KEPT: usize = 64;

/// `_match(re; flags; test)`
pub(super) fn find(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let (re, flags, testing) = (arg(args, 0), arg(args, 1), matches!(arg(args, 2), Value::Bool(true)));
    let name = if testing { "test" } else { "match" };
    let wrong = || Failure::not_applicable_with(name, &[re, flags], &value);
    let chosen = match flags {
        Value::Null => String::new(),
        Value::String(flags) => flags.to_str_lossy().into_owned(),
        _ => return Err(wrong()),
    };
    let (Value::String(text), Value::String(pattern)) = (&value, re) else { return Err(wrong()) };
    cx.budget.charge_bytes(text.len().saturating_mul(8))?;
    let is_global = chosen.contains('g');
    let regexp = compiled(cx, pattern, chosen)?;
    if testing {
        return Ok(Value::Bool(regexp.is_match(text.as_bytes())));
    }
    let limit = if is_global { None } else { Some(1) };
    let found = regexp.captures_all(text.as_bytes(), limit);
    let names = regexp.names().to_vec();
    let mut out = Vec::with_capacity(found.len());
    let mut places = Places { text: text.as_bytes(), bytes: 0, chars: 0 };
    for one in &found {
        cx.budget.charge(8)?;
        out.push(described(&mut places, one, &names));
    }
    Ok(Value::list(out))
}

fn compiled<'c>(cx: &'c mut Context, pattern: &Text, flags: String) -> Outcome<&'c Regexp> {
    if flags.contains(|c| !matches!(c, 'g' | 'i' | 'm')) {
        let flags = strconv::quote(flags.as_bytes());
        return Err(Failure::message(format!("unsupported regular expression flag: {flags}")));
    }
    let mut full = String::new();
    if flags.contains('m') {
        full.push_str("(?s)");
    }
    if flags.contains('i') {
        full.push_str("(?i)");
    }
    full.push_str(&pattern.to_str_lossy());
    if cx.regexps.len() >= MAX_KEPT {
        cx.regexps.clear();
    }
    cx.budget.charge_bytes(full.len().saturating_mul(64))?;
    match cx.regexps.entry((full, flags)) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(place) => match Regexp::new(place.key().0.as_bytes()) {
            Ok(regexp) => Ok(place.insert(regexp)),
            Err(error) if error.kind() == ErrorKind::Limit => Err(Failure::Stopped(error)),
            Err(error) => {
                let quoted = strconv::quote(place.key().0.as_bytes());
                Err(Failure::message(format!("invalid regular expression {quoted}: {}", error.message())))
            }
        },
    }
}

/// Counts characters up to places that mostly come in order.
struct Places<'t> {
    text: &'t [u8],
    bytes: usize,
    chars: usize,
}

impl Places<'_> {
    fn chars_before(&mut self, byte: usize) -> usize {
        if byte < self.bytes {
            (self.bytes, self.chars) = (0, 0);
        }
        let between = self.text.get(self.bytes..byte).unwrap_or_default();
        self.chars += unicode::chars(between).count();
        self.bytes = byte;
        self.chars
    }

    /// Offset, length and text of a range.
    fn describe(&mut self, range: &Range<usize>) -> [(&'static str, Value); 3] {
        let start = self.chars_before(range.start);
        let end = self.chars_before(range.end);
        let text = self.text.get(range.clone()).unwrap_or_default();
        [
            ("offset", path::count(start)),
            ("length", path::count(end - start)),
            ("string", Value::String(Text::from_bytes(text))),
        ]
    }
}

fn described(places: &mut Places<'_>, found: &Match, names: &[String]) -> Value {
    let whole = places.describe(&found.span);
    let captures = found.groups.iter().enumerate().map(|(at, group)| {
        let name = names.get(at + 1).filter(|name| !name.is_empty());
        let name = name.map_or(Value::Null, |name| Value::string(name.as_str()));
        let place = match group {
            Some(range) => places.describe(range),
            None => [("offset", Value::int(-1)), ("length", Value::int(0)), ("string", Value::Null)],
        };
        Value::map(place.into_iter().chain([("name", name)]))
    });
    let captures = Value::list(captures.collect());
    Value::map(whole.into_iter().chain([("captures", captures)]))
}

/// `_captures`: the named groups as an object.
pub(super) fn captures(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let Value::List(captures) = &value else { return Err(Failure::expected_array(&value)) };
    let named = captures.iter().filter_map(|capture| match capture.get("name") {
        Some(Value::String(name)) => Some((name.clone(), capture.get("string").cloned().unwrap_or_default())),
        _ => None,
    });
    Ok(Value::map(named.collect::<Vec<_>>()))
}
