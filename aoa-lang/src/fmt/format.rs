//! `Sprintf`: format strings with flags, widths, precisions and argument indexes.

use super::state::{Flags, Printed, Printer};
use crate::Value;

/// Widths, precisions and indexes beyond this are refused, as in Go.
const LARGEST: usize = 1_000_000;

/// Where the reading of a format stands.
struct Reader<'f> {
    format: &'f [u8],
    at: usize,
    args: &'f [Value],
    next_arg: usize,
    /// Whether an index such as `[3]` was used: unused arguments are then not reported.
    reordered: bool,
    good_index: bool,
}

impl Printer<'_> {
    pub(super) fn printf(&mut self, format: &[u8], args: &[Value]) -> Printed {
        let mut reader = Reader { format, at: 0, args, next_arg: 0, reordered: false, good_index: true };
        while let Some(rest) = format.get(reader.at..).filter(|r| !r.is_empty()) {
            let plain = rest.iter().position(|b| *b == b'%').unwrap_or(rest.len());
            self.text(rest.get(..plain).unwrap_or_default())?;
            reader.at += plain + 1;
            if plain < rest.len() && !self.verb(&mut reader)? {
                break;
            }
        }
        match args.get(reader.next_arg..) {
            Some(extra) if !reader.reordered && !extra.is_empty() => self.extra(extra),
            _ => Ok(()),
        }
    }

    /// What stands behind a `%`; `false` if the format ends before the verb.
    fn verb(&mut self, reader: &mut Reader<'_>) -> Result<bool, super::state::TooLong> {
        reader.good_index = true;
        self.flags = Flags::default();
        while let Some(flag) = reader.peek() {
            match flag {
                b'#' => self.flags.sharp = true,
                b'0' => self.flags.zero = true,
                b'+' => self.flags.plus = true,
                b'-' => self.flags.minus = true,
                b' ' => self.flags.space = true,
                _ => break,
            }
            reader.at += 1;
        }
        let mut after_index = reader.index();
        if reader.peek() == Some(b'*') {
            reader.at += 1;
            match reader.integer_arg() {
                None => self.text(b"%!(BADWIDTH)")?,
                Some(width) => {
                    if width < 0 {
                        self.flags.minus = true;
                        // Go does not pad with zeros to the right.
                        self.flags.zero = false;
                    }
                    self.flags.width = usize::try_from(width.unsigned_abs()).ok();
                }
            }
            after_index = false;
        } else {
            self.flags.width = reader.number();
            if after_index && self.flags.width.is_some() {
                reader.good_index = false;
            }
        }
        if reader.peek() == Some(b'.') && reader.at + 1 < reader.format.len() {
            reader.at += 1;
            if after_index {
                reader.good_index = false;
            }
            after_index = reader.index();
            if reader.peek() == Some(b'*') {
                reader.at += 1;
                self.flags.precision = reader.integer_arg().and_then(|p| usize::try_from(p).ok());
                if self.flags.precision.is_none() {
                    self.text(b"%!(BADPREC)")?;
                }
                after_index = false;
            } else {
                self.flags.precision = Some(reader.number().unwrap_or(0));
            }
        }
        if !after_index {
            reader.index();
        }
        let Some(verb) = reader.verb() else {
            self.text(b"%!(NOVERB)")?;
            return Ok(false);
        };
        if verb == '%' {
            self.text(b"%")?;
        } else if !reader.good_index {
            self.text(format!("%!{verb}(BADINDEX)").as_bytes())?;
        } else if let Some(arg) = reader.args.get(reader.next_arg) {
            if matches!(verb, 'v' | 'w') {
                self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                self.flags.plus_v = std::mem::take(&mut self.flags.plus);
            }
            reader.next_arg += 1;
            self.arg(arg, verb)?;
        } else {
            self.text(format!("%!{verb}(MISSING)").as_bytes())?;
        }
        Ok(true)
    }

    fn extra(&mut self, args: &[Value]) -> Printed {
        self.flags = Flags::default();
        self.text(b"%!(EXTRA ")?;
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.text(b", ")?;
            }
            self.text(arg.type_name().as_bytes())?;
            if !arg.is_null() {
                self.text(b"=")?;
                self.arg(arg, 'v')?;
            }
        }
        self.text(b")")
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Reads `[n]`, where there is one; whether the next thing refers to argument `n`.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let close = if rest.len() < 3 { None } else { rest.iter().position(|b| *b == b']') };
        let Some(close) = close else {
            self.at += 1;
            self.good_index = false;
            return false;
        };
        self.at += close + 1;
        let digits = rest.get(1..close).unwrap_or_default();
        let (number, used) = read_number(digits);
        match number.filter(|_| used == digits.len()) {
            Some(n) if n >= 1 && n <= self.args.len() => {
                self.next_arg = n - 1;
                true
            }
            found => {
                self.good_index = false;
                found.is_some()
            }
        }
    }

    /// Reads digits, where there are some.
    fn number(&mut self) -> Option<usize> {
        let (number, used) = read_number(self.format.get(self.at..).unwrap_or_default());
        self.at += used;
        number
    }

    /// The next argument, which must be an integer that is not too large.
    fn integer_arg(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next_arg)?;
        self.next_arg += 1;
        arg.as_i64().filter(|n| n.unsigned_abs() <= LARGEST as u64)
    }

    fn verb(&mut self) -> Option<char> {
        let rest = self.format.get(self.at..).filter(|r| !r.is_empty())?;
        let end = rest.len().min(4);
        let chunk = rest.get(..end)?.utf8_chunks().next()?;
        match chunk.valid().chars().next() {
            Some(verb) => {
                self.at += verb.len_utf8();
                Some(verb)
            }
            None => {
                self.at += 1;
                Some(char::REPLACEMENT_CHARACTER)
            }
        }
    }
}

/// The number that `text` begins with, and how much of `text` it takes; a number that is too large takes all of it.
fn read_number(text: &[u8]) -> (Option<usize>, usize) {
    let mut number = None;
    for (at, byte) in text.iter().enumerate() {
        if !byte.is_ascii_digit() {
            return (number, at);
        }
        let so_far = number.unwrap_or(0);
        if so_far > LARGEST {
            return (None, text.len());
        }
        number = Some(so_far * 10 + usize::from(byte - b'0'));
    }
    (number, text.len())
}
