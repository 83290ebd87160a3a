//! Commits of a repository: what a revision names, where two of them parted, and the files of one, without checking it out.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use aoa_core::lang::source::{Blobs, ContentId, Entry, FileMode, Tree, TreeBuilder, TreePath};
use aoa_core::lang::{Error, ErrorKind, Result};
use gix::objs::tree::EntryKind;

use crate::folder::FolderLimits;
use crate::git::default_of_origin;

/// One end of a comparison.
///
/// ```
/// use aoa_host::End;
/// assert_eq!(End::WorkTree.to_string(), "working tree");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// A commit.
    Commit {
        /// Its hash, in full.
        commit: String,
        /// What it was asked for as.
        name: String,
    },
    /// The files as they are.
    WorkTree,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Commit { commit, name } if commit.starts_with(name.as_str()) => write!(f, "{commit:.7}"),
            End::Commit { commit, name } => write!(f, "{name} {commit:.7}"),
            End::WorkTree => f.write_str("working tree"),
        }
    }
}

/// The two ends that `range` names, as git reads it: `A..B` from A to B, `A...B` from where A and B parted to B, `A` alone
/// from where A and the checked-out commit parted to the working tree. An end that is left out is the checked-out
/// commit; `None` is the default branch.
///
/// # Errors
///
/// `NotFound` for a folder without a repository, a revision that is not there, and two that never parted, as in a clone
/// without history.
///
/// ```
/// let nowhere = tempfile::tempdir().unwrap();
/// let error = aoa_host::ends(nowhere.path(), Some("main...")).unwrap_err();
/// assert_eq!(error.kind().name(), "not-found");
/// ```
pub fn ends(folder: &Path, range: Option<&str>) -> Result<(End, End)> {
    let repository = open(folder)?;
    let parted = |one: &str, other: &str| -> Result<End> {
        let (a, b) = (commit(&repository, one)?, commit(&repository, other)?);
        let base = repository.merge_base(a, b).ok().flatten().ok_or_else(|| never_parted(one, other))?;
        Ok(End::Commit { commit: base.to_string(), name: format!("merge base of {one} and {other}") })
    };
    let end = |name: &str| -> Result<End> {
        Ok(End::Commit { commit: commit(&repository, name)?.to_string(), name: name.to_owned() })
    };
    let or_head = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
    let default = default_branch(&repository);
    let range = match range.or(default.as_deref()) {
        Some(range) => range,
        None => return Err(no_default_branch()),
    };
    if let Some((one, other)) = range.split_once("...") {
        let (one, other) = (or_head(one), or_head(other));
        return Ok((parted(&one, &other)?, end(&other)?));
    }
    if let Some((one, other)) = range.split_once("..") {
        return Ok((end(&or_head(one))?, end(&or_head(other))?));
    }
    Ok((parted(range, "HEAD")?, End::WorkTree))
}

/// The whole id of the commit whose id begins with `digits`; `None` if the clone does not have it.
pub(crate) fn commit_id(folder: &Path, digits: &str) -> Option<String> {
    let repository = open(folder).ok()?;
    let object = repository.rev_parse_single(digits).ok()?.object().ok()?;
    let id = object.peel_to_commit().ok()?.id.to_string();
    // A branch may be called like a number.
    id.starts_with(digits).then_some(id)
}

/// The files of `commit` in the repository that `folder` lies in.
///
/// # Errors
///
/// `NotFound` if there is no such commit, `Limit` if it holds more files than `limits` allow.
pub(crate) fn read_commit(folder: &Path, hash: &str, limits: FolderLimits) -> Result<Tree> {
    let repository = open(folder)?;
    let unreadable =
        |error: String| Error::new(ErrorKind::NotFound, format!("commit {hash:.7} cannot be read: {error}"));
    let found = repository.rev_parse_single(hash).map_err(|e| unreadable(e.to_string()))?;
    let commit = found.object().map_err(|e| unreadable(e.to_string()))?;
    let tree = commit.peel_to_tree().map_err(|e| unreadable(e.to_string()))?;
    let mut builder = TreeBuilder::default();
    let mut blobs = HashMap::new();
    let mut pending = vec![(TreePath::root(), tree)];
    while let Some((folder, tree)) = pending.pop() {
        for entry in tree.iter() {
            let entry = entry.map_err(|e| unreadable(e.to_string()))?;
            let name = std::str::from_utf8(entry.filename())
                .map_err(|_| Error::invalid(format!("a file name in `{folder}` is not UTF-8")))?;
            let Some(path) = folder.join(name) else { continue };
            let kind = entry.mode().kind();
            if kind == EntryKind::Tree {
                let below = entry.object().map_err(|e| unreadable(e.to_string()))?;
                pending.push((path, below.try_into_tree().map_err(|e| unreadable(e.to_string()))?));
                continue;
            }
            // A submodule is another repository.
            if kind == EntryKind::Commit {
                continue;
            }
            if blobs.len() >= limits.files {
                return Err(Error::limit(format!("commit {hash:.7} holds more than {} files", limits.files)));
            }
            let id = entry.object_id();
            let content = ContentId::digest([b"git".as_slice(), id.as_slice()]);
            let size = match repository.find_header(id) {
                Ok(header) => header.size(),
                // A partial clone may lack what no fleet is made of: whoever reads it all the same is told.
                Err(_) if kind != EntryKind::Link && !makes_fleets(&path) => 0,
                Err(error) => return Err(unreadable(error.to_string())),
            };
            let mode = if kind == EntryKind::Link {
                let target = repository.find_object(id).map_err(|e| unreadable(e.to_string()))?;
                FileMode::Symlink(Arc::from(&*String::from_utf8_lossy(&target.data)))
            } else {
                FileMode::File
            };
            blobs.insert(path.clone(), id);
            builder.add(path, Entry { mode, content, size });
        }
    }
    let blobs = CommitBlobs { repository: repository.clone().into_sync(), blobs, limit: limits.file_bytes };
    Ok(builder.build(Arc::new(blobs)))
}

/// Whether a file may hold objects, or say how they are made.
fn makes_fleets(path: &TreePath) -> bool {
    const ENDS: [&str; 8] = ["yaml", "yml", "json", "jsonnet", "libsonnet", "tpl", "txt", "tgz"];
    let end = path.name().rsplit_once('.').map_or("", |(_, end)| end);
    ENDS.contains(&end) || end.is_empty()
}

struct CommitBlobs {
    repository: gix::ThreadSafeRepository,
    blobs: HashMap<TreePath, gix::ObjectId>,
    limit: u64,
}

impl Blobs for CommitBlobs {
    fn read(&self, path: &TreePath, _: ContentId) -> Result<Arc<[u8]>> {
        let missing = || Error::new(ErrorKind::NotFound, format!("`{path}` is not in the commit"));
        let id = self.blobs.get(path).ok_or_else(missing)?;
        let repository = self.repository.to_thread_local();
        let size = repository.find_header(*id).map_err(|_| missing())?.size();
        if size > self.limit {
            return Err(Error::limit(format!("`{path}` is larger than {} bytes", self.limit)));
        }
        let mut object = repository.find_object(*id).map_err(|_| missing())?;
        Ok(std::mem::take(&mut object.data).into())
    }
}

fn open(folder: &Path) -> Result<gix::Repository> {
    gix::discover(folder).map_err(|_| {
        Error::new(ErrorKind::NotFound, format!("`{}` is in no git repository", folder.display()))
            .with_help("give two folders to compare instead")
    })
}

fn commit(repository: &gix::Repository, name: &str) -> Result<gix::ObjectId> {
    let missing = || {
        Error::new(ErrorKind::NotFound, format!("there is no revision `{name}`"))
            .with_help("fetch it first: `git fetch origin` (in CI, check out with full history)")
    };
    // What is only known of a remote is found there, as git does for branches.
    let found = repository
        .rev_parse_single(name)
        .or_else(|_| repository.rev_parse_single(&*format!("origin/{name}")));
    let object = found.map_err(|_| missing())?.object().map_err(|_| missing())?;
    Ok(object.peel_to_commit().map_err(|_| missing())?.id)
}

fn default_branch(repository: &gix::Repository) -> Option<String> {
    let named = default_of_origin(repository).map(|branch| format!("origin/{branch}"));
    let usual = ["main", "master"].into_iter().map(str::to_owned);
    named.into_iter().chain(usual).find(|name| repository.rev_parse_single(name.as_str()).is_ok())
}

fn never_parted(one: &str, other: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("`{one}` and `{other}` have no commit in common here"))
        .with_help("a clone without history: `git fetch --unshallow`, or compare the tips with `..`")
}

fn no_default_branch() -> Error {
    Error::new(ErrorKind::NotFound, "the default branch is not known")
        .with_help("name what to compare with: `aoa diff main`")
}
