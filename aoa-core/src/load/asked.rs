//! Which revisions of which repositories were asked for, and where they led: where names lead elsewhere, so do sources.

use std::collections::{BTreeMap, HashMap};

use aoa_lang::value::Text;

/// A tree among those that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TreeNumber {
    pub(crate) repository: u32,
    pub(crate) checkout: u32,
}

/// How a tree is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// By a generator.
    Find,
    /// By a source.
    Resolve,
    /// By a root.
    Any,
}

/// Where a question leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// To one of the given trees.
    Given(TreeNumber),
    /// To a commit that is not checked out.
    Commit(Text),
    /// To none, and why.
    Nowhere(String),
}

/// Questions with their answers, by URL.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    by_url: HashMap<Box<str>, BTreeMap<Question, Lead>>,
}

/// How something is asked for, the revision, and the prefix of tags.
type Question = (How, Text, Text);

impl Asked {
    /// Notes an answer; of one question there is one.
    pub(super) fn note(
        &mut self,
        how: How,
        url: &str,
        (revision, prefix): (&str, &str),
        lead: impl FnOnce() -> Lead,
    ) {
        let key = (how, Text::from(revision), Text::from(prefix));
        match self.by_url.get_mut(url) {
            Some(known) if known.contains_key(&key) => {}
            Some(known) => drop(known.insert(key, lead())),
            None => drop(self.by_url.insert(url.into(), BTreeMap::from([(key, lead())]))),
        }
    }

    /// The questions: how, URL, revision and prefix of tags, with the answer.
    pub(super) fn iter(&self) -> impl Iterator<Item = (How, &str, &Text, &Text, &Lead)> {
        self.by_url.iter().flat_map(|(url, known)| {
            known.iter().map(move |((how, revision, prefix), lead)| (*how, &**url, revision, prefix, lead))
        })
    }

    /// The questions of both; `None` if `self` has them all.
    pub(crate) fn and(&self, later: &Asked) -> Option<Asked> {
        let is_known = |(how, url, revision, prefix, _): &(How, &str, &Text, &Text, &Lead)| {
            let key = (*how, Text::clone(revision), Text::clone(prefix));
            self.by_url.get(*url).is_some_and(|known| known.contains_key(&key))
        };
        let new: Vec<_> = later.iter().filter(|question| !is_known(question)).collect();
        if new.is_empty() {
            return None;
        }
        let mut both = self.clone();
        for (how, url, revision, prefix, lead) in new {
            let (revision, prefix) = (revision.to_str_lossy(), prefix.to_str_lossy());
            both.note(how, url, (&revision, &prefix), || lead.clone());
        }
        Some(both)
    }
}
