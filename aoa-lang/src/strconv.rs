//! Numbers and quoted strings as text, to the letter as Go's `strconv` (Go 1.26) writes them.

mod binary;
mod parse;
mod unquote;

pub use parse::{NumberError, parse_bool, parse_float, parse_int, parse_uint};
pub use unquote::{Unit, unquote, unquote_char};

/// How a float is written: Go's format verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatFormat {
    /// `d.dddde±dd`
    Exponent,
    /// `ddd.dddd`
    Fixed,
    /// [`Exponent`](FloatFormat::Exponent) for large and small exponents, else [`Fixed`](FloatFormat::Fixed).
    General,
}

/// Writes `value` as `strconv.FormatFloat(value, format, precision, bits)`.
///
/// `precision` is the number of digits behind the point (`Exponent`, `Fixed`) or of all digits (`General`);
/// `None` is the fewest that read back as the same number of `bits` (32 or 64).
///
/// ```
/// use aoa_lang::strconv::{FloatFormat, format_float};
/// assert_eq!(format_float(1_000_000.0, FloatFormat::General, None, 64), "1e+06");
/// assert_eq!(format_float(1.2f32 as f64, FloatFormat::General, None, 32), "1.2");
/// ```
#[must_use]
pub fn format_float(value: f64, format: FloatFormat, precision: Option<usize>, bits: u8) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let value = if bits == 32 { f64::from(value as f32) } else { value };
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let magnitude = value.abs();
    let digits = match (format, precision) {
        (_, None) => Digits::shortest(magnitude, bits),
        (FloatFormat::Exponent, Some(p)) => Digits::significant(magnitude, p.saturating_add(1)),
        (FloatFormat::Fixed, Some(p)) => Digits::fixed(magnitude, p),
        (FloatFormat::General, Some(p)) => Digits::significant(magnitude, p.max(1)),
    };
    let mut out = String::new();
    if value.is_sign_negative() {
        out.push('-');
    }
    match format {
        FloatFormat::Exponent => {
            let places = precision.unwrap_or(digits.text.len().saturating_sub(1));
            digits.write_exponent(&mut out, places);
        }
        FloatFormat::Fixed => {
            let behind = i64::try_from(digits.text.len()).unwrap_or(i64::MAX) - digits.point;
            let places = precision.unwrap_or(usize::try_from(behind.max(0)).unwrap_or(0));
            digits.write_fixed(&mut out, places);
        }
        FloatFormat::General => digits.write_general(&mut out, precision),
    }
    out
}

/// [`format_float`] by Go's verb: `e E f g G b x X`; other verbs count as `g`.
#[must_use]
pub fn format_float_verb(value: f64, verb: char, precision: Option<usize>, bits: u8) -> String {
    match verb {
        'e' => format_float(value, FloatFormat::Exponent, precision, bits),
        'E' => format_float(value, FloatFormat::Exponent, precision, bits).replace('e', "E"),
        'f' => format_float(value, FloatFormat::Fixed, precision, bits),
        'G' => format_float(value, FloatFormat::General, precision, bits).replace('e', "E"),
        'b' | 'x' | 'X' if value.is_finite() => binary::format(value, verb, precision, bits),
        _ => format_float(value, FloatFormat::General, precision, bits),
    }
}

/// More digits than any float has; all digits behind them are zeros.
const MOST_DIGITS: usize = 1_100;

/// A decimal number `0.text * 10^point`.
struct Digits {
    text: String,
    point: i64,
}

impl Digits {
    fn shortest(value: f64, bits: u8) -> Digits {
        #[allow(clippy::cast_possible_truncation)]
        let scientific = if bits == 32 { format!("{:e}", value as f32) } else { format!("{value:e}") };
        let digits = Digits::from_scientific(&scientific);
        // Of two shortest texts that are equally near, Go takes the even one, and Rust does not. Only long ones can
        // be: the number lies exactly between them.
        if digits.text.len() >= if bits == 32 { 6 } else { 15 } {
            let even = format!("{value:.*e}", digits.text.len() - 1);
            #[allow(clippy::cast_possible_truncation)]
            let reads_back = match bits {
                32 => even.parse() == Ok(value as f32),
                _ => even.parse() == Ok(value),
            };
            if reads_back {
                return Digits::from_scientific(&even);
            }
        }
        digits
    }

    fn significant(value: f64, count: usize) -> Digits {
        Digits::from_scientific(&format!("{value:.*e}", count.saturating_sub(1).min(MOST_DIGITS)))
    }

    fn fixed(value: f64, places: usize) -> Digits {
        let places = places.min(MOST_DIGITS);
        let text = format!("{value:.places$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let point = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        Digits { text: format!("{whole}{fraction}"), point }.without_leading_zeros()
    }

    fn from_scientific(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        if digits.bytes().all(|b| b == b'0') {
            return Digits { text: digits, point: 1 }.without_leading_zeros();
        }
        Digits { text: digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
    }

    fn without_leading_zeros(self) -> Digits {
        let kept = self.text.trim_start_matches('0');
        if kept.is_empty() {
            return Digits { text: String::new(), point: 0 };
        }
        let dropped = i64::try_from(self.text.len() - kept.len()).unwrap_or(0);
        Digits { text: kept.to_owned(), point: self.point - dropped }
    }

    fn digit(&self, at: i64) -> char {
        usize::try_from(at).ok().and_then(|i| self.text.as_bytes().get(i)).map_or('0', |b| char::from(*b))
    }

    fn write_exponent(&self, out: &mut String, places: usize) {
        out.push(self.digit(0));
        if places > 0 {
            out.push('.');
            (1..=places).for_each(|i| out.push(self.digit(i64::try_from(i).unwrap_or(i64::MAX))));
        }
        let exponent = if self.text.is_empty() { 0 } else { self.point - 1 };
        out.push('e');
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
    }

    fn write_fixed(&self, out: &mut String, places: usize) {
        if self.point > 0 {
            (0..self.point).for_each(|i| out.push(self.digit(i)));
        } else {
            out.push('0');
        }
        if places > 0 {
            out.push('.');
            let places = i64::try_from(places).unwrap_or(i64::MAX);
            (0..places).for_each(|i| out.push(self.digit(self.point + i)));
        }
    }

    fn write_general(&self, out: &mut String, precision: Option<usize>) {
        let digits = Digits { text: self.text.trim_end_matches('0').to_owned(), point: self.point };
        let count = i64::try_from(digits.text.len()).unwrap_or(i64::MAX);
        // From internal/strconv/ftoa.go: the shortest form switches to an exponent at six digits.
        let limit = match precision.map(|p| i64::try_from(p.max(1)).unwrap_or(i64::MAX)) {
            None => 6,
            Some(p) if p > count && count >= digits.point => count,
            Some(p) => p,
        };
        let exponent = digits.point - 1;
        if exponent < -4 || exponent >= limit {
            digits.write_exponent(out, digits.text.len().saturating_sub(1));
        } else {
            digits.write_fixed(out, usize::try_from((count - digits.point).max(0)).unwrap_or(0));
        }
    }
}

/// Writes `text` as `strconv.Quote` does: double quotes, Go's escapes, `\x` for bytes that are not UTF-8.
///
/// ```
/// use aoa_lang::strconv::quote;
/// assert_eq!(quote(b"a\"b\n\xff"), r#""a\"b\n\xff""#);
/// ```
#[must_use]
pub fn quote(text: &[u8]) -> String {
    quote_with(text, '"', false)
}

/// [`quote`], every character beyond ASCII escaped: `strconv.QuoteToASCII`.
#[must_use]
pub fn quote_to_ascii(text: &[u8]) -> String {
    quote_with(text, '"', true)
}

/// [`quote`] with another quotation mark.
#[must_use]
pub fn quote_with(text: &[u8], mark: char, ascii_only: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_escaped(&mut out, c, mark, ascii_only));
        chunk.invalid().iter().for_each(|b| out.push_str(&format!("\\x{b:02x}")));
    }
    out.push(mark);
    out
}

fn push_escaped(out: &mut String, c: char, mark: char, ascii_only: bool) {
    match c {
        c if c == mark || c == '\\' => out.extend(['\\', c]),
        c if is_print(c) && (!ascii_only || c.is_ascii()) => out.push(c),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        c if c < ' ' || c == '\x7f' => out.push_str(&format!("\\x{:02x}", c as u32)),
        c if (c as u32) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", c as u32)),
        c => out.push_str(&format!("\\U{:08x}", c as u32)),
    }
}

/// Whether Go prints `c` as it is: letters, marks, numbers, punctuation, symbols, and the ASCII space.
#[must_use]
pub fn is_print(c: char) -> bool {
    crate::unicode::is_print(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_go_prints_them() {
        let g = |v: f64| format_float(v, FloatFormat::General, None, 64);
        for (value, want) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (123456.0, "123456"),
            (1234567.0, "1.234567e+06"),
            (1e21, "1e+21"),
            (1.620_750_151_207_001_2e15, "1.6207501512070012e+15"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5, "1.5"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(g(value), want);
        }
        assert_eq!(format_float(1.0, FloatFormat::Fixed, Some(2), 64), "1.00");
        assert_eq!(format_float(0.05, FloatFormat::Fixed, Some(1), 64), "0.1");
        assert_eq!(format_float(1e100, FloatFormat::Exponent, Some(3), 64), "1.000e+100");
        assert_eq!(format_float(100.0, FloatFormat::General, Some(3), 64), "100");
        assert_eq!(format_float(1000.0, FloatFormat::General, Some(3), 64), "1e+03");
        assert_eq!(format_float(0.0, FloatFormat::Exponent, None, 64), "0e+00");
        assert_eq!(format_float(1e23, FloatFormat::Fixed, None, 64), "100000000000000000000000");
    }
}
