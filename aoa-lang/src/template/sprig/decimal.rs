//! Decimal arithmetic as `shopspring/decimal` 1.4.0 does it: exact, but division to 16 digits behind the point.

use num_bigint::{BigInt, Sign};

use crate::strconv::{FloatFormat, format_float};

/// `coefficient * 10^exponent`.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

/// Digits behind the point of a quotient.
const DIVISION_PRECISION: i64 = 16;

impl Decimal {
    /// The shortest decimal that reads as `number`; the library's panic for what is no number.
    pub(super) fn of(number: f64) -> Result<Decimal, String> {
        if !number.is_finite() {
            let shown = format_float(number, FloatFormat::General, None, 64);
            return Err(format!("Cannot create a Decimal from {shown}"));
        }
        // Of two shortest decimals the even one, which Rust's own formatting does not see to.
        let text = format_float(number, FloatFormat::Exponent, None, 64);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let coefficient = format!("{whole}{fraction}").parse().unwrap_or_default();
        let places = i64::try_from(fraction.len()).unwrap_or(0);
        Ok(Decimal { coefficient, exponent: exponent.parse().unwrap_or(0) - places })
    }

    pub(super) fn add(&self, other: &Decimal) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        Decimal { coefficient: self.at(exponent) + other.at(exponent), exponent }
    }

    pub(super) fn sub(&self, other: &Decimal) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        Decimal { coefficient: self.at(exponent) - other.at(exponent), exponent }
    }

    pub(super) fn mul(&self, other: &Decimal) -> Decimal {
        Decimal {
            coefficient: &self.coefficient * &other.coefficient,
            exponent: self.exponent.saturating_add(other.exponent),
        }
    }

    /// The quotient, rounded half away from zero; the library's panic for a division by zero.
    pub(super) fn div(&self, other: &Decimal) -> Result<Decimal, String> {
        if other.coefficient.sign() == Sign::NoSign {
            return Err("decimal division by 0".to_owned());
        }
        // self / other = n / d * 10^shift; what is wanted is that times 10^16, as a whole number.
        let shift = self.exponent.saturating_sub(other.exponent).saturating_add(DIVISION_PRECISION);
        let (mut numerator, mut denominator) = (self.coefficient.clone(), other.coefficient.clone());
        if shift >= 0 {
            numerator *= power(shift)
        } else {
            denominator *= power(-shift)
        }
        let negative = (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus);
        let (numerator, denominator) = (numerator.magnitude(), denominator.magnitude());
        let quotient = numerator / denominator;
        let rest = numerator - &quotient * denominator;
        let rounded = if rest * 2_u32 >= *denominator { quotient + 1_u32 } else { quotient };
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Ok(Decimal { coefficient: BigInt::from_biguint(sign, rounded), exponent: -DIVISION_PRECISION })
    }

    /// The nearest float.
    pub(super) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(0.0)
    }

    /// The coefficient that goes with a smaller exponent.
    fn at(&self, exponent: i64) -> BigInt {
        match self.exponent.saturating_sub(exponent) {
            0 => self.coefficient.clone(),
            shift => &self.coefficient * power(shift),
        }
    }
}

fn power(exponent: i64) -> BigInt {
    // Floats have exponents of a few hundred, and a call multiplies a bounded number of them.
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}
