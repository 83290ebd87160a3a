//! Numbers as Rego keeps them: their text, and arithmetic in binary floats of 64 bits as Go's `big.Float` has them.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;

use crate::strconv;

/// A number. Its text counts: what prints it prints the text that it came with.
#[derive(Clone, Debug)]
pub enum Num {
    /// An integer in its usual spelling.
    Int(i64),
    /// Any other text that JSON or Go reads as a number.
    Text(Arc<str>),
}

/// The largest binary exponent of a number that is worked with.
const EXPONENTS: i64 = 100_000;

impl Num {
    /// The number that `text` spells. The text is not looked at more closely.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.len() < 19
            && digits.bytes().all(|b| b.is_ascii_digit())
            && (!digits.starts_with('0') || text == "0");
        match text.parse() {
            Ok(number) if plain => Num::Int(number),
            _ => Num::Text(Arc::from(text)),
        }
    }

    /// The number in the spelling that Go's `FormatFloat(number, 'g', -1, 64)` gives.
    #[must_use]
    pub fn of_float(number: f64) -> Self {
        // Below a million that spelling has neither point nor exponent.
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        if number.fract() == 0.0 && number.abs() < 1e6 && (number != 0.0 || number.is_sign_positive()) {
            return Num::Int(number as i64);
        }
        Num::of_text(&strconv::format_float_verb(number, 'g', None, 64))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Num::Int(number) => number.to_string(),
            Num::Text(text) => text.to_string(),
        }
    }

    /// The number as Go's `ParseInt` reads its text in base 10.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        match self {
            Num::Int(number) => Some(*number),
            Num::Text(text) => strconv::parse_int(text, 10, 64).ok(),
        }
    }

    /// The number as Go's `ParseFloat` reads its text.
    #[must_use]
    pub fn float(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "rounding is what Go does")]
            Num::Int(number) => Some(*number as f64),
            Num::Text(text) => strconv::parse_float(text, 64).ok(),
        }
    }

    /// The number as an integer, rounded to 64 bits first; `None` if it has a fraction.
    pub(super) fn big_int(&self) -> Option<BigInt> {
        match self {
            Num::Int(number) => Some(BigInt::from(*number)),
            Num::Text(_) => {
                let (number, is_exact) = Big::of(self)?.truncated();
                is_exact.then_some(number)
            }
        }
    }

    /// OPA's own order of numbers (`ast.NumberCompare`): trailing zeros after a point are cut together with the zeros before
    /// it, so that `10.0` equals `1`.
    pub(super) fn compare(&self, other: &Num) -> Ordering {
        if let (Num::Int(a), Num::Int(b)) = (self, other) {
            return a.cmp(b);
        }
        let (a, b) = (self.text(), other.text());
        if cut(&a) == cut(&b) {
            return Ordering::Equal;
        }
        if let (Some(a), Some(b)) = (self.int(), other.int()) {
            return a.cmp(&b);
        }
        if cut(&a).contains('.')
            && cut(&b).contains('.')
            && cut(&a).len() < a.len()
            && cut(&b).len() < b.len()
            && self.float().is_some()
            && self.float() == other.float()
        {
            return Ordering::Equal;
        }
        exact(&a, &b)
    }

    /// The order of what the texts mean: for keys and elements, which OPA finds by hash.
    pub(super) fn order(&self, other: &Num) -> Ordering {
        match (self, other) {
            (Num::Int(a), Num::Int(b)) => a.cmp(b),
            _ => exact(&self.text(), &other.text()),
        }
    }
}

fn cut(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches(['.', '0']) } else { text }
}

/// Sign, digits without outer zeros, and the power of ten before which they stand.
fn parts(text: &str) -> (bool, String, i64) {
    let text = text.trim_start_matches('+');
    let is_negative = text.starts_with('-');
    let text = text.trim_start_matches(['-', '+']);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 =
        exponent.parse().unwrap_or(if exponent.starts_with('-') { -(1 << 40) } else { 1 << 40 });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = whole.chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
    let point = i64::try_from(whole.bytes().filter(u8::is_ascii_digit).count()).unwrap_or(i64::MAX >> 1);
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let point = point.saturating_sub(i64::try_from(leading).unwrap_or(0)).saturating_add(exponent);
    (is_negative, digits.trim_matches('0').to_owned(), point)
}

fn exact(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    match (a.1.is_empty(), b.1.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return if b.0 { Ordering::Greater } else { Ordering::Less },
        (false, true) => return if a.0 { Ordering::Less } else { Ordering::Greater },
        (false, false) => {}
    }
    match (a.0, b.0) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (is_negative, _) => {
            let order = a.2.cmp(&b.2).then_with(|| a.1.cmp(&b.1));
            if is_negative { order.reverse() } else { order }
        }
    }
}

/// A `big.Float` of 64 bits: `mantissa * 2^exponent`, the mantissa's highest bit set, or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Big {
    is_negative: bool,
    mantissa: u64,
    exponent: i64,
}

impl Big {
    pub(super) const ZERO: Big = Big { is_negative: false, mantissa: 0, exponent: 0 };

    /// `None` for what is no number, or is too large to work with.
    pub(super) fn of(number: &Num) -> Option<Big> {
        match number {
            Num::Int(number) => Some(Big::rounded(*number < 0, u128::from(number.unsigned_abs()), 0, false)),
            Num::Text(text) => Big::parse(text),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Big> {
        let plain = text.replace('_', "");
        let spelled = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        if !spelled || !plain.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let (is_negative, digits, point) = parts(&plain);
        if digits.is_empty() {
            return Some(Big { is_negative, ..Big::ZERO });
        }
        let exponent = point.checked_sub(i64::try_from(digits.len()).ok()?)?;
        if exponent.abs() > EXPONENTS / 3 {
            return None;
        }
        let digits: BigInt = digits.parse().ok()?;
        let power = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).ok()?);
        if exponent >= 0 {
            return Big::of_int(&(digits * power), is_negative, 0);
        }
        // Enough bits before the division that 64 and a sticky bit remain.
        let shift = 130 + power.bits().saturating_sub(digits.bits());
        let shifted = digits << shift;
        let (quotient, rest) = (&shifted / &power, &shifted % &power);
        let quotient = (quotient << 1u8) + BigInt::from(u8::from(rest != BigInt::ZERO));
        Big::of_int(&quotient, is_negative, -(i64::try_from(shift).ok()? + 1))
    }

    /// `|number| * 2^exponent`, rounded to the nearest.
    fn of_int(number: &BigInt, is_negative: bool, exponent: i64) -> Option<Big> {
        let magnitude = number.magnitude();
        let extra = magnitude.bits().saturating_sub(126);
        let top = magnitude >> extra;
        let sticky = extra > 0 && (&top << extra) != *magnitude;
        let top = u128::try_from(top).ok()?;
        Some(Big::rounded(is_negative, top, exponent.checked_add(i64::try_from(extra).ok()?)?, sticky))
    }

    /// `value * 2^exponent`, rounded to 64 bits, half to even; `sticky` says that something is left below.
    fn rounded(is_negative: bool, value: u128, exponent: i64, sticky: bool) -> Big {
        if value == 0 {
            return Big { is_negative, ..Big::ZERO };
        }
        let bits = 128 - i64::from(value.leading_zeros());
        if bits <= 64 {
            let shift = u32::try_from(64 - bits).unwrap_or(0);
            let mantissa = u64::try_from(value << shift).unwrap_or(u64::MAX);
            return Big { is_negative, mantissa, exponent: exponent - i64::from(shift) };
        }
        let shift = u32::try_from(bits - 64).unwrap_or(0);
        let low = value & ((1 << shift) - 1);
        let half = 1u128 << (shift - 1);
        let mut top = value >> shift;
        let up = low > half || (low == half && (sticky || top & 1 == 1));
        top += u128::from(up);
        let mut exponent = exponent + i64::from(shift);
        if top >> 64 != 0 {
            top >>= 1;
            exponent += 1;
        }
        Big { is_negative, mantissa: u64::try_from(top).unwrap_or(u64::MAX), exponent }
    }

    pub(super) fn of_big_int(number: &BigInt) -> Option<Big> {
        Big::of_int(number, number.sign() == num_bigint::Sign::Minus, 0)
    }

    fn to_int(self) -> BigInt {
        let magnitude = BigInt::from(self.mantissa);
        if self.is_negative { -magnitude } else { magnitude }
    }

    pub(super) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    pub(super) fn is_negative(self) -> bool {
        self.is_negative
    }

    pub(super) fn abs(self) -> Big {
        Big { is_negative: false, ..self }
    }

    pub(super) fn negated(self) -> Big {
        Big { is_negative: !self.is_negative, ..self }
    }

    pub(super) fn plus(self, other: Big) -> Option<Big> {
        if self.is_zero() && other.is_zero() {
            return Some(Big { is_negative: self.is_negative && other.is_negative, ..Big::ZERO });
        }
        if self.is_zero() {
            return Some(other);
        }
        if other.is_zero() {
            return Some(self);
        }
        let (high, low) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shift = high.exponent - low.exponent;
        if shift > 200 {
            return Some(high);
        }
        let sum = (high.to_int() << u64::try_from(shift).ok()?) + low.to_int();
        if sum == BigInt::ZERO {
            return Some(Big::ZERO);
        }
        Big::of_int(&sum, sum.sign() == num_bigint::Sign::Minus, low.exponent)
    }

    pub(super) fn times(self, other: Big) -> Option<Big> {
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        let exponent = self.exponent + other.exponent;
        let product = Big::rounded(self.is_negative != other.is_negative, product, exponent, false);
        product.in_range()
    }

    /// The divisor is not zero.
    pub(super) fn divided_by(self, other: Big) -> Option<Big> {
        if other.is_zero() {
            return None;
        }
        let numerator = BigInt::from(self.mantissa) << 70u8;
        let divisor = BigInt::from(other.mantissa);
        let (quotient, rest) = (&numerator / &divisor, &numerator % &divisor);
        let quotient = (quotient << 1u8) + BigInt::from(u8::from(rest != BigInt::ZERO));
        let exponent = self.exponent - other.exponent - 71;
        Big::of_int(&quotient, self.is_negative != other.is_negative, exponent)?.in_range()
    }

    fn in_range(self) -> Option<Big> {
        (self.exponent.abs() <= EXPONENTS).then_some(self)
    }

    /// The integer part, and whether that is all.
    pub(super) fn truncated(self) -> (BigInt, bool) {
        let number = self.to_int();
        let shift = self.exponent.unsigned_abs();
        if self.exponent >= 0 {
            return (number << shift, true);
        }
        let magnitude = BigInt::from(self.mantissa);
        let whole = &magnitude >> shift;
        let is_exact = (&whole << shift) == magnitude;
        (if self.is_negative { -whole } else { whole }, is_exact)
    }

    fn is_int(self) -> bool {
        self.is_zero() || self.exponent >= 0 || i64::from(self.mantissa.trailing_zeros()) >= -self.exponent
    }

    /// The number in OPA's spelling (`builtins.FloatToNumber`): the shortest digits that mean it.
    pub(super) fn to_num(self) -> Num {
        if self.is_zero() {
            return if self.is_negative { Num::of_text("-0") } else { Num::Int(0) };
        }
        let (digits, point) = self.shortest();
        let sign = if self.is_negative { "-" } else { "" };
        let count = i64::try_from(digits.len()).unwrap_or(0);
        if !self.is_int() && (point - 1 < -4 || point > 6) {
            // `%e` with at least two digits of exponent.
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            let dot = if rest.is_empty() { "" } else { "." };
            let (mark, exponent) = if point > 0 { ('+', point - 1) } else { ('-', 1 - point) };
            return Num::of_text(&format!("{sign}{first}{dot}{rest}e{mark}{exponent:02}"));
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count.max(0)).unwrap_or(0));
        let text = if point <= 0 {
            format!("{sign}0.{}{digits}", zeros(-point))
        } else if point >= count {
            format!("{sign}{digits}{}", zeros(point - count))
        } else {
            let at = usize::try_from(point).unwrap_or(0);
            let (whole, fraction) = digits.split_at_checked(at).unwrap_or((&digits, ""));
            format!("{sign}{whole}.{fraction}")
        };
        Num::of_text(&text)
    }

    /// The fewest digits that are nearer to this number than to its neighbours (`math/big/ftoa.go`), and before which
    /// digit the point stands.
    fn shortest(self) -> (String, i64) {
        // The lowest bit stands for half of the last place.
        let doubled = BigInt::from(self.mantissa) << 1u8;
        let exponent = self.exponent - 1;
        let (middle, mut point) = decimal(&doubled, exponent);
        let (lower, lower_point) = decimal(&(&doubled - 1), exponent);
        let (upper, _) = decimal(&(&doubled + 1), exponent);
        let inclusive = self.mantissa & 1 == 0;
        // All three have their points at the same place, but for a neighbour with fewer digits before it.
        let pad = usize::try_from(point - lower_point).unwrap_or(0);
        let lower: Vec<u8> = std::iter::repeat_n(b'0', pad).chain(lower.bytes()).collect();
        let (middle, upper) = (middle.into_bytes(), upper.into_bytes());
        let digit = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(b'0');
        for at in 0..middle.len() {
            let (low, here, high) = (digit(&lower, at), digit(&middle, at), digit(&upper, at));
            let may_fall = low != here || (inclusive && at + 1 == lower.len());
            let may_rise = here != high && (inclusive || here + 1 < high || at + 1 < upper.len());
            let kept = middle.get(..=at).unwrap_or_default().to_vec();
            let rest = middle.get(at + 1..).unwrap_or_default();
            let rises = match (may_fall, may_rise) {
                (true, true) => {
                    rest.first().is_some_and(|next| *next > b'5')
                        || (rest.first() == Some(&b'5') && (rest.len() > 1 || here % 2 == 1))
                }
                (true, false) => false,
                (false, true) => true,
                (false, false) => continue,
            };
            return finish(kept, rises, point);
        }
        let trimmed = String::from_utf8(middle).unwrap_or_default();
        let trimmed = trimmed.trim_end_matches('0').to_owned();
        if trimmed.is_empty() {
            point = 0;
        }
        (trimmed, point)
    }
}

fn finish(mut kept: Vec<u8>, rises: bool, mut point: i64) -> (String, i64) {
    if rises {
        let mut carries = true;
        while let (true, Some(last)) = (carries, kept.last_mut()) {
            if *last == b'9' {
                kept.pop();
            } else {
                *last += 1;
                carries = false;
            }
        }
        if carries {
            kept = vec![b'1'];
            point += 1;
        }
    }
    let text = String::from_utf8(kept).unwrap_or_default();
    (text.trim_end_matches('0').to_owned(), point)
}

/// The digits of `number * 2^exponent`, and before which of them the point stands.
fn decimal(number: &BigInt, exponent: i64) -> (String, i64) {
    let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let (digits, scale) = if exponent >= 0 {
        ((number << power).to_string(), 0)
    } else {
        ((number * BigInt::from(5).pow(power)).to_string(), i64::from(power))
    };
    let point = i64::try_from(digits.len()).unwrap_or(0) - scale;
    (digits.trim_end_matches('0').to_owned(), point)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(text: &str) -> Big {
        Big::parse(text).unwrap()
    }

    #[test]
    fn arithmetic_prints_as_go() {
        assert_eq!(big("0.1").plus(big("0.2")).unwrap().to_num().text(), "0.3");
        assert_eq!(big("1").divided_by(big("3")).unwrap().to_num().text(), "0.33333333333333333334");
        assert_eq!(
            big("100000000000").times(big("100000000000")).unwrap().to_num().text(),
            "10000000000000000000000"
        );
        assert_eq!(big("9007199254740993").plus(big("1")).unwrap().to_num().text(), "9007199254740994");
        assert_eq!(big("1e-7").times(big("1")).unwrap().to_num().text(), "1e-07");
        assert_eq!(big("2.5").to_num().text(), "2.5");
    }

    #[test]
    fn texts_compare_as_in_opa() {
        let of = Num::of_text;
        assert_eq!(of("1.0").compare(&of("1")), Ordering::Equal);
        assert_eq!(of("10.0").compare(&of("1")), Ordering::Equal);
        assert_eq!(of("10.0").order(&of("1")), Ordering::Greater);
        assert_eq!(of("1e400").order(&of("1")), Ordering::Greater);
        assert_eq!(of("-0.5").order(&of("0")), Ordering::Less);
        assert_eq!(of("1e+06").order(&of("1000000")), Ordering::Equal);
    }

    #[test]
    fn floats_are_spelled_as_go_does() {
        assert_eq!(Num::of_float(1_000_000.0).text(), "1e+06");
        assert_eq!(Num::of_float(100_000.0).text(), "100000");
        assert_eq!(Num::of_float(-0.0).text(), "-0");
    }
}
