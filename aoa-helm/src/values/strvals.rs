//! The language of `--set` and its siblings (Helm 4.2.1, pkg/strvals): `a.b[0]=x,c={x,y}`.

use aoa_lang::json::{self, Numbers};
use aoa_lang::value::{Map, MapBuilder, Text};
use aoa_lang::{Error, Limits, Result, Value, strconv};

/// How the text behind `=` is read.
pub(super) enum Mode<'r> {
    /// `--set`
    Typed,
    /// `--set-string`
    Text,
    /// `--set-json`
    Json,
    /// `--set-file`
    File(&'r dyn Fn(&str) -> Result<Text>),
    /// `--set-literal`
    Literal,
}

/// Helm's `MaxIndex`.
const MOST_INDEX: i64 = 65536;
/// Helm's `MaxNestedNameLevel`.
const MOST_LEVELS: usize = 30;
/// How many keys and lists may lie within each other; where there are lists Helm's stack is the only bound.
const MOST_NESTED: usize = 300;

/// Sets what `argument` says in `data`.
///
/// # Errors
/// Helm's.
pub(super) fn parse_into(argument: &str, data: Map, mode: &Mode<'_>) -> Result<Map> {
    let mut parser = Parser { rest: argument, mode, nested: 0 };
    let mut data = data.into_builder();
    loop {
        match parser.key(&mut data, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(data.build()),
            Err(Stop::Error(error)) => return Err(error),
        }
    }
}

/// Why reading stops.
enum Stop {
    /// Go's `io.EOF`.
    End,
    Error(Error),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Error(Error::invalid(message))
    }
}

/// What [`Parser::until`] found.
struct Piece {
    text: String,
    /// The sign that ended it; none at the end of the text.
    last: Option<char>,
}

struct Parser<'t, 'm> {
    rest: &'t str,
    mode: &'m Mode<'m>,
    nested: usize,
}

impl Parser<'_, '_> {
    fn is_literal(&self) -> bool {
        matches!(self.mode, Mode::Literal)
    }

    fn read(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        Some(c)
    }

    /// The text up to one of `stop`, which is read over; a backslash escapes, except in literals.
    fn until(&mut self, stop: &[char]) -> Piece {
        let mut text = String::new();
        while let Some(c) = self.read() {
            if stop.contains(&c) {
                return Piece { text, last: Some(c) };
            }
            match c {
                '\\' if !self.is_literal() => match self.read() {
                    Some(next) => text.push(next),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Piece { text, last: None }
    }

    fn key(&mut self, data: &mut MapBuilder, level: usize) -> std::result::Result<(), Stop> {
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return Err(Stop::Error(Error::limit("keys are nested too deep")));
        }
        let outcome = self.key_within(data, level);
        self.nested -= 1;
        outcome
    }

    fn key_within(&mut self, data: &mut MapBuilder, level: usize) -> std::result::Result<(), Stop> {
        let stop: &[char] = if self.is_literal() { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let piece = self.until(stop);
        let key = piece.text.as_str();
        let quoted = || strconv::quote(key.as_bytes());
        match piece.last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(format!("key {} has no value", quoted()).into()),
            Some('[') => {
                let index = self.index().map_err(|stop| match stop {
                    // An index without an end: `EOF` wrapped is still the end for Go.
                    Stop::End => Stop::End,
                    Stop::Error(error) => Stop::Error(error.prefixed("error parsing index: ")),
                })?;
                let list = match data.get_mut(key).map(std::mem::take) {
                    None => Vec::new(),
                    Some(Value::List(list)) => list.into_vec(),
                    Some(other) => return Err(unfit(&other, "[]interface {}")),
                };
                let (list, outcome) = self.list_item(list, index, level);
                set(data, key, Value::list(list));
                outcome
            }
            Some('=') => self.value_of(data, key),
            Some('.') => {
                let level = level + 1;
                if level > MOST_LEVELS {
                    return Err(too_deep());
                }
                let mut inner = inner_map(data.get_mut(key).map(std::mem::take))?;
                let outcome = self.key(&mut inner, level);
                let is_empty = inner.is_empty();
                if outcome.is_ok() && is_empty {
                    return Err(format!("key map {} has no value", quoted()).into());
                }
                if !is_empty || data.contains_key(key) {
                    set(data, key, Value::Map(inner.build()));
                }
                outcome
            }
            Some(_) => {
                set(data, key, Value::from(""));
                Err(format!("key {} has no value (cannot end with ,)", quoted()).into())
            }
        }
    }

    /// The value behind `key=`.
    fn value_of(&mut self, data: &mut MapBuilder, key: &str) -> std::result::Result<(), Stop> {
        match self.mode {
            Mode::Literal => {
                let text = std::mem::take(&mut self.rest);
                set(data, key, Value::from(text));
                Ok(())
            }
            Mode::Json => {
                if self.is_empty_value() {
                    set(data, key, Value::Null);
                    return Ok(());
                }
                let value = self.json()?;
                set(data, key, value);
                self.is_empty_value();
                Ok(())
            }
            _ if self.rest.is_empty() => {
                set(data, key, Value::from(""));
                Err(Stop::End)
            }
            _ => {
                let value = self.list_or_value()?;
                set(data, key, value);
                Ok(())
            }
        }
    }

    /// `{a,b}`, or a plain value up to the next comma.
    fn list_or_value(&mut self) -> std::result::Result<Value, Stop> {
        if let Some(rest) = self.rest.strip_prefix('{') {
            self.rest = rest;
            return self.braces();
        }
        let piece = self.until(&[',']);
        self.typed(&piece.text)
    }

    fn braces(&mut self) -> std::result::Result<Value, Stop> {
        let mut list = Vec::new();
        loop {
            let piece = self.until(&[',', '}']);
            match piece.last {
                None => return Err("list must terminate with '}'".to_owned().into()),
                Some('}') => {
                    if let Some(rest) = self.rest.strip_prefix(',') {
                        self.rest = rest;
                    }
                    list.push(self.typed(&piece.text)?);
                    return Ok(Value::list(list));
                }
                Some(_) => list.push(self.typed(&piece.text)?),
            }
        }
    }

    fn typed(&self, text: &str) -> std::result::Result<Value, Stop> {
        match self.mode {
            Mode::Typed => Ok(typed(text)),
            Mode::File(read) => read(text).map(Value::String).map_err(Stop::Error),
            Mode::Text | Mode::Json | Mode::Literal => Ok(Value::from(text)),
        }
    }

    /// Whether nothing is there before the next comma, which then is read over.
    fn is_empty_value(&mut self) -> bool {
        loop {
            let mut chars = self.rest.chars();
            match chars.next() {
                None => return true,
                Some(',') => {
                    self.rest = chars.as_str();
                    return true;
                }
                Some(c) if aoa_lang::unicode::is_space(c) => self.rest = chars.as_str(),
                Some(_) => return false,
            }
        }
    }

    fn json(&mut self) -> std::result::Result<Value, Stop> {
        let (value, rest) = json::read_first(self.rest.as_bytes(), Numbers::Float64, &Limits::default())
            .map_err(Stop::Error)?;
        let at = self.rest.len().saturating_sub(rest.len());
        self.rest = self.rest.get(at..).unwrap_or_default();
        Ok(value)
    }

    fn index(&mut self) -> std::result::Result<i64, Stop> {
        let piece = self.until(&[']']);
        if piece.last.is_none() {
            return Err(Stop::End);
        }
        strconv::parse_int(&piece.text, 10, 64).map_err(|error| {
            let text = strconv::quote(piece.text.as_bytes());
            format!("strconv.Atoi: parsing {text}: {}", error.text()).into()
        })
    }

    /// What stands behind `name[index]`: the list, and how it went.
    fn list_item(
        &mut self,
        mut list: Vec<Value>,
        index: i64,
        level: usize,
    ) -> (Vec<Value>, std::result::Result<(), Stop>) {
        if index < 0 {
            return (list, Err(format!("negative {index} index not allowed").into()));
        }
        self.nested += 1;
        if self.nested > MOST_NESTED {
            return (list, Err(Stop::Error(Error::limit("lists are nested too deep"))));
        }
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        let piece = self.until(&['[', '.', '=']);
        if !piece.text.is_empty() {
            let text = strconv::quote(piece.text.as_bytes());
            return (list, Err(format!("unexpected data at end of array index: {text}").into()));
        }
        let item = match piece.last {
            None => return (list, Err(Stop::End)),
            Some('=') => self.item_value(),
            Some('[') => match self.index() {
                Err(Stop::Error(error)) => Err(Stop::Error(error.prefixed("error parsing index: "))),
                Err(Stop::End) => Err(Stop::End),
                Ok(next) => {
                    let inner = match list.get_mut(at).map(std::mem::take) {
                        None | Some(Value::Null) => Vec::new(),
                        Some(Value::List(inner)) => inner.into_vec(),
                        Some(other) => return (list, Err(unfit(&other, "[]interface {}"))),
                    };
                    let (inner, outcome) = self.list_item(inner, next, level);
                    outcome.map(|()| Value::list(inner))
                }
            },
            Some(_) => {
                let mut inner = match list.get_mut(at).map(std::mem::take) {
                    Some(Value::Map(map)) => map.into_builder(),
                    _ => MapBuilder::default(),
                };
                self.key(&mut inner, level).map(|()| Value::Map(inner.build()))
            }
        };
        self.nested -= 1;
        let outcome = item.and_then(|item| set_index(&mut list, index, item));
        (list, outcome)
    }

    fn item_value(&mut self) -> std::result::Result<Value, Stop> {
        match self.mode {
            Mode::Literal => Ok(Value::from(std::mem::take(&mut self.rest))),
            Mode::Json => {
                if self.is_empty_value() {
                    return Ok(Value::Null);
                }
                let value = self.json()?;
                self.is_empty_value();
                Ok(value)
            }
            _ if self.rest.is_empty() => Ok(Value::from("")),
            _ => self.list_or_value(),
        }
    }
}

fn inner_map(value: Option<Value>) -> std::result::Result<MapBuilder, Stop> {
    match value {
        None => Ok(MapBuilder::default()),
        Some(Value::Map(map)) => Ok(map.into_builder()),
        Some(other) => Err(unfit(&other, "map[string]interface {}")),
    }
}

fn unfit(value: &Value, wanted: &str) -> Stop {
    let found = if value.is_null() { "nil" } else { value.type_name() };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}").into()
}

fn too_deep() -> Stop {
    format!("value name nested level is greater than maximum supported nested level of {MOST_LEVELS}").into()
}

/// An empty key is not set.
fn set(data: &mut MapBuilder, key: &str, value: Value) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

fn set_index(list: &mut Vec<Value>, index: i64, value: Value) -> std::result::Result<(), Stop> {
    if index > MOST_INDEX {
        return Err(
            format!("index of {index} is greater than maximum supported index of {MOST_INDEX}").into()
        );
    }
    let at = usize::try_from(index).unwrap_or(0);
    if list.len() <= at {
        list.resize(at + 1, Value::Null);
    }
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
    Ok(())
}

/// What a text of `--set` looks like.
fn typed(text: &str) -> Value {
    if fold_equals(text, "true") {
        return Value::Bool(true);
    }
    if fold_equals(text, "false") {
        return Value::Bool(false);
    }
    if fold_equals(text, "null") {
        return Value::Null;
    }
    if text == "0" {
        return Value::int64(0);
    }
    if !text.is_empty()
        && !text.starts_with('0')
        && let Ok(number) = strconv::parse_int(text, 10, 64)
    {
        return Value::int64(number);
    }
    Value::from(text)
}

/// Go's `strings.EqualFold` with a plain word: `ſ` folds to `s`, and `K` (the sign for Kelvin) to `k`.
fn fold_equals(text: &str, word: &str) -> bool {
    let fold = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    text.chars().map(fold).eq(word.chars())
}
