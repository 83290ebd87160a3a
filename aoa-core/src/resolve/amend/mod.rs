//! An older fleet with other contents, Applications and sets, where a change reaches nothing but these.
//!
//! What a change reaches is worked out again, parents before children: a set is generated, an Application rendered. What is
//! brought with another manifest is read again where it stands; what comes gets the next number, and the number of an
//! Application that goes stays empty. Whatever would touch more (a set that goes, projects, the scopes of kinds, objects that
//! several bring, another depth of the tree) ends the attempt: then the rounds run again.
//!
//! | file | what |
//! |---|---|
//! | `roots` | what the roots bring |
//! | `sets` | sets that are generated again |
//! | `contents` | Applications that are rendered again |
//! | `children` | what an Application or a root brings |
//! | `finish` | whether the whole is what the rounds would have made |
//! | `findings` | what is to be said of it |

mod children;
mod contents;
mod findings;
mod finish;
mod roots;
mod sets;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::Kept;
use super::run::Run;
use super::spot::Part;
use crate::finding::Cause;
use crate::fleet::{AppId, Content, Fleet, FleetData, Parent, SetId};
use crate::inputs::Inputs;
use crate::load::ChangedTree;
use crate::model::ObjectRef;
use crate::options::Options;
use crate::policy::Projects;

/// What a change reaches.
pub(super) struct Reached<'c> {
    pub(super) trees: &'c [ChangedTree],
    /// Applications that may contain something else.
    pub(super) apps: &'c BTreeSet<AppId>,
    /// Sets that may generate something else.
    pub(super) sets: &'c BTreeSet<SetId>,
}

/// The fleet of `inputs`: `older` with what a change reaches made anew; `None` if it touches more than can be amended.
pub(super) fn amended(
    older: &FleetData,
    reached: &Reached<'_>,
    inputs: &Inputs,
    (options, kept): (&Options, &Kept),
) -> Option<Fleet> {
    // Without renderings nobody knows in which round anything came.
    if !options.render {
        return None;
    }
    let run = Run::resumed(options, kept, Arc::new(inputs.clone()), older, reached.trees);
    let mut amending = Amending {
        older,
        trees: reached.trees,
        run,
        contested: OnceCell::new(),
        projects: OnceCell::new(),
        touched: BTreeMap::new(),
        touched_sets: BTreeMap::new(),
        open: BTreeMap::new(),
        open_sets: BTreeMap::new(),
        has_gone: false,
    };
    amending.roots()?;
    reached.sets.iter().try_for_each(|set| amending.open_set(*set))?;
    reached.apps.iter().for_each(|app| amending.open(*app));
    while let Some(round) = amending.next_round() {
        for set in amending.open_sets.remove(&round).unwrap_or_default() {
            amending.generate_again(set, round)?;
        }
        let apps = amending.open.remove(&round).unwrap_or_default();
        amending.render_again(apps)?;
    }
    amending.finish(options)
}

/// What becomes of one Application.
struct Touched {
    /// What it contained; `None`: it is new.
    old: Option<Arc<Content>>,
    /// What it contains; `None`: it is gone.
    new: Option<Arc<Content>>,
    /// Whether its object is another one, or may stand at other lines.
    is_read_again: bool,
    /// Whether its object is another one.
    is_other: bool,
    /// What was said of it.
    said: Vec<(Cause, Part)>,
    subject: ObjectRef,
}

/// What becomes of one set.
struct TouchedSet {
    subject: ObjectRef,
    /// What was said of it.
    said: Vec<(Cause, Part)>,
    /// Whether its object is another one, or may stand at other lines.
    is_read_again: bool,
    /// Whether it asks for the same repositories as before.
    asks_the_same: bool,
}

struct Amending<'a, 'r> {
    older: &'a FleetData,
    trees: &'a [ChangedTree],
    /// The fleet as far as it has got.
    run: Run<'r>,
    /// Objects that several bring.
    contested: OnceCell<HashSet<ObjectRef>>,
    projects: OnceCell<Projects>,
    touched: BTreeMap<AppId, Touched>,
    touched_sets: BTreeMap<SetId, TouchedSet>,
    /// What is to be rendered again, by the round in which it was.
    open: BTreeMap<u32, BTreeSet<AppId>>,
    /// What is to be generated again, by the round in which it was.
    open_sets: BTreeMap<u32, BTreeSet<SetId>>,
    /// Whether an Application has gone.
    has_gone: bool,
}

impl Amending<'_, '_> {
    fn open(&mut self, app: AppId) {
        // Of those that are gone an index may still tell.
        if let Some(record) = self.run.data.apps.get(app) {
            self.open.entry(record.judging).or_default().insert(app);
        }
    }

    fn open_set(&mut self, set: SetId) -> Option<()> {
        let round = self.round_below(self.run.data.sets.get(set.0 as usize)?.parent)?;
        self.open_sets.entry(round).or_default().insert(set);
        Some(())
    }

    fn next_round(&self) -> Option<u32> {
        let rounds = [self.open.keys().next(), self.open_sets.keys().next()];
        rounds.into_iter().flatten().min().copied()
    }

    /// The round in which what an Application or a root brings is looked at.
    fn round_below(&self, parent: Parent) -> Option<u32> {
        match parent {
            Parent::Root => Some(0),
            Parent::App(app) => self.run.data.apps.get(app)?.judging.checked_add(1),
            Parent::Set(_) => None,
        }
    }

    /// What is said of an Application before its object changes.
    fn touched_now(&self, app: AppId, old: Option<Arc<Content>>, new: Option<Arc<Content>>) -> Touched {
        let said = match &old {
            Some(old) if !findings::is_silent(old) => self.run.causes_of_content(app, old, self.projects()),
            _ => Vec::new(),
        };
        let subject = self.run.data.app_ref(app);
        Touched { old, new, is_read_again: false, is_other: false, said, subject }
    }

    fn projects(&self) -> &Projects {
        self.projects.get_or_init(|| self.run.projects())
    }

    fn is_contested(&self, object: &ObjectRef) -> bool {
        let contested = self
            .contested
            .get_or_init(|| self.older.conflicts.iter().map(|conflict| conflict.object.clone()).collect());
        contested.contains(object)
    }
}
