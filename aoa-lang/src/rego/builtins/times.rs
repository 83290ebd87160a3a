//! Times and durations.

use super::super::number::{Big, Num};
use super::super::value::Val;
use super::{Answer, Builtin, Fault, arg, int, of_bytes, string, text};
use crate::time::{Clock, Date, Duration, Time, Zone};

const LAYOUTS: [(&str, &str); 10] = [
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", "2006-01-02T15:04:05Z07:00"),
    ("RFC3339Nano", RFC3339_NANO),
];
const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "time.now_ns" => |context, _| match context.now {
            Some(now) => Ok(Val::int(now)),
            None => context.unknown("the policy asks for the time"),
        },
        "time.parse_ns" => |_, args| parsed(layout(string(args, 0)?), text(args, 1)?),
        "time.parse_rfc3339_ns" => |_, args| parsed("2006-01-02T15:04:05Z07:00", text(args, 0)?),
        "time.parse_duration_ns" => |_, args| Ok(Val::int(duration(string(args, 0)?)?)),
        "time.format" => |_, args| {
            let (time, name) = instant(arg(args, 0)?)?;
            let layout = if name.is_empty() { RFC3339_NANO } else { layout(&name) };
            Ok(of_bytes(time.format(layout.as_bytes())))
        },
        "time.date" => |_, args| {
            let date = instant(arg(args, 0)?)?.0.date();
            numbers(&[date.year, i64::from(date.month), i64::from(date.day)])
        },
        "time.clock" => |_, args| {
            let clock = instant(arg(args, 0)?)?.0.clock();
            numbers(&[i64::from(clock.hour), i64::from(clock.minute), i64::from(clock.second)])
        },
        "time.weekday" => |_, args| Ok(Val::text(instant(arg(args, 0)?)?.0.date().weekday().name())),
        "time.add_date" => |_, args| {
            let time = instant(arg(args, 0)?)?.0;
            let (years, months, days) = (int(args, 1)?, int(args, 2)?, int(args, 3)?);
            let bounded = |number: i64| number.abs() <= 1_000_000;
            if !bounded(years) || !bounded(months) || !bounded(days) {
                return Err(Fault::Wrong);
            }
            let date = time.date();
            let month = i64::from(date.month) - 1 + months;
            let (year, month) = (date.year + years + month.div_euclid(12), month.rem_euclid(12) + 1);
            let first = Date::new(year, u8::try_from(month).map_err(|_| Fault::Wrong)?, 1);
            // Days over the end of the month run into the next.
            let start = Time::of(first, Clock::default(), 0, Zone::Utc).unix_seconds();
            let day = Date::of_unix(start + (i64::from(date.day) - 1 + days) * 86_400);
            nanos(&Time::of(day, time.clock(), time.nanosecond(), time.zone().clone()))
        },
        "time.diff" => |_, args| {
            let (first, second) = (instant(arg(args, 0)?)?.0, instant(arg(args, 1)?)?.0);
            let second = second.to_zone(first.zone().clone());
            let (a, b) = if first.compare(&second).is_gt() { (second, first) } else { (first, second) };
            difference(&a, &b)
        },
        _ => return None,
    })
}

fn layout(name: &str) -> &str {
    LAYOUTS.iter().find(|(known, _)| *known == name).map_or(name, |(_, layout)| layout)
}

fn numbers(items: &[i64]) -> Answer {
    Ok(Val::array(items.iter().map(|item| Val::int(*item)).collect())?)
}

fn nanos(time: &Time) -> Answer {
    let total = i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.nanosecond());
    Ok(Val::int(i64::try_from(total).map_err(|_| Fault::Wrong)?))
}

fn parsed(layout: &str, value: &[u8]) -> Answer {
    nanos(&Time::parse(layout.as_bytes(), value).map_err(|_| Fault::Wrong)?)
}

/// `ns`, `[ns, zone]` or `[ns, zone, layout]`
fn instant(value: &Val) -> Result<(Time, String), Fault> {
    let text = |value: Option<&Val>| match value {
        None => Ok(String::new()),
        Some(Val::String(text)) => Ok(text.to_str_lossy().into_owned()),
        Some(_) => Err(Fault::Wrong),
    };
    let (number, zone, layout) = match value {
        Val::Array(seq) => {
            let items = seq.items();
            (items.first().ok_or(Fault::Wrong)?, text(items.get(1))?, text(items.get(2))?)
        }
        other => (other, String::new(), String::new()),
    };
    let Val::Number(number) = number else { return Err(Fault::Wrong) };
    let total = match number {
        Num::Int(number) => *number,
        other => {
            let (whole, is_exact) = Big::of(other).ok_or(Fault::Wrong)?.truncated();
            i64::try_from(whole).ok().filter(|_| is_exact).ok_or(Fault::Wrong)?
        }
    };
    let zone = match zone.as_str() {
        "" | "UTC" => Zone::Utc,
        "Local" => Zone::Local,
        name => Zone::load(name.as_bytes()).ok_or(Fault::Wrong)?,
    };
    let nanos = u32::try_from(total.rem_euclid(1_000_000_000)).map_err(|_| Fault::Wrong)?;
    Ok((Time::unix(total.div_euclid(1_000_000_000), nanos).to_zone(zone), layout))
}

fn difference(a: &Time, b: &Time) -> Answer {
    let (from, to) = (a.date(), b.date());
    let (start, end) = (a.clock(), b.clock());
    let mut year = to.year - from.year;
    let mut month = i64::from(to.month) - i64::from(from.month);
    let mut day = i64::from(to.day) - i64::from(from.day);
    let mut hour = i64::from(end.hour) - i64::from(start.hour);
    let mut minute = i64::from(end.minute) - i64::from(start.minute);
    let mut second = i64::from(end.second) - i64::from(start.second);
    if second < 0 {
        second += 60;
        minute -= 1;
    }
    if minute < 0 {
        minute += 60;
        hour -= 1;
    }
    if hour < 0 {
        hour += 24;
        day -= 1;
    }
    if day < 0 {
        // The days of the earlier month.
        let first = Date::new(from.year, from.month, 1);
        let start = Time::of(first, Clock::default(), 0, Zone::Utc).unix_seconds();
        day += 32 - i64::from(Date::of_unix(start + 31 * 86_400).day);
        month -= 1;
    }
    if month < 0 {
        month += 12;
        year -= 1;
    }
    numbers(&[year, month, day, hour, minute, second])
}

/// Go's durations, and days, weeks and years.
fn duration(text: &str) -> Result<i64, Fault> {
    let read =
        |text: &str| Duration::parse(text.as_bytes()).map(|duration| duration.0).map_err(|_| Fault::Wrong);
    if text.is_empty() {
        return Err(Fault::Wrong);
    }
    if !text.contains(['d', 'w', 'y']) {
        return read(text);
    }
    let (sign, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.get(..1).unwrap_or_default(), rest),
        None => ("", text),
    };
    let mut out = sign.to_owned();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(Fault::Wrong)?;
        let (number, after) = rest.split_at_checked(digits).ok_or(Fault::Wrong)?;
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit).ok_or(Fault::Wrong)?;
        let hours = match unit {
            "d" => Some(24.0),
            "w" => Some(168.0),
            "y" => Some(8_760.0),
            _ => None,
        };
        match hours {
            Some(hours) => {
                let number = crate::strconv::parse_float(number, 64).map_err(|_| Fault::Wrong)?;
                let text = crate::strconv::format_float_verb(number * hours, 'f', None, 64);
                out.push_str(&text);
                out.push('h');
            }
            None => {
                out.push_str(number);
                out.push_str(unit);
            }
        }
        rest = after;
    }
    read(&out)
}
