//! Schedules of five fields, as robfig/cron v3.0.2 (bc59245fe10e) reads and follows them.

use super::{Clock, Date, Duration, Time, Zone};
use crate::strconv::parse_int;
use crate::{Error, Result};

/// A schedule like `30 9 * * MON-FRI`: minute, hour, day of the month, month, day of the week.
///
/// `TZ=Europe/Prague ` or `CRON_TZ=...` in front says in which zone it is meant. There are no seconds and no `@daily`.
///
/// ```
/// use aoa_lang::time::{Schedule, Time};
/// let schedule = Schedule::parse("30 9 * * MON-FRI")?;
/// let friday_noon = Time::unix(1_772_798_400, 0);
/// assert_eq!(schedule.next(&friday_noon).unwrap_or_default().to_string(), "2026-03-09 09:30:00 +0000 UTC");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    minute: u64,
    hour: u64,
    day_of_month: u64,
    month: u64,
    day_of_week: u64,
    /// `None`: the zone of the time that is asked about.
    zone: Option<Zone>,
}

/// In a field that has `*` or `?` without a step: days then need to match both fields, not either.
const STAR: u64 = 1 << 63;

/// How many years are looked ahead.
const YEARS: i64 = 5;

/// More than any schedule takes within its years: a month is one step, a day of it another.
const STEPS: u32 = 100_000;

impl Schedule {
    /// Reads a schedule.
    ///
    /// # Errors
    ///
    /// `Invalid`, with the text of cron's parser.
    pub fn parse(text: &str) -> Result<Schedule> {
        if text.is_empty() {
            return Err(Error::invalid("empty spec string"));
        }
        let (zone, text) = split_zone(text)?;
        if text.starts_with('@') {
            return Err(Error::invalid(format!("parser does not accept descriptors: {text}")));
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day_of_month, month, day_of_week] = fields.as_slice() else {
            let list = fields.join(" ");
            return Err(Error::invalid(format!(
                "expected exactly 5 fields, found {}: [{list}]",
                fields.len()
            )));
        };
        Ok(Schedule {
            minute: field(minute, &MINUTES)?,
            hour: field(hour, &HOURS)?,
            day_of_month: field(day_of_month, &DAYS_OF_MONTH)?,
            month: field(month, &MONTHS)?,
            day_of_week: field(day_of_week, &DAYS_OF_WEEK)?,
            zone,
        })
    }

    /// The first instant after `after` that is on the schedule, in the zone of `after`.
    ///
    /// `None` if there is none within five years, where upstream gives Go's zero time. Around changes of the offset it
    /// walks as upstream does: a time that a day does not have is skipped, one that it has twice comes twice.
    #[must_use]
    pub fn next(&self, after: &Time) -> Option<Time> {
        if [self.minute, self.hour, self.month].contains(&0) {
            return None;
        }
        let zone = self.zone.clone().unwrap_or_else(|| after.zone().clone());
        let to_next_second = Duration(1_000_000_000 - i64::from(after.nanosecond()));
        let time = after.to_zone(zone).add(to_next_second);
        Walk { year_limit: time.date().year.saturating_add(YEARS), time, moved: false, steps: STEPS }
            .run(self)
            .map(|time| time.to_zone(after.zone().clone()))
    }

    fn is_on_day(&self, date: Date) -> bool {
        let day_of_month = bit(date.day) & self.day_of_month != 0;
        let day_of_week = bit(date.weekday().0) & self.day_of_week != 0;
        if (self.day_of_month | self.day_of_week) & STAR != 0 {
            day_of_month && day_of_week
        } else {
            day_of_month || day_of_week
        }
    }
}

/// A time on its way to the next one that matches (`SpecSchedule.Next`).
struct Walk {
    time: Time,
    /// Whether some field has been moved on, and all smaller ones set to their beginning.
    moved: bool,
    year_limit: i64,
    steps: u32,
}

impl Walk {
    fn run(mut self, schedule: &Schedule) -> Option<Time> {
        loop {
            if self.time.date().year > self.year_limit {
                return None;
            }
            let found = self.reach_month(schedule)?
                && self.reach_day(schedule)?
                && self.reach_hour(schedule)?
                && self.reach_minute(schedule)?
                && self.reach_second()?;
            if found {
                return Some(self.time);
            }
        }
    }

    /// Moves to a month of the schedule; false if a new year has begun, so that all has to be looked at again. So do the
    /// other steps with the next larger unit.
    fn reach_month(&mut self, schedule: &Schedule) -> Option<bool> {
        while bit(self.time.date().month) & schedule.month == 0 {
            self.step()?;
            if self.begin() {
                let date = Date { day: 1, ..self.time.date() };
                self.time = self.at(date, Clock::default());
            }
            self.time = self.later(1, 0);
            if self.time.date().month == 1 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn reach_day(&mut self, schedule: &Schedule) -> Option<bool> {
        while !schedule.is_on_day(self.time.date()) {
            self.step()?;
            if self.begin() {
                self.time = self.at(self.time.date(), Clock::default());
            }
            self.time = self.later(0, 1);
            // A day that has no midnight begins at one o'clock, or looks as if it began at 23 the day before.
            let hour = i64::from(self.time.clock().hour);
            if hour != 0 {
                let back_to_midnight = if hour > 12 { 24 - hour } else { -hour };
                self.time = self.time.add(Duration(back_to_midnight * HOUR.0));
            }
            if self.time.date().day == 1 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn reach_hour(&mut self, schedule: &Schedule) -> Option<bool> {
        while bit(self.time.clock().hour) & schedule.hour == 0 {
            self.step()?;
            if self.begin() {
                let clock = Clock { minute: 0, second: 0, ..self.time.clock() };
                self.time = self.at(self.time.date(), clock);
            }
            self.time = self.time.add(HOUR);
            if self.time.clock().hour == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn reach_minute(&mut self, schedule: &Schedule) -> Option<bool> {
        while bit(self.time.clock().minute) & schedule.minute == 0 {
            self.step()?;
            if self.begin() {
                let second = self.time.unix_seconds().rem_euclid(60);
                self.time = self.time.add(Duration(-second * Duration::SECOND.0));
            }
            self.time = self.time.add(Duration(60 * Duration::SECOND.0));
            if self.time.clock().minute == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn reach_second(&mut self) -> Option<bool> {
        while self.time.clock().second != 0 {
            self.step()?;
            self.moved = true;
            self.time = self.time.add(Duration::SECOND);
            if self.time.clock().second == 0 {
                return Some(false);
            }
        }
        Some(true)
    }

    fn step(&mut self) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        Some(())
    }

    /// Whether this is the first field to be moved.
    fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.moved, true)
    }

    fn at(&self, date: Date, clock: Clock) -> Time {
        Time::of(date, clock, 0, self.time.zone().clone())
    }

    /// `Time.AddDate`: days beyond the end of a month run over into the next.
    fn later(&self, months: u8, days: i64) -> Time {
        let date = self.time.date();
        let month = date.month.saturating_add(months);
        let (year, month) =
            if month > 12 { (date.year.wrapping_add(1), month - 12) } else { (date.year, month) };
        let first = Date { year, month, day: 1 }.to_unix_days();
        let day = first.wrapping_add(i64::from(date.day) - 1).wrapping_add(days);
        Time::of(Date::of_unix_days(day), self.time.clock(), self.time.nanosecond(), self.time.zone().clone())
    }
}

const HOUR: Duration = Duration(3_600_000_000_000);

fn bit(number: u8) -> u64 {
    1_u64.checked_shl(u32::from(number)).unwrap_or(0)
}

/// The zone in front of a schedule, and the rest. `Local` is the same as none.
fn split_zone(text: &str) -> Result<(Option<Zone>, &str)> {
    let Some(rest) = ["TZ=", "CRON_TZ="].iter().find_map(|prefix| text.strip_prefix(prefix)) else {
        return Ok((None, text));
    };
    let Some((name, schedule)) = rest.split_once(' ') else {
        // Upstream crashes here: it slices up to a blank that is not there.
        return Err(Error::invalid(format!("provided bad location {rest}: no schedule behind it")));
    };
    match Zone::load(name.as_bytes()) {
        Some(Zone::Local) => Ok((None, schedule.trim())),
        Some(zone) => Ok((Some(zone), schedule.trim())),
        None => Err(Error::invalid(format!("provided bad location {name}: unknown time zone {name}"))),
    }
}

/// What a field can hold.
struct Bounds {
    min: u64,
    max: u64,
    /// Names, in order, from `min`.
    names: &'static [&'static str],
}

const MINUTES: Bounds = Bounds { min: 0, max: 59, names: &[] };
const HOURS: Bounds = Bounds { min: 0, max: 23, names: &[] };
const DAYS_OF_MONTH: Bounds = Bounds { min: 1, max: 31, names: &[] };
const MONTHS: Bounds = Bounds {
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const DAYS_OF_WEEK: Bounds =
    Bounds { min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// A field: ranges with commas between them, empty ones left out.
fn field(text: &str, bounds: &Bounds) -> Result<u64> {
    text.split(',').filter(|part| !part.is_empty()).try_fold(0, |bits, part| Ok(bits | range(part, bounds)?))
}

fn range(text: &str, bounds: &Bounds) -> Result<u64> {
    let mut parts = text.split('/');
    let mut ends = parts.next().unwrap_or_default().split('-');
    let (low, high) = (ends.next().unwrap_or_default(), ends.next());
    let starred = low == "*" || low == "?";
    let (start, mut end) = if starred {
        (bounds.min, bounds.max)
    } else {
        let start = number_or_name(low, bounds)?;
        let end = high.map_or(Ok(start), |high| number_or_name(high, bounds))?;
        if ends.next().is_some() {
            return Err(Error::invalid(format!("too many hyphens: {text}")));
        }
        (start, end)
    };
    let step = parts.next();
    if parts.next().is_some() {
        return Err(Error::invalid(format!("too many slashes: {text}")));
    }
    let step = match step {
        None => 1,
        Some(step) => {
            let step = number(step)?;
            if high.is_none() {
                // `N/step` means from N to the end.
                end = bounds.max;
            }
            step
        }
    };
    let star = if starred && step <= 1 { STAR } else { 0 };
    if start < bounds.min {
        return Err(Error::invalid(format!(
            "beginning of range ({start}) below minimum ({}): {text}",
            bounds.min
        )));
    }
    if end > bounds.max {
        return Err(Error::invalid(format!("end of range ({end}) above maximum ({}): {text}", bounds.max)));
    }
    if start > end {
        return Err(Error::invalid(format!(
            "beginning of range ({start}) beyond end of range ({end}): {text}"
        )));
    }
    let Ok(stride @ 1..) = usize::try_from(step) else {
        return Err(Error::invalid(format!("step of range should be a positive number: {text}")));
    };
    Ok((start..=end).step_by(stride).fold(star, |bits, n| bits | bit(u8::try_from(n).unwrap_or(u8::MAX))))
}

fn number_or_name(text: &str, bounds: &Bounds) -> Result<u64> {
    let lower = text.to_lowercase();
    match (bounds.min..).zip(bounds.names).find(|(_, name)| **name == lower) {
        Some((number, _)) => Ok(number),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u64> {
    let value = parse_int(text, 10, 64).map_err(|error| {
        let quoted = crate::strconv::quote(text.as_bytes());
        Error::invalid(format!(
            "failed to parse int from {text}: strconv.Atoi: parsing {quoted}: {}",
            error.text()
        ))
    })?;
    u64::try_from(value).map_err(|_| Error::invalid(format!("negative number ({value}) not allowed: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(schedule: &str, time: &str) -> String {
        let time = Time::parse(b"2006-01-02T15:04:05Z07:00", time.as_bytes()).unwrap();
        let next = Schedule::parse(schedule).unwrap().next(&time);
        next.map_or("none".to_owned(), |time| time.to_string())
    }

    #[test]
    fn days_match_either_field_unless_one_is_a_star() {
        assert_eq!(after("0 9 13 * FRI", "2026-03-04T10:00:00Z"), "2026-03-06 09:00:00 +0000 UTC");
        assert_eq!(after("0 9 13 * *", "2026-03-04T10:00:00Z"), "2026-03-13 09:00:00 +0000 UTC");
        assert_eq!(after("0 9 */2 * FRI", "2026-03-04T10:00:00Z"), "2026-03-05 09:00:00 +0000 UTC");
    }

    #[test]
    fn what_never_comes_is_none() {
        for never in ["0 0 30 2 *", ", * * * *", "* , * * *", "* * * , *", "* * , * ,", "0 0 , * *"] {
            assert_eq!(after(never, "2026-03-04T10:00:00Z"), "none", "{never}");
        }
        assert_eq!(after("0 0 29 2 *", "2026-03-04T10:00:00Z"), "2028-02-29 00:00:00 +0000 UTC");
        // Beyond the calendar there is no right answer, but there is one.
        let _ = Schedule::parse("0 0 30 2 *").unwrap().next(&Time::unix(i64::MAX, 0));
    }

    #[test]
    fn a_zone_in_front_skips_the_hour_that_is_not_there() {
        assert_eq!(
            after("TZ=Europe/Berlin 30 2 29 3 *", "2026-01-01T00:00:00Z"),
            "2027-03-29 00:30:00 +0000 UTC"
        );
        assert!(Schedule::parse("TZ=Europe/Berlin").is_err());
        assert!(Schedule::parse("TZ=Mars/Olympus 0 0 * * *").is_err());
    }

    #[test]
    fn what_is_no_schedule_is_said_in_crons_words() {
        for (text, want) in [
            ("", "empty spec string"),
            ("@daily", "parser does not accept descriptors: @daily"),
            ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("1/2/3 * * * *", "too many slashes: 1/2/3"),
            ("-1 * * * *", "failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax"),
            ("* * L * *", "failed to parse int from L: strconv.Atoi: parsing \"L\": invalid syntax"),
        ] {
            assert_eq!(Schedule::parse(text).unwrap_err().message(), want);
        }
    }
}
