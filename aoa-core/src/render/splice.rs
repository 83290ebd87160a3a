//! A folder of manifests, made from what it was before: only files that changed are read.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use aoa_lang::source::{ContentId, TreePath};

use super::application::RenderContext;
use super::cache::FolderKey;
use super::directory::{DirectoryOptions, manifests_of_file};
use super::files::walk_order;
use super::reach::Reach;
use super::source::{Located, Outcome};
use crate::fleet::State;
use crate::inputs::Inputs;
use crate::load::{ChangedPath, ChangedTree, TreeNumber};
use crate::model::{Manifest, ManifestEdit, ManifestList};

/// Which trees are not as they were, and how they were.
#[derive(Default)]
pub(crate) struct Before {
    trees: HashMap<TreeNumber, (ContentId, Vec<ChangedPath>)>,
}

impl Before {
    /// The trees of `inputs`, in which `changes` have been made since.
    pub(crate) fn of(inputs: &Inputs, changes: &[ChangedTree]) -> Self {
        let tree = |number: TreeNumber| {
            let repository = inputs.repositories.get(number.repository as usize)?;
            Some(&repository.checkouts.get(number.checkout as usize)?.tree)
        };
        let changed = changes.iter().filter(|change| !change.paths.is_empty());
        let trees = changed.filter_map(|change| {
            Some((change.number, (tree(change.number)?.identity(), change.paths.clone())))
        });
        Before { trees: trees.collect() }
    }

    /// How the tree was called, and what is not as it was below `folder`.
    fn changed(&self, number: TreeNumber, folder: &TreePath) -> Option<(ContentId, &[ChangedPath])> {
        let (tree, paths) = self.trees.get(&number)?;
        if folder.as_str().is_empty() {
            return Some((*tree, paths));
        }
        let prefix = format!("{folder}/");
        let rest = paths.get(paths.partition_point(|p| p.path.as_str() < prefix.as_str())..)?;
        let below = rest.partition_point(|p| p.path.as_str().starts_with(&prefix));
        Some((*tree, rest.get(..below)?))
    }
}

/// The folder of `key`, if what it was before is at hand and every file that changed can be read.
pub(super) fn spliced(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
    key: &FolderKey,
) -> Option<Outcome> {
    let (tree, paths) = ctx.before.changed(key.number?, &key.folder)?;
    let before = ctx.cache.known_folder(&FolderKey { tree, ..key.clone() })?;
    // Programs of Jsonnet import other files; the folder itself may have become one.
    let is_plain = before.reach == Reach::below(located.found, &key.folder)
        && !located.found.tree.has_links()
        && !paths.iter().any(|p| p.path.name().ends_with(".jsonnet"))
        && !paths.iter().any(|p| p.path == key.folder);
    if before.state != State::Rendered || !is_plain {
        return None;
    }
    let mut edits = BTreeMap::new();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for ChangedPath { path, .. } in paths {
        let new = match located.found.tree.get(path) {
            Some(entry) => manifests_of_file(ctx, located, options, (path, entry)).ok()?,
            None => Vec::new(),
        };
        let first = before.generated.partition_point(|m| by_path(m, path).is_lt());
        let behind = before.generated.partition_point(|m| by_path(m, path).is_le());
        gone.extend((first..behind).filter_map(|at| before.generated.get(at)));
        come.extend(new.iter().cloned());
        merge(&mut edits, first, behind - first, new);
    }
    let manifests = sorted(&before.manifests, &gone, come);
    Some(Outcome { manifests, generated: before.generated.edited(edits), ..before })
}

/// The manifests in their stated order: by key, equal keys in the order of generation.
fn sorted(before: &ManifestList, gone: &[&Manifest], mut come: Vec<Manifest>) -> ManifestList {
    // Those of one file stand in the order of the file.
    come.sort_by(|a, b| match &b.place {
        Some(place) => a.sort_key().cmp(&b.sort_key()).then_with(|| by_path(a, &place.path)),
        None => a.sort_key().cmp(&b.sort_key()),
    });
    let bounds = |manifest: &Manifest| -> (usize, usize) {
        let key = manifest.sort_key();
        let order = |other: &Manifest| match &manifest.place {
            Some(place) => other.sort_key().cmp(&key).then_with(|| by_path(other, &place.path)),
            None => other.sort_key().cmp(&key),
        };
        let first = before.partition_point(|other| order(other).is_lt());
        (first, before.partition_point(|other| order(other).is_le()))
    };
    let mut edits: BTreeMap<usize, ManifestEdit> = BTreeMap::new();
    for manifest in gone {
        let (first, behind) = bounds(manifest);
        edits.entry(first).or_default().gone = behind - first;
    }
    for manifest in come {
        let (first, _) = bounds(&manifest);
        edits.entry(first).or_default().come.push(manifest);
    }
    before.edited(edits)
}

fn merge(edits: &mut BTreeMap<usize, ManifestEdit>, at: usize, gone: usize, come: Vec<Manifest>) {
    let edit = edits.entry(at).or_default();
    edit.gone += gone;
    edit.come.extend(come);
}

/// Where the file of a manifest stands in the walk.
fn by_path(manifest: &Manifest, path: &TreePath) -> Ordering {
    let own = manifest.place.as_ref().map(|place| place.path.as_str());
    walk_order(own.unwrap_or_default(), path.as_str())
}
