//! Collects findings while the fleet grows: one for each cause, with all that it touches.

use indexmap::{IndexMap, IndexSet};

use super::spot::{Spot, locate};
use crate::finding::{Cause, Finding, Place, Severity};
use crate::load::{Locator, Repositories};
use crate::model::ObjectRef;

/// Findings by cause, in the order in which they came.
#[derive(Default)]
pub(super) struct FindingSink {
    by_cause: IndexMap<
        Cause,
        (Vec<ObjectRef>, IndexSet<Spot, foldhash::fast::FixedState>),
        foldhash::fast::FixedState,
    >,
}

impl FindingSink {
    pub(super) fn add(&mut self, cause: Cause, subject: Option<ObjectRef>, spot: Option<Spot>) {
        let (subjects, spots) = self.by_cause.entry(cause).or_default();
        subjects.extend(subject);
        spots.extend(spot);
    }

    /// All findings: errors first, then by rule, subject and cause.
    pub(super) fn into_findings(self, repositories: &Repositories) -> Vec<Finding> {
        let mut locator = Locator::new(repositories);
        let findings = self.by_cause.into_iter();
        let findings =
            findings.map(|(cause, (subjects, spots))| assembled(cause, subjects, spots, &mut locator));
        in_order(findings.collect())
    }
}

/// A finding of all that it touches.
pub(super) fn assembled(
    cause: Cause,
    mut subjects: Vec<ObjectRef>,
    spots: impl IntoIterator<Item = Spot>,
    locator: &mut Locator<'_>,
) -> Finding {
    subjects.sort();
    subjects.dedup();
    let mut places: Vec<Place> = spots.into_iter().map(|spot| locate(locator, &spot)).collect();
    places.sort();
    places.dedup();
    Finding { cause, subjects, places }
}

/// Errors first, then by rule, subject and cause.
pub(super) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |f: &Finding| match f.severity() {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    };
    findings.sort_by(|a, b| {
        (rank(a), a.rule(), &a.subjects, &a.cause).cmp(&(rank(b), b.rule(), &b.subjects, &b.cause))
    });
    findings
}
