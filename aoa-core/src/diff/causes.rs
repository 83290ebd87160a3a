//! What a change comes from: the lines that were changed, with how many Applications each reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aoa_lang::source::{Entry, Tree, TreePath};
use aoa_lang::value::{Map, Text};

use super::{AppChange, changed_fields};
use crate::finding::Place;
use crate::fleet::{App, Fleet};
use crate::generate::Origin;
use crate::load::Repositories;
use crate::model::{Cluster, ObjectRef, repo_url, sources_of};
use crate::why::{Site, steps_of};

/// Something that was changed, and what that does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// Where it was changed; on the older side if it is not there any more.
    pub site: Option<Site>,
    /// What: `label environment: prod → stage`.
    pub words: String,
    /// How many Applications change with it.
    pub apps: usize,
    /// How many sets are involved.
    pub sets: usize,
}

/// Most files that are told.
const FILES: usize = 200;

/// What a change was made by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Label(Text, Text),
    Annotation(Text, Text),
    Cluster(Text),
    Set(ObjectRef, String),
    File(Text, TreePath),
}

/// What `changes` come from, the widest first.
pub(super) fn causes(changes: &[AppChange], before: &Fleet, after: &Fleet) -> Vec<Cause> {
    if changes.is_empty() {
        return Vec::new();
    }
    let search = Search {
        before,
        after,
        clusters: changed_clusters(before, after),
        files: changed_files(before, after),
        repositories: Repositories::new(Arc::clone(&after.data.inputs), after.data.options.urls),
    };
    let mut found: BTreeMap<Key, (usize, BTreeSet<ObjectRef>)> = BTreeMap::new();
    for change in changes {
        for key in search.of(change) {
            let entry = found.entry(key).or_default();
            entry.0 = entry.0.saturating_add(1);
            let sides = [&change.before, &change.after];
            let parents = sides.into_iter().flatten().filter_map(|side| side.parent.clone());
            entry.1.extend(parents.filter(|parent| parent.kind == crate::model::Kind::ApplicationSet));
        }
    }
    let mut causes: Vec<Cause> =
        found.into_iter().map(|(key, (apps, sets))| search.cause(&key, apps, sets.len())).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.apps));
    causes.truncate(FILES);
    causes
}

struct Search<'f> {
    before: &'f Fleet,
    after: &'f Fleet,
    /// What changes of each cluster.
    clusters: BTreeMap<Text, Vec<Key>>,
    /// Files that are not the same on both sides, by checkout key of their repository.
    files: BTreeMap<String, BTreeSet<TreePath>>,
    /// Of the newer side.
    repositories: Repositories,
}

fn changed_clusters(before: &Fleet, after: &Fleet) -> BTreeMap<Text, Vec<Key>> {
    let by_name = |fleet: &Fleet| -> BTreeMap<Text, Cluster> {
        fleet.clusters().map(|cluster| (cluster.name.clone(), cluster.clone())).collect()
    };
    let (old, new) = (by_name(before), by_name(after));
    let mut changed: BTreeMap<Text, Vec<Key>> = BTreeMap::new();
    for name in old.keys().chain(new.keys()) {
        let keys = match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => {
                let labels = differing(&old.labels, &new.labels);
                let annotations = differing(&old.annotations, &new.annotations);
                let labels = labels.into_iter().map(|key| Key::Label(name.clone(), key));
                let annotations = annotations.into_iter().map(|key| Key::Annotation(name.clone(), key));
                let mut keys: Vec<Key> = labels.chain(annotations).collect();
                if old.server != new.server || old.kube_version != new.kube_version {
                    keys.push(Key::Cluster(name.clone()));
                }
                keys
            }
            _ => vec![Key::Cluster(name.clone())],
        };
        if !keys.is_empty() {
            changed.insert(name.clone(), keys);
        }
    }
    changed
}

fn differing(old: &Map, new: &Map) -> BTreeSet<Text> {
    let keys = old.keys().chain(new.keys());
    let differs = |key: &&Text| old.get_bytes(key.as_bytes()) != new.get_bytes(key.as_bytes());
    keys.filter(differs).cloned().collect()
}

fn changed_files(before: &Fleet, after: &Fleet) -> BTreeMap<String, BTreeSet<TreePath>> {
    let mut changed: BTreeMap<String, BTreeSet<TreePath>> = BTreeMap::new();
    for old in &before.inputs().repositories {
        let key = repo_url::checkout_key(&old.url.to_str_lossy());
        let same = |new: &&crate::inputs::Repository| repo_url::checkout_key(&new.url.to_str_lossy()) == key;
        let Some(new) = after.inputs().repositories.iter().find(same) else { continue };
        let (Some(old), Some(new)) = (old.checkouts.first(), new.checkouts.first()) else { continue };
        if old.tree.shares(&new.tree) {
            continue;
        }
        let (old_tree, new_tree) = (&old.tree, &new.tree);
        let files = |tree: &Tree| -> BTreeMap<TreePath, Entry> {
            tree.entries().map(|(path, entry)| (path.clone(), entry.clone())).collect()
        };
        let (old, new) = (files(old_tree), files(new_tree));
        // Two folders name the same bytes differently: of equal length, only the bytes tell.
        let is_same = |path: &TreePath| match (old.get(path), new.get(path)) {
            (Some(old), Some(new)) if old.content == new.content && old.mode == new.mode => true,
            (Some(old), Some(new)) if old.size == new.size && old.mode == new.mode => {
                old_tree.read(path).ok() == new_tree.read(path).ok()
            }
            _ => false,
        };
        let paths = old.keys().chain(new.keys()).filter(|path| !is_same(path));
        changed.entry(key).or_default().extend(paths.cloned());
    }
    changed
}

impl Search<'_> {
    fn of(&self, change: &AppChange) -> BTreeSet<Key> {
        let (namespace, name) = (change.app.namespace.to_str_lossy(), change.app.name.to_str_lossy());
        let old = match &change.kind {
            super::ChangeKind::Renamed { from } => {
                self.before.app(&from.namespace.to_str_lossy(), &from.name.to_str_lossy())
            }
            _ => self.before.app(&namespace, &name),
        };
        let new = self.after.app(&namespace, &name);
        let mut keys = BTreeSet::new();
        for app in [old, new].into_iter().flatten() {
            self.of_app(app, !change.manifests.is_empty(), &mut keys);
        }
        keys
    }

    fn of_app(&self, app: App<'_>, content_differs: bool, keys: &mut BTreeSet<Key>) {
        if let Some((_, set, at)) = app.generated() {
            for origin in set.origins(at) {
                self.of_origin(&origin, keys);
            }
            if let Some(set) = app.origin() {
                keys.extend(self.of_set(&set));
            }
        } else if let Some(place) = app.place() {
            self.of_place(place, keys);
        }
        // What stands above decides, too.
        let mut above = app.parent();
        while let Some(parent) = above {
            let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
            let fleet = app.fleet();
            above = match parent.kind {
                crate::model::Kind::ApplicationSet => {
                    fleet.set(&namespace, &name).and_then(|set| set.parent())
                }
                _ => match fleet.app(&namespace, &name) {
                    Some(parent) => {
                        if let Some(place) = parent.place().filter(|_| parent.generated().is_none()) {
                            self.of_place(place, keys);
                        }
                        parent.parent()
                    }
                    None => None,
                },
            };
        }
        if content_differs {
            self.of_content(app, keys);
        }
    }

    fn of_origin(&self, origin: &Origin, keys: &mut BTreeSet<Key>) {
        match origin {
            Origin::Cluster { name, .. } => {
                keys.extend(self.clusters.get(name).into_iter().flatten().cloned())
            }
            Origin::GitFile { repository, revision, path, .. } => {
                let path = TreePath::new(&path.to_str_lossy());
                if let Some(path) = path.filter(|_| self.is_checked_out(repository, revision)) {
                    self.of_file(repository, &path, keys);
                }
            }
            Origin::Merged(parts) => parts.iter().for_each(|part| self.of_origin(part, keys)),
            _ => {}
        }
    }

    /// What is read at another commit did not change.
    fn of_place(&self, place: &Place, keys: &mut BTreeSet<Key>) {
        if place.commit.is_empty() {
            self.of_file(&place.repository, &place.path, keys);
        }
    }

    fn is_checked_out(&self, url: &Text, revision: &Text) -> bool {
        self.repositories.commit_elsewhere(&url.to_str_lossy(), &revision.to_str_lossy()).is_empty()
    }

    fn of_file(&self, repository: &Text, path: &TreePath, keys: &mut BTreeSet<Key>) {
        let changed = self.files.get(&repo_url::checkout_key(&repository.to_str_lossy()));
        if changed.is_some_and(|files| files.contains(path)) {
            keys.insert(Key::File(repository.clone(), path.clone()));
        }
    }

    /// The fields of a set that change; all of it where it comes or goes.
    fn of_set(&self, set: &ObjectRef) -> Vec<Key> {
        let (namespace, name) = (set.namespace.to_str_lossy(), set.name.to_str_lossy());
        match (self.before.set(&namespace, &name), self.after.set(&namespace, &name)) {
            (Some(old), Some(new)) if old.object() == new.object() => Vec::new(),
            (Some(old), Some(new)) => {
                let fields = changed_fields(old.object(), new.object());
                fields.into_iter().take(4).map(|field| Key::Set(set.clone(), field.path)).collect()
            }
            _ => vec![Key::Set(set.clone(), String::new())],
        }
    }

    /// The changed files below the folders of its sources.
    fn of_content(&self, app: App<'_>, keys: &mut BTreeSet<Key>) {
        let spec = app.spec();
        for source in sources_of(&spec) {
            let url = source.str_at(&["repoURL"]).unwrap_or_default();
            let Some(folder) = source.str_at(&["path"]).and_then(TreePath::new) else { continue };
            let Some(changed) = self.files.get(&repo_url::checkout_key(url)) else { continue };
            let below =
                changed.range(folder.clone()..).take_while(|path| path.as_str().starts_with(folder.as_str()));
            for path in below.filter(|path| path.is_within(&folder)).take(20) {
                keys.insert(Key::File(Text::from(url), path.clone()));
            }
        }
    }

    fn cause(&self, key: &Key, apps: usize, sets: usize) -> Cause {
        let (site, words) = match key {
            Key::Label(cluster, label) => self.entry(cluster, "labels", label),
            Key::Annotation(cluster, annotation) => self.entry(cluster, "annotations", annotation),
            Key::Cluster(name) => {
                let (old, new) = (cluster(self.before, name), cluster(self.after, name));
                let words = match (&old, &new) {
                    (None, _) => format!("cluster {name} is registered"),
                    (_, None) => format!("cluster {name} is not registered any more"),
                    _ => format!("cluster {name} changes"),
                };
                let new = new.and_then(|c| crate::why::cluster_site(self.after, c, None));
                let old = || old.and_then(|c| crate::why::cluster_site(self.before, c, None));
                (new.or_else(old), words)
            }
            Key::Set(set, path) => self.set(set, path),
            Key::File(repository, path) => {
                let has = |fleet: &Fleet| crate::why::has_file(fleet, repository, path);
                let words = match (has(self.before), has(self.after)) {
                    (false, _) => "new file",
                    (_, false) => "the file is gone",
                    _ => "the file changes",
                };
                (Some(Site::of_file(repository, path)), words.to_owned())
            }
        };
        Cause { site, words, apps, sets }
    }

    fn entry(&self, name: &Text, section: &'static str, key: &Text) -> (Option<Site>, String) {
        let (old, new) = (cluster(self.before, name), cluster(self.after, name));
        let value = |cluster: &Option<&Cluster>| -> String {
            let map = cluster.map(|c| if section == "labels" { &c.labels } else { &c.annotations });
            let value = map.and_then(|map| map.get_bytes(key.as_bytes())).and_then(aoa_lang::Value::as_str);
            value.map_or_else(|| "nothing".to_owned(), str::to_owned)
        };
        let what = if section == "labels" { "label" } else { "annotation" };
        let words = format!("{what} {key}: {} → {} ({name})", value(&old), value(&new));
        let text = key.to_str_lossy();
        let at = |fleet: &Fleet, cluster: Option<&Cluster>| {
            cluster.and_then(|c| crate::why::cluster_site(fleet, c, Some((section, &text))))
        };
        (at(self.after, new).or_else(|| at(self.before, old)), words)
    }

    fn set(&self, set: &ObjectRef, path: &str) -> (Option<Site>, String) {
        let (namespace, name) = (set.namespace.to_str_lossy(), set.name.to_str_lossy());
        let place = |fleet: &Fleet| -> Option<Place> { fleet.set(&namespace, &name)?.place().cloned() };
        let (old, new) = (self.before.set(&namespace, &name), self.after.set(&namespace, &name));
        let words = match (old, new) {
            (None, _) => format!("set {name} is new"),
            (_, None) => format!("set {name} is gone"),
            _ => format!("set {name}: {path}"),
        };
        let (fleet, place) = match place(self.after) {
            Some(place) => (self.after, Some(place)),
            None => (self.before, place(self.before)),
        };
        let site = place.map(|place| crate::why::field_site(fleet, &place, &steps_of(path)));
        (site, words)
    }
}

fn cluster<'f>(fleet: &'f Fleet, name: &Text) -> Option<&'f Cluster> {
    fleet.clusters().find(|cluster| cluster.name == *name)
}
