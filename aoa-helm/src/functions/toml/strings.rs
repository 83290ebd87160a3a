//! Strings, of one line and of several, with escapes and as they are.

use super::read::{Read, Reader, character};
use super::scalar;
use super::scan::Next;

impl Reader<'_> {
    /// A string, of one or of several lines; its first quote is read.
    pub(super) fn string(&mut self, quote: char) -> Read<String> {
        if self.scan.accept(quote)? {
            if self.scan.accept(quote)? {
                return self.long_string(quote);
            }
            return Ok(String::new());
        }
        let (text, _) = if quote == '"' { self.basic_string()? } else { self.raw_string()? };
        Ok(text)
    }

    pub(super) fn basic_string(&mut self) -> Read<(String, usize)> {
        let start = self.scan.position();
        loop {
            let end = self.scan.position();
            match self.scan.next()? {
                Next::End => return Err(self.scan.problem(Next::End, "unexpected EOF; expected '\"'")),
                Next::Char('\\') => self.escape(start)?,
                Next::Char('"') => {
                    let text = self.scan.since(start);
                    let text = text.get(..end - start).unwrap_or_default();
                    let text = scalar::without_escapes(text).map_err(|text| self.here(text))?;
                    return Ok((text, self.scan.line()));
                }
                next if next.is_break() => {
                    return Err(self.scan.problem_before("strings cannot contain newlines"));
                }
                Next::Char(_) => {}
            }
        }
    }

    pub(super) fn raw_string(&mut self) -> Read<(String, usize)> {
        let start = self.scan.position();
        self.scan.skip(|c| !matches!(c, '\'' | '\n' | '\r'))?;
        let text = self.scan.since(start).to_owned();
        match self.scan.next()? {
            Next::End => Err(self.scan.problem(Next::End, "unexpected EOF; expected \"'\"")),
            Next::Char('\'') => Ok((text, self.scan.line())),
            Next::Char(_) => Err(self.scan.problem_before("strings cannot contain newlines")),
        }
    }

    /// Between three quotes there may be two of them, also at the end.
    fn long_string(&mut self, quote: char) -> Read<String> {
        let start = self.scan.position();
        let three = String::from(quote).repeat(3);
        loop {
            let end = self.scan.position();
            match self.scan.next()? {
                Next::End => {
                    let mark = if quote == '"' { '\'' } else { '"' };
                    let text = format!("unexpected EOF; expected {mark}{three}{mark}");
                    return Err(self.scan.problem(Next::End, text));
                }
                Next::Char('\\') if quote == '"' => {
                    if self.scan.peek()?.is_break() {
                        self.scan.next()?;
                    } else {
                        self.escape(start)?;
                    }
                }
                Next::Char(c) if c == quote => {
                    let closes = self.scan.accept(quote)? && self.scan.accept(quote)?;
                    if !closes {
                        continue;
                    }
                    if self.scan.peek()? == Next::Char(quote) {
                        self.check_quotes(start, quote)?;
                        self.scan.back_to(end + 1);
                        continue;
                    }
                    let text = self.scan.since(start);
                    let text = scalar::without_first_break(text.get(..end - start).unwrap_or_default());
                    if quote == '\'' {
                        return Ok(text.to_owned());
                    }
                    let text = scalar::without_escaped_breaks(text);
                    return scalar::without_escapes(&text).map_err(|text| self.here(text));
                }
                Next::Char(_) => {}
            }
        }
    }

    /// Six quotes at the end are too many, unless the first of them is escaped.
    fn check_quotes(&self, start: usize, quote: char) -> Read<()> {
        let text = self.scan.since(start);
        let five = String::from(quote).repeat(5);
        let escaped = quote == '"' && text.ends_with("\\\"\"\"\"\"");
        if text.ends_with(&five) && !escaped {
            let mark = if quote == '"' { '\'' } else { '"' };
            let six = String::from(quote).repeat(6);
            return Err(self.scan.problem(Next::Char(' '), format!("unexpected {mark}{six}{mark}")));
        }
        Ok(())
    }

    /// What stands behind a backslash in a string that begins at `string`.
    fn escape(&mut self, string: usize) -> Read<()> {
        let next = self.scan.next()?;
        let (count, words) = match next {
            Next::Char('e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\') => return Ok(()),
            Next::Char('x') => (2, "two hexadecimal digits after '\\x'"),
            Next::Char('u') => (4, "four hexadecimal digits after '\\u'"),
            Next::Char('U') => (8, "eight hexadecimal digits after '\\U'"),
            next => {
                let text = format!("invalid escape in string '\\{}'", character(next));
                return Err(match next {
                    Next::End => self.scan.problem_before(text),
                    next => self.scan.problem(next, text),
                });
            }
        };
        for _ in 0..count {
            let next = self.scan.next()?;
            if !next.is_hex() {
                let got = self.scan.since(string);
                let got = aoa_lang::strconv::quote(got.as_bytes());
                let text = format!("expected {words}, but got {got} instead");
                return Err(self.scan.problem(next, text));
            }
        }
        Ok(())
    }
}
