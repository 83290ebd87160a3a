//! Functions of times. The local zone is UTC, as in Argo CD's images.

mod format;
mod parse;

use crate::time::Date;
use crate::{Error, ErrorKind, Value};

use super::super::failure::{Failure, Outcome};
use super::super::number::{float_to_int, to_float, to_int};
use super::{Context, arg};

/// A time in UTC, its parts in range.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// Seconds since 1970.
    seconds: i64,
    nanos: i64,
}

impl Moment {
    /// The time that lies so much after the parts' beginning; they need not be in range (`time.Date`).
    fn of(year: i64, month: i64, day: i64, clock: [i64; 3], nanos: i64) -> Moment {
        let year = year.saturating_add((month - 1).div_euclid(12)).clamp(-200_000_000_000, 200_000_000_000);
        let month = u8::try_from((month - 1).rem_euclid(12) + 1).unwrap_or(1);
        let days = Date::new(year, month, 1).to_unix_days().wrapping_add(day.wrapping_sub(1));
        let [hour, minute, second] = clock;
        let of_day = hour.wrapping_mul(3600).wrapping_add(minute.wrapping_mul(60)).wrapping_add(second);
        let seconds = days.wrapping_mul(86_400).wrapping_add(of_day);
        Moment {
            seconds: seconds.wrapping_add(nanos.div_euclid(1_000_000_000)),
            nanos: nanos.rem_euclid(1_000_000_000),
        }
    }

    /// Seconds since 1970, with their fraction.
    #[allow(clippy::cast_precision_loss, reason = "Go converts so")]
    fn of_epoch(seconds: f64) -> Moment {
        let nanos = float_to_int((seconds - seconds.floor()) * 1e9);
        let whole = float_to_int(seconds);
        Moment {
            seconds: whole.wrapping_add(nanos.div_euclid(1_000_000_000)),
            nanos: nanos.rem_euclid(1_000_000_000),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "Go converts so")]
    fn to_epoch(self) -> f64 {
        self.seconds as f64 + self.nanos as f64 / 1e9
    }

    fn date(self) -> Date {
        Date::of_unix(self.seconds)
    }

    /// Hour, minute and second.
    fn clock(self) -> [i64; 3] {
        let of_day = self.seconds.rem_euclid(86_400);
        [of_day / 3600, of_day / 60 % 60, of_day % 60]
    }

    fn weekday(self) -> i64 {
        i64::from(self.date().weekday().0)
    }

    fn year_day(self) -> i64 {
        i64::from(self.date().year_day())
    }

    #[allow(clippy::cast_precision_loss, reason = "Go converts so")]
    fn to_list(self) -> Value {
        let date = self.date();
        let [hour, minute, second] = self.clock();
        Value::list(vec![
            Value::int(date.year),
            Value::int(i64::from(date.month) - 1),
            Value::int(i64::from(date.day)),
            Value::int(hour),
            Value::int(minute),
            Value::float(second as f64 + self.nanos as f64 / 1e9),
            Value::int(self.weekday()),
            Value::int(self.year_day() - 1),
        ])
    }

    /// The time that a broken-down list means.
    fn of_list(list: &[Value]) -> Result<Moment, &'static str> {
        const WRONG: &str = "expected an array of 8 numbers";
        let mut parts = [0_i64; 8];
        let mut nanos = 0;
        for (at, (part, value)) in parts.iter_mut().zip(list).enumerate() {
            if at == 5 {
                let second = to_float(value).ok_or(WRONG)?;
                *part = float_to_int(second);
                nanos = float_to_int((second - second.floor()) * 1e9);
            } else {
                *part = to_int(value).ok_or(WRONG)?;
            }
        }
        let [year, month, day, hour, minute, second, ..] = parts;
        Ok(Moment::of(year, month.saturating_add(1), day, [hour, minute, second], nanos))
    }
}

pub(super) fn now(cx: &mut Context, _: Value, _: &[Value]) -> Outcome {
    let missing = || Error::new(ErrorKind::Unsupported, "`now` of jq: the time was not given");
    cx.now.map(Value::float).ok_or_else(|| Failure::Stopped(missing()))
}

fn listed(name: &str, value: &Value) -> Outcome {
    match to_float(value) {
        Some(seconds) => Ok(Moment::of_epoch(seconds).to_list()),
        None => Err(Failure::not_applicable(name, value)),
    }
}

pub(super) fn broken_down(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    listed("gmtime", &value)
}

pub(super) fn local(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    listed("localtime", &value)
}

pub(super) fn to_seconds(_: &mut Context, value: Value, _: &[Value]) -> Outcome {
    let Value::List(list) = &value else { return Err(Failure::not_applicable("mktime", &value)) };
    match Moment::of_list(list.as_slice()) {
        Ok(moment) => Ok(Value::float(moment.to_epoch())),
        Err(reason) => Err(Failure::refused("mktime", &[], &value, reason)),
    }
}

pub(super) fn format(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    formatted(cx, "strftime", value, arg(args, 0))
}

pub(super) fn format_local(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    formatted(cx, "strflocaltime", value, arg(args, 0))
}

fn formatted(cx: &mut Context, name: &str, value: Value, format: &Value) -> Outcome {
    let value = to_float(&value).map_or(value, |seconds| Moment::of_epoch(seconds).to_list());
    let (Value::List(list), Value::String(text)) = (&value, format) else {
        return Err(Failure::not_applicable_with(name, &[format], &value));
    };
    // A directive of three bytes can be 1,024 wide.
    cx.budget.charge_bytes(text.len().saturating_mul(256))?;
    match Moment::of_list(list.as_slice()) {
        Ok(moment) => Ok(Value::string(format::format(moment, text.as_bytes()).as_slice())),
        Err(reason) => Err(Failure::refused(name, &[format], &value, reason)),
    }
}

/// Go's zero time, which is taken for a failure.
const ZERO: i64 = -62_135_596_800;

pub(super) fn parse(cx: &mut Context, value: Value, args: &[Value]) -> Outcome {
    let format = arg(args, 0);
    let wrong = || Failure::not_applicable_with("strptime", &[format], &value);
    let (Value::String(source), Value::String(pattern)) = (&value, format) else { return Err(wrong()) };
    cx.budget.charge_bytes(source.len().saturating_add(pattern.len()))?;
    match parse::parse(source.as_bytes(), pattern.as_bytes()) {
        Ok(moment) if moment.seconds == ZERO && moment.nanos == 0 => Err(wrong()),
        Ok(moment) => Ok(Moment::of_epoch(moment.to_epoch()).to_list()),
        Err(reason) => Err(Failure::refused("strptime", &[format], &value, &reason)),
    }
}
