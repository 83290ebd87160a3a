//! Reading JSON as Go's `encoding/json` does.

use crate::source::Span;
use crate::strconv;
use crate::value::{List, Map, MapKind, Text};
use crate::{Error, ErrorKind, Limits, Result, Value};

/// How numbers come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// All are float64: `encoding/json` into an `interface{}`.
    #[default]
    Float64,
    /// int64 where there is no point and it fits, else float64: Kubernetes (`sigs.k8s.io/json`).
    PreserveInts,
    /// As their text: after `UseNumber`.
    Text,
}

/// Reads a text that is one JSON value.
///
/// As in Go, of equal keys the last counts, and what is not UTF-8 becomes U+FFFD.
///
/// # Errors
///
/// [`ErrorKind::Syntax`] with Go's text; [`ErrorKind::Invalid`] for numbers that do not fit;
/// [`ErrorKind::Limit`] for texts longer than [`Limits::input_bytes`]. Nesting stops at 10,000, as in Go.
///
/// ```
/// use aoa_lang::json::{self, Numbers};
/// let value = json::read(br#"{"a": [1, 2.5]}"#, Numbers::PreserveInts)?;
/// assert_eq!(json::to_string(&value)?, r#"{"a":[1,2.5]}"#);
/// let error = json::read(b"{'a': 1}", Numbers::Float64).unwrap_err();
/// assert_eq!(error.message(), r"invalid character '\'' looking for beginning of object key string");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn read(text: &[u8], numbers: Numbers) -> Result<Value> {
    read_within(text, numbers, &Limits::default())
}

/// [`read`] with other limits.
///
/// # Errors
///
/// As [`read`].
pub fn read_within(text: &[u8], numbers: Numbers, limits: &Limits) -> Result<Value> {
    if text.len() > limits.input_bytes {
        let limit = limits.input_bytes;
        return Err(Error::limit(format!("json: text of {} bytes is longer than {limit}", text.len())));
    }
    let mut reader = Reader::new(text, 0, numbers);
    let value = match reader.value() {
        Ok(value) => value,
        Err(Stop::Truncated) => return Err(truncated(text, numbers).whole(text)),
        Err(stop) => return Err(stop.whole(text)),
    };
    reader.skip_space();
    if reader.pos < text.len() {
        return Err(reader.unexpected("after top-level value").whole(text));
    }
    reader.unfit.map_or(Ok(value), Err)
}

/// Reads the first value of a text that may go on, as `json.Decoder` does; also returns what stands behind it.
///
/// # Errors
///
/// As [`read`], but for what stands behind the value; `EOF` for a text without any value.
pub fn read_first<'t>(text: &'t [u8], numbers: Numbers, limits: &Limits) -> Result<(Value, &'t [u8])> {
    let range = match next_in_stream(text, 0) {
        Ok(range) => range,
        Err(Stop::End) => return Err(Error::syntax("EOF")),
        Err(Stop::Truncated) => return Err(Error::syntax("unexpected EOF")),
        Err(stop) => return Err(stop.whole(text)),
    };
    let value = read_within(text.get(range.clone()).unwrap_or_default(), numbers, limits)?;
    Ok((value, text.get(range.end..).unwrap_or_default()))
}

/// At the end Go's scanner takes one blank more: it is refused within words, numbers and escapes.
fn truncated(text: &[u8], numbers: Numbers) -> Stop {
    let padded = [text, b" "].concat();
    match Reader::new(&padded, 0, numbers).value() {
        Err(stop @ Stop::Syntax(..)) => stop,
        _ => Stop::Truncated,
    }
}

/// Reads a text, each scalar but null as a [`Value::Number`] of its literal: for patches, to which the spelling counts.
pub(crate) fn read_literals(text: &[u8]) -> Result<Value> {
    let mut reader = Reader { spelling: Spelling::Kept, ..Reader::new(text, 0, Numbers::Text) };
    let value = reader.value().map_err(|stop| stop.whole(text))?;
    reader.skip_space();
    if reader.pos < text.len() {
        return Err(reader.unexpected("after top-level value").whole(text));
    }
    Ok(value)
}

/// Whether scalars are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spelling {
    Decoded,
    Kept,
}

/// Why reading stopped in a stream of values.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// Nothing but whitespace is left.
    End,
    /// The text ends inside a value.
    Truncated,
    /// A wrong character, at this offset.
    Syntax(String, usize),
}

/// The stretch of the next value in a stream of values (`json.Decoder` into a raw message).
pub(crate) fn next_in_stream(text: &[u8], start: usize) -> Reading<std::ops::Range<usize>> {
    let mut reader = Reader::new(text, start, Numbers::Text);
    reader.skip_space();
    let begin = reader.pos;
    if begin >= text.len() {
        return Err(Stop::End);
    }
    reader.value()?;
    Ok(begin..reader.pos)
}

impl Stop {
    /// The error in a text that should be one value.
    fn whole(self, text: &[u8]) -> Error {
        let (message, at) = match self {
            Stop::End | Stop::Truncated => ("unexpected end of JSON input".to_owned(), text.len()),
            Stop::Syntax(message, at) => (message, at),
        };
        Error::syntax(message).at(Span::new(at, at + 1))
    }
}

type Reading<T> = std::result::Result<T, Stop>;

/// The nesting at which `encoding/json` gives up.
const MAX_DEPTH: usize = 10_000;

struct Reader<'t> {
    text: &'t [u8],
    pos: usize,
    numbers: Numbers,
    spelling: Spelling,
    /// The first number that does not fit: an error of the content, after all errors of syntax.
    unfit: Option<Error>,
}

/// A list or map that is being read.
enum Open {
    List(Vec<Value>),
    Map(Vec<(Text, Value)>, Text),
}

impl<'t> Reader<'t> {
    fn new(text: &'t [u8], pos: usize, numbers: Numbers) -> Self {
        Reader { text, pos, numbers, spelling: Spelling::Decoded, unfit: None }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.pos).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.pos += 1;
        }
    }

    fn unexpected(&self, context: &str) -> Stop {
        match self.peek() {
            None => Stop::Truncated,
            Some(b) => Stop::Syntax(format!("invalid character {} {context}", quote(b)), self.pos),
        }
    }

    fn value(&mut self) -> Reading<Value> {
        let mut stack: Vec<Open> = Vec::new();
        loop {
            self.skip_space();
            let mut complete = match self.peek() {
                Some(open @ (b'[' | b'{')) => {
                    if stack.len() >= MAX_DEPTH {
                        return Err(Stop::Syntax("exceeded max depth".to_owned(), self.pos));
                    }
                    self.pos += 1;
                    self.skip_space();
                    match (open, self.peek()) {
                        (b'[', Some(b']')) => {
                            self.pos += 1;
                            Value::list(Vec::new())
                        }
                        (b'[', _) => {
                            stack.push(Open::List(Vec::new()));
                            continue;
                        }
                        (_, Some(b'}')) => {
                            self.pos += 1;
                            Value::Map(Map::new())
                        }
                        _ => {
                            let key = self.key()?;
                            stack.push(Open::Map(Vec::new(), key));
                            continue;
                        }
                    }
                }
                _ => {
                    let start = self.pos;
                    let scalar = self.scalar()?;
                    match self.spelling {
                        Spelling::Kept if !scalar.is_null() => self.literal(start),
                        Spelling::Kept | Spelling::Decoded => scalar,
                    }
                }
            };
            // The value ends; so may what holds it.
            loop {
                let Some(open) = stack.last_mut() else {
                    return Ok(complete);
                };
                self.skip_space();
                match open {
                    Open::List(items) => {
                        items.push(complete);
                        match self.peek() {
                            Some(b',') => {
                                self.pos += 1;
                                break;
                            }
                            Some(b']') => complete = Value::List(List::new(std::mem::take(items)).appended()),
                            _ => return Err(self.unexpected("after array element")),
                        }
                    }
                    Open::Map(entries, key) => {
                        entries.push((std::mem::take(key), complete));
                        match self.peek() {
                            Some(b',') => {
                                self.pos += 1;
                                self.skip_space();
                                *key = self.key()?;
                                break;
                            }
                            Some(b'}') => {
                                complete = Value::Map(Map::of(MapKind::Any, std::mem::take(entries)))
                            }
                            _ => return Err(self.unexpected("after object key:value pair")),
                        }
                    }
                }
                self.pos += 1;
                stack.pop();
            }
        }
    }

    fn literal(&self, start: usize) -> Value {
        let text = self.text.get(start..self.pos).unwrap_or_default();
        Value::Number(String::from_utf8_lossy(text).into())
    }

    /// A key and its colon.
    fn key(&mut self) -> Reading<Text> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("looking for beginning of object key string"));
        }
        let key = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("after object key"));
        }
        self.pos += 1;
        Ok(key)
    }

    fn scalar(&mut self) -> Reading<Value> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.word("null").map(|()| Value::Null),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn word(&mut self, word: &str) -> Reading<()> {
        for wanted in word.bytes() {
            if self.peek() != Some(wanted) {
                let wanted = char::from(wanted);
                return Err(self.unexpected(&format!("in literal {word} (expecting '{wanted}')")));
            }
            self.pos += 1;
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.pos;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.pos += 1;
        }
        self.pos - start
    }

    fn number(&mut self) -> Reading<Value> {
        let start = self.pos;
        if self.peek() == Some(b'-') {
            self.pos += 1;
        }
        if self.peek() == Some(b'0') {
            self.pos += 1;
        } else if self.digits() == 0 {
            return Err(self.unexpected("in numeric literal"));
        }
        if self.peek() == Some(b'.') {
            self.pos += 1;
            if self.digits() == 0 {
                return Err(self.unexpected("after decimal point in numeric literal"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.pos += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.pos += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected("in exponent of numeric literal"));
            }
        }
        let text =
            self.text.get(start..self.pos).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
        Ok(self.convert(text, start))
    }

    fn convert(&mut self, text: &str, start: usize) -> Value {
        let int = || text.parse::<i64>().ok().filter(|_| !text.contains('.')).map(Value::int64);
        match self.numbers {
            Numbers::Text => return Value::Number(text.into()),
            Numbers::PreserveInts if int().is_some() => return int().unwrap_or_default(),
            Numbers::PreserveInts | Numbers::Float64 => {}
        }
        let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
        if number.is_none() {
            let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
            self.unfit.get_or_insert_with(|| {
                Error::new(ErrorKind::Invalid, message).at(Span::new(start, start + text.len()))
            });
        }
        number.map_or(Value::Null, Value::float)
    }

    /// A string, its quotes included.
    fn string(&mut self) -> Reading<Text> {
        self.pos += 1;
        let start = self.pos;
        let mut copied: Option<String> = None;
        let mut from = start;
        loop {
            let rest = self.text.get(self.pos..).unwrap_or_default();
            self.pos +=
                rest.iter().position(|b| *b < b' ' || matches!(b, b'"' | b'\\')).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let copied = copied.get_or_insert_default();
                    push_lossy(copied, self.text.get(from..self.pos).unwrap_or_default());
                    self.pos += 1;
                    self.escape(copied)?;
                    from = self.pos;
                }
                _ => return Err(self.unexpected("in string literal")),
            }
        }
        let last = self.text.get(from..self.pos).unwrap_or_default();
        self.pos += 1;
        match copied {
            None => match std::str::from_utf8(last) {
                Ok(text) => Ok(Text::from(text)),
                Err(_) => {
                    let mut text = String::new();
                    push_lossy(&mut text, last);
                    Ok(Text::from(text))
                }
            },
            Some(mut text) => {
                push_lossy(&mut text, last);
                Ok(Text::from(text))
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Reading<()> {
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.pos += 1;
                let unit = self.hex()?;
                out.push(self.surrogates(unit)?);
                return Ok(());
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.pos += 1;
        out.push(c);
        Ok(())
    }

    fn hex(&mut self) -> Reading<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.unexpected("in \\u hexadecimal character escape"))?;
            self.pos += 1;
        }
        Ok(unit)
    }

    /// The character of a UTF-16 unit and, if that is half a pair, of the escape behind it.
    fn surrogates(&mut self, unit: u32) -> Reading<char> {
        if !(0xD800..0xE000).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if unit < 0xDC00 && self.text.get(self.pos..).is_some_and(|rest| rest.starts_with(b"\\u")) {
            let before = self.pos;
            self.pos += 2;
            let low = self.hex()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.pos = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }
}

fn push_lossy(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
}

/// A byte as Go's messages show it.
fn quote(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        byte => strconv::quote_with(char::from(byte).to_string().as_bytes(), '\'', false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn message(text: &str) -> String {
        read(text.as_bytes(), Numbers::Float64).unwrap_err().message().to_owned()
    }

    #[test]
    fn errors_have_the_words_of_go() {
        for (text, want) in [
            ("", "unexpected end of JSON input"),
            ("{\"a\":1", "unexpected end of JSON input"),
            ("\"a", "unexpected end of JSON input"),
            ("tru", "invalid character ' ' in literal true (expecting 'e')"),
            ("-", "invalid character ' ' in numeric literal"),
            ("\"\\u12", "invalid character ' ' in \\u hexadecimal character escape"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("01", "invalid character '1' after top-level value"),
            ("--", "invalid character '-' in numeric literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("1e400", "json: cannot unmarshal number 1e400 into Go value of type float64"),
        ] {
            assert_eq!(message(text), want, "{text}");
        }
    }

    #[test]
    fn strings_are_unescaped_and_made_utf8() {
        let value = read(b"\"\\ud83d\\ude00\\ud83d\\u0041\\/\xff\"", Numbers::Float64).unwrap();
        assert_eq!(value.as_str(), Some("\u{1F600}\u{FFFD}A/\u{FFFD}"));
        let value =
            read(b"{\"b\": 1, \"a\": {}, \"b\": [-0, 9223372036854775808, 1e2]}", Numbers::PreserveInts)
                .unwrap();
        assert_eq!(json::to_string(&value).unwrap(), r#"{"a":{},"b":[0,9223372036854776000,100]}"#);
    }

    #[test]
    fn deep_nesting_stops_where_go_stops() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(read(nested(10_000).as_bytes(), Numbers::Float64).is_ok());
        assert_eq!(message(&nested(10_001)), "exceeded max depth");
        assert_eq!(message(&"[{\"a\":".repeat(100_000)), "exceeded max depth");
    }
}
