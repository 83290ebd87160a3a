//! Instants, durations and zones as Go's `time` package (Go 1.26) has them.
//!
//! [`Time`] is `time.Time` without a monotonic reading. There is no clock here: the present is always given. The
//! local zone is UTC, and named zones come from the time zone database that is built in.
//!
//! ```
//! use aoa_lang::time::{Time, Zone};
//! let time = Time::parse(b"2006-01-02T15:04:05Z07:00", b"2024-02-29T12:34:56+02:00")?;
//! assert_eq!(time.to_string(), "2024-02-29 12:34:56 +0200 +0200");
//! let there = time.to_zone(Zone::load(b"Europe/Prague").unwrap_or_default());
//! assert_eq!(there.format(b"Mon 2 Jan 15:04 MST"), b"Thu 29 Feb 11:34 CET");
//! # Ok::<(), String>(())
//! ```

mod civil;
mod cron;
mod duration;
mod format;
mod layout;
mod object;
mod parse;
mod zone;

pub use civil::{Clock, Date, Month, Weekday};
pub(crate) use civil::{MONTHS, WEEKDAYS};
pub use cron::Schedule;
pub use duration::Duration;
pub use zone::Zone;

use std::fmt;

/// An instant with nanoseconds, seen in a zone: Go's `time.Time`.
///
/// The default is Go's zero time, the first second of year 1.
#[derive(Clone, Debug)]
pub struct Time {
    seconds: i64,
    nanos: u32,
    zone: Zone,
}

/// Unix seconds of Go's zero time.
const ZERO: i64 = -62_135_596_800;

impl Default for Time {
    fn default() -> Self {
        Time { seconds: ZERO, nanos: 0, zone: Zone::Utc }
    }
}

impl Time {
    /// The instant `seconds` and `nanos` after the Unix epoch, in the local zone: `time.Unix`.
    #[must_use]
    pub fn unix(seconds: i64, nanos: u32) -> Self {
        Time {
            seconds: seconds.wrapping_add(i64::from(nanos / 1_000_000_000)),
            nanos: nanos % 1_000_000_000,
            zone: Zone::Local,
        }
    }

    /// The instant that `date` and `clock` name in `zone`: `time.Date`, for parts that are in range.
    #[must_use]
    pub fn of(date: Date, clock: Clock, nanos: u32, zone: Zone) -> Self {
        let mut unix = date.to_unix_days().wrapping_mul(86_400).wrapping_add(clock.seconds_of_day());
        let offset = i64::from(zone.at(unix).offset);
        if offset != 0 {
            // A second look, in case the first guess lies beyond a change of the offset (time/time.go).
            let (start, end) = zone.span(unix);
            let mut utc = unix.wrapping_sub(offset);
            if utc < start || utc >= end {
                utc = unix.wrapping_sub(i64::from(zone.at(utc).offset));
            }
            unix = utc;
        }
        Time { seconds: unix, nanos, zone }
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    #[must_use]
    pub fn nanosecond(&self) -> u32 {
        self.nanos
    }

    /// The zone the instant is seen in.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The same instant in another zone.
    #[must_use]
    pub fn to_zone(&self, zone: Zone) -> Time {
        Time { seconds: self.seconds, nanos: self.nanos, zone }
    }

    /// The calendar date in the instant's zone.
    #[must_use]
    pub fn date(&self) -> Date {
        Date::of_unix(self.local_seconds())
    }

    /// The time of day in the instant's zone.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::of_unix(self.local_seconds())
    }

    /// Seconds east of UTC in the instant's zone.
    #[must_use]
    pub fn offset_seconds(&self) -> i64 {
        i64::from(self.zone.at(self.seconds).offset)
    }

    /// Whether this is Go's zero time.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.seconds == ZERO && self.nanos == 0
    }

    /// The instant `duration` later.
    #[must_use]
    pub fn add(&self, duration: Duration) -> Time {
        let nanos = i64::from(self.nanos) + duration.0 % 1_000_000_000;
        let seconds = self
            .seconds
            .wrapping_add(duration.0 / 1_000_000_000)
            .wrapping_add(nanos.div_euclid(1_000_000_000));
        let nanos = u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0);
        Time { seconds, nanos, zone: self.zone.clone() }
    }

    /// The time from `earlier` to this instant; the longest duration where it does not fit.
    #[must_use]
    pub fn since(&self, earlier: &Time) -> Duration {
        let nanos = |t: &Time| i128::from(t.seconds) * 1_000_000_000 + i128::from(t.nanos);
        let difference = nanos(self) - nanos(earlier);
        let limit = if difference < 0 { i64::MIN } else { i64::MAX };
        Duration(i64::try_from(difference).unwrap_or(limit))
    }

    /// Order in time, whatever the zones.
    #[must_use]
    pub fn compare(&self, other: &Time) -> std::cmp::Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }

    fn local_seconds(&self) -> i64 {
        self.seconds.wrapping_add(i64::from(self.zone.at(self.seconds).offset))
    }
}

impl fmt::Display for Time {
    /// As `time.Time.String` writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.format(b"2006-01-02 15:04:05.999999999 -0700 MST")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extremes_of_the_calendar_do_not_overflow() {
        for seconds in [i64::MIN, -1, 0, i64::MAX] {
            let time = Time::unix(seconds, 0);
            assert!(!time.to_string().is_empty());
            let there = time.to_zone(Zone::load(b"Asia/Kolkata").unwrap());
            assert!(!there.to_string().is_empty());
        }
        assert_eq!(Time::unix(i64::MIN, 0).to_string(), "292277026596-12-04 15:30:08 +0000 UTC");
        assert_eq!(Time::default().to_string(), "0001-01-01 00:00:00 +0000 UTC");
    }

    #[test]
    fn a_local_time_in_a_gap_or_an_overlap_is_read_as_go_reads_it() {
        let prague = Zone::load(b"Europe/Prague").unwrap();
        let at = |month, day, hour| {
            let clock = Clock { hour, minute: 30, second: 0 };
            Time::of(Date::new(2024, month, day), clock, 0, prague.clone()).to_string()
        };
        assert_eq!(at(3, 31, 2), "2024-03-31 03:30:00 +0200 CEST");
        assert_eq!(at(10, 27, 2), "2024-10-27 02:30:00 +0100 CET");
        assert_eq!(at(7, 1, 2), "2024-07-01 02:30:00 +0200 CEST");
    }
}
