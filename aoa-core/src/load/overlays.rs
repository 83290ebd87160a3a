//! The kustomizations of a tree: what they refer to, and which nobody refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Value, yaml};

/// All kustomizations of a tree.
#[derive(Clone, Default)]
pub(super) struct Overlays {
    /// What each says, by its file; those that are no YAML refer to nothing.
    files: BTreeMap<TreePath, Arc<Value>>,
    index: Arc<Index>,
}

/// What follows from all of them.
#[derive(Default)]
struct Index {
    /// Every path that one of them names, whatever for.
    named: BTreeSet<TreePath>,
    /// Who takes a file or folder in, by what is taken in.
    users: BTreeMap<TreePath, BTreeSet<TreePath>>,
    components: BTreeSet<TreePath>,
}

/// The fields whose files and folders become part of the result.
const TAKEN_IN: [&str; 4] = ["resources", "bases", "components", "generators"];

impl Overlays {
    /// Reads the kustomization files of a tree.
    pub(super) fn read(tree: &Tree) -> Self {
        let paths = tree.entries().map(|(path, _)| path).filter(|path| is_kustomization(path));
        let files = paths.filter_map(|path| Some((path.clone(), kustomization(tree, path)?)));
        Overlays::of(files.collect())
    }

    /// Those of a tree in which `paths` have changed; `None` if they say the same.
    pub(super) fn after<'p>(&self, tree: &Tree, paths: impl Iterator<Item = &'p TreePath>) -> Option<Self> {
        let read = paths.filter(|path| is_kustomization(path)).map(|path| (path, kustomization(tree, path)));
        let other: Vec<_> = read.filter(|(path, now)| self.files.get(*path) != now.as_ref()).collect();
        if other.is_empty() {
            return None;
        }
        let mut files = self.files.clone();
        for (path, now) in other {
            match now {
                Some(kustomization) => files.insert(path.clone(), kustomization),
                None => files.remove(path),
            };
        }
        Some(Overlays::of(files))
    }

    fn of(files: BTreeMap<TreePath, Arc<Value>>) -> Self {
        let mut index = Index::default();
        for (path, kustomization) in &files {
            if let Some(folder) = path.parent() {
                index.add(&folder, kustomization);
            }
        }
        Overlays { files, index: Arc::new(index) }
    }

    /// Whether a kustomization names this file.
    pub(super) fn names(&self, path: &TreePath) -> bool {
        self.index.named.contains(path)
    }

    /// The kustomizations that take in one of `files`, themselves or by way of others, and that no other one takes in; a
    /// component by itself is none.
    pub(super) fn topmost_over(&self, files: Vec<TreePath>) -> BTreeSet<TreePath> {
        self.index.topmost_over(files)
    }
}

fn is_kustomization(path: &TreePath) -> bool {
    matches!(path.name(), "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

fn kustomization(tree: &Tree, path: &TreePath) -> Option<Arc<Value>> {
    Some(Arc::new(yaml::load(&tree.read(path).ok()?).ok()?))
}

impl Index {
    fn add(&mut self, folder: &TreePath, kustomization: &Value) {
        let mut pending = vec![kustomization];
        while let Some(value) = pending.pop() {
            match value {
                Value::String(text) => self.named.extend(text.as_str().and_then(|text| folder.join(text))),
                Value::List(list) => pending.extend(list.iter()),
                Value::Map(map) => pending.extend(map.values()),
                _ => {}
            }
        }
        let lists = TAKEN_IN.into_iter().filter_map(|field| kustomization.get(field)?.as_list());
        let paths = lists.flatten().filter_map(|item| folder.join(item.as_str()?));
        for path in paths.filter(|path| path != folder) {
            self.users.entry(path).or_default().insert(folder.clone());
        }
        if kustomization.str_at(&["kind"]) == Some("Component") {
            self.components.insert(folder.clone());
        }
    }

    fn topmost_over(&self, files: Vec<TreePath>) -> BTreeSet<TreePath> {
        let (mut pending, mut seen, mut topmost) = (files, BTreeSet::new(), BTreeSet::new());
        while let Some(path) = pending.pop() {
            for user in self.users.get(&path).into_iter().flatten() {
                if !seen.insert(user.clone()) {
                    continue;
                }
                if self.users.contains_key(user) {
                    pending.push(user.clone());
                } else if !self.components.contains(user) {
                    topmost.insert(user.clone());
                }
            }
        }
        topmost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topmost_overlays_are_found() {
        let tree = Tree::in_memory([
            ("base/kustomization.yaml", "resources: [app.yaml, ../part]"),
            ("part/kustomization.yaml", "kind: Component\nresources: [part.yaml]"),
            ("dev/kustomization.yml", "bases: [../base]"),
            ("prod/Kustomization", "resources: [../base, .]\npatches: [{path: patch.yaml}]"),
            ("loop-a/kustomization.yaml", "resources: [../loop-b, loop.yaml]"),
            ("loop-b/kustomization.yaml", "resources: [../loop-a]"),
            ("alone/kustomization.yaml", "kind: Component\nresources: [x.yaml]"),
        ]);
        let overlays = Overlays::read(&tree);
        let path = |text: &str| TreePath::new(text).unwrap();
        let over = |file: &str| -> Vec<String> {
            overlays.topmost_over(vec![path(file)]).iter().map(ToString::to_string).collect()
        };
        assert_eq!(over("base/app.yaml"), ["dev", "prod"]);
        assert_eq!(over("part/part.yaml"), ["dev", "prod"]);
        assert_eq!(over("prod/patch.yaml"), [""; 0]);
        assert_eq!(over("loop-a/loop.yaml"), [""; 0]);
        assert_eq!(over("alone/x.yaml"), [""; 0]);
        assert!(overlays.names(&path("prod/patch.yaml")));
    }
}
