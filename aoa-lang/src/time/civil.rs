//! Days, dates and clocks of the proleptic Gregorian calendar, over all of Go's years.

use std::fmt;

/// Days from 1 March of Go's absolute year zero, -292277022400, to the Unix epoch (`time/time.go`).
const ABSOLUTE_DAYS: i64 = 730_692_556 * 146_097 + MARCH_DAYS;
/// Days from 1 March of year 0 to the Unix epoch.
const MARCH_DAYS: i64 = 719_468;

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year; it can be negative and very large.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Date {
    /// The date with these parts.
    #[must_use]
    pub fn new(year: i64, month: u8, day: u8) -> Self {
        Date { year, month, day }
    }

    /// The date of an instant in UTC.
    #[must_use]
    pub fn of_unix(seconds: i64) -> Self {
        // Go counts seconds from its absolute zero in a u64 that wraps around.
        let absolute = seconds.cast_unsigned().wrapping_add((ABSOLUTE_DAYS * 86_400).cast_unsigned());
        let days = i64::try_from(absolute / 86_400).unwrap_or(0) - ABSOLUTE_DAYS;
        Date::of_unix_days(days)
    }

    pub(super) fn of_unix_days(days: i64) -> Self {
        let z = days + MARCH_DAYS;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date { year, month: u8::try_from(month).unwrap_or(1), day: u8::try_from(day).unwrap_or(1) }
    }

    /// Days from the Unix epoch.
    pub(crate) fn to_unix_days(self) -> i64 {
        let month = i64::from(self.month);
        let year = self.year.wrapping_sub(i64::from(month <= 2));
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let of_year =
            (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + i64::from(self.day) - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era.wrapping_mul(146_097).wrapping_add(of_era).wrapping_sub(MARCH_DAYS)
    }

    /// The day of the year, from 1.
    #[must_use]
    pub fn year_day(self) -> u16 {
        let first = Date { month: 1, day: 1, ..self };
        u16::try_from(self.to_unix_days().wrapping_sub(first.to_unix_days()) + 1).unwrap_or(1)
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        Weekday(u8::try_from(self.to_unix_days().wrapping_add(4).rem_euclid(7)).unwrap_or(0))
    }

    /// The year and week of ISO 8601.
    #[must_use]
    pub fn iso_week(self) -> (i64, i64) {
        let weekday = i64::from((self.weekday().0 + 6) % 7);
        let thursday = Date::of_unix_days(self.to_unix_days().wrapping_add(3 - weekday));
        (thursday.year, i64::from(thursday.year_day() - 1) / 7 + 1)
    }

    pub(super) fn days_in_month(year: i64, month: u8) -> u8 {
        match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(is_leap(year)),
            _ => 31,
        }
    }
}

/// Whether `year` has a 29 February.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Clock {
    pub(super) fn of_unix(seconds: i64) -> Self {
        let absolute = seconds.cast_unsigned().wrapping_add((ABSOLUTE_DAYS * 86_400).cast_unsigned());
        let second = absolute % 86_400;
        let part = |n: u64| u8::try_from(n).unwrap_or(0);
        Clock { hour: part(second / 3_600), minute: part(second / 60 % 60), second: part(second % 60) }
    }

    pub(super) fn seconds_of_day(self) -> i64 {
        i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
}

/// A month by its number: Go's `time.Month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month(pub u8);

/// A day of the week, Sunday is 0: Go's `time.Weekday`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekday(pub u8);

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(crate) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Month {
    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        MONTHS.get(usize::from(self.0).wrapping_sub(1)).copied().unwrap_or("%!Month")
    }
}

impl Weekday {
    /// The English name.
    #[must_use]
    pub fn name(self) -> &'static str {
        WEEKDAYS.get(usize::from(self.0)).copied().unwrap_or("%!Weekday")
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
