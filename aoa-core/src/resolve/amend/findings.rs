//! What is to be said of a fleet that was amended: of what did not change the same as before.

use std::collections::{BTreeMap, BTreeSet};

use super::super::findings::{assembled, in_order};
use super::super::spot::{Part, Spot};
use super::Amending;
use crate::finding::{Cause, Finding};
use crate::fleet::{AppId, Content, State};
use crate::load::Locator;
use crate::model::{Kind, ObjectRef};

impl Amending<'_, '_> {
    /// All findings; `None` if they are the same.
    pub(super) fn findings(&self) -> Option<Vec<Finding>> {
        let mut notes: BTreeMap<AppId, Vec<(Cause, Part)>> = BTreeMap::new();
        let mut subjects: BTreeMap<Cause, BTreeSet<ObjectRef>> = BTreeMap::new();
        for (app, touched) in &self.touched {
            let after = match &touched.new {
                Some(new) if !is_silent(new) => self.run.causes_of_content(*app, new, self.projects()),
                _ => Vec::new(),
            };
            let said = &touched.said;
            let all = said.iter().chain(&after).map(|(cause, _)| cause);
            let is_other =
                |cause: &&Cause| touched.is_read_again || parts(said, cause) != parts(&after, cause);
            for cause in all.filter(is_other) {
                subjects.entry(cause.clone()).or_default().insert(touched.subject.clone());
            }
            if !after.is_empty() {
                notes.insert(*app, after);
            }
        }
        for (set, touched) in &self.touched_sets {
            let after = self.run.causes_of_set(*set);
            let all = touched.said.iter().chain(&after).map(|(cause, _)| cause);
            let is_other =
                |cause: &&Cause| touched.is_read_again || parts(&touched.said, cause) != parts(&after, cause);
            for cause in all.filter(is_other) {
                subjects.entry(cause.clone()).or_default().insert(touched.subject.clone());
            }
        }
        if subjects.is_empty() {
            return None;
        }
        let mut findings: Vec<Finding> = Vec::with_capacity(self.older.findings.len());
        for finding in self.older.findings.iter() {
            match subjects.get_mut(&finding.cause) {
                Some(subjects) => subjects.extend(finding.subjects.iter().cloned()),
                None => findings.push(finding.clone()),
            }
        }
        let mut locator = Locator::new(&self.run.repositories);
        let anew = subjects.into_iter().filter_map(|(cause, subjects)| {
            let mut said = self.older.root_causes.contains(&cause);
            let mut spots = Vec::new();
            let mut left = Vec::new();
            for subject in subjects {
                let mine = self.spots(&subject, &cause, &notes);
                if !mine.is_empty() {
                    said = true;
                    left.push(subject);
                }
                spots.extend(mine.into_iter().flatten());
            }
            said.then(|| assembled(cause, left, spots, &mut locator))
        });
        findings.extend(anew);
        Some(in_order(findings))
    }

    /// Where `cause` is said of `subject`; nothing if it is not.
    fn spots(
        &self,
        subject: &ObjectRef,
        cause: &Cause,
        notes: &BTreeMap<AppId, Vec<(Cause, Part)>>,
    ) -> Vec<Option<Spot>> {
        let run = &self.run;
        let (namespace, name) = (subject.namespace.to_str_lossy(), subject.name.to_str_lossy());
        match subject.kind {
            Kind::Application => {
                let Some(app) = run.data.find_app(&namespace, &name) else { return Vec::new() };
                let parts = match notes.get(&app) {
                    Some(causes) => parts(causes, cause),
                    None => parts(&run.causes_of_app(app, self.projects()), cause),
                };
                let (place, holder) = run.place_of_app(app);
                parts.into_iter().map(|part| Some(Spot::new(place.clone()?, part, holder))).collect()
            }
            Kind::ApplicationSet => {
                let id = run.data.find_set(subject.namespace.as_bytes(), subject.name.as_bytes());
                let found = id.and_then(|id| Some((id, run.data.sets.get(id.0 as usize)?)));
                let Some((id, set)) = found else { return Vec::new() };
                let parts = parts(&run.causes_of_set(id), cause);
                parts.into_iter().map(|part| Some(Spot::of(set.place.clone()?, part))).collect()
            }
            Kind::AppProject => Vec::new(),
        }
    }
}

/// The parts of which `cause` is said.
fn parts(causes: &[(Cause, Part)], cause: &Cause) -> Vec<Part> {
    causes.iter().filter(|(other, _)| other == cause).map(|(_, part)| *part).collect()
}

/// Whether there is certainly nothing to be said of a content.
pub(super) fn is_silent(content: &Content) -> bool {
    let known = matches!(content.state, State::Rendered | State::Skipped);
    known && content.conditions.is_empty() && content.denied.is_empty() && content.refusal.is_none()
}
