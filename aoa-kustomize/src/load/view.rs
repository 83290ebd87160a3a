//! A tree of files as a build sees it: links followed, one file perhaps edited.

use std::sync::Arc;

use aoa_lang::source::{FileMode, Tree, TreePath};

use crate::error::{Error, Result};

/// A tree, and what differs from it for one build.
#[derive(Clone)]
pub(crate) struct View {
    tree: Tree,
    links: Links,
    edited: Option<(TreePath, Arc<[u8]>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Links {
    None,
    Some,
}

/// What stands at a path, links followed.
pub(crate) enum Found {
    File(TreePath),
    Folder(TreePath),
    Nothing,
    /// A link leads out of the tree.
    Outside,
}

/// How many links one path may lead through, as in Go.
const HOPS: usize = 255;

impl View {
    pub(crate) fn new(tree: Tree) -> Self {
        let has_links = tree.entries().any(|(_, entry)| matches!(entry.mode, FileMode::Symlink(_)));
        View { tree, links: if has_links { Links::Some } else { Links::None }, edited: None }
    }

    /// The same with other content of one file, which need not be there.
    pub(crate) fn with_edit(&self, path: TreePath, content: Arc<[u8]>) -> Self {
        View { edited: Some((path, content)), ..self.clone() }
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn find(&self, path: &TreePath) -> Found {
        if self.links == Links::None { self.find_without_links(path) } else { self.follow(path) }
    }

    fn find_without_links(&self, path: &TreePath) -> Found {
        let is_edited = self.edited.as_ref().is_some_and(|(edited, _)| edited == path);
        if is_edited || self.tree.get(path).is_some() {
            Found::File(path.clone())
        } else if self.tree.is_folder(path) {
            Found::Folder(path.clone())
        } else {
            Found::Nothing
        }
    }

    fn follow(&self, path: &TreePath) -> Found {
        let mut rest: Vec<String> = path.as_str().split('/').rev().map(str::to_owned).collect();
        let mut here = TreePath::root();
        let mut hops = 0;
        while let Some(part) = rest.pop() {
            let Some(next) = here.join(&part) else { return Found::Outside };
            match self.tree.get(&next).map(|entry| &entry.mode) {
                Some(FileMode::Symlink(target)) => {
                    hops += 1;
                    if target.starts_with('/') {
                        return Found::Outside;
                    }
                    if hops > HOPS {
                        return Found::Nothing;
                    }
                    rest.extend(target.split('/').rev().map(str::to_owned));
                }
                _ => here = next,
            }
        }
        self.find_without_links(&here)
    }

    /// The names of what is in a folder, sorted; none if it is no folder.
    pub(crate) fn children(&self, folder: &TreePath) -> Vec<String> {
        let Found::Folder(folder) = self.find(folder) else { return Vec::new() };
        let below = self.tree.within(&folder).filter_map(|(path, _)| path.relative_to(&folder));
        let mut names: Vec<String> =
            below.filter_map(|rest| rest.split('/').next().map(str::to_owned)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The bytes of a file that [`View::find`] has found.
    pub(crate) fn read(&self, path: &TreePath) -> Result<Arc<[u8]>> {
        match &self.edited {
            Some((edited, content)) if edited == path => Ok(content.clone()),
            _ => self.tree.read(path).map_err(Error::from),
        }
    }
}
