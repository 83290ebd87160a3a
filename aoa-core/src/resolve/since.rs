//! From an older fleet to a newer one: what a change does not reach is not computed again.
//!
//! Mostly a change reaches a few Applications and sets: the newer fleet shares everything with the older but these, their
//! contents and what is said of them. Where it reaches more (a project, other roots, a deeper tree), the rounds run again,
//! with the generations and contents that are still good. Where more than files differ, nothing is kept but what the
//! [`Resolver`](crate::Resolver) keeps anyway.

use std::collections::BTreeSet;
use std::sync::Arc;

use aoa_lang::Result;

use super::Kept;
use super::amend::{Reached, amended};
use super::discover::{self, covers_the_same, roots_of};
use super::older::Older;
use super::run::Run;
use crate::fleet::{AppId, Fleet, FleetData, FoundRoots, SetId};
use crate::inputs::{Declared, Inputs, Root};
use crate::load::{ChangedTree, Repositories, changed_trees, same_roots};
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
    let mut found = None;
    let is_looked_for = inputs.roots.is_empty() && !inputs.begin_live();
    if is_looked_for && data.inputs.roots.iter().all(|root| root.declared == Declared::Found) {
        match found_roots(data, &inputs, &changes, (options, kept)) {
            Some((roots, how)) => (inputs.roots, found) = (roots, Some(Arc::new(how))),
            None => return Ok(None),
        }
    }
    let change = Change::of(data, changes);
    Ok(change.newer(&inputs, options, kept).map(|newer| with_found(newer, found)))
}

pub(super) fn with_found(fleet: Fleet, found: Option<Arc<FoundRoots>>) -> Fleet {
    Fleet { data: Arc::new(FleetData { found, ..(*fleet.data).clone() }) }
}

/// Whether fleets are resolved in one way, however many threads there are.
fn is_like(one: &Options, other: &Options) -> bool {
    let text = |options: &Options| format!("{:?}", Options { threads: 1, ..options.clone() });
    text(one) == text(other)
}

/// The roots, and how they were found; `None` if all has to be looked through.
fn found_roots(
    data: &FleetData,
    inputs: &Inputs,
    changes: &[ChangedTree],
    (options, kept): (&Options, &Kept),
) -> Option<(Vec<Root>, FoundRoots)> {
    let known = data.found.as_ref()?;
    let repository = inputs.repositories.first()?;
    let tree = &repository.checkouts.first()?.tree;
    let mine = changes.iter().find(|tree| tree.number.repository == 0 && tree.number.checkout == 0);
    let paths = mine.map(|tree| tree.paths.as_slice()).unwrap_or_default();
    let candidates = known.candidates.after(tree, paths, &options.limits, options.max_file_bytes);
    let roots = discover::found_roots(&candidates, &repository.url);
    if roots.len() < 2 {
        return Some((roots, FoundRoots { candidates, trial: None }));
    }
    let older = known.trial.as_ref()?;
    let inputs = Inputs { roots, ..inputs.clone() };
    let trial = Change::of(&older.data, changes.to_vec()).newer(&inputs, options, kept)?;
    let files = &candidates.files;
    let is_amended = Arc::ptr_eq(&trial.data.lineage, &older.data.lineage);
    let roots = match is_amended && covers_the_same(older, &trial, files, options) {
        true => data.inputs.roots.clone(),
        false => roots_of(&trial, files, options),
    };
    Some((roots, FoundRoots { candidates, trial: Some(trial) }))
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

    /// The fleet of `inputs`; `None` if a bound is passed. Something may be counted twice on the way, so that whether one is has
    /// to be found out from the beginning.
    fn newer(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Option<Fleet> {
        let newer = match self.amended(inputs, options, kept) {
            Some(newer) => newer,
            None => self.replayed(inputs, options, kept).ok()?,
        };
        (newer.data.counted <= options.max_manifests).then_some(newer)
    }

    /// The rounds run again, with what is still good.
    fn replayed(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Result<Fleet> {
        let older = Older::new(self.older, &self.apps, &self.sets);
        Run::new(options, kept, inputs).since(older, &self.trees).finish()
    }

    /// The older fleet with what changes made anew; `None` if the change reaches more than can be amended.
    fn amended(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Option<Fleet> {
        if !same_roots(&self.older.inputs.roots, &inputs.roots) {
            return None;
        }
        let reached = Reached { trees: &self.trees, apps: &self.apps, sets: &self.sets };
        amended(self.older, &reached, inputs, (options, kept))
    }
}
