//! Reading numbers as Go's `strconv` does: signs, base prefixes, underscores, hexadecimal floats, ranges.

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// It does not have the syntax.
    Syntax,
    /// It does not fit: the nearest number that fits is what Go returns beside the error.
    Range,
}

impl NumberError {
    /// Go's text for it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            NumberError::Syntax => "invalid syntax",
            NumberError::Range => "value out of range",
        }
    }
}

/// `strconv.ParseBool(text)`; `None` where Go has an error.
///
/// ```
/// use aoa_lang::strconv::parse_bool;
/// assert_eq!([parse_bool("T"), parse_bool("0"), parse_bool("yes")], [Some(true), Some(false), None]);
/// ```
#[must_use]
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `strconv.ParseUint(text, base, bits)`; base 0 means that a prefix (`0x`, `0o`, `0b`, `0`) tells, and allows underscores.
///
/// # Errors
/// Go's; on [`NumberError::Range`] Go returns the largest number.
pub fn parse_uint(text: &str, base: u32, bits: u32) -> Result<u64, NumberError> {
    let from_prefix = base == 0;
    let (base, digits) = match base {
        0 => split_prefix(text),
        base if (2..=36).contains(&base) => (base, text),
        _ => return Err(NumberError::Syntax),
    };
    // `0` alone is the octal number without digits.
    if text.is_empty() || (digits.is_empty() && text != "0") {
        return Err(NumberError::Syntax);
    }
    let largest = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
    let (mut number, mut underscores) = (0u64, false);
    for c in digits.chars() {
        if c == '_' && from_prefix {
            underscores = true;
            continue;
        }
        let digit = c.to_digit(36).filter(|d| *d < base).ok_or(NumberError::Syntax)?;
        let next = number.checked_mul(u64::from(base)).and_then(|n| n.checked_add(u64::from(digit)));
        // Go stops at the first digit too many, whatever follows.
        number = next.filter(|n| *n <= largest).ok_or(NumberError::Range)?;
    }
    if underscores && !underscores_are_fine(text) {
        return Err(NumberError::Syntax);
    }
    Ok(number)
}

/// `strconv.ParseInt(text, base, bits)`.
///
/// # Errors
/// Go's; on [`NumberError::Range`] Go returns the nearest number.
pub fn parse_int(text: &str, base: u32, bits: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = parse_uint(digits, base, bits)?;
    let cutoff = 1u64 << (bits.clamp(1, 64) - 1);
    if negative {
        if number > cutoff {
            return Err(NumberError::Range);
        }
        Ok(0i64.wrapping_sub_unsigned(number))
    } else {
        i64::try_from(number).ok().filter(|_| number < cutoff).ok_or(NumberError::Range)
    }
}

/// `strconv.ParseFloat(text, bits)` for 32 or 64 bits.
///
/// # Errors
/// Go's; on [`NumberError::Range`] Go returns an infinity.
pub fn parse_float(text: &str, bits: u8) -> Result<f64, NumberError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("inf") || unsigned.eq_ignore_ascii_case("infinity") {
        return Ok(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if text.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    if text.contains('_') && !underscores_are_fine(text) {
        return Err(NumberError::Syntax);
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let value = match unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        Some(hex) => parse_hex(hex, bits)?,
        None if !is_decimal(unsigned) => return Err(NumberError::Syntax),
        None if bits == 32 => unsigned.parse::<f32>().map(f64::from).map_err(|_| NumberError::Syntax)?,
        None => unsigned.parse::<f64>().map_err(|_| NumberError::Syntax)?,
    };
    if value.is_infinite() {
        return Err(NumberError::Range);
    }
    Ok(if plain.starts_with('-') { -value } else { value })
}

fn split_prefix(text: &str) -> (u32, &str) {
    let Some(rest) = text.strip_prefix('0') else { return (10, text) };
    let long = text.len() >= 3;
    match rest.as_bytes().first() {
        Some(b'b' | b'B') if long => (2, rest.get(1..).unwrap_or_default()),
        Some(b'o' | b'O') if long => (8, rest.get(1..).unwrap_or_default()),
        Some(b'x' | b'X') if long => (16, rest.get(1..).unwrap_or_default()),
        _ => (8, rest),
    }
}

/// Whether every underscore stands between digits, or behind a base prefix.
fn underscores_are_fine(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let (mut last, mut hex, mut rest) = (b'^', false, text);
    if let [b'0', p @ (b'b' | b'B' | b'o' | b'O' | b'x' | b'X'), behind @ ..] = text {
        (last, hex, rest) = (b'0', p.eq_ignore_ascii_case(&b'x'), behind);
    }
    for c in rest {
        let digit = c.is_ascii_digit() || (hex && c.is_ascii_hexdigit());
        match (digit, c, last) {
            (true, ..) => last = b'0',
            (_, b'_', b'0') => last = b'_',
            (_, b'_', _) | (_, _, b'_') => return false,
            _ => last = b'!',
        }
    }
    last != b'_'
}

/// Digits with at most one point, and an exponent: what Go reads, which is less than what Rust reads.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let exponent_fine = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fine
}

/// A hexadecimal float behind its `0x`: it must have an exponent.
fn parse_hex(text: &str, bits: u8) -> Result<f64, NumberError> {
    let at = text.find(['p', 'P']).ok_or(NumberError::Syntax)?;
    let (digits, power) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
    let power_digits = power.strip_prefix(['+', '-']).unwrap_or(power);
    if power_digits.is_empty() || !power_digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    let magnitude = power_digits.parse::<i64>().unwrap_or(i64::MAX).min(100_000);
    let mut exponent = if power.starts_with('-') { -magnitude } else { magnitude };
    let (mut mantissa, mut seen, mut point, mut sticky) = (0u64, false, false, false);
    for c in digits.chars() {
        if c == '.' && !point {
            point = true;
            continue;
        }
        let digit = u64::from(c.to_digit(16).ok_or(NumberError::Syntax)?);
        seen = true;
        if mantissa >> 60 == 0 {
            mantissa = (mantissa << 4) | digit;
            exponent -= if point { 4 } else { 0 };
        } else {
            sticky |= digit != 0;
            exponent += if point { 0 } else { 4 };
        }
    }
    if !seen {
        return Err(NumberError::Syntax);
    }
    Ok(round_binary(mantissa, exponent, sticky, if bits == 32 { (24, -149) } else { (53, -1074) }))
}

/// `mantissa * 2^exponent`, rounded to even into `precision` bits whose lowest is worth at least `2^smallest`.
fn round_binary(mantissa: u64, exponent: i64, sticky: bool, (precision, smallest): (i64, i64)) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let width = 64 - i64::from(mantissa.leading_zeros());
    let lowest = (exponent + width - precision).max(smallest);
    let shift = lowest - exponent;
    let (mut kept, scale) = if shift <= 0 {
        (mantissa, exponent)
    } else if shift > 64 {
        return 0.0;
    } else {
        let wide = u128::from(mantissa);
        let kept = wide >> shift;
        let rest = wide & ((1u128 << shift) - 1);
        let half = 1u128 << (shift - 1);
        let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
        (u64::try_from(kept).unwrap_or(0) + u64::from(up), lowest)
    };
    let mut power = scale;
    while kept.is_multiple_of(2) && kept != 0 {
        kept /= 2;
        power += 1;
    }
    // Both factors are exact, and so is the product: it has at most `precision` bits.
    #[expect(clippy::cast_precision_loss, reason = "at most 53 bits are left")]
    let value = kept as f64;
    scale_by_power_of_two(value, power, precision)
}

fn scale_by_power_of_two(mut value: f64, mut power: i64, precision: i64) -> f64 {
    if power > 2000 {
        return f64::INFINITY;
    }
    while power > 0 {
        let step = power.min(1000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        power -= step;
    }
    while power < 0 {
        let step = power.max(-1000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        power -= step;
    }
    if precision == 24 && value > f64::from(f32::MAX) { f64::INFINITY } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_go_reads_them() {
        for (text, want) in [
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("017", Ok(15)),
            ("0o17", Ok(15)),
            ("0b11", Ok(3)),
            ("1_000", Ok(1000)),
            ("0_7", Ok(7)),
            ("_1", Err(NumberError::Syntax)),
            ("1__0", Err(NumberError::Syntax)),
            ("0x", Err(NumberError::Syntax)),
            ("089", Err(NumberError::Syntax)),
            ("", Err(NumberError::Syntax)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err(NumberError::Range)),
            ("é", Err(NumberError::Syntax)),
        ] {
            assert_eq!(parse_int(text, 0, 64), want, "{text}");
        }
        assert_eq!(parse_int("1_0", 10, 64), Err(NumberError::Syntax));
        assert_eq!(parse_int("128", 10, 8), Err(NumberError::Range));
        assert_eq!(parse_int("-128", 10, 8), Ok(-128));
    }

    #[test]
    fn floats_are_read_as_go_reads_them() {
        for (text, want) in [
            ("1.5", Ok(1.5)),
            (".5", Ok(0.5)),
            ("5.", Ok(5.0)),
            ("1_0.5", Ok(10.5)),
            ("0x1p-2", Ok(0.25)),
            ("0x1.8p1", Ok(3.0)),
            ("-0x.8p0", Ok(-0.5)),
            ("0x1p-1074", Ok(5e-324)),
            ("0x1", Err(NumberError::Syntax)),
            ("1e400", Err(NumberError::Range)),
            (".", Err(NumberError::Syntax)),
            ("1e", Err(NumberError::Syntax)),
            ("-inf", Ok(f64::NEG_INFINITY)),
            ("-nan", Err(NumberError::Syntax)),
            ("0x1p1024", Err(NumberError::Range)),
        ] {
            assert_eq!(parse_float(text, 64), want, "{text}");
        }
    }
}
