//! Where a fleet's files are read from: the disk, or the disk with one repository as it was at a commit.

use std::path::{Component, Path, PathBuf};

use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::{Error, Result};

use crate::folder::{FolderLimits, read_file, read_folder, unreadable};

/// The files that loading sees.
pub(crate) struct Files {
    /// A repository's top folder, and its tree at a commit. Files below the folder are those of the tree.
    commit: Option<(PathBuf, Tree)>,
    limits: FolderLimits,
}

impl Files {
    pub(crate) fn on_disk(limits: FolderLimits) -> Self {
        Files { commit: None, limits }
    }

    pub(crate) fn limits(&self) -> FolderLimits {
        self.limits
    }

    /// The repository whose top folder is `top` as it is in `tree`.
    pub(crate) fn of_commit(top: PathBuf, tree: Tree, limits: FolderLimits) -> Self {
        Files { commit: Some((top, tree)), limits }
    }

    pub(crate) fn is_file(&self, path: &Path) -> bool {
        match self.in_commit(path) {
            Some((tree, path)) => tree.get(&path).is_some(),
            None => path.is_file(),
        }
    }

    /// # Errors
    ///
    /// There is no such file, or it is too large.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let Some((tree, inside)) = self.in_commit(path) else {
            return read_file(path, self.limits.file_bytes);
        };
        if tree.get(&inside).is_none() {
            return Err(unreadable(path, &std::io::ErrorKind::NotFound.into()));
        }
        tree.read(&inside).map(|bytes| bytes.to_vec())
    }

    /// # Errors
    ///
    /// There is no such folder, or it holds too much.
    pub(crate) fn folder(&self, path: &Path) -> Result<Tree> {
        let Some((tree, inside)) = self.in_commit(path) else { return read_folder(path, self.limits) };
        if inside == TreePath::root() {
            return Ok(tree.clone());
        }
        if !tree.is_folder(&inside) {
            return Err(unreadable(path, &std::io::ErrorKind::NotFound.into()));
        }
        Ok(tree.below(&inside))
    }

    /// Whether both paths lead to one folder.
    pub(crate) fn are_one(&self, one: &Path, other: &Path) -> bool {
        real(one) == real(other)
    }

    /// The path of a file as seen from a folder above it.
    pub(crate) fn below(&self, file: &Path, folder: &Path) -> Option<TreePath> {
        TreePath::new(real(file).strip_prefix(real(folder)).ok()?.to_str()?)
    }

    fn in_commit(&self, path: &Path) -> Option<(&Tree, TreePath)> {
        let (top, tree) = self.commit.as_ref()?;
        let inside = real(path).strip_prefix(real(top)).ok()?.to_str().map(str::to_owned)?;
        Some((tree, if inside.is_empty() { TreePath::root() } else { TreePath::new(&inside)? }))
    }
}

/// The path without links and dots, as far as it exists; what does not is taken by its words.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let mut real = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                real.pop();
            }
            part => {
                real.push(part);
                real = std::fs::canonicalize(&real).unwrap_or(real);
            }
        }
    }
    real
}

/// The error of a path that no file matches.
pub(crate) fn no_files(path: &Path, config: &str) -> Error {
    Error::new(aoa_core::lang::ErrorKind::NotFound, format!("no file matches `{}`", path.display()))
        .with_help(format!("paths in {config} are relative to its folder"))
}
