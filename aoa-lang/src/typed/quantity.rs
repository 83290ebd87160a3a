//! `resource.Quantity` (apimachinery 0.36.1): numbers with a suffix, and their canonical text.

use std::borrow::Cow;

use crate::{Error, Result};

/// How a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    DecimalExponent,
    BinarySi,
    DecimalSi,
}

/// A decimal number `digits * 10^exponent`; no digits is zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

struct Parts<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

/// The canonical text of the quantity `text`.
///
/// # Errors
///
/// Upstream's three messages: a wrong form, a wrong number, a wrong suffix.
pub(super) fn canonical(text: &str) -> Result<Cow<'_, str>> {
    if text == "0" {
        return Ok(Cow::Borrowed("0"));
    }
    let parts = split(text).ok_or_else(wrong_form)?;
    let (base, power, format) =
        suffix(parts.suffix).ok_or_else(|| Error::invalid("unable to parse quantity's suffix"))?;
    if is_kept(&parts, power, format) {
        return Ok(Cow::Borrowed(text));
    }
    if parts.whole.is_empty() && parts.fraction.is_empty() {
        return Ok(Cow::Borrowed("0"));
    }
    let digits = parts.whole.bytes().chain(parts.fraction.bytes()).map(|b| b - b'0').collect();
    let behind = i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
    let mut amount = Decimal { digits, exponent: -behind };
    let mut format = format;
    amount.trim_leading();
    if base == 2 {
        (0..power / 10).for_each(|_| amount.multiply(1024));
        amount.round_up(-9);
        amount = amount.min(Decimal::whole(i64::MAX.unsigned_abs()));
    } else {
        amount.exponent += power;
        amount.round_up(-9);
    }
    if amount.digits.is_empty() {
        return Ok(Cow::Borrowed("0"));
    }
    let sign = if parts.negative { "-" } else { "" };
    if format == Format::BinarySi {
        match amount.to_whole().filter(|n| *n >= 1024) {
            Some(whole) => return Ok(Cow::Owned(format!("{sign}{}", binary(whole)))),
            None => format = Format::DecimalSi,
        }
    }
    Ok(Cow::Owned(format!("{sign}{}", amount.decimal(format))))
}

fn wrong_form() -> Error {
    Error::invalid(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
}

/// Takes a quantity apart; leading zeros of the number are dropped.
fn split(text: &str) -> Option<Parts<'_>> {
    if text.is_empty() {
        return None;
    }
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let rest = rest.trim_start_matches('0');
    let (whole, rest) = take_digits(rest);
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => take_digits(rest),
        None => ("", rest),
    };
    let tail = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
    tail.bytes().all(|b| b.is_ascii_digit()).then_some(Parts { negative, whole, fraction, suffix })
}

fn take_digits(text: &str) -> (&str, &str) {
    text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or((text, ""))
}

/// The base, the exponent and the format of a suffix.
fn suffix(text: &str) -> Option<(u8, i64, Format)> {
    const DECIMAL: [(&str, i64); 10] = [
        ("", 0),
        ("n", -9),
        ("u", -6),
        ("m", -3),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
        ("P", 15),
        ("E", 18),
    ];
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == text) {
        return Some((10, *power, Format::DecimalSi));
    }
    if let Some(at) = BINARY.iter().position(|name| *name == text) {
        return Some((2, i64::try_from(at).ok()? * 10, Format::BinarySi));
    }
    let digits = text.strip_prefix(['e', 'E']).filter(|rest| !rest.is_empty())?;
    let power: i64 = digits.parse().ok()?;
    // Upstream cuts it to 32 bits.
    #[expect(clippy::cast_possible_truncation, reason = "imitates Go's conversion to int32")]
    Some((10, i64::from(power as i32), Format::DecimalExponent))
}

const BINARY: [&str; 7] = ["\0", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// Whether upstream finds the text canonical already and keeps it, sign, zeros and all: the fast path of
/// `ParseQuantity`.
fn is_kept(parts: &Parts<'_>, power: i64, format: Format) -> bool {
    let whole = if parts.whole.is_empty() { "0" } else { parts.whole };
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let mut scale = 0;
    let mut factor = 1;
    let precision = match format {
        Format::DecimalExponent | Format::DecimalSi => {
            scale = power;
            18 - (length(whole) + length(parts.fraction))
        }
        Format::BinarySi if parts.fraction.is_empty() => {
            factor = 1i64 << power.clamp(0, 62);
            15 - length(whole) - power * 3 / 10 - 1
        }
        Format::BinarySi => -1,
    };
    scale -= length(parts.fraction);
    if precision < 0 || scale < -9 {
        return false;
    }
    let mut digits = whole.bytes().chain(parts.fraction.bytes()).map(|digit| i64::from(digit - b'0'));
    let value = digits.try_fold(0i64, |value, digit| value.checked_mul(10)?.checked_add(digit));
    let Some(value) = value.filter(|value| value.checked_mul(factor).is_some()) else { return false };
    match format {
        Format::BinarySi => value & 7 != 0,
        Format::DecimalExponent | Format::DecimalSi => {
            scale % 3 == 0 && value % 1000 != 0 && !parts.whole.is_empty()
        }
    }
}

impl Decimal {
    fn whole(n: u64) -> Decimal {
        Decimal { digits: n.to_string().bytes().map(|b| b - b'0').collect(), exponent: 0 }
    }

    fn trim_leading(&mut self) {
        let zeros = self.digits.iter().take_while(|d| **d == 0).count();
        self.digits.drain(..zeros);
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0;
        for digit in self.digits.iter_mut().rev() {
            let product = u32::from(*digit) * factor + carry;
            *digit = u8::try_from(product % 10).unwrap_or(0);
            carry = product / 10;
        }
        let mut front: Vec<u8> = carry.to_string().bytes().map(|b| b - b'0').filter(|_| carry > 0).collect();
        front.append(&mut self.digits);
        self.digits = front;
    }

    /// Rounds away from zero so that the exponent is at least `floor`.
    fn round_up(&mut self, floor: i64) {
        if self.exponent >= floor || self.digits.is_empty() {
            return;
        }
        let dropped = usize::try_from(floor.saturating_sub(self.exponent)).unwrap_or(usize::MAX);
        let kept = self.digits.len().saturating_sub(dropped);
        let lossy = self.digits.iter().skip(kept).any(|d| *d != 0);
        self.digits.truncate(kept);
        self.exponent = floor;
        if lossy {
            self.increment();
        }
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
    }

    fn trim_trailing(&mut self) {
        let zeros = self.digits.iter().rev().take_while(|d| **d == 0).count();
        self.digits.truncate(self.digits.len() - zeros);
        self.exponent = self.exponent.saturating_add(i64::try_from(zeros).unwrap_or(i64::MAX));
    }

    fn min(self, cap: Decimal) -> Decimal {
        let places =
            |d: &Decimal| i64::try_from(d.digits.len()).unwrap_or(i64::MAX).saturating_add(d.exponent);
        let (own, limit) = (places(&self), places(&cap));
        // With equal places the digits compare like texts; a longer text of equal start is the greater one.
        if own > limit || own == limit && self.digits > cap.digits { cap } else { self }
    }

    /// The value as an integer, if it is one of 64 bits.
    fn to_whole(&self) -> Option<u64> {
        let mut own = self.clone();
        own.trim_trailing();
        let zeros = usize::try_from(own.exponent).ok().filter(|zeros| own.digits.len() + zeros <= 20)?;
        own.digits
            .iter()
            .copied()
            .chain(std::iter::repeat_n(0, zeros))
            .try_fold(0u64, |n, digit| n.checked_mul(10)?.checked_add(u64::from(digit)))
    }

    /// The number with the largest exponent that is a multiple of three.
    fn decimal(mut self, format: Format) -> String {
        self.trim_trailing();
        while self.exponent.rem_euclid(3) != 0 {
            self.digits.push(0);
            self.exponent -= 1;
        }
        let number: String = self.digits.iter().map(|d| char::from(b'0' + d)).collect();
        let suffix = match (format, self.exponent) {
            (_, 0) => String::new(),
            (Format::DecimalExponent, n) => format!("e{n}"),
            // Upstream forgets an exponent that has no letter.
            (_, n) => ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
                .get(usize::try_from(n / 3 + 3).unwrap_or(usize::MAX))
                .copied()
                .unwrap_or_default()
                .to_owned(),
        };
        number + &suffix
    }
}

fn binary(mut n: u64) -> String {
    let mut power = 0usize;
    while n >= 1024 && n.is_multiple_of(1024) {
        n /= 1024;
        power += 1;
    }
    format!("{n}{}", BINARY.get(power).filter(|_| power > 0).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_texts() {
        for (text, want) in [
            ("0", "0"),
            ("00", "0"),
            ("0.0", "0"),
            ("100m", "100m"),
            ("1.5", "1500m"),
            ("1.5Gi", "1536Mi"),
            ("1000000000", "1G"),
            ("1000m", "1"),
            ("1e3", "1e3"),
            ("1000e3", "1e6"),
            ("1024Ki", "1Mi"),
            ("0.5Gi", "512Mi"),
            ("0.1", "100m"),
            (".1m", "100u"),
            ("0.1n", "1n"),
            ("-0.1n", "-1n"),
            ("+5", "+5"),
            ("512", "512"),
            ("1Ki", "1Ki"),
            ("8Ki", "8Ki"),
            ("0.5Ki", "512"),
            ("1000Ei", "9223372036854775807"),
            ("123456789012345678901", "123456789012345678901"),
            ("1000E", "1"),
            ("1e-12", "1e-9"),
        ] {
            assert_eq!(canonical(text).unwrap(), want, "{text}");
        }
        for text in ["", "x", "1.2.3", "1ki", "--1", "1 "] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }
}
