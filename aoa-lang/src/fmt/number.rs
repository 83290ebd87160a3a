//! Integers, characters and floats: the number half of Go's `fmt/format.go`.

use super::state::{Printed, Printer, TooLong};
use crate::strconv;

/// An integer with its sign apart, as printing wants it.
#[derive(Clone, Copy)]
pub(super) struct Integer {
    pub(super) magnitude: u64,
    pub(super) negative: bool,
    pub(super) signed: bool,
}

impl Integer {
    /// The bits as Go's conversion to `uint64` has them.
    fn bits(self) -> u64 {
        if self.negative { self.magnitude.wrapping_neg() } else { self.magnitude }
    }
}

impl Printer<'_> {
    /// An integer for a verb; `false` if the verb is not for integers.
    pub(super) fn integer(&mut self, number: Integer, verb: char) -> Result<bool, TooLong> {
        match verb {
            'v' if self.flags.sharp_v && !number.signed => self.hex_with_prefix(number.magnitude, true)?,
            'v' | 'd' => self.digits(number, 10, verb)?,
            'b' => self.digits(number, 2, verb)?,
            'o' | 'O' => self.digits(number, 8, verb)?,
            'x' | 'X' => self.digits(number, 16, verb)?,
            'c' => {
                let text = rune(number.bits()).to_string();
                self.padded(text.as_bytes())?;
            }
            'q' => {
                let text = rune(number.bits()).to_string();
                let quoted = strconv::quote_with(text.as_bytes(), '\'', self.flags.plus);
                self.padded(quoted.as_bytes())?;
            }
            'U' => self.unicode(number.bits())?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `0x` and hexadecimal digits, whatever the flag `#` says.
    pub(super) fn hex_with_prefix(&mut self, number: u64, prefix: bool) -> Printed {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        let done = self.digits(Integer { magnitude: number, negative: false, signed: false }, 16, 'v');
        self.flags.sharp = sharp;
        done
    }

    fn digits(&mut self, number: Integer, base: u32, verb: char) -> Printed {
        let flags = self.flags;
        if base == 10 && flags.is_plain() {
            if number.negative {
                self.text(b"-")?;
            }
            return self.text(itoa::Buffer::new().format(number.magnitude).as_bytes());
        }
        let sign = if number.negative {
            "-"
        } else if flags.plus {
            "+"
        } else if flags.space {
            " "
        } else {
            ""
        };
        let precision = match flags.precision {
            // Precision 0 and value 0 print nothing but padding.
            Some(0) if number.magnitude == 0 => return self.padded_with_spaces(b""),
            Some(precision) => precision,
            None if flags.zero && !flags.minus => flags.width.unwrap_or(0).saturating_sub(sign.len()),
            None => 0,
        };
        let text = match base {
            2 => format!("{:b}", number.magnitude),
            8 => format!("{:o}", number.magnitude),
            16 if verb == 'X' => format!("{:X}", number.magnitude),
            16 => format!("{:x}", number.magnitude),
            _ => number.magnitude.to_string(),
        };
        if precision > self.limit {
            return Err(TooLong);
        }
        let zeros = "0".repeat(precision.saturating_sub(text.len()));
        let sharp = match base {
            2 if flags.sharp => "0b",
            8 if flags.sharp && !(zeros.starts_with('0') || text.starts_with('0')) => "0",
            16 if flags.sharp && verb == 'X' => "0X",
            16 if flags.sharp => "0x",
            _ => "",
        };
        let octal = if verb == 'O' { "0o" } else { "" };
        self.padded_with_spaces([sign, octal, sharp, &zeros, &text].concat().as_bytes())
    }

    fn unicode(&mut self, number: u64) -> Printed {
        let places = self.flags.precision.unwrap_or(0).max(4);
        if places > self.limit {
            return Err(TooLong);
        }
        let digits = format!("{number:X}");
        let mut text = format!("U+{}{digits}", "0".repeat(places.saturating_sub(digits.len())));
        let c = u32::try_from(number).ok().and_then(char::from_u32);
        if let Some(c) = c.filter(|c| self.flags.sharp && strconv::is_print(*c)) {
            text.push_str(&format!(" '{c}'"));
        }
        self.padded_with_spaces(text.as_bytes())
    }

    /// A float for a verb; `false` if the verb is not for floats.
    pub(super) fn float(&mut self, number: f64, bits: u8, verb: char) -> Result<bool, TooLong> {
        match verb {
            'v' => self.float_text(number, bits, 'g', None)?,
            'b' | 'g' | 'G' | 'x' | 'X' => self.float_text(number, bits, verb, None)?,
            'f' | 'e' | 'E' => self.float_text(number, bits, verb, Some(6))?,
            'F' => self.float_text(number, bits, 'f', Some(6))?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A complex number for a verb; `false` if the verb is not for them.
    pub(super) fn complex(&mut self, (real, imaginary): (f64, f64), verb: char) -> Result<bool, TooLong> {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return Ok(false);
        }
        self.text(b"(")?;
        self.float(real, 64, verb)?;
        // The imaginary part always has a sign.
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(imaginary, 64, verb)?;
        self.flags.plus = plus;
        self.text(b"i)")?;
        Ok(true)
    }

    fn float_text(&mut self, number: f64, bits: u8, verb: char, default: Option<usize>) -> Printed {
        let precision = self.flags.precision.or(default);
        if precision.is_some_and(|p| p > self.limit) {
            return Err(TooLong);
        }
        let text = strconv::format_float_verb(number, verb, precision, bits);
        // The sign apart; numbers without one count as positive.
        let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text.as_str()),
        };
        let sign = if negative {
            "-"
        } else if self.flags.plus {
            "+"
        } else if self.flags.space {
            " "
        } else {
            ""
        };
        if unsigned.starts_with(['I', 'N']) {
            // Infinities always show a sign, but only when asked for a positive one; they are no digits to put zeros before.
            let sign = if unsigned.starts_with('I') && sign.is_empty() { "+" } else { sign };
            return self.padded_with_spaces([sign, unsigned].concat().as_bytes());
        }
        let number = if self.flags.sharp && verb != 'b' {
            with_point(unsigned, verb, precision)
        } else {
            unsigned.to_owned()
        };
        let width = self.flags.width.unwrap_or(0);
        if !sign.is_empty() && self.flags.zero && !self.flags.minus && width > number.len() + 1 {
            self.text(sign.as_bytes())?;
            self.padding(width - number.len() - 1)?;
            return self.text(number.as_bytes());
        }
        self.padded([sign, &number].concat().as_bytes())
    }
}

/// Go's `rune(number)` as printed: what is no character becomes U+FFFD.
fn rune(number: u64) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The flag `#`: a decimal point, and the trailing zeros that `%g` drops.
fn with_point(unsigned: &str, verb: char, precision: Option<usize>) -> String {
    let hex = matches!(verb, 'x' | 'X');
    let exponent = unsigned.find(|c| matches!(c, 'p' | 'P') || (!hex && matches!(c, 'e' | 'E')));
    let (number, tail) = unsigned.split_at(exponent.unwrap_or(unsigned.len()));
    let mut digits = match verb {
        'v' | 'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let significant = number.trim_start_matches(['0', '.', 'x', 'X']);
    // Go counts everything behind the first character that is no zero; the `x` of `0x` is such a character.
    let counted = if hex {
        number.trim_start_matches('0').chars().filter(|c| *c != '.').count()
    } else {
        significant.chars().filter(|c| *c != '.').count()
    };
    digits = digits.saturating_sub(counted);
    let mut out = number.to_owned();
    if !number.contains('.') {
        if number == "0" {
            digits = digits.saturating_sub(1);
        }
        out.push('.');
    }
    out.push_str(&"0".repeat(digits));
    out + tail
}
