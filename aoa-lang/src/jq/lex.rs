//! The words of an expression (gojq's `lexer.go`).

use crate::json::{self, Numbers};
use crate::value::Text;
use crate::{Value, unicode};

use super::ast::{Arithmetic, Comparison, Operator};

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    End,
    Name(String),
    ModuleName(String),
    Keyword(&'static str),
    /// With its `$`.
    Variable(String),
    ModuleVariable(String),
    Recurse,
    Field(String),
    Number(String),
    /// With its `@`.
    Format(String),
    Text(Text),
    TextStart,
    TextQuery,
    TextEnd,
    Operator(Operator),
    /// `?//`
    Destructure,
    Symbol(char),
    Invalid,
    InvalidEscape,
    Unterminated,
}

const KEYWORDS: [&str; 21] = [
    "or", "and", "module", "import", "include", "def", "as", "label", "break", "null", "true", "false", "if",
    "then", "elif", "else", "end", "try", "catch", "reduce", "foreach",
];

/// Reads words from a text.
pub(super) struct Lexer<'s> {
    source: &'s [u8],
    at: usize,
    /// The text that messages show for the last word; some words leave that of an earlier one.
    shown: Vec<u8>,
    /// Whether the next word is a part of a text in quotes.
    pub(super) in_text: bool,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Lexer { source: source.as_bytes(), at: 0, shown: Vec::new(), in_text: false }
    }

    /// How many bytes were read.
    pub(super) fn offset(&self) -> usize {
        self.at.min(self.source.len())
    }

    /// What a message says of `token`, the last one read.
    pub(super) fn complaint(&self, token: &Token) -> String {
        let shown = String::from_utf8_lossy(&self.shown);
        let quoted = |text: &str| super::encode::shortened(&Value::string(text), usize::MAX);
        match token {
            Token::End => "unexpected EOF".to_owned(),
            Token::Invalid => format!("invalid token {}", quoted(&shown)),
            Token::InvalidEscape => format!("invalid escape sequence \"{shown}\" in string literal"),
            Token::Unterminated => "unterminated string literal".to_owned(),
            Token::Symbol(c) if c.is_ascii() => format!("unexpected token {}", quoted(&c.to_string())),
            Token::Operator(Operator::Arithmetic(arithmetic)) => {
                format!("unexpected token {}", quoted(symbol(*arithmetic)))
            }
            _ => format!("unexpected token {}", quoted(&shown)),
        }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Token {
        if self.at >= self.source.len() {
            self.shown.clear();
            return Token::End;
        }
        if self.in_text {
            return self.text(self.at);
        }
        let Some(byte) = self.skip_blank() else {
            self.shown.clear();
            return Token::End;
        };
        let start = self.at - 1;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(start),
            b'0'..=b'9' => self.number(start, false),
            b'.' => self.dot(start),
            b'$' if self.peek().is_some_and(starts_name) => {
                let is_module = self.skip_name_of_module();
                let name = self.show(start);
                if is_module { Token::ModuleVariable(name) } else { Token::Variable(name) }
            }
            b'@' if self.peek().is_some_and(continues_name) => {
                self.skip_name();
                Token::Format(self.show(start))
            }
            b'"' => self.text(start),
            _ if !byte.is_ascii() => {
                let rest = self.source.get(start..).unwrap_or_default();
                let (c, size) = unicode::first_char(rest).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
                self.at = start + size;
                self.shown = c.to_string().into_bytes();
                Token::Symbol(c)
            }
            _ => self.operator(byte, start),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes the text from `start` to here as that of the word.
    fn show(&mut self, start: usize) -> String {
        self.shown = self.source.get(start..self.at).unwrap_or_default().to_vec();
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// The next byte that is neither blank nor in a comment.
    fn skip_blank(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'#' => self.skip_comment()?,
                b'\t' | b'\n' | b'\r' | b' ' => {}
                _ => return Some(byte),
            }
        }
        None
    }

    /// To the end of the line; a backslash before it continues the comment.
    fn skip_comment(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                None | Some(0) => return None,
                Some(b'\n' | b'\r') => return Some(()),
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'\\' | b'\n') => self.at += 1,
                        Some(b'\r') => {
                            self.at += 1;
                            self.eat(b'\n');
                        }
                        _ => {}
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn skip_name(&mut self) {
        while self.peek().is_some_and(continues_name) {
            self.at += 1;
        }
    }

    /// A name, or two with `::` between.
    fn skip_name_of_module(&mut self) -> bool {
        self.skip_name();
        let rest = self.source.get(self.at..).unwrap_or_default();
        let is_module = matches!(rest, [b':', b':', first, ..] if starts_name(*first));
        if is_module {
            self.at += 2;
            self.skip_name();
        }
        is_module
    }

    fn word(&mut self, start: usize) -> Token {
        let is_module = self.skip_name_of_module();
        let word = self.show(start);
        if is_module {
            return Token::ModuleName(word);
        }
        match KEYWORDS.iter().find(|keyword| **keyword == word) {
            Some(keyword) => Token::Keyword(keyword),
            None => Token::Name(word),
        }
    }

    fn dot(&mut self, start: usize) -> Token {
        match self.peek() {
            Some(b'.') => {
                self.at += 1;
                self.show(start);
                Token::Recurse
            }
            Some(next) if starts_name(next) => {
                self.skip_name();
                let shown = self.show(start);
                Token::Field(shown.trim_start_matches('.').to_owned())
            }
            Some(b'0'..=b'9') => self.number(start, true),
            _ => Token::Symbol('.'),
        }
    }

    fn number(&mut self, start: usize, has_point: bool) -> Token {
        let is_number = skip_number(self.source, &mut self.at, has_point);
        let text = self.show(start);
        if is_number { Token::Number(text) } else { Token::Invalid }
    }

    fn operator(&mut self, byte: u8, start: usize) -> Token {
        let next = self.peek();
        let (token, length) = match (byte, next) {
            (b'|', Some(b'=')) => (Token::Operator(Operator::Modify), 1),
            (b'?', Some(b'/')) if self.source.get(self.at + 1) == Some(&b'/') => (Token::Destructure, 2),
            (b'+' | b'-' | b'*' | b'%', Some(b'=')) => {
                (Token::Operator(Operator::Update(arithmetic(byte))), 1)
            }
            (b'/', Some(b'=')) => (Token::Operator(Operator::Update(Arithmetic::Divide)), 1),
            (b'/', Some(b'/')) if self.source.get(self.at + 1) == Some(&b'=') => {
                (Token::Operator(Operator::UpdateAlternative), 2)
            }
            (b'/', Some(b'/')) => (Token::Operator(Operator::Alternative), 1),
            (b'+' | b'-' | b'*' | b'%' | b'/', _) => {
                return Token::Operator(Operator::Arithmetic(arithmetic(byte)));
            }
            (b'=', Some(b'=')) => (Token::Operator(Operator::Compare(Comparison::Equal)), 1),
            (b'=', _) => (Token::Operator(Operator::Assign), 0),
            (b'!', Some(b'=')) => (Token::Operator(Operator::Compare(Comparison::Unequal)), 1),
            (b'>', Some(b'=')) => (Token::Operator(Operator::Compare(Comparison::GreaterOrEqual)), 1),
            (b'>', _) => (Token::Operator(Operator::Compare(Comparison::Greater)), 0),
            (b'<', Some(b'=')) => (Token::Operator(Operator::Compare(Comparison::LessOrEqual)), 1),
            (b'<', _) => (Token::Operator(Operator::Compare(Comparison::Less)), 0),
            _ => return Token::Symbol(char::from(byte)),
        };
        self.at += length;
        self.show(start);
        token
    }

    /// A text in quotes whose first byte, or whose part, is at `start`.
    fn text(&mut self, start: usize) -> Token {
        let mut at = self.at;
        while let Some(byte) = self.source.get(at) {
            match byte {
                b'\\' => {
                    at += 1;
                    match self.source.get(at) {
                        None => break,
                        Some(b'u') => {
                            for digit in at + 1..=at + 4 {
                                if !self.source.get(digit).is_some_and(u8::is_ascii_hexdigit) {
                                    return self.invalid_escape(at - 1, digit);
                                }
                            }
                            at += 4;
                        }
                        Some(b'"' | b'/' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {}
                        Some(b'(') if !self.in_text => {
                            self.in_text = true;
                            return Token::TextStart;
                        }
                        Some(b'(') if at == self.at + 1 => {
                            self.at += 2;
                            self.in_text = false;
                            return Token::TextQuery;
                        }
                        Some(b'(') => return self.part(start, at - 1),
                        Some(_) => return self.invalid_escape(at - 1, at + 1),
                    }
                }
                b'"' if !self.in_text => return self.part(start, at + 1),
                b'"' if at > self.at => return self.part(start, at),
                b'"' => {
                    self.in_text = false;
                    self.at = at + 1;
                    return Token::TextEnd;
                }
                _ => {}
            }
            at += 1;
        }
        self.at = self.source.len();
        self.shown.clear();
        Token::Unterminated
    }

    fn invalid_escape(&mut self, start: usize, end: usize) -> Token {
        self.at = end.min(self.source.len());
        self.show(start);
        Token::InvalidEscape
    }

    fn part(&mut self, start: usize, end: usize) -> Token {
        self.at = end;
        self.show(start);
        let raw = if self.in_text {
            self.shown.as_slice()
        } else {
            self.shown.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\"")).unwrap_or_default()
        };
        unescape(raw).map_or(Token::Invalid, Token::Text)
    }
}

/// Reads what JSON writes; characters below the space may stand as they are.
fn unescape(raw: &[u8]) -> Option<Text> {
    if raw.iter().all(|byte| *byte != b'\\' && byte.is_ascii()) {
        return Some(Text::from_bytes(raw));
    }
    let mut quoted = vec![b'"'];
    for byte in raw {
        if *byte < b' ' {
            quoted.extend(format!("\\u{byte:04x}").as_bytes());
        } else {
            quoted.push(*byte);
        }
    }
    quoted.push(b'"');
    match json::read(&quoted, Numbers::Float64).ok()? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a text is a number as they are written in expressions, with a sign perhaps: what `tonumber` takes.
pub(super) fn is_number(text: &[u8]) -> bool {
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let has_point = text.get(at) == Some(&b'.');
    at += usize::from(has_point);
    text.get(at).is_some_and(u8::is_ascii_digit) && skip_number(text, &mut at, has_point) && at == text.len()
}

/// Goes behind a number; whether it is one.
fn skip_number(source: &[u8], at: &mut usize, mut has_point: bool) -> bool {
    loop {
        match source.get(*at) {
            Some(b'0'..=b'9') => *at += 1,
            Some(b'.') => {
                *at += 1;
                if has_point {
                    return false;
                }
                has_point = true;
            }
            Some(b'e' | b'E') => {
                *at += 1;
                if matches!(source.get(*at), Some(b'-' | b'+')) {
                    *at += 1;
                }
                break;
            }
            Some(byte) if starts_name(*byte) => {
                *at += 1;
                return false;
            }
            _ => return true,
        }
    }
    let digits = *at;
    while source.get(*at).is_some_and(u8::is_ascii_digit) {
        *at += 1;
    }
    if source.get(*at).is_some_and(|byte| starts_name(*byte)) {
        *at += 1;
        return false;
    }
    *at > digits
}

fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn continues_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn arithmetic(byte: u8) -> Arithmetic {
    match byte {
        b'+' => Arithmetic::Add,
        b'-' => Arithmetic::Subtract,
        b'*' => Arithmetic::Multiply,
        b'/' => Arithmetic::Divide,
        _ => Arithmetic::Modulo,
    }
}

fn symbol(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::Modulo => "%",
    }
}
