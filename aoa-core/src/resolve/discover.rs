//! Finds roots where none are declared.
//!
//! Every candidate, a file or a kustomization, is tried as a root. One that the source of another candidate's Applications
//! covers has a parent; whatever stays uncovered is a root. Candidates that cover each other and that nobody else covers
//! are one self-managing group: its first by path is the root.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use aoa_lang::Result;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;
use petgraph::Direction::Incoming;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Kept;
use super::run::Run;
use crate::fleet::{App, AppId, Fleet, FoundRoots, Parent, SourceType};
use crate::inputs::{Declared, Inputs, Root};
use crate::load::{Candidates, Repositories};
use crate::options::Options;
use crate::render::directory_covers;

/// The roots of the first repository, by path, empty if nothing drives a fleet there; and how they were found.
pub(super) fn discover(
    inputs: &Inputs,
    options: &Options,
    kept: &Kept,
) -> Result<(Vec<Root>, Option<FoundRoots>)> {
    let Some(repository) = inputs.repositories.first() else { return Ok((Vec::new(), None)) };
    let Some(checkout) = repository.checkouts.first() else { return Ok((Vec::new(), None)) };
    let candidates = Candidates::of(&checkout.tree, &options.limits, options.max_file_bytes);
    let candidates = Arc::new(candidates);
    let roots = found_roots(&candidates, &repository.url);
    if roots.len() < 2 {
        return Ok((roots, Some(FoundRoots { candidates, trial: None })));
    }
    let trial = Inputs { roots, ..inputs.clone() };
    let fleet = Run::new(options, kept, &trial).finish()?;
    let roots = roots_of(&fleet, &candidates.files, options);
    Ok((roots, Some(FoundRoots { candidates, trial: Some(fleet) })))
}

/// A root for each candidate of the repository `url`.
pub(super) fn found_roots(candidates: &Candidates, url: &Text) -> Vec<Root> {
    candidates.files.iter().map(|path| found_root(path, url)).collect()
}

/// The roots among the candidates `files`, of all of which `trial` was resolved.
pub(super) fn roots_of(trial: &Fleet, files: &[TreePath], options: &Options) -> Vec<Root> {
    let inputs = &trial.data.inputs;
    let Some(repository) = inputs.repositories.first() else { return Vec::new() };
    let Some(checkout) = repository.checkouts.first() else { return Vec::new() };
    let repositories = Repositories::new(inputs.clone(), options.urls);
    let main = Main { files, tree: &checkout.tree, url: &repository.url };
    let graph = coverage(trial, &main, &repositories);
    uncovered(&graph, files).into_iter().map(|path| found_root(path, &repository.url)).collect()
}

/// Whether `newer` covers the same of the candidates `files` as `older`, from which it was amended.
pub(super) fn covers_the_same(older: &Fleet, newer: &Fleet, files: &[TreePath], options: &Options) -> bool {
    let (old, new) = (&older.data, &newer.data);
    let types = |fleet: &Fleet, app: AppId| -> Vec<Option<SourceType>> {
        let content = fleet.data.contents.get(app);
        content.map(|c| c.sources.iter().map(|source| source.source_type).collect()).unwrap_or_default()
    };
    let rendered = old.contents.differing(&new.contents);
    let rendered = rendered.filter(|app| types(older, *app) != types(newer, *app));
    let ids: BTreeSet<AppId> = rendered.chain(old.differing_records(new)).collect();
    let of = |fleet: &Fleet| -> Option<BTreeSet<(usize, usize)>> {
        let inputs = &fleet.data.inputs;
        let repository = inputs.repositories.first()?;
        let main = Main { files, tree: &repository.checkouts.first()?.tree, url: &repository.url };
        let repositories = Repositories::new(inputs.clone(), options.urls);
        let known = ids.iter().filter(|id| fleet.data.apps.get(**id).is_some());
        let mut covered = Covering::default();
        Some(known.flat_map(|id| covered.by(fleet, App::new(fleet, *id), &main, &repositories)).collect())
    };
    ids.is_empty() || of(older) == of(newer)
}

fn found_root(path: &TreePath, repository: &Text) -> Root {
    Root { declared: Declared::Found, repository: repository.clone(), ..Root::new(path.clone()) }
}

/// The candidates of the main repository.
struct Main<'m> {
    files: &'m [TreePath],
    tree: &'m Tree,
    url: &'m Text,
}

/// An edge from each candidate to those that sources of its Applications cover.
fn coverage(fleet: &Fleet, main: &Main<'_>, repositories: &Repositories) -> DiGraph<usize, ()> {
    let files = main.files;
    let mut graph = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..files.len()).map(|at| graph.add_node(at)).collect();
    let mut covering = Covering::default();
    for app in fleet.apps() {
        for (from, to) in covering.by(fleet, app, main, repositories) {
            if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
                graph.update_edge(*from, *to, ());
            }
        }
    }
    graph
}

/// Which candidates cover which. Thousands of Applications of one set may read the same folder, which is told once.
#[derive(Default)]
struct Covering {
    known: HashSet<(usize, TreePath, Option<String>)>,
}

impl Covering {
    /// The numbers of the candidate that `app` belongs to and of those that its sources read, as far as nobody told them.
    fn by(
        &mut self,
        fleet: &Fleet,
        app: App<'_>,
        main: &Main<'_>,
        repositories: &Repositories,
    ) -> Vec<(usize, usize)> {
        let Main { files, tree, url } = main;
        let Some(from) = candidate_of(fleet, app, files) else { return Vec::new() };
        let mut found = Vec::new();
        for folder in sources_in(app, url, repositories) {
            let key = (from, folder.path.clone(), folder.directory.as_ref().map(directory_key));
            if !self.known.insert(key) {
                continue;
            }
            let is_folder = |path: &TreePath| tree.get(path).is_none();
            let own = files.binary_search(&folder.path).ok().filter(|_| folder.directory.is_none());
            let below = within(files, &folder.path);
            let below = below.filter(|(_, file)| folder.covers(file, is_folder(file))).map(|(at, _)| at);
            found.extend(own.into_iter().chain(below).map(|to| (from, to)));
        }
        found
    }
}

/// The files under `folder`, with their numbers: neighbours in the sorted list.
fn within<'f>(files: &'f [TreePath], folder: &TreePath) -> impl Iterator<Item = (usize, &'f TreePath)> {
    let prefix = if folder.as_str().is_empty() { String::new() } else { format!("{folder}/") };
    let start = files.partition_point(|file| file.as_str() < prefix.as_str());
    let rest = files.get(start..).unwrap_or_default().iter();
    (start..).zip(rest.take_while(move |file| file.as_str().starts_with(&prefix)))
}

/// The candidate that an Application's manifest, or that of its ApplicationSet, stands in. What a chart or a
/// kustomization renders stands in no file: then that of its nearest ancestor.
fn candidate_of(fleet: &Fleet, app: App<'_>, files: &[TreePath]) -> Option<usize> {
    let find = |path: &TreePath| files.binary_search(path).ok();
    if let Some(found) = app.place().and_then(|place| find(&place.path)) {
        return Some(found);
    }
    let mut next = fleet.data.apps.get(app.id())?.parent;
    loop {
        let (place, parent) = match next {
            Parent::Root => return None,
            Parent::App(id) => (fleet.data.place(id).cloned(), fleet.data.apps.get(id)?.parent),
            Parent::Set(id) => {
                let set = fleet.data.sets.get(id.0 as usize)?;
                (set.place.clone(), set.parent)
            }
        };
        if let Some(found) = place.and_then(|place| find(&place.path)) {
            return Some(found);
        }
        next = parent;
    }
}

struct Covered {
    path: TreePath,
    /// The options of a plain folder; other types own whatever lies in theirs.
    directory: Option<aoa_lang::Value>,
}

impl Covered {
    /// Whether a candidate below is read: a file, or a kustomization by its file.
    fn covers(&self, candidate: &TreePath, is_folder: bool) -> bool {
        let Some(rest) = candidate.relative_to(&self.path).filter(|rest| !rest.is_empty()) else {
            return false;
        };
        self.directory.as_ref().is_none_or(|source| match is_folder {
            true => directory_covers(source, &format!("{rest}/kustomization.yaml")),
            false => directory_covers(source, rest),
        })
    }
}

fn directory_key(source: &aoa_lang::Value) -> String {
    aoa_lang::json::to_string(source.get("directory").unwrap_or(&aoa_lang::Value::Null)).unwrap_or_default()
}

/// The folders of the main repository that an Application's sources read.
fn sources_in(app: App<'_>, url: &Text, repositories: &Repositories) -> Vec<Covered> {
    let spec = app.spec();
    let types: Vec<Option<SourceType>> =
        app.content().map(|c| c.sources.iter().map(|s| s.source_type).collect()).unwrap_or_default();
    crate::model::sources_of(&spec)
        .into_iter()
        .enumerate()
        .filter_map(|(at, source)| {
            let text = |field| source.str_at(&[field]).unwrap_or_default();
            let same = repositories.is_same(text("repoURL"), &url.to_str_lossy());
            let path = TreePath::new(text("path"))
                .filter(|_| text("chart").is_empty() && source.get("path").is_some());
            let plain = types.get(at).copied().flatten() == Some(SourceType::Directory);
            let path = path.filter(|_| same)?;
            Some(Covered { path, directory: plain.then_some(source) })
        })
        .collect()
}

/// The files without parents: of each group that covers itself the first.
fn uncovered<'f>(graph: &DiGraph<usize, ()>, files: &'f [TreePath]) -> Vec<&'f TreePath> {
    let groups = tarjan_scc(graph);
    let mut group_of = vec![0usize; files.len()];
    for (number, group) in groups.iter().enumerate() {
        for node in group {
            if let Some(slot) = group_of.get_mut(node.index()) {
                *slot = number;
            }
        }
    }
    let mut roots = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let outside = |from: NodeIndex| group_of.get(from.index()) != Some(&number);
        let has_parent = group.iter().any(|node| graph.neighbors_directed(*node, Incoming).any(outside));
        if !has_parent {
            let members =
                group.iter().filter_map(|node| graph.node_weight(*node).and_then(|at| files.get(*at)));
            roots.extend(members.min());
        }
    }
    roots.sort();
    roots
}
