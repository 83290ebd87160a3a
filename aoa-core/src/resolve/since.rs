//! From an older fleet to a newer one: what a change does not reach is not computed again.
//!
//! A change that reaches Applications alone leaves the shape of the fleet: the newer fleet shares everything with the older
//! but those Applications, their contents and what is said of them. Where it reaches more (a set, a root, a project), the
//! rounds run again, with the generations and contents that are still good. Where more than files differ, nothing is kept
//! but what the [`Resolver`](crate::Resolver) keeps anyway.

use std::collections::BTreeSet;
use std::sync::Arc;

use aoa_lang::Result;
use aoa_lang::source::TreePath;

use super::Kept;
use super::amend::amended;
use super::discover::roots_of;
use super::older::Older;
use super::run::Run;
use crate::fleet::{AppId, Fleet, FleetData, SetId};
use crate::inputs::{Declared, Inputs, Root};
use crate::load::{ChangedTree, Repositories, candidates_changed, changed_trees, same_roots};
use crate::options::Options;
use crate::render::ReachIndex;

/// The fleet of `inputs`, from `older`; `None` if that is of no use.
pub(super) fn resolve_since(
    older: &Fleet,
    inputs: &Inputs,
    options: &Options,
    kept: &Kept,
) -> Result<Option<Fleet>> {
    let data = &older.data;
    if !is_like(&data.options, options) {
        return Ok(None);
    }
    let Some(changes) = changed_trees(&data.inputs, inputs) else { return Ok(None) };
    if changes.iter().any(|tree| tree.commit) {
        let repositories = Repositories::new(Arc::new(inputs.clone()), options.urls);
        if !repositories.agree(&data.asked) {
            return Ok(None);
        }
    }
    let mut inputs = inputs.clone();
    let mut trial = None;
    if inputs.roots.is_empty() && data.inputs.roots.iter().all(|root| root.declared == Declared::Found) {
        match found_roots(data, &inputs, &changes, (options, kept)) {
            Some(found) => (inputs.roots, trial) = found,
            None => return Ok(None),
        }
        if !same_roots(&data.inputs.roots, &inputs.roots) {
            return Ok(None);
        }
    } else if !same_roots(&data.inputs.roots, &inputs.roots) {
        return Ok(None);
    }
    let change = Change::of(data, changes);
    let newer = match change.amended(&inputs, options, kept) {
        Some(newer) => newer,
        // Something may be counted twice on the way: whether a bound is passed is found out from the beginning.
        None => match change.replayed(&inputs, options, kept) {
            Ok(newer) => newer,
            Err(_) => return Ok(None),
        },
    };
    if newer.data.counted > options.max_manifests {
        return Ok(None);
    }
    Ok(Some(with_trial(newer, trial)))
}

pub(super) fn with_trial(fleet: Fleet, trial: Option<Fleet>) -> Fleet {
    match trial {
        None => fleet,
        trial => Fleet { data: Arc::new(FleetData { trial, ..(*fleet.data).clone() }) },
    }
}

/// Whether fleets are resolved in one way, however many threads there are.
fn is_like(one: &Options, other: &Options) -> bool {
    let text = |options: &Options| format!("{:?}", Options { threads: 1, ..options.clone() });
    text(one) == text(other)
}

/// The roots, and the fleet in which they were looked for; `None` if there may be other candidates.
fn found_roots(
    data: &FleetData,
    inputs: &Inputs,
    changes: &[ChangedTree],
    (options, kept): (&Options, &Kept),
) -> Option<(Vec<Root>, Option<Fleet>)> {
    let (old, new) = (data.inputs.repositories.first()?, inputs.repositories.first()?);
    let (old, new) = (&old.checkouts.first()?.tree, &new.checkouts.first()?.tree);
    let mut mine = changes.iter().filter(|tree| tree.number.repository == 0 && tree.number.checkout == 0);
    let (limits, most) = (&options.limits, options.max_file_bytes);
    if mine.any(|tree| candidates_changed(old, new, &tree.paths, limits, most)) {
        return None;
    }
    let Some(trial) = &data.trial else {
        // With one candidate nothing was tried.
        return (data.inputs.roots.len() < 2).then(|| (data.inputs.roots.clone(), None));
    };
    let inputs = Inputs { roots: trial.data.inputs.roots.clone(), ..inputs.clone() };
    let change = Change::of(&trial.data, changes.to_vec());
    let Some(newer) = change.amended(&inputs, options, kept) else {
        let newer = change.replayed(&inputs, options, kept).ok()?;
        if newer.data.counted > options.max_manifests {
            return None;
        }
        let files: Vec<TreePath> = inputs.roots.iter().map(|root| root.path.clone()).collect();
        return Some((roots_of(&newer, &files, options), Some(newer)));
    };
    // Which files a source covers hangs on its type.
    let types = |fleet: &Fleet, app: AppId| -> Option<Vec<_>> {
        let content = fleet.data.contents.get(app)?;
        Some(content.sources.iter().map(|source| source.source_type).collect())
    };
    let same = change.apps.iter().all(|app| types(trial, *app) == types(&newer, *app));
    same.then(|| (data.inputs.roots.clone(), Some(newer)))
}

/// What changed since an older fleet, and what that reaches.
struct Change<'o> {
    older: &'o FleetData,
    trees: Vec<ChangedTree>,
    apps: BTreeSet<AppId>,
    sets: BTreeSet<SetId>,
}

impl<'o> Change<'o> {
    fn of(older: &'o FleetData, trees: Vec<ChangedTree>) -> Self {
        let index = older.reach.get_or_init(|| Arc::new(ReachIndex::of(&older.contents)));
        let mut apps = index.reached(&trees);
        let hit = |app: &&AppId| older.contents.get(**app).is_some_and(|c| c.reach.is_hit(&trees));
        apps.extend(older.rerendered.iter().filter(hit));
        let params = older.inputs.settings.params_cm.as_ref();
        let new_globbing = params
            .and_then(|params| params.str_at(&["applicationsetcontroller.enable.new.git.file.globbing"]))
            == Some("true");
        let sets = (0u32..).zip(&older.sets);
        let sets = sets.filter(|(_, set)| set.reach.is_hit(&trees, new_globbing));
        let sets = sets.map(|(id, _)| SetId(id)).collect();
        Change { older, trees, apps, sets }
    }

    /// The rounds run again, with what is still good.
    fn replayed(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Result<Fleet> {
        let older = Older::new(self.older, &self.apps, &self.sets);
        Run::new(options, kept, inputs).since(older, &self.trees).finish()
    }

    /// The older fleet with other contents and Applications; `None` if the change reaches more than these.
    fn amended(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Option<Fleet> {
        if !self.sets.is_empty() || self.older.roots.is_hit(&self.trees) {
            return None;
        }
        amended(self.older, (&self.trees, &self.apps), inputs, (options, kept))
    }
}
