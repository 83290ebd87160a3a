//! Writing a time by a layout: `time.Time.Format`.

use super::civil::{Month, Weekday};
use super::layout::{Field, OffsetStyle, Precision, next_chunk};
use super::{Clock, Date, Time};

const RFC3339: &[u8] = b"2006-01-02T15:04:05Z07:00";

impl Time {
    /// The time written by `layout`, Go's example text: `2006-01-02 15:04:05`.
    ///
    /// ```
    /// use aoa_lang::time::Time;
    /// assert_eq!(Time::unix(0, 0).format(b"Monday 02-Jan-06 15:04 MST"), b"Thursday 01-Jan-70 00:00 UTC");
    /// ```
    #[must_use]
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(layout.len() + 10);
        let parts = Parts { date: self.date(), clock: self.clock(), time: self };
        let mut rest = layout;
        while !rest.is_empty() {
            let chunk = next_chunk(rest);
            out.extend_from_slice(chunk.prefix);
            let Some((field, _)) = chunk.field else { break };
            parts.write(&mut out, field);
            rest = chunk.rest;
        }
        out
    }

    /// The time as JSON shows it, in RFC 3339 with nanoseconds.
    ///
    /// # Errors
    ///
    /// Go's message when the year or the offset does not fit that form.
    pub fn to_rfc3339(&self) -> Result<String, String> {
        if !(0..=9_999).contains(&self.date().year) {
            return Err("year outside of range [0,9999]".to_owned());
        }
        if self.zone.at(self.seconds).offset.unsigned_abs() / 3_600 >= 24 {
            return Err("timezone hour outside of range [0,23]".to_owned());
        }
        let mut out = self.format(b"2006-01-02T15:04:05.999999999Z07:00");
        debug_assert!(out.len() >= RFC3339.len() - 5);
        out.shrink_to_fit();
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

struct Parts<'a> {
    date: Date,
    clock: Clock,
    time: &'a Time,
}

impl Parts<'_> {
    fn write(&self, out: &mut Vec<u8>, field: Field) {
        let (date, clock) = (self.date, self.clock);
        let month = Month(date.month).name();
        let hour12 = if clock.hour % 12 == 0 { 12 } else { clock.hour % 12 };
        match field {
            Field::Year => push_int(out, (date.year.unsigned_abs() % 100).cast_signed(), 2),
            Field::LongYear => push_int(out, date.year, 4),
            Field::Month => out.extend(month.bytes().take(3)),
            Field::LongMonth => out.extend(month.bytes()),
            Field::NumMonth => push_int(out, i64::from(date.month), 0),
            Field::ZeroMonth => push_int(out, i64::from(date.month), 2),
            Field::Weekday => out.extend(self.weekday().name().bytes().take(3)),
            Field::LongWeekday => out.extend(self.weekday().name().bytes()),
            Field::Day => push_int(out, i64::from(date.day), 0),
            Field::UnderDay => out.extend(format!("{:2}", date.day).bytes()),
            Field::ZeroDay => push_int(out, i64::from(date.day), 2),
            Field::UnderYearDay => out.extend(format!("{:3}", date.year_day()).bytes()),
            Field::ZeroYearDay => push_int(out, i64::from(date.year_day()), 3),
            Field::Hour => push_int(out, i64::from(clock.hour), 2),
            Field::Hour12 => push_int(out, i64::from(hour12), 0),
            Field::ZeroHour12 => push_int(out, i64::from(hour12), 2),
            Field::Minute => push_int(out, i64::from(clock.minute), 0),
            Field::ZeroMinute => push_int(out, i64::from(clock.minute), 2),
            Field::Second => push_int(out, i64::from(clock.second), 0),
            Field::ZeroSecond => push_int(out, i64::from(clock.second), 2),
            Field::UpperPm => out.extend(if clock.hour >= 12 { b"PM" } else { b"AM" }),
            Field::LowerPm => out.extend(if clock.hour >= 12 { b"pm" } else { b"am" }),
            Field::Offset(style) => self.push_offset(out, style),
            Field::ZoneName => self.push_zone_name(out),
            Field::Fraction { trim, digits, separator } => self.push_fraction(out, trim, digits, separator),
        }
    }

    fn weekday(&self) -> Weekday {
        self.date.weekday()
    }

    fn push_offset(&self, out: &mut Vec<u8>, style: OffsetStyle) {
        let offset = i64::from(self.time.zone.at(self.time.seconds).offset);
        if style.iso && offset == 0 {
            out.push(b'Z');
            return;
        }
        let minutes = push_sign(out, offset / 60);
        // Less than a minute below zero keeps a plus, and its seconds the minus (time/format.go).
        let seconds = if offset / 60 < 0 { -offset } else { offset };
        push_int(out, minutes / 60, 2);
        if style.colon {
            out.push(b':');
        }
        if style.precision != Precision::Hours {
            push_int(out, minutes % 60, 2);
        }
        if style.precision == Precision::Seconds {
            if style.colon {
                out.push(b':');
            }
            push_int(out, seconds % 60, 2);
        }
    }

    fn push_zone_name(&self, out: &mut Vec<u8>) {
        let place = self.time.zone.at(self.time.seconds);
        if !place.name.is_empty() {
            out.extend(place.name.bytes());
            return;
        }
        let minutes = push_sign(out, i64::from(place.offset) / 60);
        push_int(out, minutes / 60, 2);
        push_int(out, minutes % 60, 2);
    }

    fn push_fraction(&self, out: &mut Vec<u8>, trim: bool, digits: usize, separator: u8) {
        let nanos = self.time.nanos;
        if trim && (digits == 0 || nanos == 0) {
            return;
        }
        let text = format!("{nanos:09}");
        let mut text = text.get(..digits.min(9)).unwrap_or_default();
        if trim {
            text = text.trim_end_matches('0');
            if text.is_empty() {
                return;
            }
        }
        out.push(separator);
        out.extend(text.bytes());
    }
}

fn push_sign(out: &mut Vec<u8>, minutes: i64) -> i64 {
    out.push(if minutes < 0 { b'-' } else { b'+' });
    minutes.abs()
}

/// A number padded with zeros to `width`, the sign in front and not counted.
fn push_int(out: &mut Vec<u8>, number: i64, width: usize) {
    if number < 0 {
        out.push(b'-');
    }
    out.extend(format!("{:0width$}", number.unsigned_abs()).bytes());
}
