//! Durations: Go's `time.Duration`, its text and the reading of it.

use std::fmt;

use super::layout::quote;

/// A span of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

impl Duration {
    /// One second.
    pub const SECOND: Duration = Duration(1_000_000_000);

    /// Reads a text like `1h2m3.5s`: `time.ParseDuration`.
    ///
    /// # Errors
    ///
    /// Go's message when the text is none or too long a duration.
    pub fn parse(text: &[u8]) -> Result<Duration, String> {
        let invalid = || format!("time: invalid duration {}", quote(text));
        let (negative, mut rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        if rest == b"0" {
            return Ok(Duration(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (nanos, after) = term(rest, text)?;
            rest = after;
            total = total.checked_add(nanos).filter(|t| *t <= 1 << 63).ok_or_else(invalid)?;
        }
        match (negative, i64::try_from(total)) {
            (false, Ok(n)) => Ok(Duration(n)),
            (true, Ok(n)) => Ok(Duration(-n)),
            (true, Err(_)) => Ok(Duration(i64::MIN)),
            (false, Err(_)) => Err(invalid()),
        }
    }

    /// The nearest multiple of `unit`, halves away from zero: `time.Duration.Round`.
    #[must_use]
    pub fn round(self, unit: Duration) -> Duration {
        if unit.0 <= 0 {
            return self;
        }
        let rest = (self.0 % unit.0).unsigned_abs();
        let towards_zero = self.0 - self.0 % unit.0;
        if rest < unit.0.unsigned_abs() - rest {
            return Duration(towards_zero);
        }
        Duration(if self.0 < 0 {
            towards_zero.saturating_sub(unit.0)
        } else {
            towards_zero.saturating_add(unit.0)
        })
    }

    /// Cut to a multiple of `unit`: `time.Duration.Truncate`.
    #[must_use]
    pub fn truncate(self, unit: Duration) -> Duration {
        if unit.0 <= 0 { self } else { Duration(self.0 - self.0 % unit.0) }
    }
}

/// One number with its unit, in nanoseconds, and what follows.
fn term<'a>(text: &'a [u8], whole: &[u8]) -> Result<(u64, &'a [u8]), String> {
    let invalid = || format!("time: invalid duration {}", quote(whole));
    let (integer, mut rest) = leading_integer(text).ok_or_else(invalid)?;
    let mut digits = rest.len() < text.len();
    let mut fraction = (0_u64, 1.0_f64);
    if let [b'.', after @ ..] = rest {
        let (value, scale, end) = leading_fraction(after);
        digits |= end.len() < after.len();
        fraction = (value, scale);
        rest = end;
    }
    if !digits {
        return Err(invalid());
    }
    let length = rest.iter().take_while(|b| **b != b'.' && !b.is_ascii_digit()).count();
    let (unit, rest) = rest.split_at_checked(length).unwrap_or((rest, b""));
    let size = match unit {
        b"" => return Err(format!("time: missing unit in duration {}", quote(whole))),
        b"ns" => 1_u64,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        other => return Err(format!("time: unknown unit {} in duration {}", quote(other), quote(whole))),
    };
    let mut nanos =
        integer.checked_mul(size).filter(|n| *n <= (1 << 63) / size * size).ok_or_else(invalid)?;
    if fraction.0 > 0 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "as Go converts; below 2^63 by construction"
        )]
        let part = (fraction.0 as f64 * (size as f64 / fraction.1)) as u64;
        nanos = nanos.checked_add(part).filter(|n| *n <= 1 << 63).ok_or_else(invalid)?;
    }
    Ok((nanos, rest))
}

/// The digits in front as a number of at most 2^63; `None` if it is larger.
pub(super) fn leading_integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut value: u64 = 0;
    let mut rest = text;
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        if value > 1 << 63 {
            return None;
        }
        rest = after;
    }
    Some((value, rest))
}

/// The digits behind a point; those that no longer fit are dropped.
fn leading_fraction(text: &[u8]) -> (u64, f64, &[u8]) {
    let (mut value, mut scale, mut full) = (0_u64, 1.0_f64, false);
    let mut rest = text;
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        rest = after;
        match value.checked_mul(10).and_then(|v| v.checked_add(u64::from(digit - b'0'))) {
            Some(next) if !full && value <= ((1 << 63) - 1) / 10 && next <= 1 << 63 => {
                value = next;
                scale *= 10.0;
            }
            _ => full = true,
        }
    }
    (value, scale, rest)
}

impl fmt::Display for Duration {
    /// As `time.Duration.String` writes it: `1h2m3.5s`, `4.2ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        match nanos {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{sign}{nanos}ns"),
            1_000..1_000_000 => write!(f, "{sign}{}\u{b5}s", decimal(nanos, 3)),
            1_000_000..1_000_000_000 => write!(f, "{sign}{}ms", decimal(nanos, 6)),
            _ => {
                let minutes = nanos / 60_000_000_000;
                let seconds = decimal(nanos % 60_000_000_000, 9);
                match (minutes / 60, minutes % 60) {
                    (0, 0) => write!(f, "{sign}{seconds}s"),
                    (0, m) => write!(f, "{sign}{m}m{seconds}s"),
                    (h, m) => write!(f, "{sign}{h}h{m}m{seconds}s"),
                }
            }
        }
    }
}

/// `value / 10^places` without trailing zeros.
fn decimal(value: u64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let fraction = format!("{:0width$}", value % scale, width = usize::try_from(places).unwrap_or(0));
    match fraction.trim_end_matches('0') {
        "" => (value / scale).to_string(),
        fraction => format!("{}.{fraction}", value / scale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_write_as_in_go() {
        for (text, want) in [
            ("1h2m3s", "1h2m3s"),
            ("1.5h", "1h30m0s"),
            ("-.5s", "-500ms"),
            ("1us", "1\u{b5}s"),
            ("90061s", "25h1m1s"),
            ("0", "0s"),
            ("9223372036854775807ns", "2562047h47m16.854775807s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(Duration::parse(text.as_bytes()).unwrap().to_string(), want);
        }
        for text in ["", "-", ".s", "1", "1d", "9223372036854775808ns", "99999999999h"] {
            assert!(Duration::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Duration(1_500_000_000).round(Duration::SECOND), Duration(2_000_000_000));
        assert_eq!(Duration(i64::MIN).round(Duration::SECOND), Duration(i64::MIN));
    }
}
