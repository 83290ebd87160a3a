//! What the check says of a change, by what judged the older side: its policies, exceptions and waivers.

use std::collections::{HashMap, HashSet};

use super::changes::{Changes, FindingChanges};
use crate::check::{CheckOptions, Findings, Reported, Standing, Waiver, check};
use crate::finding::Rule;
use crate::fleet::Fleet;

impl Changes {
    /// Puts in the place of [`Changes::findings`] what the check says of both sides. `options` are those of the older side, and
    /// so are policies, exceptions and waivers: what the change itself permits does not count for it. A waiver is one of the
    /// older side if it waived something there, with the same reason and day.
    pub fn judge(&mut self, before: &Fleet, after: &Fleet, options: &CheckOptions) {
        let after = after.judged_as(before);
        let (old, now) = (check(before, options), check(&after, options));
        self.findings = compare(&old, &now);
    }
}

fn compare(old: &Findings, now: &Findings) -> FindingChanges {
    let known: HashSet<(Rule, &Waiver)> = old.iter().filter_map(waived).collect();
    let counts = |reported: &Reported| {
        reported.is_open() || waived(reported).is_some_and(|waiver| !known.contains(&waiver))
    };
    let mut left: HashMap<String, usize> = HashMap::new();
    for reported in old.iter() {
        *left.entry(reported.finding.fingerprint()).or_default() += 1;
    }
    let mut changes = FindingChanges::default();
    for reported in now.iter() {
        match left.get_mut(&reported.finding.fingerprint()).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                changes.unchanged += 1;
            }
            None if counts(reported) => changes.introduced.push(reported.finding.clone()),
            None => {}
        }
    }
    for reported in old.open() {
        if let Some(count) = left.get_mut(&reported.finding.fingerprint()).filter(|count| **count > 0) {
            *count -= 1;
            changes.fixed.push(reported.finding.clone());
        }
    }
    changes
}

fn waived(reported: &Reported) -> Option<(Rule, &Waiver)> {
    match &reported.standing {
        Standing::Waived(waiver) => Some((reported.finding.rule(), waiver)),
        Standing::Open | Standing::Aged { .. } | Standing::Known { .. } => None,
    }
}
