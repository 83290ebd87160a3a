//! Numbers in templates: Go's ideal constants, held in every type that can hold them.

use super::ast::Number;
use super::lex::Kind;
use crate::strconv::{self, NumberError, parse_float, parse_int, parse_uint};

/// Reads the text of a number token.
///
/// # Errors
/// The text of Go's error.
pub(super) fn read_number(text: &str, kind: Kind) -> Result<Number, String> {
    let number = Number { text: text.into(), ..Number::default() };
    match kind {
        Kind::CharConstant => read_char(text, number),
        Kind::Complex => read_complex(text, number),
        _ => read_real(text, number),
    }
}

fn read_char(text: &str, mut number: Number) -> Result<Number, String> {
    let (unit, tail) =
        strconv::unquote_char(text.get(1..).unwrap_or_default(), '\'').ok_or("invalid syntax")?;
    if tail != "'" {
        return Err(format!("malformed character constant: {text}"));
    }
    let code = unit.number();
    number.int = Some(i64::from(code));
    number.uint = Some(u64::from(code));
    number.float = Some(f64::from(code));
    Ok(number)
}

/// `1+2i`, which Go reads with `fmt.Sscan`.
fn read_complex(text: &str, mut number: Number) -> Result<Number, String> {
    let syntax = || "syntax error scanning complex number".to_owned();
    let split = float_token(text);
    let (real, rest) = text.split_at(split);
    if !rest.starts_with(['+', '-']) {
        return Err(syntax());
    }
    // The sign may be followed by another one: Go reads a float behind it.
    let (sign, rest) = rest.split_at(1);
    let (imaginary, tail) = rest.split_at(float_token(rest));
    if !tail.starts_with('i') {
        return Err(syntax());
    }
    let part = |t: &str| {
        parse_float(t, 64).map_err(|e| {
            format!("strconv.ParseFloat: parsing {}: {}", strconv::quote(t.as_bytes()), e.text())
        })
    };
    let parts = (part(real)?, part(&format!("{sign}{imaginary}"))?);
    number.complex = Some(parts);
    simplify(&mut number, parts);
    Ok(number)
}

/// How much of `text` Go's scanner takes for a float.
fn float_token(text: &str) -> usize {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hex = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
    let (digits, exponent): (fn(char) -> bool, _) = match hex {
        Some(_) => (|c| c.is_ascii_hexdigit() || c == '_', ['p', 'P']),
        None => (|c| c.is_ascii_digit() || c == '_', ['e', 'E']),
    };
    let mut rest = hex.unwrap_or(rest).trim_start_matches(digits);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(digits);
    }
    if let Some(power) = rest.strip_prefix(exponent) {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        rest = power.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    }
    text.len() - rest.len()
}

fn read_real(text: &str, mut number: Number) -> Result<Number, String> {
    if let Some(float) = text.strip_suffix('i').and_then(|t| parse_float(t, 64).ok()) {
        number.complex = Some((0.0, float));
        simplify(&mut number, (0.0, float));
        return Ok(number);
    }
    number.uint = parse_uint(text, 0, 64).ok();
    number.int = parse_int(text, 0, 64).ok();
    if number.int == Some(0) {
        // For -0.
        number.uint = Some(0);
    }
    #[expect(clippy::cast_precision_loss, reason = "Go's conversion loses it too")]
    match (number.int, number.uint) {
        (Some(int), _) => number.float = Some(int as f64),
        (None, Some(uint)) => number.float = Some(uint as f64),
        (None, None) => {
            let float = match parse_float(text, 64) {
                Ok(float) => float,
                Err(NumberError::Syntax | NumberError::Range) => {
                    return Err(format!("illegal number syntax: {}", strconv::quote(text.as_bytes())));
                }
            };
            if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                return Err(format!("integer overflow: {}", strconv::quote(text.as_bytes())));
            }
            number.float = Some(float);
            number.int = whole_int(float);
            number.uint = whole_uint(float);
        }
    }
    Ok(number)
}

/// A complex number without imaginary part is a float, too, and perhaps an integer.
fn simplify(number: &mut Number, (real, imaginary): (f64, f64)) {
    if imaginary == 0.0 {
        number.float = Some(real);
        number.int = whole_int(real);
        number.uint = whole_uint(real);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole_int(float: f64) -> Option<i64> {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
    (fits && float.trunc() == float).then_some(float as i64)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn whole_uint(float: f64) -> Option<u64> {
    let fits = (0.0..18_446_744_073_709_551_616.0).contains(&float);
    (fits && float.trunc() == float).then_some(float as u64)
}
