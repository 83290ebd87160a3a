//! What a file reaches: what is written in it, what generators make of it, whose content it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Result, json};

use super::cell::set_ref;
use super::chain::{Asked, app_ref};
use super::lines;
use super::reasons::FileReasons;
use crate::config::closest;
use crate::fleet::{App, Parent, SourceType};
use crate::generate::Origin;
use crate::inputs::Inputs;
use crate::model::{Kind, ObjectRef, repo_url, sources_of};

pub(super) fn reasons(asked: &Asked<'_>, wanted: &TreePath) -> Result<FileReasons> {
    let fleet = asked.fleet;
    let path = match known(fleet.inputs(), wanted) {
        true => wanted.clone(),
        // Also as seen from elsewhere.
        false => lines::in_repository(fleet, wanted.as_str())
            .map(|(_, path)| path)
            .ok_or_else(|| nowhere(asked, wanted))?,
    };
    let mut reasons = FileReasons { path: path.as_str().to_owned(), ..FileReasons::default() };
    defined(asked, &path, &mut reasons);
    for cluster in fleet.clusters() {
        let origin =
            cluster.origin.as_ref().and_then(|o| lines::in_repository(fleet, &o.path.to_str_lossy()));
        if origin.is_some_and(|(_, file)| file == path) {
            reasons.clusters.push(cluster.name.clone());
        }
    }
    generated(asked, &path, &mut reasons);
    rendered(asked, &path, &mut reasons);
    below(asked, &mut reasons);
    Ok(reasons)
}

fn known(inputs: &Inputs, path: &TreePath) -> bool {
    let mut trees = inputs.repositories.iter().flat_map(|r| &r.checkouts).map(|checkout| &checkout.tree);
    trees.any(|tree| tree.within(path).next().is_some())
}

fn nowhere(asked: &Asked<'_>, path: &TreePath) -> Error {
    let error = Error::new(ErrorKind::NotFound, format!("no repository of the fleet has a file `{path}`"));
    let inputs = asked.fleet.inputs();
    let tree = inputs.repositories.first().and_then(|r| r.checkouts.first()).map(|checkout| &checkout.tree);
    let files: Vec<&str> =
        tree.into_iter().flat_map(|tree| tree.entries()).map(|(file, _)| file.as_str()).collect();
    let named = files.iter().find(|file| file.rsplit('/').next() == Some(path.name()));
    match closest(path.as_str(), &files).or(named.copied()) {
        Some(close) => error.with_help(format!("did you mean `file:{close}`?")),
        None => error.with_help("paths are relative to the top of the repository"),
    }
}

/// Applications, sets and projects that are written there.
fn defined(asked: &Asked<'_>, path: &TreePath, reasons: &mut FileReasons) {
    let fleet = asked.fleet;
    let data = &fleet.data;
    let is_here = |place: &Option<crate::finding::Place>| {
        place.as_ref().filter(|place| place.path.is_within(path)).map(|p| p.line)
    };
    for app in fleet.apps().filter(|app| app.generated().is_none()) {
        if let Some(line) = is_here(&app.place().cloned()) {
            reasons.defines.push((app_ref(app.namespace(), app.name()), line));
        }
    }
    for set in &data.sets {
        let object = ObjectRef {
            kind: Kind::ApplicationSet,
            namespace: set.namespace.clone(),
            name: set.name.clone(),
        };
        reasons.defines.extend(is_here(&set.place).map(|line| (object, line)));
    }
    for project in &data.projects {
        let (namespace, name) = (project.namespace.clone(), project.name.clone());
        let object = ObjectRef { kind: Kind::AppProject, namespace, name };
        reasons.defines.extend(is_here(&project.place).map(|line| (object, line)));
    }
    reasons.defines.sort();
}

/// Sets whose cells are made of it.
fn generated(asked: &Asked<'_>, path: &TreePath, reasons: &mut FileReasons) {
    let fleet = asked.fleet;
    let clusters: BTreeSet<Text> = reasons.clusters.iter().cloned().collect();
    let mut sets: BTreeMap<ObjectRef, Vec<ObjectRef>> = BTreeMap::new();
    for app in fleet.apps() {
        let Some((_, set, at)) = app.generated() else { continue };
        if set.origins(at).iter().any(|origin| is_of(origin, path, &clusters))
            && let Some(Parent::Set(_)) = app.record().map(|record| record.parent)
            && let Some(owner) = app.origin()
        {
            let owner = set_ref(&owner.namespace.to_str_lossy(), &owner.name.to_str_lossy());
            sets.entry(owner).or_default().push(app_ref(app.namespace(), app.name()));
        }
    }
    reasons.generates = sets.into_iter().collect();
}

fn is_of(origin: &Origin, path: &TreePath, clusters: &BTreeSet<Text>) -> bool {
    let within = |file: &Text| TreePath::new(&file.to_str_lossy()).is_some_and(|file| file.is_within(path));
    match origin {
        Origin::GitFile { path: file, .. } => within(file),
        // A folder is there because of what lies in it.
        Origin::GitDirectory { path: folder, .. } => {
            within(folder)
                || TreePath::new(&folder.to_str_lossy()).is_some_and(|folder| path.is_within(&folder))
        }
        Origin::Cluster { name, .. } => clusters.contains(name),
        Origin::Merged(parts) => parts.iter().any(|part| is_of(part, path, clusters)),
        _ => false,
    }
}

/// Applications whose rendering reads it: rendered again, while somebody watches what is read.
fn rendered(asked: &Asked<'_>, path: &TreePath, reasons: &mut FileReasons) {
    let again = asked.again();
    let seen: Arc<Mutex<BTreeSet<TreePath>>> = Arc::default();
    let mut inputs = again.inputs().clone();
    for checkout in inputs.repositories.iter_mut().flat_map(|r| &mut r.checkouts) {
        let seen = seen.clone();
        let wanted = path.clone();
        checkout.tree = checkout.tree.observed(Arc::new(move |file: &TreePath| {
            if file.is_within(&wanted) {
                seen.lock().unwrap_or_else(PoisonError::into_inner).insert(file.clone());
            }
        }));
    }
    let mut known: HashMap<String, bool> = HashMap::new();
    for app in asked.fleet.apps() {
        let Some(content) = app.content() else { continue };
        let types: Vec<Option<SourceType>> =
            content.sources.iter().map(|source| source.source_type).collect();
        // A plain folder is made of its own files only.
        let may_read = content.sources.iter().any(|source| match source.source_type {
            Some(SourceType::Directory) => TreePath::new(&source.path.to_str_lossy())
                .is_some_and(|folder| path.is_within(&folder) || folder.is_within(path)),
            None => !source.reference.is_empty() || content.sources.len() > 1,
            _ => true,
        });
        if !may_read || types.is_empty() {
            continue;
        }
        let Some(application) = app.application() else { continue };
        let reads = *known.entry(identity(app)).or_insert_with(|| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
            asked.again().content_anew(&application, &inputs);
            !seen.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
        });
        if reads {
            reasons.renders.push(app_ref(app.namespace(), app.name()));
        }
    }
}

/// What decides which files an Application reads.
fn identity(app: App<'_>) -> String {
    let spec = app.spec();
    let sources: Vec<String> = sources_of(&spec)
        .iter()
        .map(|source| {
            let url = repo_url::checkout_key(source.str_at(&["repoURL"]).unwrap_or_default());
            format!("{url} {}", json::to_string(source).unwrap_or_default())
        })
        .collect();
    format!("{} {}", app.name(), sources.join("\n"))
}

/// All Applications that hang on what is written in the file.
fn below(asked: &Asked<'_>, reasons: &mut FileReasons) {
    let fleet = asked.fleet;
    let mut owners: BTreeSet<ObjectRef> = reasons.defines.iter().map(|(object, _)| object.clone()).collect();
    owners.extend(reasons.generates.iter().flat_map(|(_, apps)| apps.iter().cloned()));
    let mut found: BTreeSet<ObjectRef> =
        owners.iter().filter(|object| object.kind == Kind::Application).cloned().collect();
    // Level by level: children of what was found.
    loop {
        let sets = fleet.sets().filter(|set| set.parent().is_some_and(|parent| owners.contains(&parent)));
        let sets: Vec<ObjectRef> = sets.map(|set| set_ref(set.namespace(), set.name())).collect();
        let before = owners.len();
        owners.extend(sets);
        let apps = fleet.apps().filter(|app| app.parent().is_some_and(|parent| owners.contains(&parent)));
        let apps: Vec<ObjectRef> = apps.map(|app| app_ref(app.namespace(), app.name())).collect();
        found.extend(apps.iter().cloned());
        owners.extend(apps);
        if owners.len() == before {
            break;
        }
    }
    reasons.below = found.into_iter().collect();
}
