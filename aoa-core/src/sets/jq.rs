//! The jq path expressions that people write in `ignoreApplicationDifferences`: plain paths, joined by `|` and `,`.
//!
//! Paths of keys, indexes and iterations are done as gojq 0.12.19 does `del(...)`; other expressions are refused as
//! unsupported.

use aoa_lang::strconv::quote;
use aoa_lang::{Error, ErrorKind, Result, Value};

/// `del(EXPRESSION)`.
pub(super) struct Deletion(Vec<Vec<Step>>);

enum Step {
    Key(String, OnError),
    Index(i64, OnError),
    Each(OnError),
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
                Some(_) => return Err(unsupported(expression)),
            }
        }
    }

    /// The object without the paths; `None` where jq fails, and Argo CD leaves the object as it is.
    pub(super) fn apply(&self, object: &Value) -> Option<Value> {
        self.0.iter().try_fold(object.clone(), |object, path| delete(&object, path).ok())
    }
}

fn unsupported(expression: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("jq expression `{expression}` is no plain path"))
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
        let token = self.rest.chars().next().unwrap_or(')');
        Error::syntax(format!("unexpected token {}", quote(token.to_string().as_bytes())))
    }

    fn read_path(&mut self, path: &mut Vec<Step>) -> Result<()> {
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

/// No deeper than the path is long. Without a step left the whole value is deleted, which leaves null.
fn delete(value: &Value, path: &[Step]) -> std::result::Result<Value, WrongType> {
    let Some((step, rest)) = path.split_first() else { return Ok(Value::Null) };
    let on_error = match step {
        Step::Key(_, on_error) | Step::Index(_, on_error) | Step::Each(on_error) => *on_error,
    };
    let deleted = match (step, value) {
        (Step::Key(..) | Step::Index(..), Value::Null) => Ok(Value::Null),
        (Step::Key(key, _), Value::Map(map)) => match map.get(key) {
            None => Ok(value.clone()),
            Some(_) if rest.is_empty() => Ok(Value::Map(map.clone().without(key))),
            Some(inner) => delete(inner, rest).map(|inner| Value::Map(map.clone().with(key.as_str(), inner))),
        },
        (Step::Index(index, _), Value::List(list)) => {
            let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
            let index = if *index < 0 { index.saturating_add(length) } else { *index };
            let mut items = list.as_slice().to_vec();
            match usize::try_from(index).ok().filter(|at| *at < items.len()) {
                None => Ok(value.clone()),
                Some(at) if rest.is_empty() => {
                    items.remove(at);
                    Ok(Value::list(items))
                }
                Some(at) => {
                    let inner = items.get(at).map_or(Ok(Value::Null), |inner| delete(inner, rest));
                    inner.map(|inner| {
                        items.splice(at..at.saturating_add(1), [inner]);
                        Value::list(items)
                    })
                }
            }
        }
        (Step::Each(_), Value::List(_)) if rest.is_empty() => Ok(Value::list(Vec::new())),
        (Step::Each(_), Value::List(list)) => {
            list.iter().map(|item| delete(item, rest)).collect::<std::result::Result<_, _>>().map(Value::list)
        }
        (Step::Each(_), Value::Map(_)) if rest.is_empty() => Ok(Value::map::<&str>([])),
        (Step::Each(_), Value::Map(map)) => map
            .iter()
            .map(|(key, item)| delete(item, rest).map(|item| (key.clone(), item)))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map(Value::map),
        _ => Err(WrongType),
    };
    match (deleted, on_error) {
        (Err(WrongType), OnError::Skip) => Ok(value.clone()),
        (deleted, _) => deleted,
    }
}
