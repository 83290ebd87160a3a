//! What of the repositories a content hangs on, and which Applications a changed file reaches.
//!
//! A reach may name more than is read, never less: whoever is not sure says the folder, the tree or everything. Symbolic
//! links can lead anywhere, so that in a tree with links all of it counts; that links themselves do not change is asked
//! before.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aoa_lang::source::TreePath;
use aoa_lang::{Value, json};

use crate::fleet::{AppId, Contents};
use crate::load::{ChangedTree, Found, TreeNumber};

/// What of the repositories something hangs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    parts: Arc<[Part]>,
    /// Whether the names of commits count.
    commits: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Everything,
    Tree(TreeNumber),
    /// A path, whether something is there or not, and what is below it.
    Below(TreeNumber, TreePath),
}

impl Reach {
    pub(crate) fn everything() -> Self {
        Reach { parts: Arc::from([Part::Everything]), commits: true }
    }

    /// All that is below `path`, in a tree that has no links. Charts that were given are not part of a tree that can change.
    pub(crate) fn below(found: &Found, path: &TreePath) -> Self {
        let mut parts = ReachParts::default();
        parts.below(found, path);
        parts.into_reach()
    }

    /// Whether anything may count.
    pub(crate) fn is_everything(&self) -> bool {
        self.parts.contains(&Part::Everything)
    }

    /// Both.
    pub(crate) fn and(self, other: Reach) -> Self {
        if self.parts.is_empty() {
            return Reach { commits: self.commits || other.commits, ..other };
        }
        let parts = match other.parts.is_empty() {
            true => self.parts,
            false => self.parts.iter().chain(other.parts.iter()).cloned().collect(),
        };
        Reach { parts, commits: self.commits || other.commits }
    }

    /// The same, with the names of commits if `says_commit`.
    pub(crate) fn with_commits(self, says_commit: bool) -> Self {
        Reach { commits: self.commits || says_commit, ..self }
    }

    /// Whether one of `changes` counts here.
    pub(crate) fn is_hit(&self, changes: &[ChangedTree]) -> bool {
        changes.iter().any(|tree| {
            let hit = |part: &Part| match part {
                Part::Everything => true,
                Part::Tree(number) => *number == tree.number,
                Part::Below(number, path) => {
                    *number == tree.number && tree.paths.iter().any(|changed| changed.path.is_within(path))
                }
            };
            self.commits && tree.commit || self.parts.iter().any(|part| !tree.paths.is_empty() && hit(part))
        })
    }
}

/// Whether `source` puts the name of the commit into what it renders.
pub(super) fn says_commit(source: &Value) -> bool {
    let may = ["helm", "kustomize", "directory", "plugin"].iter().any(|key| source.get(key).is_some());
    may && json::to_string(source).map_or(true, |text| text.contains("ARGOCD_APP_REVISION"))
}

/// Collects a [`Reach`].
#[derive(Default)]
pub(super) struct ReachParts {
    parts: Vec<Part>,
}

impl ReachParts {
    pub(super) fn below(&mut self, found: &Found, path: &TreePath) {
        let Some(number) = found.number else { return };
        self.parts.push(match found.tree.has_links() {
            true => Part::Tree(number),
            false => Part::Below(number, path.clone()),
        });
    }

    pub(super) fn tree(&mut self, found: &Found) {
        self.parts.extend(found.number.map(Part::Tree));
    }

    pub(super) fn into_reach(mut self) -> Reach {
        self.parts.sort();
        self.parts.dedup();
        Reach { parts: self.parts.into(), commits: false }
    }
}

/// Which Applications something reaches.
#[derive(Default)]
pub(crate) struct ReachIndex {
    everything: Vec<AppId>,
    commits: Vec<AppId>,
    trees: HashMap<TreeNumber, Vec<AppId>>,
    below: HashMap<(TreeNumber, TreePath), Vec<AppId>, foldhash::fast::FixedState>,
}

impl ReachIndex {
    pub(crate) fn of(contents: &Contents) -> Self {
        let mut index = ReachIndex::default();
        for (app, content) in contents.iter() {
            if content.reach.commits {
                index.commits.push(app);
            }
            for part in content.reach.parts.iter() {
                match part {
                    Part::Everything => index.everything.push(app),
                    Part::Tree(number) => index.trees.entry(*number).or_default().push(app),
                    Part::Below(number, path) => {
                        index.below.entry((*number, path.clone())).or_default().push(app);
                    }
                }
            }
        }
        index
    }

    /// The Applications that `changes` reach.
    pub(crate) fn reached(&self, changes: &[ChangedTree]) -> BTreeSet<AppId> {
        let mut found = BTreeSet::new();
        for tree in changes {
            if tree.commit {
                found.extend(&self.commits);
            }
            if tree.paths.is_empty() {
                continue;
            }
            found.extend(&self.everything);
            found.extend(self.trees.get(&tree.number).into_iter().flatten());
            // Neighbours have the same folders above them.
            let mut known: BTreeSet<TreePath> = BTreeSet::new();
            for changed in &tree.paths {
                let mut next = Some(changed.path.clone());
                while let Some(path) = next.filter(|path| !known.contains(path)) {
                    next = path.parent();
                    let key = (tree.number, path);
                    found.extend(self.below.get(&key).into_iter().flatten());
                    known.insert(key.1);
                }
            }
        }
        found
    }
}
