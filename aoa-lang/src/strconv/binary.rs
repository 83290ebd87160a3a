//! Floats in binary and hexadecimal: the formats `b`, `x` and `X` of `strconv.FormatFloat`.

/// Writes a finite float; `verb` is `b`, `x` or `X`.
pub(super) fn format(value: f64, verb: char, precision: Option<usize>, bits: u8) -> String {
    let (negative, mantissa, exponent, width) = take_apart(value, bits);
    let sign = if negative { "-" } else { "" };
    if verb == 'b' {
        return format!("{sign}{mantissa}p{:+}", exponent - width);
    }
    let mut exponent = if mantissa == 0 { 0 } else { exponent };
    // The leading 1 goes to bit 60, so that each further digit has four bits.
    let mut mantissa = mantissa << (60 - width);
    while mantissa != 0 && mantissa >> 60 == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(places) = precision.filter(|p| *p < 15) {
        let shift = places * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(places) => {
            let zeros = "0".repeat(places.saturating_sub(digits.len()));
            digits.get(..places).map_or_else(|| digits.clone() + &zeros, str::to_owned)
        }
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let power = format!("{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    let text = format!("0x{}{point}{fraction}p{power}", mantissa >> 60);
    sign.to_owned() + &if verb == 'X' { text.to_uppercase() } else { text }
}

/// Sign, mantissa, binary exponent of the mantissa's leading bit, and the number of bits behind that.
fn take_apart(value: f64, bits: u8) -> (bool, u64, i64, i64) {
    #[expect(clippy::cast_possible_truncation, reason = "the value was made of a float32")]
    let (raw, width, exponent_bits, bias) = if bits == 32 {
        (u64::from((value as f32).to_bits()), 23, 8, -127)
    } else {
        (value.to_bits(), 52, 11, -1023)
    };
    let field = (raw >> width) & ((1 << exponent_bits) - 1);
    let mantissa = raw & ((1u64 << width) - 1);
    let exponent = i64::try_from(field).unwrap_or(0);
    let negative = value.is_sign_negative();
    if field == 0 {
        (negative, mantissa, 1 + bias, width)
    } else {
        (negative, mantissa | (1 << width), exponent + bias, width)
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn binary_formats() {
        assert_eq!(format(1.5, 'x', None, 64), "0x1.8p+00");
        assert_eq!(format(-2.0, 'X', None, 64), "-0X1P+01");
        assert_eq!(format(1.5, 'b', None, 64), "6755399441055744p-52");
        assert_eq!(format(0.1, 'x', Some(2), 64), "0x1.9ap-04");
        assert_eq!(format(0.0, 'x', Some(3), 64), "0x0.000p+00");
        assert_eq!(format(1.0, 'x', Some(20), 64), "0x1.00000000000000000000p+00");
    }
}
