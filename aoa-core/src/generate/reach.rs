//! What of the repositories a set hangs on.

use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::text::path_glob::path_match;
use aoa_lang::value::Text;

use super::checkout::Checkout;
use super::git::is_exclude;
use super::git_files::list_files;
use crate::load::{ChangedTree, Found, PathChange, TreeNumber};

/// What of the repositories the outcome of a set hangs on.
#[derive(Clone, Debug, Default)]
pub(crate) struct SetReach {
    /// The trees that its generators looked into.
    trees: Vec<TreeNumber>,
    what: Arc<Looked>,
}

/// What is looked for in them.
#[derive(Debug, Default)]
enum Looked {
    /// Anything.
    #[default]
    Anything,
    /// Folders and files that these patterns list.
    For { folders: Vec<Text>, files: Vec<Text> },
}

/// The trees that the generators of a set looked into.
#[derive(Debug, Default)]
pub(crate) struct LookedInto {
    trees: Vec<TreeNumber>,
    has_links: bool,
}

impl LookedInto {
    pub(crate) fn add(&mut self, found: &Found) {
        self.trees.extend(found.number.filter(|number| !self.trees.contains(number)));
        self.has_links |= found.tree.has_links();
    }
}

impl SetReach {
    /// What the generators of `set` look for. A file that is listed may be a link to any other.
    pub(crate) fn of(set: &Value, into: LookedInto) -> Self {
        if into.trees.is_empty() || into.has_links {
            return SetReach::anything(into);
        }
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let mut pending: Vec<&Value> = set.at(&["spec", "generators"]).into_iter().collect();
        while let Some(value) = pending.pop() {
            match value {
                Value::List(list) => pending.extend(list.iter()),
                Value::Map(map) => pending.extend(map.iter().map(|(_, value)| value)),
                _ => {}
            }
            let list = |key| value.at(&["git", key]).and_then(Value::as_list).into_iter().flatten();
            let pattern = |item: &Value| Text::from(item.str_at(&["path"]).unwrap_or_default());
            // What is excluded counts for nothing, whether it is there or not.
            folders.extend(list("directories").filter(|item| !is_exclude(item)).map(pattern));
            files.extend(list("files").map(pattern));
        }
        SetReach { trees: into.trees, what: Arc::new(Looked::For { folders, files }) }
    }

    /// Anything in these trees.
    pub(crate) fn anything(into: LookedInto) -> Self {
        SetReach { trees: into.trees, what: Arc::default() }
    }

    /// Whether it looks into the same trees.
    pub(crate) fn is_where(&self, other: &SetReach) -> bool {
        self.trees == other.trees
    }

    /// Whether one of `changes` may count for the set; `new_globbing` says how files are listed.
    pub(crate) fn is_hit(&self, changes: &[ChangedTree], new_globbing: bool) -> bool {
        let mine = changes.iter().filter(|tree| self.trees.contains(&tree.number));
        mine.flat_map(|tree| &tree.paths).any(|changed| match &*self.what {
            Looked::Anything => true,
            Looked::For { folders, files } => {
                let came_with_folders = changed.change == PathChange::Folders;
                (came_with_folders && folders.iter().any(|pattern| may_list_above(pattern, &changed.path)))
                    || files.iter().any(|pattern| may_list(pattern, &changed.path, new_globbing))
            }
        })
    }
}

/// Whether `pattern` lists a folder that `path` is in.
fn may_list_above(pattern: &Text, path: &TreePath) -> bool {
    let pattern = pattern.to_str_lossy();
    let lists = |folder: &TreePath| path_match(&*pattern, folder.as_str()).unwrap_or(false);
    let above = std::iter::successors(path.parent(), TreePath::parent);
    let mut folders = above.take_while(|folder| *folder != TreePath::root());
    pattern.contains("{{") || folders.any(|folder| lists(&folder))
}

/// Whether `pattern` lists `path`. What a template makes of a pattern may list anything.
fn may_list(pattern: &Text, path: &TreePath, new_globbing: bool) -> bool {
    let pattern = pattern.to_str_lossy();
    if pattern.contains("{{") {
        return true;
    }
    let alone = Tree::in_memory([(path, "")]);
    let checkout = Checkout::new(alone, Text::EMPTY, Text::EMPTY);
    list_files(&checkout, &pattern, new_globbing).map_or(true, |found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_at_their_depth() {
        let lists =
            |pattern: &str, path: &str| may_list_above(&pattern.into(), &TreePath::new(path).unwrap());
        assert!(lists("apps/*", "apps/web/base/all.yaml"));
        assert!(lists("apps/*/*", "apps/web/base/all.yaml"));
        assert!(!lists("apps/*", "apps/all.yaml"), "a file is no folder");
        assert!(!lists("apps/*", "other/web/all.yaml"));
        assert!(lists("{{path}}/*", "other/web/all.yaml"));
    }

    #[test]
    fn patterns_list_single_files() {
        let lists =
            |pattern: &str, path: &str, new| may_list(&pattern.into(), &TreePath::new(path).unwrap(), new);
        for new in [true, false] {
            assert!(lists("clusters/*/config.json", "clusters/a/config.json", new));
            assert!(!lists("clusters/*/config.json", "clusters/a/other.json", new));
            assert!(lists("{{path}}/config.json", "a", new));
        }
        assert!(lists("clusters/**/config.json", "clusters/a/b/config.json", true));
        assert!(lists("clusters/*", "clusters/a/b", true), "it lists a folder, which fails");
    }
}
