//! Collects findings while the fleet grows: one for each cause, with all that it touches.

use indexmap::IndexMap;

use crate::finding::{Cause, Finding, Place, Severity};
use crate::model::ObjectRef;

/// Findings by cause, in the order in which they came.
#[derive(Default)]
pub(super) struct FindingSink {
    by_cause: IndexMap<Cause, (Vec<ObjectRef>, Vec<Place>), foldhash::fast::FixedState>,
}

impl FindingSink {
    pub(super) fn add(&mut self, cause: Cause, subject: Option<ObjectRef>, place: Option<Place>) {
        let (subjects, places) = self.by_cause.entry(cause).or_default();
        subjects.extend(subject);
        places.extend(place);
    }

    /// All findings: errors first, then by rule, subject and cause.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .by_cause
            .into_iter()
            .map(|(cause, (mut subjects, mut places))| {
                subjects.sort();
                subjects.dedup();
                places.sort();
                places.dedup();
                Finding { cause, subjects, places }
            })
            .collect();
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
}
