//! Waivers: an annotation on an object says that a rule need not hold for it, why, and until when.

use aoa_lang::time::Time;
use aoa_lang::value::Text;

use crate::finding::Rule;
use crate::policy::own::Exception;

/// What the annotation's key begins with; the rule's id follows.
pub(crate) const PREFIX: &str = "aoa.dev/waive.";

/// A waiver that holds: `aoa.dev/waive.H002: "the vendor has no tags; until 2027-01-31"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Waiver {
    /// Why.
    pub reason: Text,
    /// The last day on which it holds, `2027-01-31`.
    pub until: Text,
}

/// What is wrong with a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    NoRule,
    NoReason,
    NoExpiry,
    Expired,
    OfPolicy,
}

impl Broken {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Broken::NoRule => "waives a rule that does not exist",
            Broken::NoReason => "is waived without a reason",
            Broken::NoExpiry => "is waived without an expiry: end it with `; until 2027-01-31`",
            Broken::OfPolicy => "is waived where only an exception in a policy can waive it",
            Broken::Expired => "is waived by a waiver that has expired",
        }
    }
}

/// The waiver of `rule` among annotations, if one holds at `now` (seconds since 1970; 0: whenever).
pub(crate) fn waiver<'a>(
    annotations: impl Iterator<Item = (&'a str, &'a str)>,
    rule: Rule,
    now: i64,
) -> Option<Waiver> {
    let mut found = annotations.filter(|(key, _)| rule_of(key).is_some_and(|r| r == Some(rule)));
    found.find_map(|(key, value)| read(key, value, now).ok())
}

/// The exception of a policy as a waiver, if it holds at `now`.
pub(crate) fn holding(exception: &Exception, now: i64) -> Option<Waiver> {
    fault(exception, now)
        .is_none()
        .then(|| Waiver { reason: exception.reason.clone(), until: exception.expires.clone() })
}

/// Why an exception does not hold.
pub(crate) fn fault(exception: &Exception, now: i64) -> Option<&'static str> {
    if exception.reason.is_empty() {
        return Some("has no reason");
    }
    if exception.owner.is_empty() {
        return Some("has no owner");
    }
    if exception.expires.is_empty() {
        return Some("has no expiry: write `expires: 2027-01-31`");
    }
    match exception.expires.as_str().and_then(seconds_of_day) {
        None => Some("expires on no day: write `expires: 2027-01-31`"),
        Some(day) if now > 0 && now >= day.saturating_add(24 * 3600) => Some("has expired"),
        Some(_) => None,
    }
}

/// The waivers among annotations that do not hold, with the key of each.
pub(crate) fn broken<'a>(
    annotations: impl Iterator<Item = (&'a str, &'a str)>,
    now: i64,
) -> Vec<(&'a str, Broken)> {
    let waivers = annotations.filter(|(key, _)| rule_of(key).is_some());
    waivers.filter_map(|(key, value)| Some((key, read(key, value, now).err()?))).collect()
}

/// The rule that a key names; `None` if the key is none of a waiver, `Some(None)` if there is no such rule.
fn rule_of(key: &str) -> Option<Option<Rule>> {
    key.strip_prefix(PREFIX).map(Rule::find)
}

fn read(key: &str, value: &str, now: i64) -> Result<Waiver, Broken> {
    let rule = rule_of(key).flatten().ok_or(Broken::NoRule)?;
    if rule.is_of_policies() {
        return Err(Broken::OfPolicy);
    }
    let (reason, until) = value.rsplit_once("until ").ok_or(Broken::NoExpiry)?;
    let (reason, until) =
        (reason.trim().trim_end_matches([';', ',', '(']).trim(), until.trim().trim_end_matches(')'));
    if reason.is_empty() {
        return Err(Broken::NoReason);
    }
    let day = seconds_of_day(until).ok_or(Broken::NoExpiry)?;
    // It holds until the end of that day.
    if now > 0 && now >= day.saturating_add(24 * 3600) {
        return Err(Broken::Expired);
    }
    Ok(Waiver { reason: reason.into(), until: until.into() })
}

/// The beginning of a day like `2027-01-31`, in seconds since 1970.
///
/// ```
/// use aoa_core::check::seconds_of_day;
/// assert_eq!(seconds_of_day("1970-01-02"), Some(86_400));
/// assert_eq!(seconds_of_day("soon"), None);
/// ```
#[must_use]
pub fn seconds_of_day(text: &str) -> Option<i64> {
    if text.len() != 10 {
        return None;
    }
    Some(Time::parse(b"2006-01-02", text.as_bytes()).ok()?.unix_seconds())
}

/// The day of an instant, as `2027-01-31`; empty for 0, which says nothing.
#[must_use]
pub fn day_of_seconds(now: i64) -> String {
    if now == 0 {
        return String::new();
    }
    Time::unix(now, 0).to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waivers_need_a_reason_and_an_expiry() {
        let key = "aoa.dev/waive.R004";
        let now = seconds_of_day("2026-11-21").unwrap() + 5;
        let one = |value| read(key, value, now);
        assert_eq!(
            one("the chart is private; until 2026-11-21"),
            Ok(Waiver { reason: "the chart is private".into(), until: "2026-11-21".into() })
        );
        assert!(one("the chart is private (until 2026-12-01)").is_ok());
        assert_eq!(one("until 2026-12-01"), Err(Broken::NoReason));
        assert_eq!(one("because"), Err(Broken::NoExpiry));
        assert_eq!(one("because; until tomorrow"), Err(Broken::NoExpiry));
        assert_eq!(one("because; until 2026-11-20"), Err(Broken::Expired));
        assert_eq!(read("aoa.dev/waive.Z999", "x; until 2027-01-01", now), Err(Broken::NoRule));
        assert!(read(key, "x; until 2020-01-01", 0).is_ok(), "without a time nothing expires");
        assert_eq!(day_of_seconds(now), "2026-11-21");
    }
}
