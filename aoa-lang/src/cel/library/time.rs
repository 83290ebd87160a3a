//! Parts of timestamps and durations.

use super::super::convert::SECOND;
use super::super::declare::Functions;
use super::super::failure::Failure;
use super::super::value::Val;
use super::text_of;
use crate::time::{Time, Zone};

pub(super) fn declare(functions: &mut Functions) {
    let parts: [(&'static str, super::super::declare::Native); 10] = [
        ("getFullYear", |a| part(a, |t| t.date().year)),
        ("getMonth", |a| part(a, |t| i64::from(t.date().month) - 1)),
        ("getDayOfYear", |a| part(a, |t| i64::from(t.date().year_day()) - 1)),
        ("getDayOfMonth", |a| part(a, |t| i64::from(t.date().day) - 1)),
        ("getDate", |a| part(a, |t| i64::from(t.date().day))),
        ("getDayOfWeek", |a| part(a, |t| i64::from(t.date().weekday().0))),
        ("getHours", |a| {
            duration(a, 3_600 * SECOND).map_or_else(|| part(a, |t| i64::from(t.clock().hour)), Ok)
        }),
        ("getMinutes", |a| {
            duration(a, 60 * SECOND).map_or_else(|| part(a, |t| i64::from(t.clock().minute)), Ok)
        }),
        ("getSeconds", |a| duration(a, SECOND).map_or_else(|| part(a, |t| i64::from(t.clock().second)), Ok)),
        ("getMilliseconds", |a| {
            duration(a, SECOND / 1_000).map_or_else(|| part(a, |t| i64::from(t.nanosecond() / 1_000_000)), Ok)
        }),
    ];
    for (name, native) in parts {
        functions.add(name, "timestamp_part", "timestamp.() -> int", Some(native));
        functions.add(name, "timestamp_part_with_tz", "timestamp.(string) -> int", Some(native));
        if matches!(name, "getHours" | "getMinutes" | "getSeconds" | "getMilliseconds") {
            functions.add(name, "duration_part", "duration.() -> int", Some(native));
        }
    }
}

fn duration(arguments: &[Val], unit: i64) -> Option<Val> {
    match arguments {
        [Val::Duration(nanos)] => Some(Val::Int(nanos / unit)),
        _ => None,
    }
}

fn part(arguments: &[Val], of: fn(&Time) -> i64) -> Result<Val, Failure> {
    let Some(Val::Timestamp(time)) = arguments.first() else { return Err(Failure::no_overload()) };
    let zone = match arguments.get(1) {
        None => Zone::Utc,
        Some(_) => zone(&text_of(arguments, 1)?.to_str_lossy())?,
    };
    Ok(Val::Int(of(&time.to_zone(zone))))
}

/// A zone by its name, or by hours and minutes: `-02:30`.
fn zone(text: &str) -> Result<Zone, Failure> {
    let Some((hours, minutes)) = text.split_once(':') else {
        return Zone::load(text.as_bytes()).ok_or_else(|| Failure::new(format!("unknown time zone {text}")));
    };
    let number = |text: &str| {
        crate::strconv::parse_int(text, 10, 32).map_err(|error| {
            let shown = crate::strconv::quote(text.as_bytes());
            Failure::new(format!("strconv.Atoi: parsing {shown}: {}", error.text()))
        })
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let offset = if text.starts_with('-') { hours * 60 - minutes } else { hours * 60 + minutes };
    Ok(Zone::fixed(b"", i32::try_from(offset.saturating_mul(60)).unwrap_or(0)))
}
