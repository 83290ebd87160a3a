//! Dates: the present, reading, writing, reckoning. The present comes from the options, and the local zone is UTC.

use super::args::{Answer, Args};
use super::numbers::integer;
use super::text::string;
use crate::Value;
use crate::template::{Call, FnError, Function};
use crate::time::{Duration, Time, Zone};
use crate::value::{GoType, IntKind};

const ANY: GoType = GoType::Any;
const STRING: GoType = GoType::String;
const TIME: GoType = GoType::TIME;

pub(super) const TABLE: &[Function] = &[
    Function::new("now", &[], TIME, |call, _| Ok(now(call).into())),
    Function::new("date", &[STRING, ANY], STRING, |call, args| {
        date(call, args.text(0), args.any(1), b"Local")
    }),
    Function::new("dateInZone", &[STRING, ANY, STRING], STRING, date_in_zone),
    Function::new("date_in_zone", &[STRING, ANY, STRING], STRING, date_in_zone),
    Function::new("htmlDate", &[ANY], STRING, |call, args| date(call, HTML, args.any(0), b"Local")),
    Function::new("htmlDateInZone", &[ANY, STRING], STRING, |call, args| {
        date(call, HTML, args.any(0), args.text(1))
    }),
    Function::new("dateModify", &[STRING, TIME], TIME, date_modify),
    Function::new("date_modify", &[STRING, TIME], TIME, date_modify),
    Function::new("mustDateModify", &[STRING, TIME], TIME, must_date_modify),
    Function::new("must_date_modify", &[STRING, TIME], TIME, must_date_modify),
    Function::new("toDate", &[STRING, STRING], TIME, to_date),
    Function::new("mustToDate", &[STRING, STRING], TIME, must_to_date),
    Function::new("unixEpoch", &[TIME], STRING, unix_epoch),
    Function::new("ago", &[ANY], STRING, ago),
    Function::new("duration", &[ANY], STRING, duration),
    Function::new("durationRound", &[ANY], STRING, duration_round),
];

const HTML: &[u8] = b"2006-01-02";

fn now(call: &Call<'_>) -> Time {
    let (seconds, nanos) = call.options().now;
    Time::unix(seconds, nanos)
}

fn as_time(value: &Value) -> Option<&Time> {
    match value {
        Value::Object(object) => object.downcast_ref::<Time>(),
        _ => None,
    }
}

fn date_in_zone(call: &mut Call<'_>, args: &[Value]) -> Answer {
    date(call, args.text(0), args.any(1), args.text(2))
}

/// Whatever is no time and no integer of the right width is the present; an unknown zone is UTC.
fn date(call: &mut Call<'_>, layout: &[u8], value: &Value, zone: &[u8]) -> Answer {
    let time = match value {
        Value::Int(IntKind::Int | IntKind::Int32 | IntKind::Int64, seconds) => Time::unix(*seconds, 0),
        other => as_time(other).cloned().unwrap_or_else(|| now(call)),
    };
    // No field of a layout writes more than eight times its own length.
    call.build(layout.len().saturating_mul(8))?;
    Ok(string(time.to_zone(Zone::load(zone).unwrap_or_default()).format(layout)))
}

fn date_modify(_: &mut Call<'_>, args: &[Value]) -> Answer {
    match (Duration::parse(args.text(0)), as_time(args.any(1))) {
        (Ok(duration), Some(time)) => Ok(time.add(duration).into()),
        _ => Ok(args.any(1).clone()),
    }
}

fn must_date_modify(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let duration = Duration::parse(args.text(0))?;
    Ok(as_time(args.any(1)).map(|time| time.add(duration)).unwrap_or_default().into())
}

fn to_date(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Time::parse(args.text(0), args.text(1)).unwrap_or_default().into())
}

fn must_to_date(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Time::parse(args.text(0), args.text(1)).map(Value::from).map_err(FnError::from)
}

fn unix_epoch(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(as_time(args.any(0)).map_or(0, Time::unix_seconds).to_string()))
}

fn ago(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let time = match args.any(0) {
        // Unlike `date`, this does not know `int32`.
        Value::Int(IntKind::Int | IntKind::Int64, seconds) => Time::unix(*seconds, 0),
        other => as_time(other).cloned().unwrap_or_else(|| now(call)),
    };
    Ok(string(now(call).since(&time).round(Duration::SECOND).to_string()))
}

/// A text or an `int64` of seconds; anything else is nothing.
fn duration(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let seconds = match args.any(0) {
        Value::String(text) => integer(text.as_bytes(), 10),
        Value::Int(IntKind::Int64, seconds) => *seconds,
        _ => 0,
    };
    Ok(string(Duration(seconds.wrapping_mul(1_000_000_000)).to_string()))
}

fn duration_round(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let duration = match args.any(0) {
        Value::String(text) => Duration::parse(text.as_bytes()).unwrap_or_default(),
        Value::Int(IntKind::Int64, nanos) => Duration(*nanos),
        other => as_time(other).map(|time| now(call).since(time)).unwrap_or_default(),
    };
    const SECOND: u64 = 1_000_000_000;
    const HOUR: u64 = 3_600 * SECOND;
    const UNITS: [(u64, &str); 6] = [
        (365 * 24 * HOUR, "y"),
        (30 * 24 * HOUR, "mo"),
        (24 * HOUR, "d"),
        (HOUR, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    let nanos = duration.0.unsigned_abs();
    let unit = UNITS.iter().find(|(unit, _)| nanos > *unit);
    Ok(string(unit.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", nanos / unit))))
}
