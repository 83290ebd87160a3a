//! What stands behind `=` and is neither a string nor a list nor a table: where it ends, and what it is.

use aoa_lang::Value;

use super::read::{Read, Reader, character, still};
use super::scalar;
use super::scan::Next;

impl Reader<'_> {
    /// `true`, `false`, `inf`, `nan`; what else looks like a word is refused as one.
    pub(super) fn word(&mut self, start: usize, first: Next) -> Read<Value> {
        let Next::Char(c) = first else {
            return Err(self.scan.problem(first, "unexpected EOF; expected value"));
        };
        if matches!(c, 'i' | 'n') {
            let scan = &mut self.scan;
            if scan.accept('n')? && scan.accept('f')? || scan.accept('a')? && scan.accept('n')? {
                return self.float(start);
            }
        }
        if !aoa_lang::unicode::is_letter(c) {
            let text = format!("expected value but found {} instead", first.quoted());
            return Err(match c {
                '\n' => self.scan.problem_before(text),
                _ => self.scan.problem(first, text),
            });
        }
        // One character is looked at again, whichever it was.
        let last = self.scan.since(start).chars().next_back().map_or(0, char::len_utf8);
        let again = self.scan.position() - last;
        self.scan.back_to(again);
        self.scan.skip(aoa_lang::unicode::is_letter)?;
        match self.scan.since(again) {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            other => {
                let other = aoa_lang::strconv::quote(other.as_bytes());
                let next = self.scan.peek()?;
                Err(self.scan.problem(still(next), format!("expected value but found {other} instead")))
            }
        }
    }

    pub(super) fn signed(&mut self, start: usize) -> Read<Value> {
        let next = self.scan.next()?;
        match next {
            Next::Char(c @ ('i' | 'n')) => {
                let rest = if c == 'i' { ['n', 'f'] } else { ['a', 'n'] };
                if self.scan.accept(rest[0])? && self.scan.accept(rest[1])? {
                    return self.float(start);
                }
                let text = format!("invalid float: '{}'", self.scan.since(start));
                Err(self.scan.problem(Next::Char(' '), text))
            }
            Next::Char('.') => Err(self.scan.problem(next, "floats must start with a digit, not '.'")),
            Next::Char('0') if matches!(self.scan.peek()?, Next::Char('b' | 'o' | 'x')) => {
                let base = self.scan.peek()?;
                let text = format!(
                    "cannot use sign with non-decimal numbers: '{}{}'",
                    self.scan.since(start),
                    character(base)
                );
                Err(self.scan.problem(Next::Char(' '), text))
            }
            next if next.is_digit() => self.decimal(start),
            next => {
                let text = format!("expected a digit but got {}", next.quoted());
                Err(self.scan.problem(next, text))
            }
        }
    }

    pub(super) fn unsigned(&mut self, start: usize, first: Next) -> Read<Value> {
        if first == Next::Char('0') {
            match self.scan.peek()? {
                Next::Char(base @ ('b' | 'o' | 'x')) => return self.with_base(start, base),
                next if next.is_digit() => {}
                Next::Char('_' | '.' | 'e' | 'E') => return self.decimal(start),
                // Times begin with two digits.
                _ => return self.integer(start),
            }
        }
        self.scan.skip(|c| c.is_ascii_digit())?;
        match self.scan.peek()? {
            Next::Char('-' | ':') => {
                let part = |c: char| c.is_ascii_digit() || "-:Tt .Zz+".contains(c);
                self.scan.skip(part)?;
                let text = self.scan.since(start).trim();
                scalar::time(text).map_err(|text| self.here(text))
            }
            Next::Char('_' | '.' | 'e' | 'E') => self.decimal(start),
            _ => self.integer(start),
        }
    }

    fn with_base(&mut self, start: usize, base: char) -> Read<Value> {
        self.scan.next()?;
        let (name, fits): (&str, fn(char) -> bool) = match base {
            'b' => ("a binary", |c| matches!(c, '0' | '1')),
            'o' => ("an octal", |c| matches!(c, '0'..='7')),
            _ => ("a hexadecimal", |c| c.is_ascii_hexdigit()),
        };
        let next = self.scan.peek()?;
        if !matches!(next, Next::Char(c) if fits(c)) {
            let text = format!("not {name} number: '{}{}'", self.scan.since(start), character(next));
            return Err(self.scan.problem(Next::Char(' '), text));
        }
        self.scan.skip(|c| fits(c) || c == '_')?;
        self.integer(start)
    }

    fn decimal(&mut self, start: usize) -> Read<Value> {
        self.scan.skip(|c| c.is_ascii_digit() || c == '_')?;
        if !matches!(self.scan.peek()?, Next::Char('.' | 'e' | 'E')) {
            return self.integer(start);
        }
        self.scan.skip(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | '-' | '+' | 'e' | 'E'))?;
        self.float(start)
    }

    fn integer(&mut self, start: usize) -> Read<Value> {
        scalar::integer(self.scan.since(start)).map_err(|text| self.here(text))
    }

    fn float(&mut self, start: usize) -> Read<Value> {
        scalar::float(self.scan.since(start)).map_err(|text| self.here(text))
    }
}
