//! The jq path expressions that people write in `ignoreApplicationDifferences`: paths, joined by `|` and `,`, and
//! `select(.name == "x")`.
//!
//! They are done as gojq 0.12.19 does `del(...)`; other expressions are refused as unsupported.

use aoa_lang::strconv::quote;
use aoa_lang::{Error, ErrorKind, Result, Value};

/// `del(EXPRESSION)`.
pub(super) struct Deletion(Vec<Vec<Step>>);

enum Step {
    Key(String, OnError),
    Index(i64, OnError),
    Each(OnError),
    /// `select(PATH == LITERAL)` or `select(PATH != LITERAL)`
    Select(Vec<Step>, Comparison, serde_json::Value),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
}

/// Whether a `?` follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnError {
    Fail,
    Skip,
}

/// Longest path.
const MAX_STEPS: usize = 200;

impl Deletion {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// `Syntax` with gojq's text where one token is wrong, `Unsupported` for what is no path.
    pub(super) fn parse(expression: &str) -> Result<Self> {
        let mut reader = Reader { rest: expression };
        let mut paths = vec![Vec::new()];
        loop {
            reader.skip_space();
            let path = paths.last_mut().ok_or_else(|| reader.unexpected())?;
            reader.read_path(path)?;
            if path.len() > MAX_STEPS {
                return Err(Error::limit(format!("jq expression with more than {MAX_STEPS} steps")));
            }
            reader.skip_space();
            match reader.next() {
                None => return Ok(Deletion(paths)),
                Some('|') if paths.len() == 1 => {}
                Some(',') => paths.push(Vec::new()),
                Some(token @ (']' | ')' | '}')) => return Err(unexpected(token)),
                Some(_) => return Err(unsupported(expression)),
            }
        }
    }

    /// The object without the paths; `None` where jq fails, and Argo CD leaves the object as it is.
    pub(super) fn apply(&self, object: &Value) -> Option<Value> {
        let delete = |object: Value, path: &Vec<Step>| delete(&object, path).map(Option::unwrap_or_default);
        self.0.iter().try_fold(object.clone(), delete).ok()
    }
}

fn unsupported(expression: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("jq expression `{expression}` is no plain path"))
}

fn unexpected(token: char) -> Error {
    Error::syntax(format!("unexpected token {}", quote(token.to_string().as_bytes())))
}

struct Reader<'e> {
    rest: &'e str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        self.rest = chars.as_str();
        Some(next)
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The expression stands in `del(...)`: its end is a closing parenthesis.
    fn unexpected(&self) -> Error {
        unexpected(self.rest.chars().next().unwrap_or(')'))
    }

    fn read_path(&mut self, path: &mut Vec<Step>) -> Result<()> {
        if self.eat("select(") {
            path.push(self.read_select()?);
            return Ok(());
        }
        if !self.rest.starts_with('.') {
            let plain = self.rest.starts_with(|c: char| c.is_alphanumeric() || "_$\"@({[".contains(c));
            return Err(if plain { unsupported(self.rest) } else { self.unexpected() });
        }
        loop {
            if self.eat(".") {
                if let Some(key) = self.read_name()? {
                    path.push(Step::Key(key, self.on_error()));
                    continue;
                }
                if !self.rest.starts_with('[') {
                    return if self.rest.starts_with('.') { Err(unsupported("..")) } else { Ok(()) };
                }
            }
            if !self.eat("[") {
                return Ok(());
            }
            let step = self.read_bracket()?;
            path.push(step);
        }
    }

    fn read_select(&mut self) -> Result<Step> {
        let mut path = Vec::new();
        self.skip_space();
        if !self.rest.starts_with('.') {
            return Err(unsupported(self.rest));
        }
        self.read_path(&mut path)?;
        self.skip_space();
        let comparison = match (self.eat("=="), self.eat("!=")) {
            (true, _) => Comparison::Equal,
            (_, true) => Comparison::Unequal,
            _ => return Err(unsupported(self.rest)),
        };
        self.skip_space();
        let literal = self.read_literal()?;
        self.skip_space();
        if self.eat(")") { Ok(Step::Select(path, comparison, literal)) } else { Err(unsupported(self.rest)) }
    }

    fn read_literal(&mut self) -> Result<serde_json::Value> {
        if self.rest.starts_with('"') {
            return self.read_text().map(serde_json::Value::String);
        }
        let end = self.rest.find(|c: char| c == ')' || c.is_whitespace()).unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let literal = serde_json::from_str(literal)
            .ok()
            .filter(|l: &serde_json::Value| !l.is_array() && !l.is_object());
        let literal = literal.ok_or_else(|| unsupported(self.rest))?;
        self.rest = rest;
        Ok(literal)
    }

    fn on_error(&mut self) -> OnError {
        let mut on_error = OnError::Fail;
        while self.eat("?") {
            on_error = OnError::Skip;
        }
        on_error
    }

    fn read_name(&mut self) -> Result<Option<String>> {
        if self.rest.starts_with('"') {
            return self.read_text().map(Some);
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(None);
        }
        let name = name.to_owned();
        self.rest = rest;
        Ok(Some(name))
    }

    fn read_text(&mut self) -> Result<String> {
        let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let text = stream.next().and_then(std::result::Result::ok);
        let end = stream.byte_offset();
        match text.filter(|text| !text.contains("\\(")) {
            Some(text) => {
                self.rest = self.rest.get(end..).unwrap_or_default();
                Ok(text)
            }
            None => Err(unsupported(self.rest)),
        }
    }

    fn read_bracket(&mut self) -> Result<Step> {
        self.skip_space();
        if self.eat("]") {
            return Ok(Step::Each(self.on_error()));
        }
        if self.rest.starts_with('"') {
            let key = self.read_text()?;
            self.close_bracket()?;
            return Ok(Step::Key(key, self.on_error()));
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        match digits.parse() {
            Ok(index) => {
                self.rest = rest;
                self.close_bracket()?;
                Ok(Step::Index(index, self.on_error()))
            }
            Err(_) if self.rest.is_empty() => Err(self.unexpected()),
            Err(_) => Err(unsupported(self.rest)),
        }
    }

    fn close_bracket(&mut self) -> Result<()> {
        self.skip_space();
        if self.eat("]") {
            return Ok(());
        }
        Err(if self.rest.is_empty() { self.unexpected() } else { unsupported(self.rest) })
    }
}

/// That jq fails: the value is of a type that the step does not go into.
struct WrongType;

type Deleted = std::result::Result<Option<Value>, WrongType>;

/// What is left of `value`; `None` if it is deleted itself. No deeper than the path is long.
fn delete(value: &Value, path: &[Step]) -> Deleted {
    let Some((step, rest)) = path.split_first() else { return Ok(None) };
    let (deleted, on_error) = match step {
        Step::Key(key, on_error) => (delete_key(value, key, rest), *on_error),
        Step::Index(index, on_error) => (delete_index(value, *index, rest), *on_error),
        Step::Each(on_error) => (delete_each(value, rest), *on_error),
        Step::Select(selected, comparison, literal) => {
            let equal = is_equal(&value_at(value, selected)?, literal);
            let selected = equal == (*comparison == Comparison::Equal);
            (if selected { delete(value, rest) } else { Ok(Some(value.clone())) }, OnError::Fail)
        }
    };
    match (deleted, on_error) {
        (Err(WrongType), OnError::Skip) => Ok(Some(value.clone())),
        (deleted, _) => deleted,
    }
}

fn delete_key(value: &Value, key: &str, rest: &[Step]) -> Deleted {
    let map = match value {
        Value::Null => return Ok(Some(Value::Null)),
        Value::Map(map) => map,
        _ => return Err(WrongType),
    };
    let Some(inner) = map.get(key) else { return Ok(Some(value.clone())) };
    Ok(Some(Value::Map(match delete(inner, rest)? {
        Some(inner) => map.clone().with(key, inner),
        None => map.clone().without(key),
    })))
}

fn delete_index(value: &Value, index: i64, rest: &[Step]) -> Deleted {
    let list = match value {
        Value::Null => return Ok(Some(Value::Null)),
        Value::List(list) => list,
        _ => return Err(WrongType),
    };
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let index = if index < 0 { index.saturating_add(length) } else { index };
    let mut items = list.as_slice().to_vec();
    let Some((at, item)) = usize::try_from(index).ok().and_then(|at| Some((at, items.get(at)?.clone())))
    else {
        return Ok(Some(value.clone()));
    };
    items.splice(at..at.saturating_add(1), delete(&item, rest)?);
    Ok(Some(Value::list(items)))
}

fn delete_each(value: &Value, rest: &[Step]) -> Deleted {
    let kept = match value {
        Value::List(list) => {
            let kept = list.iter().filter_map(|item| delete(item, rest).transpose());
            Value::list(kept.collect::<std::result::Result<_, _>>()?)
        }
        Value::Map(map) => {
            let kept = map.iter().filter_map(|(key, item)| {
                Some(delete(item, rest).transpose()?.map(|item| (key.clone(), item)))
            });
            Value::map(kept.collect::<std::result::Result<Vec<_>, _>>()?)
        }
        _ => return Err(WrongType),
    };
    Ok(Some(kept))
}

/// The value that a path of keys and indexes leads to; null where there is none.
fn value_at(value: &Value, path: &[Step]) -> std::result::Result<Value, WrongType> {
    path.iter().try_fold(value.clone(), |value, step| match (step, &value) {
        (Step::Key(..) | Step::Index(..), Value::Null) => Ok(Value::Null),
        (Step::Key(key, _), Value::Map(map)) => Ok(map.get(key).cloned().unwrap_or_default()),
        (Step::Index(index, _), Value::List(list)) => {
            let at = if *index < 0 {
                list.len().checked_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX))
            } else {
                usize::try_from(*index).ok()
            };
            Ok(at.and_then(|at| list.get(at)).cloned().unwrap_or_default())
        }
        (Step::Key(_, OnError::Skip) | Step::Index(_, OnError::Skip), _) => Ok(Value::Null),
        _ => Err(WrongType),
    })
}

fn is_equal(value: &Value, literal: &serde_json::Value) -> bool {
    match value {
        Value::Null => literal.is_null(),
        Value::Bool(b) => literal.as_bool() == Some(*b),
        Value::String(text) => literal.as_str().is_some_and(|literal| *text == literal),
        Value::Int(_, n) => literal.as_i64() == Some(*n),
        Value::Float(_, n) => literal.as_f64() == Some(*n),
        _ => false,
    }
}
