//! Zones: UTC, fixed offsets, and the places of the time zone database that is built in.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone that a time is seen in: Go's `*time.Location`.
#[derive(Clone, Debug, Default)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// The local zone of the tools: a controller runs in UTC.
    Local,
    /// One offset for all times, in seconds east of UTC; the name can be empty.
    Fixed {
        /// The abbreviation.
        name: Arc<str>,
        /// Seconds east of UTC.
        offset: i32,
    },
    /// A place of the time zone database.
    Named(TimeZone),
}

/// What holds in a zone at one instant.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) name: Arc<str>,
    pub(super) offset: i32,
}

impl Zone {
    /// The zone `name`: `time.LoadLocation`. `None` for a name that the database does not have.
    #[must_use]
    pub fn load(name: &[u8]) -> Option<Zone> {
        match name {
            b"" | b"UTC" => return Some(Zone::Utc),
            b"Local" => return Some(Zone::Local),
            _ => {}
        }
        let name = std::str::from_utf8(name).ok()?;
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // The database looks names up in any case, Go looks for a file.
        (zone.iana_name() == Some(name)).then_some(Zone::Named(zone))
    }

    /// A zone with one offset: `time.FixedZone`.
    #[must_use]
    pub fn fixed(name: &[u8], offset: i32) -> Zone {
        Zone::Fixed { name: Arc::from(String::from_utf8_lossy(name)), offset }
    }

    /// The name of the zone: `time.Location.String`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Zone::Utc => "UTC".to_owned(),
            Zone::Local => "Local".to_owned(),
            Zone::Fixed { name, .. } => name.to_string(),
            Zone::Named(zone) => zone.iana_name().unwrap_or_default().to_owned(),
        }
    }

    /// Abbreviation and offset at an instant.
    pub(super) fn at(&self, seconds: i64) -> Place {
        match self {
            Zone::Utc | Zone::Local => Place { name: Arc::from("UTC"), offset: 0 },
            Zone::Fixed { name, offset } => Place { name: name.clone(), offset: *offset },
            Zone::Named(zone) => {
                let info = zone.to_offset_info(timestamp(seconds));
                Place { name: Arc::from(info.abbreviation()), offset: info.offset().seconds() }
            }
        }
    }

    /// Whether daylight saving time is in effect at an instant.
    pub(super) fn is_dst(&self, seconds: i64) -> bool {
        match self {
            Zone::Utc | Zone::Local | Zone::Fixed { .. } => false,
            Zone::Named(zone) => zone.to_offset_info(timestamp(seconds)).dst().is_dst(),
        }
    }

    /// The instants between which what holds at `seconds` holds: from the first, up to before the second.
    pub(super) fn span(&self, seconds: i64) -> (i64, i64) {
        let Zone::Named(zone) = self else { return (i64::MIN, i64::MAX) };
        let at = timestamp(seconds);
        let next = zone.following(at).next().map_or(i64::MAX, |t| t.timestamp().as_second());
        let just_after = timestamp(seconds.saturating_add(1));
        let start = zone.preceding(just_after).next().map_or(i64::MIN, |t| t.timestamp().as_second());
        (start, next)
    }
}

/// The instant for the database, which knows the years -9999 to 9999: nothing changes beyond.
fn timestamp(seconds: i64) -> Timestamp {
    let bounded = seconds.clamp(Timestamp::MIN.as_second() + 1, Timestamp::MAX.as_second() - 1);
    Timestamp::from_second(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_case_sensitive_and_cannot_be_paths() {
        assert!(Zone::load(b"Europe/Prague").is_some());
        for name in ["europe/prague", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "\u{e9}"] {
            assert!(Zone::load(name.as_bytes()).is_none(), "{name}");
        }
    }

    #[test]
    fn historic_offsets_have_seconds() {
        let prague = Zone::load(b"Europe/Prague").unwrap();
        assert_eq!(prague.at(-3_000_000_000).offset, 3_464);
    }
}
