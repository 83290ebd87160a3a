//! `strftime` as timefmt-go 0.1.8 has it.

use super::Moment;
use crate::time::{MONTHS, WEEKDAYS};

/// How a part is written.
#[derive(Clone, Copy)]
struct Spec {
    width: usize,
    padding: Padding,
    upper: bool,
    swap: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Padding {
    /// With zeros or blanks, as the part has it.
    Usual,
    With(u8),
    None,
}

const MAX_WIDTH: usize = 1024;
/// Writes a time in UTC.
pub(super) fn format(time: Moment, format: &[u8]) -> Vec<u8> {
    let mut writer = Writer { time, out: Vec::new(), spec: usual() };
    let mut at = 0;
    while let Some(byte) = format.get(at) {
        at += 1;
        if *byte == b'%' {
            at = writer.directive(format, at);
        } else {
            writer.out.push(*byte);
        }
    }
    writer.out
}

fn usual() -> Spec {
    Spec { width: 0, padding: Padding::Usual, upper: false, swap: false }
}

struct Writer {
    time: Moment,
    out: Vec<u8>,
    spec: Spec,
}

impl Writer {
    /// Writes the directive whose `%` is before `at`; returns where it ends.
    fn directive(&mut self, format: &[u8], mut at: usize) -> usize {
        self.spec = usual();
        if at == format.len() {
            self.out.push(b'%');
            return at;
        }
        while let Some(byte) = format.get(at) {
            at += 1;
            match byte {
                b'-' => self.spec.padding = Padding::None,
                b'_' => self.spec.padding = Padding::With(b' '),
                b'0' => self.spec.padding = Padding::With(b'0'),
                b'^' => self.spec.upper = true,
                b'#' => self.spec.swap = true,
                b'1'..=b'9' => {
                    at -= 1;
                    self.spec.width = 0;
                    while let Some(digit @ b'0'..=b'9') = format.get(at) {
                        self.spec.width = (self.spec.width * 10 + usize::from(digit - b'0')).min(MAX_WIDTH);
                        at += 1;
                    }
                    if self.spec.padding == Padding::None {
                        self.spec.padding = Padding::With(b' ');
                    }
                }
                b':' => return self.colons(format, at),
                byte => {
                    if !self.part(*byte, 0) {
                        self.spec.width = self.spec.width.saturating_sub(1);
                        self.literal(format.get(..at - 1).unwrap_or_default());
                        self.out.push(*byte);
                    }
                    return at;
                }
            }
        }
        self.literal(format);
        at
    }

    /// An offset with colons: `%:z`, `%::z`, `%:::z`; `at` is behind the first.
    fn colons(&mut self, format: &[u8], mut at: usize) -> usize {
        let mut colons = 1;
        while format.get(at) == Some(&b':') {
            colons += 1;
            at += 1;
        }
        if format.get(at) == Some(&b'z') {
            at += 1;
            if colons <= 3 {
                self.offset(colons);
                return at;
            }
        }
        self.literal(format.get(..at).unwrap_or_default());
        at
    }

    /// The last directive of `format`, as it is.
    fn literal(&mut self, format: &[u8]) {
        if let Some(start) = memchr::memrchr(b'%', format) {
            let text = format.get(start..).unwrap_or_default().to_vec();
            let spec = Spec { upper: false, swap: false, ..self.spec };
            self.text(&text, spec);
        }
    }

    /// Writes a part; whether there is one of that name.
    fn part(&mut self, name: u8, depth: u8) -> bool {
        let date = self.time.date();
        let [hour, minute, second] = self.time.clock();
        let (month, day, year) = (i64::from(date.month), i64::from(date.day), date.year);
        let (weekday, year_day) = (self.time.weekday(), self.time.year_day());
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        let longest = |names: &[&'static str], at: i64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        let (month_name, day_name) = (longest(&MONTHS, month - 1), longest(&WEEKDAYS, weekday));
        match name {
            b'Y' => self.number(year, or(self.spec.width, 4), b'0'),
            b'y' => self.number((year % 100).abs(), self.spec.width.max(2), b'0'),
            b'C' => self.century(year),
            b'g' => self.number((date.iso_week().0 % 100).abs(), self.spec.width.max(2), b'0'),
            b'G' => self.number(date.iso_week().0, or(self.spec.width, 4), b'0'),
            b'm' => self.number(month, self.spec.width.max(2), b'0'),
            b'B' => self.text(month_name.as_bytes(), self.spec),
            b'b' | b'h' => self.text(short(month_name), self.spec),
            b'A' => self.text(day_name.as_bytes(), self.spec),
            b'a' => self.text(short(day_name), self.spec),
            b'w' => self.number(weekday, self.spec.width, b'0'),
            b'u' => self.number(if weekday == 0 { 7 } else { weekday }, self.spec.width, b'0'),
            b'V' => self.number(date.iso_week().1, self.spec.width.max(2), b'0'),
            b'U' => self.number((year_day + 6 - weekday) / 7, self.spec.width.max(2), b'0'),
            b'W' => {
                let monday = if weekday > 0 { year_day - weekday + 7 } else { year_day };
                self.number(monday / 7, self.spec.width.max(2), b'0');
            }
            b'e' => self.number(day, self.spec.width.max(2), b' '),
            b'd' => self.number(day, self.spec.width.max(2), b'0'),
            b'j' => self.number(year_day, self.spec.width.max(3), b'0'),
            b'k' => self.number(hour, self.spec.width.max(2), b' '),
            b'H' => self.number(hour, self.spec.width.max(2), b'0'),
            b'l' => self.number(twelve, self.spec.width.max(2), b' '),
            b'I' => self.number(twelve, self.spec.width.max(2), b'0'),
            b'P' | b'p' => {
                if name == b'P' {
                    self.spec.swap = !(self.spec.upper || self.spec.swap);
                }
                self.text(if hour < 12 { b"AM" } else { b"PM" }, self.spec);
            }
            b'M' => self.number(minute, self.spec.width.max(2), b'0'),
            b'S' => self.number(second, self.spec.width.max(2), b'0'),
            b's' => self.number(self.time.seconds, self.spec.width, b' '),
            b'f' => self.number(self.time.nanos / 1000, or(self.spec.width, 6), b'0'),
            b'Z' => self.text(b"UTC", self.spec),
            b'z' => self.offset(0),
            b't' => self.text(b"\t", Spec { upper: false, swap: false, ..self.spec }),
            b'n' => self.text(b"\n", Spec { upper: false, swap: false, ..self.spec }),
            b'%' => self.text(b"%", Spec { upper: false, swap: false, ..self.spec }),
            _ if depth > 0 => return false,
            b'c' => self.parts(b"a b e H:M:S Y", false),
            b'+' => self.parts(b"a b e H:M:S Z Y", false),
            b'v' => self.parts(b"e-b-Y", false),
            b'r' => self.parts(b"I:M:S p", false),
            b'F' => self.parts(b"Y-m-d", self.spec.swap),
            b'D' | b'x' => self.parts(b"m/d/y", self.spec.swap),
            b'T' | b'X' => self.parts(b"H:M:S", self.spec.swap),
            b'R' => self.parts(b"H:M", self.spec.swap),
            _ => return false,
        }
        true
    }

    /// Several parts, with what stands between.
    fn parts(&mut self, names: &[u8], swap: bool) {
        for name in names {
            self.spec = Spec { swap, upper: self.spec.upper, ..usual() };
            if !self.part(*name, 1) {
                self.out.push(*name);
            }
        }
    }

    fn century(&mut self, year: i64) {
        let century = year / 100;
        if year < 0 && century == 0 {
            // Minus zero.
            self.number(-1, self.spec.width.max(2), b'0');
            if let Some(last) = self.out.last_mut() {
                *last = b'0';
            }
        } else {
            self.number(century, self.spec.width.max(2), b'0');
        }
    }

    fn number(&mut self, number: i64, width: usize, usual: u8) {
        let digits = number.unsigned_abs().to_string();
        let sign = if number < 0 { "-" } else { "" };
        self.padded(sign, digits.as_bytes(), width, usual);
    }

    /// Zeros go behind the sign, blanks before it.
    fn padded(&mut self, sign: &str, digits: &[u8], width: usize, usual: u8) {
        let padding = match self.spec.padding {
            Padding::Usual => Some(usual),
            Padding::With(byte) => Some(byte),
            Padding::None => None,
        };
        let missing = width.saturating_sub(sign.len() + digits.len());
        let pad = padding.map(|byte| std::iter::repeat_n(byte, missing));
        match padding {
            Some(b'0') => {
                self.out.extend_from_slice(sign.as_bytes());
                self.out.extend(pad.into_iter().flatten());
            }
            _ => {
                self.out.extend(pad.into_iter().flatten());
                self.out.extend_from_slice(sign.as_bytes());
            }
        }
        self.out.extend_from_slice(digits);
    }

    /// The offset of UTC.
    fn offset(&mut self, colons: u8) {
        let mut digits: Vec<u8> = match self.spec.padding {
            Padding::None => b"0".to_vec(),
            Padding::With(b' ') => b"0".to_vec(),
            _ => b"00".to_vec(),
        };
        if colons <= 2 {
            digits.extend_from_slice(if colons == 0 { b"00" } else { b":00" });
            if colons == 2 {
                digits.extend_from_slice(b":00");
            }
        }
        // A blank hour stands before the sign.
        let width =
            self.spec.width.max(if self.spec.padding == Padding::With(b' ') { digits.len() + 2 } else { 0 });
        self.padded("+", &digits, width, b'0');
    }

    fn text(&mut self, text: &[u8], spec: Spec) {
        let missing = spec.width.saturating_sub(text.len());
        match spec.padding {
            Padding::Usual => self.out.extend(std::iter::repeat_n(b' ', missing)),
            Padding::With(byte) => self.out.extend(std::iter::repeat_n(byte, missing)),
            Padding::None => {}
        }
        // Swapping writes in small letters what has a second letter that is none.
        let lower = spec.swap && text.get(1).is_some_and(|second| *second < b'a');
        self.out.extend(text.iter().map(|byte| match (lower, spec.swap || spec.upper) {
            (true, _) => byte | 0x20,
            (false, true) => byte & 0x5f,
            (false, false) => *byte,
        }));
    }
}

fn short(name: &str) -> &[u8] {
    name.as_bytes().get(..3).unwrap_or_default()
}

fn or(width: usize, usual: usize) -> usize {
    if width == 0 { usual } else { width }
}
