//! Reading a time by a layout: `time.ParseInLocation` with the local zone.

use super::civil::{MONTHS, WEEKDAYS, is_leap};
use super::duration::leading_integer;
use super::layout::{Field, OffsetStyle, Precision, next_chunk, quote};
use super::{Clock, Date, Time, Zone};

/// Days before each month of a year that is no leap year, and of all of it.
const DAYS_BEFORE: [u16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

impl Time {
    /// Reads `value` by `layout`; a time without a zone is local, which is UTC.
    ///
    /// # Errors
    ///
    /// Go's message: which text was no match for which part of the layout, or which part is out of range.
    pub fn parse(layout: &[u8], value: &[u8]) -> Result<Time, String> {
        let whole = format!("parsing time {}", quote(value));
        let no_match = |hold: &[u8], element: &[u8]| {
            format!("{whole} as {}: cannot parse {} as {}", quote(layout), quote(hold), quote(element))
        };
        let mut read = Read::default();
        let (mut rest, mut layout_rest) = (value, layout);
        loop {
            let chunk = next_chunk(layout_rest);
            rest = skip(rest, chunk.prefix).map_err(|hold| no_match(hold, chunk.prefix))?;
            let Some((field, element)) = chunk.field else { break };
            layout_rest = chunk.rest;
            rest = read.field(field, rest, layout_rest).map_err(|problem| match problem {
                Problem::NoMatch => no_match(rest, element),
                Problem::OutOfRange(what) => format!("{whole}: {what} out of range"),
            })?;
        }
        if !rest.is_empty() {
            return Err(format!("{whole}: extra text: {}", quote(rest)));
        }
        read.finish().map_err(|problem| format!("{whole}: {problem}"))
    }
}

enum Problem {
    NoMatch,
    OutOfRange(&'static str),
}

/// What has been read of a time so far.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<u8>,
    day: Option<u8>,
    year_day: Option<u16>,
    clock: Clock,
    nanos: u32,
    half: Option<Half>,
    utc: bool,
    offset: Option<i32>,
    zone_name: Option<Vec<u8>>,
}

#[derive(Clone, Copy)]
enum Half {
    Am,
    Pm,
}

type Step<'a, T = ()> = Result<(T, &'a [u8]), Problem>;

impl Read {
    /// Reads one field and returns the text behind it.
    fn field<'a>(&mut self, field: Field, text: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Problem> {
        match field {
            Field::Year => {
                let (digits, rest) = text.split_at_checked(2).ok_or(Problem::NoMatch)?;
                let year = atoi(digits).ok_or(Problem::NoMatch)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                Ok(rest)
            }
            Field::LongYear => {
                let (digits, rest) =
                    text.split_at_checked(4).filter(|_| is_digit(text, 0)).ok_or(Problem::NoMatch)?;
                self.year = atoi(digits).ok_or(Problem::NoMatch)?;
                Ok(rest)
            }
            Field::Month => name(&MONTHS, 3, text).map(|(at, rest)| {
                self.month = Some(at + 1);
                rest
            }),
            Field::LongMonth => name(&MONTHS, usize::MAX, text).map(|(at, rest)| {
                self.month = Some(at + 1);
                rest
            }),
            Field::NumMonth | Field::ZeroMonth => {
                let (month, rest) = number(text, field == Field::ZeroMonth)?;
                self.month = Some(in_range(month, 1, 12, "month")?);
                Ok(rest)
            }
            Field::Weekday => Ok(name(&WEEKDAYS, 3, text)?.1),
            Field::LongWeekday => Ok(name(&WEEKDAYS, usize::MAX, text)?.1),
            Field::Day | Field::UnderDay | Field::ZeroDay => {
                let text =
                    if field == Field::UnderDay { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                let (day, rest) = number(text, field == Field::ZeroDay)?;
                self.day = Some(day);
                Ok(rest)
            }
            Field::UnderYearDay | Field::ZeroYearDay => self.year_day(text, field == Field::ZeroYearDay),
            Field::Hour => {
                let (hour, rest) = number(text, false)?;
                self.clock.hour = in_range(hour, 0, 23, "hour")?;
                Ok(rest)
            }
            Field::Hour12 | Field::ZeroHour12 => {
                let (hour, rest) = number(text, field == Field::ZeroHour12)?;
                self.clock.hour = in_range(hour, 0, 12, "hour")?;
                Ok(rest)
            }
            Field::Minute | Field::ZeroMinute => {
                let (minute, rest) = number(text, field == Field::ZeroMinute)?;
                self.clock.minute = in_range(minute, 0, 59, "minute")?;
                Ok(rest)
            }
            Field::Second | Field::ZeroSecond => self.second(text, field == Field::ZeroSecond, layout),
            Field::UpperPm => self.half(text, b"AM", b"PM"),
            Field::LowerPm => self.half(text, b"am", b"pm"),
            Field::Offset(style) => self.offset(style, text),
            Field::ZoneName => self.zone_name(text),
            Field::Fraction { trim: false, digits, .. } => self.fraction(text, 1 + digits),
            Field::Fraction { trim: true, .. } => match text {
                [b'.' | b',', b'0'..=b'9', ..] => self.fraction(text, 1 + digits_at(text, 1)),
                // Such a field may be absent.
                _ => Ok(text),
            },
        }
    }

    fn year_day<'a>(&mut self, text: &'a [u8], fixed: bool) -> Result<&'a [u8], Problem> {
        let mut text = text;
        if !fixed {
            text = text.strip_prefix(b"  ").or_else(|| text.strip_prefix(b" ")).unwrap_or(text);
        }
        let count = digits_at(text, 0).min(3);
        if count == 0 || (fixed && count != 3) {
            return Err(Problem::NoMatch);
        }
        let (digits, rest) = text.split_at_checked(count).ok_or(Problem::NoMatch)?;
        self.year_day = atoi(digits).and_then(|n| u16::try_from(n).ok());
        Ok(rest)
    }

    fn second<'a>(&mut self, text: &'a [u8], fixed: bool, layout: &[u8]) -> Result<&'a [u8], Problem> {
        let (second, rest) = number(text, fixed)?;
        self.clock.second = in_range(second, 0, 59, "second")?;
        // A fraction may follow that the layout does not name.
        if !matches!(rest, [b'.' | b',', b'0'..=b'9', ..])
            || matches!(next_chunk(layout).field, Some((Field::Fraction { .. }, _)))
        {
            return Ok(rest);
        }
        self.fraction(rest, 1 + digits_at(rest, 1))
    }

    fn half<'a>(&mut self, text: &'a [u8], am: &[u8], pm: &[u8]) -> Result<&'a [u8], Problem> {
        let (word, rest) = text.split_at_checked(2).ok_or(Problem::NoMatch)?;
        self.half = match word {
            word if word == am => self.half.filter(|h| matches!(h, Half::Pm)).or(Some(Half::Am)),
            word if word == pm => Some(Half::Pm),
            _ => return Err(Problem::NoMatch),
        };
        Ok(rest)
    }

    fn offset<'a>(&mut self, style: OffsetStyle, text: &'a [u8]) -> Result<&'a [u8], Problem> {
        if let (true, [b'Z', rest @ ..]) = (style.iso, text) {
            self.utc = true;
            return Ok(rest);
        }
        let length = match (style.precision, style.colon) {
            (Precision::Hours, _) => 3,
            (Precision::Minutes, false) => 5,
            (Precision::Minutes, true) => 6,
            (Precision::Seconds, false) => 7,
            (Precision::Seconds, true) => 9,
        };
        let (form, rest) = text.split_at_checked(length).ok_or(Problem::NoMatch)?;
        let (sign, hours, minutes, seconds) = match *form {
            [s, a, b] => (s, [a, b], *b"00", *b"00"),
            [s, a, b, c, d] => (s, [a, b], [c, d], *b"00"),
            [s, a, b, b':', c, d] => (s, [a, b], [c, d], *b"00"),
            [s, a, b, c, d, e, f] => (s, [a, b], [c, d], [e, f]),
            [s, a, b, b':', c, d, b':', e, f] => (s, [a, b], [c, d], [e, f]),
            _ => return Err(Problem::NoMatch),
        };
        let parts = [hours, minutes, seconds].map(|part| number(&part, true).map(|(n, _)| i32::from(n)).ok());
        // Go goes on with zeros behind the first part that is no number, and looks at ranges first.
        let [hours, minutes, seconds] = parts.map(|part| part.unwrap_or(0));
        let (minutes, seconds) = match parts {
            [None, ..] => (0, 0),
            [_, None, _] => (0, 0),
            _ => (minutes, seconds),
        };
        for (part, limit, what) in [
            (seconds, 60, "time zone offset second"),
            (minutes, 60, "time zone offset minute"),
            (hours, 24, "time zone offset hour"),
        ] {
            if part > limit {
                return Err(Problem::OutOfRange(what));
            }
        }
        let offset = hours * 3_600 + minutes * 60 + seconds;
        self.offset = Some(match sign {
            _ if parts.contains(&None) => return Err(Problem::NoMatch),
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Problem::NoMatch),
        });
        Ok(rest)
    }

    fn zone_name<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Problem> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let length = zone_name_length(text).ok_or(Problem::NoMatch)?;
        let (name, rest) = text.split_at_checked(length).ok_or(Problem::NoMatch)?;
        self.zone_name = Some(name.to_vec());
        Ok(rest)
    }

    /// A separator and digits, `length` bytes together.
    fn fraction<'a>(&mut self, text: &'a [u8], length: usize) -> Result<&'a [u8], Problem> {
        let (form, rest) = text.split_at_checked(length).ok_or(Problem::NoMatch)?;
        let [b'.' | b',', digits @ ..] = form else { return Err(Problem::NoMatch) };
        let digits = digits.get(..9).unwrap_or(digits);
        let value = atoi(digits).ok_or(Problem::NoMatch)?;
        let value = u32::try_from(value).map_err(|_| Problem::OutOfRange("fractional second"))?;
        let missing = u32::try_from(9_usize.saturating_sub(digits.len())).unwrap_or(0);
        self.nanos = value.saturating_mul(10_u32.pow(missing));
        Ok(rest)
    }

    fn finish(mut self) -> Result<Time, String> {
        match self.half {
            Some(Half::Pm) if self.clock.hour < 12 => self.clock.hour += 12,
            Some(Half::Am) if self.clock.hour == 12 => self.clock.hour = 0,
            _ => {}
        }
        let (month, day) = match self.year_day {
            Some(day) => self.month_and_day(day)?,
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        if day < 1 || day > Date::days_in_month(self.year, month) {
            return Err("day out of range".to_owned());
        }
        let at = |zone| Time::of(Date::new(self.year, month, day), self.clock, self.nanos, zone);
        if self.utc {
            return Ok(at(Zone::Utc));
        }
        let name = self.zone_name.unwrap_or_default();
        // Go marks "no offset" by -1, so an offset of one second below zero is none (time/format.go).
        if let Some(offset) = self.offset.filter(|offset| *offset != -1) {
            let mut time = at(Zone::Utc);
            time.seconds = time.seconds.wrapping_sub(i64::from(offset));
            let local = offset == 0 && (name.is_empty() || name == b"UTC");
            return Ok(time.to_zone(if local { Zone::Local } else { Zone::fixed(&name, offset) }));
        }
        if name.is_empty() {
            return Ok(at(Zone::Local));
        }
        let hours = name.strip_prefix(b"GMT").and_then(atoi).and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
        // A zone that the local database does not know gets its name, and no offset but that of `GMT+3`.
        Ok(at(Zone::Utc).to_zone(Zone::fixed(&name, hours.saturating_mul(3_600))))
    }

    /// Month and day of a day of the year, which must agree with those that were read.
    fn month_and_day(&self, year_day: u16) -> Result<(u8, u8), String> {
        let mut year_day = year_day;
        let mut found = None;
        if is_leap(self.year) {
            match year_day {
                60 => found = Some((2, 29)),
                61.. => year_day -= 1,
                _ => {}
            }
        }
        if !(1..=365).contains(&year_day) {
            return Err("day-of-year out of range".to_owned());
        }
        let (month, day) = found.unwrap_or_else(|| {
            let month = DAYS_BEFORE.iter().take_while(|before| **before < year_day).count().clamp(1, 12);
            let before = DAYS_BEFORE.get(month - 1).copied().unwrap_or(0);
            (u8::try_from(month).unwrap_or(1), u8::try_from(year_day - before).unwrap_or(1))
        });
        if self.month.is_some_and(|m| m != month) {
            return Err("day-of-year does not match month".to_owned());
        }
        if self.day.is_some_and(|d| d != day) {
            return Err("day-of-year does not match day".to_owned());
        }
        Ok((month, day))
    }
}

/// Passes over the literal `prefix`; runs of spaces match each other. The rest at the failure is the error.
fn skip<'a>(text: &'a [u8], prefix: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    let (mut text, mut prefix) = (text, prefix);
    while let [wanted, after @ ..] = prefix {
        if *wanted == b' ' {
            if text.first().is_some_and(|b| *b != b' ') {
                return Err(text);
            }
            prefix = cut_spaces(prefix);
            text = cut_spaces(text);
            continue;
        }
        text = match text {
            [found, rest @ ..] if found == wanted => rest,
            _ => return Err(text),
        };
        prefix = after;
    }
    Ok(text)
}

fn cut_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    text
}

fn is_digit(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

fn digits_at(text: &[u8], at: usize) -> usize {
    text.iter().skip(at).take_while(|b| b.is_ascii_digit()).count()
}

/// One or two digits; exactly two where `fixed`.
fn number(text: &[u8], fixed: bool) -> Step<'_, u8> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Ok(((a - b'0') * 10 + (b - b'0'), rest)),
        [a @ b'0'..=b'9', rest @ ..] if !fixed => Ok((a - b'0', rest)),
        _ => Err(Problem::NoMatch),
    }
}

/// A whole number with an optional sign.
fn atoi(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (value, rest) = leading_integer(digits)?;
    let value = i64::try_from(value).ok()?;
    rest.is_empty().then_some(if negative { -value } else { value })
}

fn in_range(value: u8, least: u8, most: u8, what: &'static str) -> Result<u8, Problem> {
    if (least..=most).contains(&value) { Ok(value) } else { Err(Problem::OutOfRange(what)) }
}

/// The name, cut to `length` letters, that `text` begins with in any case.
fn name<'a>(names: &[&str], length: usize, text: &'a [u8]) -> Step<'a, u8> {
    for (at, name) in names.iter().enumerate() {
        let name = name.as_bytes();
        let name = name.get(..length).unwrap_or(name);
        if let Some((word, rest)) = text.split_at_checked(name.len())
            && word.eq_ignore_ascii_case(name)
        {
            return Ok((u8::try_from(at).unwrap_or(0), rest));
        }
    }
    Err(Problem::NoMatch)
}

/// How many bytes of `text` look like the abbreviation of a zone.
fn zone_name_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_length(rest));
    }
    if text.len() >= 3 && matches!(text, [b'+' | b'-', ..]) {
        return Some(signed_offset_length(text)).filter(|length| *length > 0);
    }
    let upper = text.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count();
    match upper {
        5 if text.get(4) == Some(&b'T') => Some(5),
        4 if text.get(3) == Some(&b'T') || text.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_offset_length(text: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = text else { return 0 };
    match leading_integer(digits) {
        Some((hours, rest)) if rest.len() < digits.len() && hours <= 23 => text.len() - rest.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_in_go() {
        for (layout, value, want) in [
            ("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC"),
            ("02 Jan 06 15:04 MST", "05 mar 24 10:00 CEST", "2024-03-05 10:00:00 +0000 CEST"),
            ("2006-002", "2024-060", "2024-02-29 00:00:00 +0000 UTC"),
            ("2006-002", "2023-365", "2023-12-31 00:00:00 +0000 UTC"),
            ("3:04PM", "12:30AM", "0000-01-01 00:30:00 +0000 UTC"),
            ("15:04:05", "10:20:30.25", "0000-01-01 10:20:30.25 +0000 UTC"),
            ("2006 MST", "2024 GMT+3", "2024-01-01 03:00:00 +0300 GMT+3"),
            ("2006 -07", "2024 +05", "2024-01-01 00:00:00 +0500 +0500"),
        ] {
            assert_eq!(
                Time::parse(layout.as_bytes(), value.as_bytes()).unwrap().to_string(),
                want,
                "{layout}"
            );
        }
        for (layout, value, want) in [
            ("2006-01-02", "2024-02-30", "parsing time \"2024-02-30\": day out of range"),
            ("15:04", "25:00", "parsing time \"25:00\": hour out of range"),
            ("2006-002", "2023-366", "parsing time \"2023-366\": day-of-year out of range"),
            ("Jan", "xyz", "parsing time \"xyz\" as \"Jan\": cannot parse \"xyz\" as \"Jan\""),
            ("2006 -0700", "2024 x2500", "parsing time \"2024 x2500\": time zone offset hour out of range"),
            (
                "2006 -0700",
                "2024 -0a00",
                "parsing time \"2024 -0a00\" as \"2006 -0700\": cannot parse \"-0a00\" as \"-0700\"",
            ),
            ("15:04:05.000", "10:10:10.-12", "parsing time \"10:10:10.-12\": fractional second out of range"),
            ("2006-002-01", "2024-060-03", "parsing time \"2024-060-03\": day-of-year does not match month"),
            ("2006x", "2024", "parsing time \"2024\" as \"2006x\": cannot parse \"\" as \"x\""),
        ] {
            assert_eq!(Time::parse(layout.as_bytes(), value.as_bytes()).unwrap_err(), want);
        }
    }
}
