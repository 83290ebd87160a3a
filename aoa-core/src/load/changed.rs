//! What differs between the inputs of two fleets, where that is only files.

use std::sync::Arc;

use aoa_lang::source::{FileMode, Tree, TreePath};

use super::asked::TreeNumber;
use crate::inputs::{ChartRepository, Inputs, Repository, Root};

/// A tree that is not as it was.
#[derive(Clone, Debug)]
pub(crate) struct ChangedTree {
    pub(crate) number: TreeNumber,
    /// Whether its commit has another name.
    pub(crate) commit: bool,
    /// Sorted by path.
    pub(crate) paths: Vec<ChangedPath>,
}

/// A file that is not as it was.
#[derive(Clone, Debug)]
pub(crate) struct ChangedPath {
    pub(crate) path: TreePath,
    pub(crate) change: PathChange,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathChange {
    /// It has other content.
    Content,
    /// It came or went, in a folder that is there before and after.
    Listing,
    /// It came or went with its folder.
    Folders,
}

/// The trees in which `newer` differs; `None` if that is not all, or if links differ, which may lead anywhere. Roots are not
/// compared.
pub(crate) fn changed_trees(older: &Inputs, newer: &Inputs) -> Option<Vec<ChangedTree>> {
    let same = older.repositories.len() == newer.repositories.len()
        && are_same(&older.charts, &newer.charts)
        && older.clusters == newer.clusters
        && older.objects == newer.objects
        && older.answers.recorded == newer.answers.recorded
        && older.settings == newer.settings
        && older.plugins == newer.plugins
        && older.overlay.is_empty()
        && newer.overlay.is_empty()
        && is_one(older.jsonnet.as_ref(), newer.jsonnet.as_ref())
        && is_one(older.plugin_runner.as_ref(), newer.plugin_runner.as_ref());
    if !same {
        return None;
    }
    let mut changed = Vec::new();
    for ((old, new), repository) in older.repositories.iter().zip(&newer.repositories).zip(0..) {
        if !is_comparable(old, new) {
            return None;
        }
        for ((old, new), checkout) in old.checkouts.iter().zip(&new.checkouts).zip(0..) {
            let number = TreeNumber { repository, checkout };
            let commit = old.commit != new.commit;
            let paths =
                if old.tree.shares(&new.tree) { Vec::new() } else { changed_paths(&old.tree, &new.tree)? };
            if commit || !paths.is_empty() {
                changed.push(ChangedTree { number, commit, paths });
            }
        }
    }
    Some(changed)
}

/// Whether both fleets begin at the same places.
pub(crate) fn same_roots(older: &[Root], newer: &[Root]) -> bool {
    let same = |(a, b): (&Root, &Root)| {
        a.repository == b.repository
            && a.path == b.path
            && a.name == b.name
            && a.source == b.source
            && a.declared == b.declared
    };
    older.len() == newer.len() && older.iter().zip(newer).all(same)
}

fn is_comparable(old: &Repository, new: &Repository) -> bool {
    old.url == new.url
        && old.listed == new.listed
        && old.references == new.references
        // What a commit holds does not change; whether it is at hand is asked again.
        && old.commits.is_some() == new.commits.is_some()
        && old.checkouts.len() == new.checkouts.len()
        && old.checkouts.iter().zip(&new.checkouts).all(|(a, b)| a.serves == b.serves)
}

fn are_same(older: &[ChartRepository], newer: &[ChartRepository]) -> bool {
    older.len() == newer.len()
        && older.iter().zip(newer).all(|(a, b)| {
            let one = |(a, b): (&crate::inputs::GivenChart, &crate::inputs::GivenChart)| {
                let same_tree = || a.tree.shares(&b.tree) || a.tree.identity() == b.tree.identity();
                a.name == b.name && a.version == b.version && same_tree()
            };
            let same = a.url == b.url && a.listing == b.listing && a.charts.len() == b.charts.len();
            same && a.charts.iter().zip(&b.charts).all(one)
        })
}

fn is_one<T: ?Sized>(old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> bool {
    match (old, new) {
        (None, None) => true,
        (Some(old), Some(new)) => Arc::ptr_eq(old, new),
        _ => false,
    }
}

fn changed_paths(old: &Tree, new: &Tree) -> Option<Vec<ChangedPath>> {
    let mut paths = Vec::new();
    for change in old.changes(new) {
        let sides = [change.before, change.after];
        if sides.iter().flatten().any(|entry| entry.mode != FileMode::File) {
            return None;
        }
        let folder = change.path.parent().unwrap_or_else(TreePath::root);
        let kind = match sides {
            [Some(_), Some(_)] => PathChange::Content,
            _ if old.is_folder(&folder) && new.is_folder(&folder) => PathChange::Listing,
            _ => PathChange::Folders,
        };
        paths.push(ChangedPath { path: change.path.clone(), change: kind });
    }
    Some(paths)
}
