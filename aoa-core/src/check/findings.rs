//! The answer of a check: findings with how they stand.

use aoa_lang::value::Text;

use super::{CheckOptions, FailOn, Waiver, rule_page};
use crate::finding::{Finding, Place, Rule, Severity};

/// What a check found: errors first, then by rule, place and cause.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    pub(super) all: Vec<Reported>,
    /// How many Applications were looked at.
    pub apps: usize,
    /// How many of them have a content that is not known.
    pub unknown: usize,
    /// What fails the check.
    pub fail_on: FailOn,
}

/// A finding, how much it matters here, and how it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// How much it matters, as the options have it.
    pub severity: Severity,
    /// Whether it counts.
    pub standing: Standing,
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It counts.
    Open,
    /// The baseline knows it, but for too long: it counts.
    Aged {
        /// Since this day.
        since: Text,
    },
    /// The baseline knows it.
    Known {
        /// Since this day; empty if nobody knows.
        since: Text,
    },
    /// An annotation waives it.
    Waived(Waiver),
}

impl Standing {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Aged { .. } => "aged",
            Standing::Known { .. } => "known",
            Standing::Waived(_) => "waived",
        }
    }
}

/// Findings of one rule that one line causes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group<'f> {
    /// The rule.
    pub rule: Rule,
    /// How much they matter.
    pub severity: Severity,
    /// The line.
    pub place: Option<&'f Place>,
    /// The findings.
    pub findings: Vec<&'f Reported>,
}

impl Reported {
    /// What to do: what the finding says, else the first line of what the manual page says.
    #[must_use]
    pub fn help(&self) -> String {
        let mend = || rule_page(self.finding.rule()).mend.lines().next().unwrap_or_default().to_owned();
        self.finding.help().unwrap_or_else(mend)
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open | Standing::Aged { .. })
    }
}

impl Findings {
    pub(super) fn new(mut all: Vec<Reported>, options: &CheckOptions) -> Self {
        let key = |r: &Reported| (std::cmp::Reverse(r.severity), r.finding.rule());
        all.sort_by(|a, b| {
            let (x, y) = (&a.finding, &b.finding);
            let by_place = x.places.first().cmp(&y.places.first());
            let by_cause = (&x.subjects, &x.cause).cmp(&(&y.subjects, &y.cause));
            key(a).cmp(&key(b)).then(by_place).then(by_cause)
        });
        Findings { all, fail_on: options.fail_on, ..Findings::default() }
    }

    /// All findings, also those that do not count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Reported> {
        self.all.iter()
    }

    /// Those that count.
    pub fn open(&self) -> impl Iterator<Item = &Reported> {
        self.all.iter().filter(|r| r.is_open())
    }

    /// How many of a severity count.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.open().filter(|r| r.severity == severity).count()
    }

    /// How many are waived.
    #[must_use]
    pub fn waived(&self) -> usize {
        self.all.iter().filter(|r| matches!(r.standing, Standing::Waived(_))).count()
    }

    /// How many the baseline knows.
    #[must_use]
    pub fn known(&self) -> usize {
        self.all.iter().filter(|r| matches!(r.standing, Standing::Known { .. })).count()
    }

    /// Whether the check fails.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.open().any(|r| self.fail_on.fails(r.severity))
    }

    /// Those that count, grouped by rule and the line that causes them, in their order.
    #[must_use]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for reported in self.open() {
            let (rule, place) = (reported.finding.rule(), reported.finding.places.first());
            let line = |place: Option<&Place>| {
                place.map(|p| (p.repository.clone(), p.commit.clone(), p.path.clone(), p.line))
            };
            match groups.last_mut() {
                Some(group) if group.rule == rule && place.is_some() && line(group.place) == line(place) => {
                    group.findings.push(reported);
                }
                _ => {
                    groups.push(Group { rule, severity: reported.severity, place, findings: vec![reported] })
                }
            }
        }
        groups
    }
}
