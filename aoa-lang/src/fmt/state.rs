//! The printer's output, flags and padding: Go's `fmt/format.go`, without numbers.

use crate::strconv;

/// That the output would become too long.
pub(super) struct TooLong;

pub(super) type Printed = Result<(), TooLong>;

/// Width, precision and flags of one verb.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
}

impl Flags {
    /// Whether a number is just its digits.
    pub(super) fn is_plain(self) -> bool {
        self.width.is_none() && self.precision.is_none() && !self.plus && !self.space
    }
}

/// Prints into a buffer of limited length.
pub(super) struct Printer<'o> {
    pub(super) out: &'o mut Vec<u8>,
    pub(super) limit: usize,
    pub(super) flags: Flags,
}

impl<'o> Printer<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>, limit: usize) -> Self {
        Printer { out, limit, flags: Flags::default() }
    }

    /// Writes text as it is.
    pub(super) fn text(&mut self, text: &[u8]) -> Printed {
        if text.len() > self.limit.saturating_sub(self.out.len()) {
            return Err(TooLong);
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Writes `count` bytes of padding.
    pub(super) fn padding(&mut self, count: usize) -> Printed {
        if count > self.limit.saturating_sub(self.out.len()) {
            return Err(TooLong);
        }
        // Zeros pad to the left only.
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.out.resize(self.out.len() + count, byte);
        Ok(())
    }

    /// Writes text padded to the width.
    pub(super) fn padded(&mut self, text: &[u8]) -> Printed {
        let Some(width) = self.flags.width else { return self.text(text) };
        let missing = width.saturating_sub(rune_count(text));
        if self.flags.minus {
            self.text(text)?;
            self.padding(missing)
        } else {
            self.padding(missing)?;
            self.text(text)
        }
    }

    /// [`padded`](Printer::padded) with spaces whatever the flags say.
    pub(super) fn padded_with_spaces(&mut self, text: &[u8]) -> Printed {
        let zero = std::mem::take(&mut self.flags.zero);
        let done = self.padded(text);
        self.flags.zero = zero;
        done
    }

    /// A string for `%s` and `%v`.
    pub(super) fn string(&mut self, text: &[u8]) -> Printed {
        let text = self.truncated(text);
        self.padded(text)
    }

    /// A string for `%q`.
    pub(super) fn quoted(&mut self, text: &[u8]) -> Printed {
        let text = self.truncated(text);
        if self.flags.sharp && can_backquote(text) {
            return self.padded(&[b"`", text, b"`"].concat());
        }
        if text.len() > self.limit {
            return Err(TooLong);
        }
        let quoted = if self.flags.plus { strconv::quote_to_ascii(text) } else { strconv::quote(text) };
        self.padded(quoted.as_bytes())
    }

    /// A string for `%x` and `%X`.
    pub(super) fn hex_string(&mut self, text: &[u8], upper: bool) -> Printed {
        let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        let prefix: &[u8] = if upper { b"0X" } else { b"0x" };
        let text = text.get(..self.flags.precision.unwrap_or(usize::MAX)).unwrap_or(text);
        if text.is_empty() {
            return self.padding(self.flags.width.unwrap_or(0));
        }
        let mut hex = Vec::with_capacity(text.len().min(self.limit) * 2 + 2);
        for (at, byte) in text.iter().enumerate() {
            if at > 0 && self.flags.space {
                hex.push(b' ');
            }
            if self.flags.sharp && (at == 0 || self.flags.space) {
                hex.extend_from_slice(prefix);
            }
            hex.extend([byte >> 4, byte & 15].iter().filter_map(|n| digits.get(usize::from(*n))));
            if hex.len() > self.limit {
                return Err(TooLong);
            }
        }
        self.padded(&hex)
    }

    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let end = rune_starts(text).nth(precision).unwrap_or(text.len());
        text.get(..end).unwrap_or(text)
    }
}

/// Where the runes start, each byte that is not UTF-8 being one.
fn rune_starts(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    text.utf8_chunks().flat_map(move |chunk| {
        let valid = at;
        let invalid = at + chunk.valid().len();
        at = invalid + chunk.invalid().len();
        let starts = chunk.valid().char_indices().map(move |(i, _)| valid + i);
        starts.chain((0..chunk.invalid().len()).map(move |i| invalid + i))
    })
}

fn rune_count(text: &[u8]) -> usize {
    if text.is_ascii() { text.len() } else { rune_starts(text).count() }
}

/// `strconv.CanBackquote`
fn can_backquote(text: &[u8]) -> bool {
    std::str::from_utf8(text)
        .is_ok_and(|t| !t.chars().any(|c| (c < ' ' && c != '\t') || matches!(c, '`' | '\x7f' | '\u{feff}')))
}
