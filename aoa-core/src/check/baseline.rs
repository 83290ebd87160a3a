//! A baseline: findings that were there when somebody began to check, so that only new ones speak.

use std::collections::BTreeMap;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value, json};

use super::waiver::{day_of_seconds, seconds_of_day};
use super::{Findings, Standing};

/// Known findings, by fingerprint. Fingerprints do not depend on lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Baseline {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
    /// How many days an entry holds; `None`: for ever.
    pub max_age: Option<u32>,
}

/// A known finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The id of its rule.
    pub rule: String,
    /// The day since which it is known, `2026-11-21`; empty: nobody knows.
    pub since: String,
    /// What it says, for people.
    pub message: String,
}

impl Baseline {
    /// Reads a baseline file.
    ///
    /// # Errors
    ///
    /// `Syntax` or `Invalid` for what is none.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let value = json::read(text, json::Numbers::default())?;
        let list = value.get("findings").and_then(Value::as_list).ok_or_else(|| {
            Error::invalid("this is no baseline: it has no `findings`")
                .with_help("`aoa check --write-baseline FILE` writes one")
        })?;
        let mut entries = BTreeMap::new();
        for entry in list {
            let text = |key: &str| entry.str_at(&[key]).unwrap_or_default().to_owned();
            let fingerprint = text("fingerprint");
            if fingerprint.is_empty() {
                return Err(Error::invalid("an entry of the baseline has no `fingerprint`"));
            }
            let entry = Entry { rule: text("rule"), since: text("since"), message: text("message") };
            entries.insert(fingerprint, entry);
        }
        Ok(Baseline { entries, max_age: None })
    }

    /// With entries that end after so many days.
    #[must_use]
    pub fn with_max_age(mut self, days: Option<u32>) -> Self {
        self.max_age = days;
        self
    }

    /// The findings that are there now, each since it was first known; those that are gone are left out, so are waived ones.
    #[must_use]
    pub fn of(findings: &Findings, now: i64) -> Self {
        let mut entries = BTreeMap::new();
        for reported in findings.iter() {
            let since = match &reported.standing {
                Standing::Waived(_) => continue,
                Standing::Known { since } => since.to_string(),
                // What has become too old begins again.
                Standing::Open | Standing::Aged { .. } => day_of_seconds(now),
            };
            let finding = &reported.finding;
            let entry = Entry { rule: finding.rule().id().to_owned(), since, message: finding.message() };
            entries.insert(finding.fingerprint(), entry);
        }
        Baseline { entries, max_age: None }
    }

    /// The text of the file, one finding a line.
    ///
    /// # Errors
    ///
    /// None that a baseline can cause.
    pub fn to_json(&self) -> Result<String> {
        let mut out = String::from("{\"schemaVersion\":1,\n\"findings\":[");
        for (at, (fingerprint, entry)) in self.entries.iter().enumerate() {
            let line = Value::map([
                ("fingerprint", Value::from(fingerprint.as_str())),
                ("message", Value::from(entry.message.as_str())),
                ("rule", Value::from(entry.rule.as_str())),
                ("since", Value::from(entry.since.as_str())),
            ]);
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&json::to_string(&line)?);
        }
        out.push_str("\n]}\n");
        Ok(out)
    }

    /// How a finding stands by this baseline.
    pub(super) fn standing(&self, fingerprint: &str, now: i64) -> Standing {
        let Some(entry) = self.entries.get(fingerprint) else { return Standing::Open };
        let since = Text::from(entry.since.as_str());
        let age = |days: u32| i64::from(days).saturating_mul(24 * 3600);
        let is_old = self.max_age.zip(seconds_of_day(&entry.since));
        match is_old {
            Some((days, begin)) if now > 0 && now >= begin.saturating_add(age(days)) => {
                Standing::Aged { since }
            }
            _ => Standing::Known { since },
        }
    }
}
