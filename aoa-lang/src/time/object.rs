//! Times, durations, months, days of the week and zones as values that templates hold.

use std::cmp::Ordering;

use super::{Clock, Date, Duration, Month, Time, Weekday, Zone};
use crate::Value;
use crate::strconv::quote;
use crate::value::{GoType, IntKind, List, Object, Signature, Structure, Text};

const DURATION: GoType = GoType::Named("time.Duration");
const LOCATION: GoType = GoType::Named("*time.Location");

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "Year" | "Day" | "YearDay" | "Hour" | "Minute" | "Second" | "Nanosecond" => {
                Signature::new(&[], GoType::INT)
            }
            "Unix" | "UnixMilli" | "UnixMicro" | "UnixNano" => Signature::new(&[], GoType::INT64),
            "Month" => Signature::new(&[], GoType::Named("time.Month")),
            "Weekday" => Signature::new(&[], GoType::Named("time.Weekday")),
            "String" | "GoString" => Signature::new(&[], GoType::String),
            "Format" => Signature::new(&[GoType::String], GoType::String),
            "MarshalJSON" | "MarshalText" => Signature::new(&[], GoType::List(crate::value::ListKind::Byte)),
            "IsZero" | "IsDST" => Signature::new(&[], GoType::Bool),
            "UTC" | "Local" => Signature::new(&[], GoType::TIME),
            "Location" => Signature::new(&[], LOCATION),
            "In" => Signature::new(&[LOCATION], GoType::TIME),
            "Add" | "Round" | "Truncate" => Signature::new(&[DURATION], GoType::TIME),
            "AddDate" => Signature::new(&[GoType::INT, GoType::INT, GoType::INT], GoType::TIME),
            "Sub" => Signature::new(&[GoType::TIME], DURATION),
            "After" | "Before" | "Equal" => Signature::new(&[GoType::TIME], GoType::Bool),
            "Compare" => Signature::new(&[GoType::TIME], GoType::INT),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let (date, clock) = (self.date(), self.clock());
        let nanos = |unit: i64| {
            let seconds = self.seconds.wrapping_mul(1_000_000_000 / unit);
            Value::int64(seconds.wrapping_add(i64::from(self.nanos) / unit))
        };
        let order = || argument::<Time>(args).map(|other| self.compare(other));
        Ok(match name {
            "Year" => Value::int(date.year),
            "Day" => Value::int(i64::from(date.day)),
            "YearDay" => Value::int(i64::from(date.year_day())),
            "Hour" => Value::int(i64::from(clock.hour)),
            "Minute" => Value::int(i64::from(clock.minute)),
            "Second" => Value::int(i64::from(clock.second)),
            "Nanosecond" => Value::int(i64::from(self.nanos)),
            "Unix" => Value::int64(self.seconds),
            "UnixMilli" => nanos(1_000_000),
            "UnixMicro" => nanos(1_000),
            "UnixNano" => nanos(1),
            "Month" => Month(date.month).into(),
            "Weekday" => date.weekday().into(),
            "String" => Value::string(self.to_string()),
            "GoString" => Value::string(self.go_text()),
            "Format" => match args.first() {
                Some(Value::String(layout)) => Value::string(self.format(layout.as_bytes())),
                _ => return Err("the layout is no string".to_owned()),
            },
            "MarshalJSON" => {
                let text = self.to_rfc3339().map_err(|e| format!("Time.MarshalJSON: {e}"))?;
                List::bytes(format!("\"{text}\"").as_bytes()).into()
            }
            "MarshalText" => {
                List::bytes(self.to_rfc3339().map_err(|e| format!("Time.MarshalText: {e}"))?.as_bytes())
                    .into()
            }
            "IsZero" => Value::Bool(self.is_zero()),
            "IsDST" => Value::Bool(self.zone.is_dst(self.seconds)),
            "UTC" => self.to_zone(Zone::Utc).into(),
            "Local" => self.to_zone(Zone::Local).into(),
            "Location" => self.zone.clone().into(),
            "In" => self.to_zone(argument::<Zone>(args)?.clone()).into(),
            "Add" => self.add(*argument(args)?).into(),
            "Round" => self.to_multiple(*argument(args)?, true).into(),
            "Truncate" => self.to_multiple(*argument(args)?, false).into(),
            "AddDate" => self.add_date(args).into(),
            "Sub" => self.since(argument(args)?).into(),
            "After" => Value::Bool(order()? == Ordering::Greater),
            "Before" => Value::Bool(order()? == Ordering::Less),
            "Equal" => Value::Bool(order()? == Ordering::Equal),
            "Compare" => Value::int(match order()? {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }),
            _ => return Err(format!("no method {name}")),
        })
    }

    fn text(&self) -> Text {
        self.to_string().into()
    }

    fn go_syntax(&self) -> Option<Text> {
        Some(self.go_text().into())
    }

    /// Go's templates take every struct for true.
    fn truth(&self) -> bool {
        true
    }

    fn to_data(&self) -> Value {
        self.to_rfc3339().map_or(Value::Null, Value::string)
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Time>().is_some_and(|other| {
            self.compare(other) == Ordering::Equal
                && self.zone.name() == other.zone.name()
                && self.text() == other.text()
        })
    }
}

/// The first argument, which the caller has checked to be a `T`.
fn argument<T: Object>(args: &[Value]) -> Result<&T, String> {
    match args.first() {
        Some(Value::Object(object)) => object.downcast_ref::<T>(),
        _ => None,
    }
    .ok_or_else(|| "the argument has another type".to_owned())
}

impl Time {
    fn go_text(&self) -> String {
        let (date, clock) = (self.date(), self.clock());
        let zone = match &self.zone {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local => "time.Local".to_owned(),
            other => format!("time.Location({})", quote(other.name().as_bytes())),
        };
        format!(
            "time.Date({}, time.{}, {}, {}, {}, {}, {}, {zone})",
            date.year,
            Month(date.month),
            date.day,
            clock.hour,
            clock.minute,
            clock.second,
            self.nanos
        )
    }

    /// Years, months and days later, normalised as in `time.Date`.
    fn add_date(&self, args: &[Value]) -> Time {
        let part = |at: usize| args.get(at).and_then(Value::as_i64).unwrap_or(0).clamp(-1 << 40, 1 << 40);
        let date = self.date();
        let months = (date.year + part(0)) * 12 + i64::from(date.month) - 1 + part(1);
        let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        let first = Date::new(months.div_euclid(12), month, 1).to_unix_days();
        let days = first.wrapping_add(i64::from(date.day) - 1 + part(2));
        let seconds = days.wrapping_mul(86_400);
        Time::of(Date::of_unix(seconds), Clock { ..self.clock() }, self.nanos, self.zone.clone())
    }

    /// Cut or rounded up from the half to a multiple of `unit` since Go's zero time.
    fn to_multiple(&self, unit: Duration, round: bool) -> Time {
        if unit.0 <= 0 {
            return self.clone();
        }
        let since =
            (i128::from(self.seconds) - i128::from(super::ZERO)) * 1_000_000_000 + i128::from(self.nanos);
        let rest = i64::try_from(since.rem_euclid(i128::from(unit.0))).unwrap_or(0);
        if round && rest >= unit.0 - rest {
            return self.add(Duration(unit.0 - rest));
        }
        self.add(Duration(-rest))
    }
}

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn method(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "Hours" | "Minutes" | "Seconds" => Signature::new(&[], GoType::FLOAT64),
            "Milliseconds" | "Microseconds" | "Nanoseconds" => Signature::new(&[], GoType::INT64),
            "String" => Signature::new(&[], GoType::String),
            "Abs" => Signature::new(&[], DURATION),
            "Round" | "Truncate" => Signature::new(&[DURATION], DURATION),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        // Whole units and the rest apart, so that the float keeps its digits (time/time.go).
        #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
        let float = |unit: i64| Value::float((self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64);
        Ok(match name {
            "Hours" => float(3_600_000_000_000),
            "Minutes" => float(60_000_000_000),
            "Seconds" => float(1_000_000_000),
            "Milliseconds" => Value::int64(self.0 / 1_000_000),
            "Microseconds" => Value::int64(self.0 / 1_000),
            "Nanoseconds" => Value::int64(self.0),
            "String" => Value::string(self.to_string()),
            "Abs" => Duration(self.0.checked_abs().unwrap_or(i64::MAX)).into(),
            "Round" => self.round(*argument(args)?).into(),
            "Truncate" => self.truncate(*argument(args)?).into(),
            _ => return Err(format!("no method {name}")),
        })
    }

    fn text(&self) -> Text {
        self.to_string().into()
    }

    fn structure(&self) -> Structure {
        Structure::Scalar(Value::int64(self.0))
    }

    fn truth(&self) -> bool {
        self.0 != 0
    }

    fn to_data(&self) -> Value {
        Value::int64(self.0)
    }
}

/// `time.Month` and `time.Weekday`: named integers.
macro_rules! named_int {
    ($type:ty, $name:literal) => {
        impl Object for $type {
            fn type_name(&self) -> &'static str {
                $name
            }

            fn method(&self, name: &str) -> Option<Signature> {
                (name == "String").then_some(Signature::new(&[], GoType::String))
            }

            fn call(&self, _: &str, _: &[Value]) -> Result<Value, String> {
                Ok(Value::from(self.name()))
            }

            fn text(&self) -> Text {
                self.name().into()
            }

            fn structure(&self) -> Structure {
                Structure::Scalar(Value::Int(IntKind::Int, i64::from(self.0)))
            }

            fn truth(&self) -> bool {
                self.0 != 0
            }

            fn to_data(&self) -> Value {
                Value::int(i64::from(self.0))
            }
        }
    };
}

named_int!(Month, "time.Month");
named_int!(Weekday, "time.Weekday");

impl Object for Zone {
    fn type_name(&self) -> &'static str {
        "*time.Location"
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "String").then_some(Signature::new(&[], GoType::String))
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, String> {
        Ok(Value::string(self.name()))
    }

    fn text(&self) -> Text {
        self.name().into()
    }

    /// A location has no exported fields.
    fn to_data(&self) -> Value {
        Value::map::<&str>([])
    }
}
