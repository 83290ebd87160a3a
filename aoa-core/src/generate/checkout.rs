//! A repository at a revision, as the git generator lists and reads it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aoa_lang::source::{ContentId, FileMode, Tree, TreePath};
use aoa_lang::text::doublestar::PathList;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result};

use super::documents::{DECODING, as_map, as_maps, yaml};
use super::git_files::path_list;

/// The folders that a clone has below `.git`, as far as everybody's has them.
const GIT_FOLDERS: [&str; 12] = [
    ".git",
    ".git/logs",
    ".git/logs/refs",
    ".git/logs/refs/remotes",
    ".git/logs/refs/remotes/origin",
    ".git/objects",
    ".git/objects/info",
    ".git/objects/pack",
    ".git/refs",
    ".git/refs/heads",
    ".git/refs/remotes",
    ".git/refs/tags",
];

/// The files of a repository at one revision; what was listed and parsed once is kept for other ApplicationSets.
#[derive(Debug)]
pub struct Checkout {
    tree: Tree,
    repository: Text,
    revision: Text,
    directories: OnceLock<Arc<[Text]>>,
    paths: OnceLock<PathList>,
    parsed: Mutex<HashMap<ContentId, Result<Arc<[Map]>>>>,
}

impl Checkout {
    /// The files of `tree`; `repository` and `revision` (a commit, where known) are named in error messages.
    #[must_use]
    pub fn new(tree: Tree, repository: Text, revision: Text) -> Self {
        Checkout {
            tree,
            repository,
            revision,
            directories: OnceLock::new(),
            paths: OnceLock::new(),
            parsed: Mutex::default(),
        }
    }

    /// The files.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The URL as error messages name it.
    pub(super) fn repository(&self) -> &Text {
        &self.repository
    }

    /// The commit or revision as error messages name it.
    pub(super) fn revision(&self) -> &Text {
        &self.revision
    }

    /// The files and folders, ready for globbing.
    pub(super) fn path_list(&self) -> &PathList {
        self.paths.get_or_init(|| path_list(&self.tree))
    }

    /// All folders in the order of a file walk (`a`, `a/b`, `a-b`); without `hidden` those whose name begins with a dot
    /// are left out with everything below them.
    pub(super) fn directories(&self, hidden: bool) -> Arc<[Text]> {
        if hidden {
            return self.walk(true);
        }
        self.directories.get_or_init(|| self.walk(false)).clone()
    }

    fn walk(&self, hidden: bool) -> Arc<[Text]> {
        let mut found: Vec<&str> = if hidden { GIT_FOLDERS.to_vec() } else { Vec::new() };
        for (path, _) in self.tree.entries() {
            let path = path.as_str();
            for (end, _) in path.match_indices('/') {
                let Some(folder) = path.get(..end) else { continue };
                let name = folder.rsplit_once('/').map_or(folder, |(_, name)| name);
                if !hidden && name.starts_with('.') {
                    break;
                }
                found.push(folder);
            }
        }
        // Equal folders mostly stand side by side already.
        found.dedup();
        found.sort_by(|a, b| a.split('/').cmp(b.split('/')));
        found.dedup();
        found.into_iter().map(Text::from).collect()
    }

    /// The parameter objects in the file at `path`: one, or a list of them.
    ///
    /// # Errors
    ///
    /// `unable to parse file: ...`, or the file cannot be read.
    pub(super) fn objects(&self, path: &TreePath) -> Result<Arc<[Map]>> {
        let Some(entry) = self.tree.get(path) else {
            return Err(Error::new(aoa_lang::ErrorKind::NotFound, format!("no file `{path}`")));
        };
        if let FileMode::Symlink(target) = &entry.mode {
            return self.linked_objects(path, target);
        }
        let known = self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(&entry.content).cloned();
        if let Some(known) = known {
            return known;
        }
        let objects = self.tree.read(path).and_then(|bytes| parse(&bytes));
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(entry.content, objects.clone());
        objects
    }

    fn linked_objects(&self, path: &TreePath, target: &str) -> Result<Arc<[Map]>> {
        let mut at = path.parent().and_then(|folder| folder.join(target));
        for _ in 0..40 {
            let Some(path) = at else { break };
            match self.tree.get(&path).map(|entry| &entry.mode) {
                Some(FileMode::Symlink(next)) => at = path.parent().and_then(|folder| folder.join(next)),
                Some(_) => return self.objects(&path),
                None => break,
            }
        }
        Err(Error::invalid(format!("unable to read `{path}`: it is a link to nothing in the repository")))
    }
}

/// A file that is no object is read as a list of objects; the error is that of the second attempt.
fn parse(bytes: &[u8]) -> Result<Arc<[Map]>> {
    let read = || -> Result<Arc<[Map]>> {
        let value = yaml(bytes)?;
        if let Ok(object) = as_map(&value) {
            return Ok(Arc::from([object]));
        }
        as_maps(&value).map(Arc::from).map_err(|e| e.prefixed(DECODING))
    };
    read().map_err(|e| e.prefixed("unable to parse file: "))
}
