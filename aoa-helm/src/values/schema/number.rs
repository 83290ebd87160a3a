//! Numbers of any size and precision, compared as Go's `big.Rat` compares them.

use aoa_lang::Value;
use aoa_lang::fmt;
use num_bigint::BigInt;

/// How far a decimal point may be away; beyond, numbers are none, so that nobody can ask for gigabytes of digits.
const MOST_EXPONENT: i64 = 20_000;

/// `digits` times ten to the power of `exponent`.
#[derive(Clone, Debug)]
pub(super) struct Number {
    digits: BigInt,
    exponent: i64,
    text: String,
}

impl Number {
    /// The number that a value is.
    pub(super) fn of(value: &Value) -> Option<Number> {
        match value {
            Value::Int(..) | Value::Uint(..) | Value::Float(..) => Number::parse(&fmt::display(value)),
            Value::Number(text) => Number::parse(text),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Number> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: BigInt = format!("{whole}{part}").parse().ok()?;
        let exponent = exponent.checked_sub(i64::try_from(part.len()).ok()?)?;
        (exponent.abs() <= MOST_EXPONENT).then(|| Number { digits, exponent, text: text.to_owned() })
    }

    pub(super) fn compare(&self, other: &Number) -> std::cmp::Ordering {
        let (a, b) = aligned(self, other);
        a.cmp(&b)
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
            || self.is_multiple_of(&Number { digits: 1.into(), exponent: 0, text: String::new() })
    }

    pub(super) fn is_multiple_of(&self, of: &Number) -> bool {
        let (a, b) = aligned(self, of);
        let zero = BigInt::ZERO;
        b != zero && a % b == zero
    }

    /// The same for equal numbers.
    pub(super) fn fingerprint(&self) -> String {
        let text = self.digits.to_string();
        let trimmed = text.trim_end_matches('0');
        if trimmed.is_empty() || trimmed == "-" {
            return "0".to_owned();
        }
        let zeros = i64::try_from(text.len() - trimmed.len()).unwrap_or(0);
        format!("{trimmed}e{}", self.exponent + zeros)
    }

    /// The whole number; what is too large for Go's `int64` is cut off there.
    pub(super) fn to_count(&self) -> Option<usize> {
        if !self.is_integer() {
            return None;
        }
        let (digits, _) = aligned(self, &Number { digits: 1.into(), exponent: 0, text: String::new() });
        let scale = BigInt::from(10).pow(u32::try_from(self.exponent.min(0).abs()).ok()?);
        let whole = digits / scale;
        Some(if whole < BigInt::ZERO { 0 } else { usize::try_from(whole).unwrap_or(usize::MAX) })
    }

    /// As messages show it: a float in the English of golang.org/x/text.
    pub(super) fn shown(&self) -> String {
        let number: f64 = self.text.parse().unwrap_or(0.0);
        if number.is_infinite() {
            return if number > 0.0 { "∞" } else { "-∞" }.to_owned();
        }
        if number == 0.0 {
            return "0".to_owned();
        }
        let text = aoa_lang::strconv::format_float(number, aoa_lang::strconv::FloatFormat::General, None, 64);
        match text.split_once('e') {
            None => grouped(&text),
            Some((mantissa, exponent)) => format!("{mantissa}×10{}", superscript(exponent)),
        }
    }
}

fn aligned(a: &Number, b: &Number) -> (BigInt, BigInt) {
    let least = a.exponent.min(b.exponent);
    let scaled = |n: &Number| {
        let power = u32::try_from(n.exponent - least).unwrap_or(0);
        &n.digits * BigInt::from(10).pow(power)
    };
    (scaled(a), scaled(b))
}

fn superscript(exponent: &str) -> String {
    let digit = |c: char| match c {
        '-' => Some('⁻'),
        '+' => None,
        '1' => Some('¹'),
        '2' => Some('²'),
        '3' => Some('³'),
        c => c.to_digit(10).and_then(|n| char::from_u32(0x2070 + n)),
    };
    exponent.chars().filter_map(digit).collect()
}

/// Commas between groups of three digits.
pub(super) fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, part) = rest.find('.').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let mut out = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + part
}
