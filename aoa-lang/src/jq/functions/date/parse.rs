//! `strptime` as timefmt-go 0.1.8 has it.

use crate::strconv::quote;
use crate::time::{Date, MONTHS, WEEKDAYS};

use super::Moment;

/// Reads a time.
///
/// # Errors
///
/// timefmt's text.
pub(super) fn parse(source: &[u8], format: &[u8]) -> Result<Moment, String> {
    let mut reader = Reader {
        source,
        at: 0,
        year: 1900,
        month: 1,
        day: 0,
        clock: [0; 3],
        nanos: 0,
        offset: 0,
        has_offset: false,
        century: None,
        year_day: 0,
        week: None,
        weekday: 0,
        is_iso: false,
        afternoon: false,
    };
    let read = reader.read(format).and_then(|()| reader.finish());
    read.map_err(|reason| format!("failed to parse {} with {}: {reason}", quote(source), quote(format)))
}

struct Reader<'s> {
    source: &'s [u8],
    at: usize,
    year: i64,
    month: i64,
    day: i64,
    clock: [i64; 3],
    nanos: i64,
    /// Seconds east of UTC.
    offset: i64,
    has_offset: bool,
    century: Option<i64>,
    year_day: i64,
    /// A week of the year, and the day that weeks are counted by: 0 Sunday, 1 Monday, 4 Thursday.
    week: Option<(i64, i64)>,
    /// 1 is Sunday; 0 is none.
    weekday: i64,
    is_iso: bool,
    afternoon: bool,
}

type Reading<T = ()> = Result<T, String>;

fn cannot(part: u8) -> String {
    format!("cannot parse \"%{}\"", char::from(part))
}

fn expected(byte: u8) -> String {
    // `%q` of a byte is a character in single quotes.
    format!("expected {}", crate::strconv::quote_with(char::from(byte).to_string().as_bytes(), '\'', false))
}

/// `z` with its colons.
fn zone_part(colons: usize) -> String {
    format!("\"%{}z\"", ":".repeat(colons))
}

impl Reader<'_> {
    fn read(&mut self, format: &[u8]) -> Reading {
        let mut at = 0;
        while let Some(byte) = format.get(at) {
            at += 1;
            if *byte != b'%' {
                self.exactly(*byte)?;
                continue;
            }
            let Some(part) = format.get(at) else { return Err("stray \"%\"".to_owned()) };
            at += 1;
            match compound(*part) {
                Some(parts) => {
                    for part in parts {
                        if part.is_ascii_alphabetic() { self.part(*part)? } else { self.exactly(*part)? }
                    }
                }
                None if *part == b':' => at = self.zone_with_colons(format, at)?,
                None => self.part(*part)?,
            }
        }
        match self.rest() {
            [] => Ok(()),
            rest => Err(format!("unparsed string {}", quote(rest))),
        }
    }

    fn rest(&self) -> &[u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn exactly(&mut self, byte: u8) -> Reading {
        if self.peek() != Some(byte) {
            return Err(expected(byte));
        }
        self.at += 1;
        Ok(())
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A number of at most so many digits.
    fn digits(&mut self, size: usize) -> Option<i64> {
        let digits = self.rest().iter().take(size).take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits).filter(|text| !text.is_empty())?;
        let value = text
            .iter()
            .fold(0_i64, |value, digit| value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')));
        self.at += digits;
        Some(value)
    }

    fn number(&mut self, size: usize, least: i64, most: i64, part: u8) -> Reading<i64> {
        self.digits(size).filter(|value| (least..=most).contains(value)).ok_or_else(|| cannot(part))
    }

    fn sign(&mut self) -> i64 {
        if self.eat(b'-') { -1 } else { 1 }
    }

    /// The number of a name, from 1.
    fn name(&mut self, names: &[&str], part: u8) -> Reading<i64> {
        for (at, name) in (1..).zip(names) {
            let text = self.rest().get(..name.len());
            // Letters are compared without their case, and whatever else that bit tells apart.
            let same = |text: &[u8]| name.bytes().zip(text).all(|(a, b)| a == *b || a | 0x20 == b | 0x20);
            if text.is_some_and(same) {
                self.at += name.len();
                return Ok(at);
            }
        }
        Err(cannot(part))
    }

    fn part(&mut self, part: u8) -> Reading {
        let short_months = MONTHS.map(|name| name.get(..3).unwrap_or(name));
        let short_days = WEEKDAYS.map(|name| name.get(..3).unwrap_or(name));
        match part {
            b'Y' | b'G' => {
                self.is_iso |= part == b'G';
                let sign = self.sign();
                self.year = sign * self.number(4, 0, 9999, part)?;
            }
            b'y' | b'g' => {
                self.is_iso |= part == b'g';
                let year = self.number(2, 0, 99, part)?;
                self.year = year + if year < 69 { 2000 } else { 1900 };
            }
            b'C' => {
                if self.sign() < 0 {
                    return Err("negative century is not supported for \"%C\"".to_owned());
                }
                self.century = Some(self.number(2, 0, 99, part)?);
            }
            b'm' => self.month = self.number(2, 1, 12, part)?,
            b'B' => self.month = self.name(&MONTHS, part)?,
            b'b' | b'h' => self.month = self.name(&short_months, part)?,
            b'A' => self.weekday = self.name(&WEEKDAYS, part)?,
            b'a' => self.weekday = self.name(&short_days, part)?,
            b'w' => self.weekday = self.number(1, 0, 6, part)? + 1,
            b'u' => self.weekday = self.number(1, 1, 7, part)? % 7 + 1,
            b'V' => self.week_of(1, 4, 2, part)?,
            b'U' => self.week_of(0, 0, 1, part)?,
            b'W' => self.week_of(0, 1, 2, part)?,
            b'e' | b'd' => {
                if part == b'e' {
                    self.eat(b' ');
                }
                self.day = self.number(2, 1, 31, part)?;
            }
            b'j' => self.year_day = self.number(3, 1, 366, part)?,
            _ => return self.clock_part(part),
        }
        Ok(())
    }

    fn week_of(&mut self, least: i64, starts: i64, weekday: i64, part: u8) -> Reading {
        self.week = Some((self.number(2, least, 53, part)?, starts));
        if self.weekday == 0 {
            self.weekday = weekday;
        }
        Ok(())
    }

    fn clock_part(&mut self, part: u8) -> Reading {
        let [hour, minute, second] = self.clock;
        match part {
            b'k' | b'H' => {
                if part == b'k' {
                    self.eat(b' ');
                }
                self.clock = [self.number(2, 0, 23, part)?, minute, second];
            }
            b'l' | b'I' => {
                if part == b'l' {
                    self.eat(b' ');
                }
                self.clock = [self.number(2, 1, 12, part)? % 12, minute, second];
            }
            b'P' | b'p' => self.afternoon = self.name(&["AM", "PM"], part)? == 2,
            b'M' => self.clock = [hour, self.number(2, 0, 59, part)?, second],
            b'S' => self.clock = [hour, minute, self.number(2, 0, 60, part)?],
            b's' => {
                let sign = self.sign();
                let seconds = self.digits(19).ok_or_else(|| cannot(part))?;
                let moment = Moment { seconds: sign.wrapping_mul(seconds), nanos: 0 };
                let date = moment.date();
                (self.year, self.month, self.day) = (date.year, i64::from(date.month), i64::from(date.day));
                self.clock = moment.clock();
            }
            b'f' => {
                let start = self.at;
                let fraction = self.number(6, 0, 999_999, part)?;
                let missing = 6_usize.saturating_sub(self.at - start);
                self.nanos = (0..missing).fold(fraction, |value, _| value * 10) * 1000;
            }
            b'Z' => self.zone_name()?,
            b'z' => self.zone(0)?,
            b't' | b'n' => {
                let blanks = self.rest().iter().take_while(|b| b" \t\n\x0b\x0c\r".contains(b)).count();
                if blanks == 0 {
                    return Err(format!("expected a space for \"%{}\"", char::from(part)));
                }
                self.at += blanks;
            }
            b'%' => self.exactly(b'%')?,
            other => return Err(format!("unexpected format \"%{}\"", char::from(other))),
        }
        Ok(())
    }

    /// Names of zones count for nothing but UTC unless an offset stands with them.
    fn zone_name(&mut self) -> Reading {
        let letters = self.rest().iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        let name = self.rest().get(..letters).unwrap_or_default().to_vec();
        let is_zone = match name.as_slice() {
            [_, _, _] | b"WITA" => true,
            [_, _, _, b'T'] | [_, _, _, _, b'T'] => !name.starts_with(b"UTC") && !name.starts_with(b"GMT"),
            _ => false,
        };
        if !is_zone {
            return Err(format!("cannot parse {} with \"%Z\"", quote(&name)));
        }
        self.at += letters;
        if !self.has_offset {
            self.offset = 0;
        }
        Ok(())
    }

    /// `%:z` and its like; `at` is behind the first colon.
    fn zone_with_colons(&mut self, format: &[u8], mut at: usize) -> Reading<usize> {
        let mut colons = 1;
        while colons < 3 && format.get(at) == Some(&b':') {
            colons += 1;
            at += 1;
        }
        if format.get(at) != Some(&b'z') {
            return Err(format!("expected 'z' after \"%{}\"", ":".repeat(colons)));
        }
        self.zone(colons)?;
        Ok(at + 1)
    }

    fn zone(&mut self, mut colons: usize) -> Reading {
        let wrong = |colons: usize| format!("cannot parse {}", zone_part(colons));
        let no_colon = |colons: usize| format!("expected ':' for {}", zone_part(colons));
        let sign = match self.peek() {
            Some(b'Z') => {
                self.at += 1;
                self.offset = 0;
                return Ok(());
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Err(wrong(colons)),
        };
        self.at += 1;
        let hours = self.two_digits(23).ok_or_else(|| wrong(colons))?;
        let (mut minutes, mut seconds) = (0, 0);
        if self.eat(b':') {
            if colons == 0 {
                colons = 4;
            }
        } else if (1..3).contains(&colons) {
            return Err(no_colon(colons));
        }
        match self.two_digits(59) {
            None if colons > 0 && colons != 3 => return Err(wrong(colons & 3)),
            None => {}
            Some(found) => {
                minutes = found;
                if colons > 1 {
                    let behind = self.at;
                    if !self.eat(b':') {
                        if colons < 3 {
                            return Err(no_colon(colons));
                        }
                    } else {
                        match self.two_digits(59) {
                            Some(found) => seconds = found,
                            None if colons < 3 => return Err(wrong(colons)),
                            None => self.at = behind,
                        }
                    }
                }
            }
        }
        self.offset = sign * ((hours * 60 + minutes) * 60 + seconds);
        self.has_offset = true;
        Ok(())
    }

    /// Exactly two digits; nothing is read otherwise.
    fn two_digits(&mut self, most: i64) -> Option<i64> {
        let start = self.at;
        let found = self.digits(2).filter(|value| *value <= most && self.at == start + 2);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn finish(&self) -> Reading<Moment> {
        let [hour, minute, second] = self.clock;
        let clock = [hour + if self.afternoon { 12 } else { 0 }, minute, second];
        let year = self.century.map_or(self.year, |century| century * 100 + self.year % 100);
        let at = |month, day| {
            let moment = Moment::of(year, month, day, clock, self.nanos);
            Moment { seconds: moment.seconds.wrapping_sub(self.offset), ..moment }
        };
        if self.day != 0 {
            return Ok(at(self.month, self.day));
        }
        if self.year_day > 0 {
            return match self.is_iso {
                true => Err("use \"%Y\" to parse non-ISO year for \"%j\"".to_owned()),
                false => Ok(at(1, self.year_day)),
            };
        }
        let Some((mut week, starts)) = self.week else { return Ok(at(self.month, 1)) };
        match (starts == 4, self.is_iso) {
            (true, false) => return Err("use \"%G\" to parse ISO year for \"%V\"".to_owned()),
            (false, true) => {
                return Err("use \"%Y\" to parse non-ISO year for \"%U\" or \"%W\"".to_owned());
            }
            _ => {}
        }
        if starts > 0 && self.weekday == 1 {
            week += 1;
        }
        let first = Date::of_unix(Moment::of(year, 1, -starts, [0; 3], 0).seconds);
        let day = -starts + week * 7 - i64::from(first.weekday().0) + self.weekday - 1;
        Ok(at(1, day))
    }
}

/// What several parts stand for.
fn compound(part: u8) -> Option<&'static [u8]> {
    Some(match part {
        b'c' => b"a b e H:M:S Y",
        b'+' => b"a b e H:M:S Z Y",
        b'v' => b"e-b-Y",
        b'r' => b"I:M:S p",
        b'F' => b"Y-m-d",
        b'D' | b'x' => b"m/d/y",
        b'T' | b'X' => b"H:M:S",
        b'R' => b"H:M",
        _ => return None,
    })
}
