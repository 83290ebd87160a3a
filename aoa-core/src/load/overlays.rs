//! The kustomizations of a tree: what they refer to, and which nobody refers to.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Value, yaml};

/// All kustomizations of a tree.
pub(super) struct Overlays {
    /// Every path that one of them names, whatever for.
    named: BTreeSet<TreePath>,
    /// Who takes a file or folder in, by what is taken in.
    users: BTreeMap<TreePath, BTreeSet<TreePath>>,
    components: BTreeSet<TreePath>,
}

/// The fields whose files and folders become part of the result.
const TAKEN_IN: [&str; 4] = ["resources", "bases", "components", "generators"];

impl Overlays {
    /// Reads the kustomization files of a tree; those that are no YAML refer to nothing.
    pub(super) fn read(tree: &Tree) -> Self {
        let mut overlays =
            Overlays { named: BTreeSet::new(), users: BTreeMap::new(), components: BTreeSet::new() };
        for (path, _) in tree.entries() {
            if !matches!(path.name(), "kustomization.yaml" | "kustomization.yml" | "Kustomization") {
                continue;
            }
            let (Some(folder), Ok(text)) = (path.parent(), tree.read(path)) else { continue };
            if let Ok(kustomization) = yaml::load(&text) {
                overlays.add(&folder, &kustomization);
            }
        }
        overlays
    }

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

    /// Whether a kustomization names this file.
    pub(super) fn names(&self, path: &TreePath) -> bool {
        self.named.contains(path)
    }

    /// The kustomizations that take in one of `files`, themselves or by way of others, and that no other one takes in; a
    /// component by itself is none.
    pub(super) fn topmost_over(&self, files: Vec<TreePath>) -> BTreeSet<TreePath> {
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
