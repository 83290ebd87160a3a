//! From an older fleet to a newer one: what a change does not reach is not computed again.
//!
//! A change that reaches contents alone leaves the shape of the fleet: the newer fleet shares everything with the older
//! but those contents and what is said of them. Where it reaches more (a set, a root, an object that drives the fleet), the
//! rounds run again, with the generations and contents that are still good. Where more than files differ, nothing is kept
//! but what the [`Resolver`](crate::Resolver) keeps anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aoa_lang::Result;
use aoa_lang::source::TreePath;

use super::Kept;
use super::admit::Arrival;
use super::discover::roots_of;
use super::findings::{assembled, in_order};
use super::finish::needs;
use super::older::Older;
use super::run::Run;
use super::spot::{Part, Spot};
use crate::finding::{Cause, Finding};
use crate::fleet::{AppId, Content, Fleet, FleetData, SetId, State};
use crate::inputs::{Declared, Inputs, Root};
use crate::load::{ChangedTree, Locator, Repositories, candidates_changed, changed_trees, same_roots};
use crate::model::{Kind, Manifest, ObjectRef};
use crate::options::Options;
use crate::policy::Scopes;
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
    let newer = match change.patched(&inputs, options, kept) {
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
    let Some(newer) = change.patched(&inputs, options, kept) else {
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
        Run::new(options, kept, inputs).since(older).finish()
    }

    /// The older fleet with other contents; `None` if the change reaches more than that.
    fn patched(&self, inputs: &Inputs, options: &Options, kept: &Kept) -> Option<Fleet> {
        if !self.sets.is_empty() || self.older.roots.is_hit(&self.trees) {
            return None;
        }
        let mut run = Run::resumed(options, kept, Arc::new(inputs.clone()), self.older);
        let apps: Vec<AppId> = self.apps.iter().copied().collect();
        let rendered = {
            let ctx = run.render_context();
            run.kept.workers.map(&apps, |app| {
                let record = run.data.apps.get(app.0 as usize)?;
                let judging = run.data.judgings.get(record.judging as usize)?;
                Some(run.content(&ctx, *app, judging))
            })
        };
        let mut changed = Vec::new();
        for (app, new) in apps.into_iter().zip(rendered) {
            let (new, old) = (new?, self.older.contents.get(app)?);
            if self.brings_other(&run, app, old, &new) {
                return None;
            }
            changed.push((app, old, new));
        }
        if !self.agrees_on_urls(&run, &changed) || run.manifests.is_spent() {
            return None;
        }
        let findings = self.findings(&run, &changed);
        let data = &mut run.data;
        if let Some(findings) = findings {
            data.needs = Arc::new(needs(&findings));
            data.findings = Arc::new(findings);
        }
        for (app, old, new) in changed {
            if old.reach != new.reach {
                data.rerendered.push(app);
            }
            data.contents.set(app, new);
        }
        const MOST: usize = 1000;
        if data.rerendered.len() > MOST {
            data.rerendered.clear();
            data.reach = std::sync::OnceLock::new();
        }
        if let Some(asked) = data.asked.and(&run.repositories.take_asked()) {
            data.asked = Arc::new(asked);
        }
        data.counted = data.counted.saturating_add(run.manifests.counted(options.max_manifests));
        Some(Fleet { data: Arc::new(run.data) })
    }

    /// Whether an Application brings other objects that drive the fleet or define kinds, or others at other lines.
    fn brings_other(&self, run: &Run<'_>, app: AppId, old: &Content, new: &Content) -> bool {
        let follows = run.driven_namespace(app).is_some();
        let drives = |manifest: &Manifest| follows && Arrival::kind_of(manifest).is_some();
        let counts = |manifest: &&Manifest| drives(manifest) || Scopes::is_definition(manifest);
        let mut olds = old.manifests.may_drive().iter().filter(counts);
        let mut news = new.manifests.may_drive().iter().filter(counts);
        loop {
            match (olds.next(), news.next()) {
                (None, None) => return false,
                (Some(old), Some(new)) => {
                    let elsewhere =
                        || drives(new) && (old.place != new.place || self.is_in_changed_file(new));
                    if old.object != new.object || elsewhere() {
                        return true;
                    }
                }
                _ => return true,
            }
        }
    }

    /// The lines of fields in it may be others.
    fn is_in_changed_file(&self, manifest: &Manifest) -> bool {
        let Some(place) = &manifest.place else { return false };
        let mut paths = self.trees.iter().flat_map(|tree| &tree.paths);
        paths.any(|changed| changed.path == place.path)
    }

    /// Whether what is said of URLs stays as it is.
    fn agrees_on_urls(&self, run: &Run<'_>, changed: &[(AppId, &Arc<Content>, Arc<Content>)]) -> bool {
        let known = |cause: &Cause| self.older.findings.iter().any(|finding| finding.cause == *cause);
        let mut asked = run.repositories.take_aliases().into_iter();
        if !asked.all(|(asked, given)| known(&Cause::UrlAlias { asked, given })) {
            return false;
        }
        let has_any = self.older.findings.iter().any(|f| matches!(f.cause, Cause::UrlAlias { .. }));
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
        !has_any || changed.iter().all(|(_, old, new)| asks_the_same(old, new))
    }

    /// All findings; `None` if they are the same.
    fn findings(
        &self,
        run: &Run<'_>,
        changed: &[(AppId, &Arc<Content>, Arc<Content>)],
    ) -> Option<Vec<Finding>> {
        let projects = std::cell::LazyCell::new(|| run.projects());
        let mut notes: BTreeMap<AppId, Vec<(Cause, Part)>> = BTreeMap::new();
        let mut touched: BTreeSet<Cause> = BTreeSet::new();
        for (app, old, new) in changed {
            if is_silent(old) && is_silent(new) {
                continue;
            }
            let before = run.causes_of_content(*app, old, &projects);
            let after = run.causes_of_content(*app, new, &projects);
            let said = |causes: &[(Cause, Part)], cause: &Cause| -> Vec<Part> {
                causes.iter().filter(|(other, _)| other == cause).map(|(_, part)| *part).collect()
            };
            let all = before.iter().chain(&after).map(|(cause, _)| cause);
            let other = all.filter(|cause| said(&before, cause) != said(&after, cause));
            touched.extend(other.cloned());
            notes.insert(*app, after);
        }
        if touched.is_empty() {
            return None;
        }
        let mut findings: Vec<Finding> = Vec::with_capacity(self.older.findings.len());
        let mut subjects: BTreeMap<Cause, BTreeSet<ObjectRef>> =
            touched.into_iter().map(|cause| (cause, BTreeSet::new())).collect();
        for finding in self.older.findings.iter() {
            match subjects.get_mut(&finding.cause) {
                Some(subjects) => subjects.extend(finding.subjects.iter().cloned()),
                None => findings.push(finding.clone()),
            }
        }
        for (app, causes) in &notes {
            for (cause, _) in causes {
                if let Some(subjects) = subjects.get_mut(cause) {
                    subjects.insert(run.data.app_ref(*app));
                }
            }
        }
        let mut locator = Locator::new(&run.repositories);
        let anew = subjects.into_iter().filter_map(|(cause, subjects)| {
            let mut said = self.older.root_causes.contains(&cause);
            let mut spots = Vec::new();
            let mut left = Vec::new();
            for subject in subjects {
                let mine = self.spots(run, &subject, &cause, &notes, &projects);
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
        run: &Run<'_>,
        subject: &ObjectRef,
        cause: &Cause,
        notes: &BTreeMap<AppId, Vec<(Cause, Part)>>,
        projects: &crate::policy::Projects,
    ) -> Vec<Option<Spot>> {
        let (namespace, name) = (subject.namespace.to_str_lossy(), subject.name.to_str_lossy());
        let parts = |causes: &[(Cause, Part)]| -> Vec<Part> {
            causes.iter().filter(|(other, _)| other == cause).map(|(_, part)| *part).collect()
        };
        match subject.kind {
            Kind::Application => {
                let Some(app) = run.data.find_app(&namespace, &name) else { return Vec::new() };
                let parts = match notes.get(&app) {
                    Some(causes) => parts(causes),
                    None => parts(&run.causes_of_app(app, projects)),
                };
                let (place, holder) = run.place_of_app(app);
                parts.into_iter().map(|part| Some(Spot::new(place.clone()?, part, holder))).collect()
            }
            Kind::ApplicationSet => {
                let of = |set: &&crate::fleet::SetRecord| {
                    set.namespace == subject.namespace && set.name == subject.name
                };
                let found = (0u32..).zip(&run.data.sets).find(|(_, set)| of(set));
                let Some((id, set)) = found else { return Vec::new() };
                let parts = parts(&run.causes_of_set(SetId(id)));
                parts.into_iter().map(|part| Some(Spot::of(set.place.clone()?, part))).collect()
            }
            Kind::AppProject => Vec::new(),
        }
    }
}

/// Whether there is certainly nothing to be said of a content.
fn is_silent(content: &Content) -> bool {
    let known = matches!(content.state, State::Rendered | State::Skipped);
    known && content.conditions.is_empty() && content.denied.is_empty() && content.refusal.is_none()
}
