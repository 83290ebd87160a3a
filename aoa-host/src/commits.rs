//! The files of commits that a clone holds and that are not checked out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aoa_core::inputs::{Checkout, Commits};

use crate::folder::FolderLimits;
use crate::revision::{commit_id, read_commit};

/// The commits of a clone, each read when somebody asks for it.
///
/// ```
/// use aoa_host::core::inputs::Commits;
/// use aoa_host::{FolderLimits, GitCommits};
///
/// let nowhere = tempfile::tempdir().unwrap();
/// let commits = GitCommits::new(nowhere.path(), FolderLimits::default());
/// assert!(commits.checkout("4e3162508ac1d0b5d2d70f0b4d0f30a6e1c9bb02").is_none());
/// ```
#[derive(Debug)]
pub struct GitCommits {
    folder: PathBuf,
    read: Mutex<Read>,
}

#[derive(Debug)]
struct Read {
    /// Those that were asked for, by what they were asked for as.
    known: HashMap<String, Option<Checkout>>,
    /// What all together may still hold.
    left: FolderLimits,
}

impl GitCommits {
    /// The commits of the clone that `folder` lies in. All that are read together hold no more files than one folder may.
    pub fn new(folder: impl AsRef<Path>, limits: FolderLimits) -> Self {
        let read = Read { known: HashMap::new(), left: limits };
        GitCommits { folder: folder.as_ref().to_path_buf(), read: Mutex::new(read) }
    }
}

impl Commits for GitCommits {
    fn checkout(&self, commit: &str) -> Option<Checkout> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.known.get(commit) {
            return known.clone();
        }
        let found = commit_id(&self.folder, commit).and_then(|id| {
            let tree = read_commit(&self.folder, &id, read.left).ok()?;
            Some(Checkout::of_commit(id, tree))
        });
        let files = found.as_ref().map_or(0, |checkout| checkout.tree.entries().len());
        read.left.files = read.left.files.saturating_sub(files);
        read.known.insert(commit.to_owned(), found.clone());
        found
    }
}
