//! `resource.Quantity` with arithmetic (apimachinery 0.36.1, `api/resource`).

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};

/// An exact decimal number with the style that it is written in.
#[derive(Clone, Debug)]
pub struct Quantity {
    amount: Amount,
    style: Style,
    /// The text it was read from, where that is canonical enough to be kept.
    text: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum Amount {
    /// `value * 10^scale`: what upstream holds in `int64Amount`.
    Small { value: i64, scale: i32 },
    /// `value * 10^scale` of any size.
    Large { value: BigInt, scale: i32 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    DecimalExponent,
    BinarySi,
    DecimalSi,
}

const WRONG_FORM: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER: &str = "unable to parse numeric part of quantity";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";
/// Exponents beyond this would only serve to fill memory.
const LARGEST_EXPONENT: i64 = 5_000;
const LARGEST_SCALE: i32 = 5_000;
const NANO: i32 = -9;

impl Quantity {
    /// Reads a quantity.
    ///
    /// # Errors
    /// Upstream's messages: a wrong form, number or suffix.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "0" {
            let amount = Amount::Small { value: 0, scale: 0 };
            return Ok(Quantity { amount, style: Style::DecimalSi, text: Some(text.into()) });
        }
        let parts = Parts::split(text).ok_or(WRONG_FORM)?;
        let (base, exponent, style) = suffix(parts.suffix).ok_or(WRONG_SUFFIX)?;
        if let Some(small) = parts.small(base, exponent, style)? {
            let text = small.2.then(|| text.into());
            return Ok(Quantity { amount: Amount::Small { value: small.0, scale: small.1 }, style, text });
        }
        parts.large(base, exponent, style)
    }

    /// The sum, in the style of this quantity.
    #[must_use]
    pub fn add(&self, other: &Quantity) -> Quantity {
        let style = if self.is_zero() { other.style } else { self.style };
        Quantity { amount: add(&self.amount, &other.amount), style, text: None }
    }

    /// The difference, in the style of this quantity.
    #[must_use]
    pub fn sub(&self, other: &Quantity) -> Quantity {
        let negated = match &other.amount {
            Amount::Small { value, scale } => match value.checked_neg() {
                Some(value) => Amount::Small { value, scale: *scale },
                None => Amount::Large { value: -BigInt::from(*value), scale: *scale },
            },
            Amount::Large { value, scale } => Amount::Large { value: -value, scale: *scale },
        };
        let style = if self.is_zero() { other.style } else { self.style };
        Quantity { amount: add(&self.amount, &negated), style, text: None }
    }

    /// The quantity of a whole number, as `add(int)` makes it.
    #[must_use]
    pub fn of_int(value: i64) -> Self {
        Quantity { amount: Amount::Small { value, scale: 0 }, style: Style::DecimalExponent, text: None }
    }

    /// Order by amount.
    #[must_use]
    pub fn compare(&self, other: &Quantity) -> Ordering {
        let (a, b, _) = aligned(&self.amount, &other.amount);
        a.cmp(&b)
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn sign(&self) -> i64 {
        match &self.amount {
            Amount::Small { value, .. } => value.signum(),
            Amount::Large { value, .. } => match value.sign() {
                Sign::Minus => -1,
                Sign::NoSign => 0,
                Sign::Plus => 1,
            },
        }
    }

    /// The whole number, if upstream's fast representation holds one: `1000m` is none.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match &self.amount {
            Amount::Small { value, scale } => {
                value.checked_mul(10_i64.checked_pow(u32::try_from(*scale).ok()?)?)
            }
            Amount::Large { .. } => None,
        }
    }

    /// About this number.
    #[must_use]
    pub fn as_float(&self) -> f64 {
        let (base, exponent) = match &self.amount {
            #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
            Amount::Small { value, scale } => (*value as f64, *scale),
            Amount::Large { value, scale } => (value.to_string().parse().unwrap_or(f64::NAN), *scale),
        };
        if exponent == 0 { base } else { base * format!("1e{exponent}").parse::<f64>().unwrap_or(f64::NAN) }
    }

    fn is_zero(&self) -> bool {
        self.sign() == 0
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        if self.is_zero() {
            return f.write_str("0");
        }
        let (value, scale) = self.amount.parts();
        let mut style = self.style;
        if style == Style::BinarySi {
            let (whole, limit) = (whole(&value, scale), BigInt::from(1024));
            match whole.filter(|n| *n >= limit || *n <= -limit) {
                Some(whole) => return f.write_str(&binary(whole)),
                None => style = Style::DecimalSi,
            }
        }
        f.write_str(&decimal(value, scale, style))
    }
}

impl Amount {
    fn parts(&self) -> (BigInt, i32) {
        match self {
            Amount::Small { value, scale } => (BigInt::from(*value), *scale),
            Amount::Large { value, scale } => (value.clone(), *scale),
        }
    }
}

/// A quantity's text taken apart; leading zeros of the number are dropped.
struct Parts<'t> {
    is_negative: bool,
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

impl<'t> Parts<'t> {
    fn split(text: &'t str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, rest) = digits(unsigned.trim_start_matches('0'));
        let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), digits);
        let tail = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
        let tail = tail.strip_prefix(['-', '+']).unwrap_or(tail);
        tail.bytes().all(|b| b.is_ascii_digit()).then_some(Parts { is_negative, whole, fraction, suffix })
    }

    /// Value and scale as upstream's fast path reads them, and whether the text is kept.
    fn small(
        &self,
        base: u32,
        exponent: i32,
        style: Style,
    ) -> Result<Option<(i64, i32, bool)>, &'static str> {
        let whole = if self.whole.is_empty() { "0" } else { self.whole };
        let length = |text: &str| i32::try_from(text.len()).unwrap_or(i32::MAX / 4);
        let (precision, scale, mantissa) = match style {
            Style::BinarySi if !self.fraction.is_empty() => return Ok(None),
            Style::BinarySi => (
                14 - length(whole) - exponent * 3 / 10,
                0,
                1_i64.checked_shl(u32::try_from(exponent).unwrap_or(0)),
            ),
            _ => (
                18 - length(whole) - length(self.fraction),
                exponent.saturating_sub(length(self.fraction)),
                Some(1),
            ),
        };
        let (true, true, Some(mantissa)) = (precision >= 0, scale >= NANO, mantissa) else { return Ok(None) };
        let shifted = format!("{whole}{}", self.fraction);
        let value: i64 = shifted.parse().map_err(|_| WRONG_NUMBER)?;
        let Some(product) = value.checked_mul(mantissa) else { return Ok(None) };
        let is_kept = if base == 2 {
            exponent % 10 == 0 && value & 7 != 0
        } else {
            scale % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0')
        };
        // Nothing that is compared or added needs more: upstream would fill memory with zeros.
        let scale = scale.min(LARGEST_SCALE);
        Ok(Some((if self.is_negative { -product } else { product }, scale, is_kept)))
    }

    fn large(&self, base: u32, exponent: i32, mut style: Style) -> Result<Quantity, &'static str> {
        if self.whole.is_empty() && self.fraction.is_empty() {
            let amount = Amount::Large { value: BigInt::from(0), scale: 0 };
            return Ok(Quantity { amount, style, text: None });
        }
        if i64::from(exponent).abs() > LARGEST_EXPONENT {
            return Err("the exponent of the quantity is too large");
        }
        let mut value: BigInt =
            format!("0{}{}", self.whole, self.fraction).parse().map_err(|_| WRONG_NUMBER)?;
        let mut scale = -i32::try_from(self.fraction.len()).map_err(|_| WRONG_NUMBER)?;
        if base == 2 {
            value <<= u32::try_from(exponent).unwrap_or(0);
        } else {
            scale += exponent;
        }
        if scale < NANO {
            value = divide_up(value, NANO - scale);
            scale = NANO;
        }
        if style == Style::BinarySi {
            let (most, one) = (scaled(BigInt::from(i64::MAX), -scale), scaled(BigInt::from(1), -scale));
            if value > most {
                value = most;
            }
            if value < one && value.sign() == Sign::Plus {
                style = Style::DecimalSi;
            }
        }
        let value = if self.is_negative { -value } else { value };
        Ok(Quantity { amount: Amount::Large { value, scale }, style, text: None })
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or((text, ""))
}

/// Base, exponent and style of a suffix.
fn suffix(text: &str) -> Option<(u32, i32, Style)> {
    const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let place = |list: &[&str]| list.iter().position(|s| *s == text).and_then(|at| i32::try_from(at).ok());
    if let Some(at) = place(&DECIMAL) {
        return Some((10, at * 3 - 9, Style::DecimalSi));
    }
    if let Some(at) = place(&BINARY) {
        return Some((2, (at + 1) * 10, Style::BinarySi));
    }
    let exponent: i64 = text.strip_prefix(['e', 'E']).filter(|rest| !rest.is_empty())?.parse().ok()?;
    let exponent = exponent.clamp(i64::from(i32::MIN / 2), i64::from(i32::MAX / 2));
    Some((10, i32::try_from(exponent).ok()?, Style::DecimalExponent))
}

fn add(a: &Amount, b: &Amount) -> Amount {
    if let (Amount::Small { value: x, scale: s }, Amount::Small { value: y, scale: t }) = (a, b) {
        if *y == 0 {
            return a.clone();
        }
        if *x == 0 {
            return b.clone();
        }
        let scale = *s.min(t);
        let lift =
            |value: i64, from: i32| value.checked_mul(10_i64.checked_pow(u32::try_from(from - scale).ok()?)?);
        if let Some(value) = lift(*x, *s).zip(lift(*y, *t)).and_then(|(x, y)| x.checked_add(y)) {
            return Amount::Small { value, scale };
        }
    }
    let (x, y, scale) = aligned(a, b);
    Amount::Large { value: x + y, scale }
}

/// Both values at the smaller scale.
fn aligned(a: &Amount, b: &Amount) -> (BigInt, BigInt, i32) {
    let ((x, s), (y, t)) = (a.parts(), b.parts());
    let scale = s.min(t);
    (scaled(x, s - scale), scaled(y, t - scale), scale)
}

fn scaled(value: BigInt, by: i32) -> BigInt {
    match u32::try_from(by) {
        Ok(by) => value * BigInt::from(10).pow(by),
        Err(_) => value,
    }
}

/// `value / 10^by`, rounded away from zero.
fn divide_up(value: BigInt, by: i32) -> BigInt {
    let Ok(by) = u32::try_from(by) else { return value };
    let divisor = BigInt::from(10).pow(by);
    let quotient = &value / &divisor;
    if &quotient * &divisor == value {
        quotient
    } else if value.sign() == Sign::Minus {
        quotient - 1
    } else {
        quotient + 1
    }
}

/// The whole number, if it is one.
fn whole(value: &BigInt, scale: i32) -> Option<BigInt> {
    if scale >= 0 {
        return Some(scaled(value.clone(), scale));
    }
    let divisor = BigInt::from(10).pow(scale.unsigned_abs());
    let quotient = value / &divisor;
    (&quotient * divisor == *value).then_some(quotient)
}

fn binary(mut value: BigInt) -> String {
    let factor = BigInt::from(1024);
    let mut times = 0;
    while times < 6 && value.sign() != Sign::NoSign && (&value / &factor) * &factor == value {
        value /= &factor;
        times += 1;
    }
    let suffix = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].get(times).copied().unwrap_or("");
    format!("{value}{suffix}")
}

fn decimal(mut value: BigInt, mut exponent: i32, style: Style) -> String {
    let ten = BigInt::from(10);
    while value.sign() != Sign::NoSign && (&value / &ten) * &ten == value {
        value /= &ten;
        exponent += 1;
    }
    // The exponent is a multiple of three, and one that there is a suffix for.
    let wanted = exponent.div_euclid(3) * 3;
    let wanted = if style == Style::DecimalSi { wanted.min(18) } else { wanted };
    value = scaled(value, exponent - wanted);
    let suffix = match style {
        Style::DecimalExponent if wanted == 0 => String::new(),
        Style::DecimalExponent => format!("e{wanted}"),
        _ => {
            let at = usize::try_from((wanted + 9) / 3).unwrap_or(3);
            ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].get(at).copied().unwrap_or("").to_owned()
        }
    };
    format!("{value}{suffix}")
}
