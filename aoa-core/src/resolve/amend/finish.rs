//! Whether what was amended is what the rounds would have made of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::finish::needs;
use super::{Amending, Touched, TouchedSet};
use crate::finding::Cause;
use crate::fleet::{AppRecord, Content, Fleet, SourceType, State};
use crate::options::Options;

impl Amending<'_, '_> {
    pub(super) fn finish(mut self, options: &Options) -> Option<Fleet> {
        if !self.agrees_on_urls() || !self.is_as_deep() || self.run.manifests.is_spent() {
            return None;
        }
        let counted = self.counted(options);
        let data = &mut self.run.data;
        for (app, touched) in &self.touched {
            let Some(new) = &touched.new else { continue };
            if touched.old.as_ref().is_none_or(|old| old.reach != new.reach) {
                data.rerendered.push(*app);
            }
            if touched.old.as_ref().is_none_or(|old| !Arc::ptr_eq(old, new)) {
                data.contents.set(*app, new.clone());
            }
        }
        let findings = self.findings();
        let data = &mut self.run.data;
        if let Some(findings) = findings {
            data.needs = Arc::new(needs(&findings));
            data.findings = Arc::new(findings);
        }
        const MOST: usize = 1000;
        if data.rerendered.len() > MOST {
            data.rerendered.clear();
            data.reach = std::sync::OnceLock::new();
        }
        if let Some(asked) = data.asked.and(&self.run.repositories.take_asked()) {
            data.asked = Arc::new(asked);
        }
        data.counted = counted;
        if !self.touched_sets.is_empty() {
            data.surroundings = Arc::default();
        }
        Some(Fleet { data: Arc::new(self.run.data) })
    }

    /// Whether every round still has something to do.
    fn is_as_deep(&self) -> bool {
        let apps = &self.run.data.apps;
        if !self.has_gone {
            return true;
        }
        let last = self.run.data.rounds.saturating_sub(1);
        (0..=last).all(|round| {
            let had = |record: &AppRecord| record.judging == round;
            !self.older.apps.iter().any(had) || apps.iter().rev().any(had)
        })
    }

    /// How many manifests there are, at most. A folder that was rendered again is no more what it was; others may hold what else
    /// has gone.
    fn counted(&self, options: &Options) -> usize {
        let mut gone: BTreeMap<usize, usize> = BTreeMap::new();
        for touched in self.touched.values().filter(|touched| !touched.is_read_again) {
            if let (Some(old), Some(new)) = (&touched.old, &touched.new)
                && let [source] = old.sources.as_slice()
                && source.source_type == Some(SourceType::Directory)
                && !old.manifests.are_same(&new.manifests)
            {
                gone.insert(old.manifests.address().unwrap_or_default(), old.manifests.len());
            }
        }
        let before = self.run.data.counted.saturating_sub(gone.values().sum());
        before.saturating_add(self.run.manifests.counted(options.max_manifests))
    }

    /// Whether what is said of URLs stays as it is.
    fn agrees_on_urls(&self) -> bool {
        let findings = &self.older.findings;
        let known = |cause: &Cause| findings.iter().any(|finding| finding.cause == *cause);
        let mut asked = self.run.repositories.take_aliases().into_iter();
        if !asked.all(|(asked, given)| known(&Cause::UrlAlias { asked, given })) {
            return false;
        }
        let has_any = findings.iter().any(|f| matches!(f.cause, Cause::UrlAlias { .. }));
        // What is rendered has asked for all that its sources name.
        let asks_the_same = |old: &Content, new: &Content| {
            let types =
                |content: &Content| -> Vec<_> { content.sources.iter().map(|s| s.source_type).collect() };
            old.state == State::Rendered
                && new.state == State::Rendered
                && types(old) == types(new)
                && !old.reach.is_everything()
                && !new.reach.is_everything()
        };
        let agrees = |touched: &Touched| match (&touched.old, &touched.new) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new) || !touched.is_other && asks_the_same(old, new),
            _ => false,
        };
        let is_same = |touched: &TouchedSet| touched.asks_the_same;
        !has_any || self.touched.values().all(agrees) && self.touched_sets.values().all(is_same)
    }
}
