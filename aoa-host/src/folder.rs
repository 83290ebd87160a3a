//! A folder as a tree: names and sizes now, contents when they are asked for.

use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aoa_core::lang::source::{Blobs, ContentId, Entry, FileMode, Tree, TreeBuilder, TreePath};
use aoa_core::lang::{Error, ErrorKind, Result};

/// What a folder may hold.
///
/// ```
/// use aoa_host::{FolderLimits, read_folder};
/// # let folder = tempfile::tempdir().unwrap();
/// # std::fs::write(folder.path().join("app.yaml"), "kind: Application").unwrap();
/// let mut limits = FolderLimits::default();
/// limits.files = 0;
/// let error = read_folder(folder.path(), limits).unwrap_err();
/// assert_eq!(error.kind().name(), "limit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderLimits {
    /// Most files and folders.
    pub files: usize,
    /// Largest file that is read, in bytes.
    pub file_bytes: u64,
}

impl Default for FolderLimits {
    fn default() -> Self {
        FolderLimits { files: 1_000_000, file_bytes: 32 << 20 }
    }
}

/// The files below `folder`, without `.git`. Links are entries of the tree, never followed while reading it.
/// Sockets, pipes and devices are left out.
///
/// # Errors
///
/// `NotFound` if there is no such folder, `Limit` if it holds too many files and folders, `Invalid` if a name is not UTF-8.
///
/// ```
/// use aoa_host::{FolderLimits, read_folder};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// std::fs::write(folder.join("app.yaml"), "kind: Application").unwrap();
/// let tree = read_folder(folder, FolderLimits::default())?;
/// let paths: Vec<&str> = tree.entries().map(|(path, _)| path.as_str()).collect();
/// assert_eq!(paths, ["app.yaml"]);
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn read_folder(folder: &Path, limits: FolderLimits) -> Result<Tree> {
    let top = fs::canonicalize(folder).map_err(|e| unreadable(folder, &e))?;
    let mut builder = TreeBuilder::default();
    let mut pending = VecDeque::from([(top.clone(), TreePath::root())]);
    let mut files = 0usize;
    while let Some((real, path)) = pending.pop_front() {
        for entry in fs::read_dir(&real).map_err(|e| unreadable(&real, &e))? {
            let entry = entry.map_err(|e| unreadable(&real, &e))?;
            let name = entry.file_name();
            if name == ".git" {
                continue;
            }
            let name = name
                .to_str()
                .ok_or_else(|| Error::invalid(format!("a file name in `{}` is not UTF-8", real.display())))?;
            let Some(path) = path.join(name) else { continue };
            let meta = fs::symlink_metadata(entry.path()).map_err(|e| unreadable(&entry.path(), &e))?;
            files += 1;
            if files > limits.files {
                let (folder, most) = (folder.display(), limits.files);
                return Err(Error::limit(format!("`{folder}` holds more than {most} files and folders")));
            }
            if meta.is_dir() {
                pending.push_back((entry.path(), path));
                continue;
            }
            if meta.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(|e| unreadable(&entry.path(), &e))?;
                let target = target.to_string_lossy();
                let content = ContentId::digest([target.as_bytes()]);
                let mode = FileMode::Symlink(Arc::from(&*target));
                builder.add(path, Entry { mode, content, size: target.len() as u64 });
            } else if meta.is_file() {
                let content = identity(&entry.path(), &meta);
                builder.add(path, Entry { mode: FileMode::File, content, size: meta.len() });
            }
        }
    }
    Ok(builder.build(Arc::new(FolderBlobs { top, limit: limits.file_bytes })))
}

/// A file that is the same file, with the same size and time, has the same content.
fn identity(path: &Path, meta: &fs::Metadata) -> ContentId {
    let modified =
        meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let nanos = modified.as_nanos().to_le_bytes();
    ContentId::digest([path.as_os_str().as_encoded_bytes(), &meta.len().to_le_bytes(), &nanos])
}

struct FolderBlobs {
    top: PathBuf,
    limit: u64,
}

impl Blobs for FolderBlobs {
    fn read(&self, path: &TreePath, _: ContentId) -> Result<Arc<[u8]>> {
        let real = self.top.join(path.as_str());
        // A folder on the way may have become a link since the tree was read.
        let resolved = fs::canonicalize(&real).map_err(|e| unreadable(&real, &e))?;
        if !resolved.starts_with(&self.top) {
            return Err(Error::invalid(format!("`{path}` leads out of its repository")));
        }
        // Opening a pipe that took the place of a file would wait for whoever writes to it.
        if !fs::metadata(&resolved).map_err(|e| unreadable(&real, &e))?.is_file() {
            return Err(Error::invalid(format!("`{path}` is no file any more")));
        }
        let bytes = read_within(&resolved, self.limit).map_err(|e| unreadable(&real, &e))?;
        bytes.map(Into::into).ok_or_else(|| too_large(path.as_str(), self.limit))
    }
}

/// The bytes of a file that stands beside the fleet: configuration, inventory.
///
/// # Errors
///
/// It cannot be read, or is larger than `most` bytes.
///
/// ```
/// let error = aoa_host::read_file("no/such/file".as_ref(), 1024).unwrap_err();
/// assert_eq!(error.message(), "`no/such/file` does not exist");
/// ```
pub fn read_file(path: &Path, most: u64) -> Result<Vec<u8>> {
    let bytes = read_within(path, most).map_err(|e| unreadable(path, &e))?;
    bytes.ok_or_else(|| too_large(&path.display().to_string(), most))
}

/// As [`read_file`]; `-` is standard input.
pub(crate) fn read_given(path: &Path, most: u64) -> Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return read_file(path, most);
    }
    let bytes = all_within(std::io::stdin().lock(), most).map_err(|e| unreadable(path, &e))?;
    bytes.ok_or_else(|| too_large("standard input", most))
}

/// `None` if there are more than `most` bytes.
fn read_within(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    all_within(fs::File::open(path)?, most)
}

fn all_within(from: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn too_large(path: &str, most: u64) -> Error {
    Error::limit(format!("`{path}` is larger than {most} bytes"))
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        std::io::ErrorKind::NotADirectory => "is a file, not a folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be read".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Error::new(ErrorKind::NotFound, format!("`{}` {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_files_and_links_and_leaves_git_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("apps/web")).unwrap();
        fs::create_dir_all(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join(".git/HEAD"), "x").unwrap();
        fs::write(dir.path().join("apps/web/a.yaml"), "a: 1").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../etc", dir.path().join("apps/out")).unwrap();
        let tree = read_folder(dir.path(), FolderLimits::default()).unwrap();
        let paths: Vec<&str> = tree.entries().map(|(p, _)| p.as_str()).collect();
        assert_eq!(paths, ["apps/out", "apps/web/a.yaml"]);
        assert_eq!(&*tree.read(&TreePath::new("apps/web/a.yaml").unwrap()).unwrap(), b"a: 1");
    }

    #[test]
    fn a_file_over_the_limit_is_an_error_when_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("big"), [b'x'; 100]).unwrap();
        let limits = FolderLimits { file_bytes: 99, ..FolderLimits::default() };
        let tree = read_folder(dir.path(), limits).unwrap();
        let error = tree.read(&TreePath::new("big").unwrap()).unwrap_err();
        assert_eq!(error.message(), "`big` is larger than 99 bytes");
        let none = read_folder(dir.path(), FolderLimits { files: 0, ..limits });
        assert_eq!(none.unwrap_err().kind(), ErrorKind::Limit);
    }
}
