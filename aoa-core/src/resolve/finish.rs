//! Brings everything into its stated order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::run::Run;
use crate::finding::{Cause, Finding, Gap, Need};
use crate::fleet::{AppId, Fleet, SetId};
use crate::model::{Kind, ObjectRef};

impl Run<'_> {
    pub(super) fn into_fleet(mut self) -> Fleet {
        self.note_all();
        let names = |kind| self.names(kind);
        let missed = self.amendments.misses(names);
        let mut data = self.data;
        data.scopes = self.scopes;
        data.misses.extend(missed);
        let mut sorted: Vec<AppId> = data.apps.ids().collect();
        sorted.sort_by(|a, b| data.app_key_bytes(*a).cmp(&data.app_key_bytes(*b)));
        data.sorted = Arc::new(sorted);
        let mut sets: Vec<SetId> = (0u32..).take(data.sets.len()).map(SetId).collect();
        let set_key = |id: &SetId| data.sets.get(id.0 as usize).map(|s| (&s.namespace, &s.name));
        sets.sort_by(|a, b| set_key(a).cmp(&set_key(b)));
        data.sorted_sets = sets;
        data.projects.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        for (asked, given) in self.repositories.take_aliases() {
            self.findings.add(Cause::UrlAlias { asked, given }, None, None);
        }
        data.findings = Arc::new(self.findings.into_findings(&self.repositories));
        data.needs = Arc::new(needs(&data.findings));
        data.asked = Arc::new(self.repositories.take_asked());
        data.counted = self.manifests.counted(self.options.max_manifests);
        Fleet { data: Arc::new(data) }
    }

    /// The names of all objects of a kind.
    fn names(&self, kind: Kind) -> Vec<String> {
        let data = &self.data;
        match kind {
            Kind::Application => data.apps.ids().map(|id| data.app_key(id).1.to_owned()).collect(),
            Kind::ApplicationSet => data.sets.iter().map(|set| set.name.to_string()).collect(),
            Kind::AppProject => data.projects.iter().map(|project| project.name.to_string()).collect(),
        }
    }
}

/// What is missing, with whom it touches.
pub(super) fn needs(findings: &[Finding]) -> Vec<Need> {
    let mut needs: BTreeMap<Gap, Vec<ObjectRef>> = BTreeMap::new();
    for finding in findings {
        if let Cause::Unknown(gap) = &finding.cause {
            needs.entry(gap.clone()).or_default().extend(finding.subjects.iter().cloned());
        }
    }
    needs.into_iter().map(|(gap, subjects)| Need { gap, subjects }).collect()
}
