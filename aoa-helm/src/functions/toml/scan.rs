//! Characters of a TOML text, with the positions that messages name (BurntSushi/toml 1.6.0, lex.go).

use aoa_lang::{Error, strconv};

type Result<T> = std::result::Result<T, Problem>;

/// A place in the text.
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

/// What was read: a character, or the end, which counts as a character of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Char(char),
    End,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Scanner<'t> {
        Scanner { text, at: 0, line: 1 }
    }

    /// How far the text has been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The line that is being read.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Goes back to a place on the same line.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from `start` up to here; it has been read and so is UTF-8.
    pub(super) fn since(&self, start: usize) -> &'t str {
        let bytes = self.text.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The next character, which stays unread.
    pub(super) fn peek(&self) -> Result<Next> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(first) = rest.first() else { return Ok(Next::End) };
        if matches!(first, b'\t' | b'\n' | b' '..=b'~') {
            return Ok(Next::Char(char::from(*first)));
        }
        let is_break = *first == b'\r' && rest.get(1) == Some(&b'\n');
        if !is_break && (first.is_ascii_control()) {
            let text = format!("TOML files cannot contain control characters: '0x{first:02x}'");
            return Err(self.problem(Next::Char(' '), text));
        }
        let length = rest.len().min(4);
        let head = rest.get(..length).unwrap_or_default();
        let valid = match std::str::from_utf8(head) {
            Ok(text) => text,
            Err(error) => {
                std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
            }
        };
        match valid.chars().next() {
            Some(c) => Ok(Next::Char(c)),
            None => Err(self.problem(Next::Char(' '), format!("invalid UTF-8 byte: 0x{first:02x}"))),
        }
    }

    /// The next character.
    pub(super) fn next(&mut self) -> Result<Next> {
        let next = self.peek()?;
        if let Next::Char(c) = next {
            self.at += c.len_utf8();
            if c == '\n' {
                self.line += 1;
            }
        }
        Ok(next)
    }

    /// Reads the next character if it is this one.
    pub(super) fn accept(&mut self, wanted: char) -> Result<bool> {
        let found = self.peek()? == Next::Char(wanted);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// Reads as long as characters fit.
    pub(super) fn skip(&mut self, fits: impl Fn(char) -> bool) -> Result<()> {
        while let Next::Char(c) = self.peek()? {
            if !fits(c) {
                break;
            }
            self.next()?;
        }
        Ok(())
    }

    /// Spaces and tabs.
    pub(super) fn skip_blanks(&mut self) -> Result<()> {
        self.skip(|c| matches!(c, ' ' | '\t'))
    }

    /// What is wrong, after `last` was read: at the end it is said of the last line that has text.
    pub(super) fn problem(&self, last: Next, text: impl Into<String>) -> Problem {
        let ends = self.at.checked_sub(1).and_then(|at| self.text.get(at)) == Some(&b'\n');
        let back = usize::from(last == Next::End && ends);
        Problem::At { line: self.line.saturating_sub(back), text: text.into() }
    }

    /// What is wrong with the line before.
    pub(super) fn problem_before(&self, text: impl Into<String>) -> Problem {
        Problem::At { line: self.line.saturating_sub(1), text: text.into() }
    }
}

impl Next {
    /// As `%q` prints it; the end is a NUL.
    pub(super) fn quoted(self) -> String {
        let c = match self {
            Next::Char(c) => c,
            Next::End => '\0',
        };
        strconv::quote_with(c.encode_utf8(&mut [0; 4]).as_bytes(), '\'', false)
    }

    pub(super) fn is_digit(self) -> bool {
        matches!(self, Next::Char('0'..='9'))
    }

    pub(super) fn is_hex(self) -> bool {
        matches!(self, Next::Char(c) if c.is_ascii_hexdigit())
    }

    pub(super) fn is_break(self) -> bool {
        matches!(self, Next::Char('\n' | '\r'))
    }
}

/// Why a text is not read.
#[derive(Debug)]
pub(super) enum Problem {
    /// It is no TOML, which this line shows.
    At { line: usize, text: String },
    /// It is too deep.
    Limit,
}

impl Problem {
    /// The message of the parser, which also names the key that it read last.
    pub(super) fn into_error(self, last_key: &str) -> Error {
        match self {
            Problem::Limit => Error::limit("a TOML text is too deep"),
            Problem::At { line, text } if last_key.is_empty() => {
                Error::syntax(format!("toml: line {line}: {text}"))
            }
            Problem::At { line, text } => {
                let key = strconv::quote(last_key.as_bytes());
                Error::syntax(format!("toml: line {line} (last key {key}): {text}"))
            }
        }
    }
}
