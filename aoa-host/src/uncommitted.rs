//! What lies in a work tree and is in no commit.

use std::collections::BTreeSet;
use std::path::Path;

use aoa_core::lang::source::{Entry, FileMode, TreePath};
use gix::index::entry::{Mode, Stat};
use gix::worktree::stack::state::ignore::Source;

use crate::folder::{FolderLimits, read_file, read_folder};

/// How many files of the work tree that `folder` lies in are not in its checked-out commit as they are: changed, new, gone.
/// Those that git ignores do not count. `None` where another commit than `commit` is checked out, or git cannot be read.
pub(crate) fn uncommitted(folder: &Path, commit: &str, limits: FolderLimits) -> Option<usize> {
    let repository = gix::discover(folder).ok()?;
    let top = repository.workdir()?;
    let head = repository.head_id().ok()?.to_hex().to_string();
    if head != commit {
        return None;
    }
    let committed = repository.index_from_tree(&repository.head_tree_id().ok()?).ok()?;
    let index = repository.index_or_empty().ok()?;
    let ignoring = Source::WorktreeThenIdMappingIfNotSkipped;
    let mut ignored = repository.excludes(&index, None, ignoring).ok()?;
    let files = read_folder(top, limits).ok()?;
    let mut count = 0;
    let mut known: BTreeSet<TreePath> = BTreeSet::new();
    let mut submodules: Vec<TreePath> = Vec::new();
    for entry in committed.entries() {
        let name = entry.path(&committed);
        let Some(path) = std::str::from_utf8(name).ok().and_then(TreePath::new) else { continue };
        // A submodule is another repository.
        if entry.mode == Mode::COMMIT {
            submodules.push(path);
            continue;
        }
        let staged = index.entry_by_path(name);
        let is_left_out = staged.is_some_and(|e| e.flags.contains(gix::index::entry::Flags::SKIP_WORKTREE));
        let is_same = is_left_out
            || files.get(&path).is_some_and(|file| {
                let fresh =
                    staged.is_some_and(|staged| staged.id == entry.id && is_fresh(top, &path, &staged.stat));
                // What is longer or shorter is not read: it may be of any size.
                let length = repository.find_header(entry.id).map(|header| header.size());
                fresh
                    || (length.is_ok_and(|length| length == file.size)
                        && has_content(top, &path, file, entry.id))
            });
        count += usize::from(!is_same);
        known.insert(path);
    }
    for (path, _) in files.entries().filter(|(path, _)| !known.contains(*path)) {
        let is_staged = index.entry_by_path(path.as_str().into()).is_some();
        let is_elsewhere = submodules.iter().any(|submodule| path.is_within(submodule));
        let is_ignored =
            ignored.at_path(path.as_str(), Some(Mode::FILE)).is_ok_and(|found| found.is_excluded());
        count += usize::from(is_staged || !(is_elsewhere || is_ignored));
    }
    Some(count)
}

/// Whether a file is still the one that git looked at, by its size and times.
fn is_fresh(top: &Path, path: &TreePath, stat: &Stat) -> bool {
    let found = gix::index::fs::Metadata::from_path_no_follow(&top.join(path.as_str())).ok();
    let found = found.and_then(|metadata| Stat::from_fs(&metadata).ok());
    found.is_some_and(|found| found.matches(stat, gix::index::entry::stat::Options::default()))
}

fn has_content(top: &Path, path: &TreePath, file: &Entry, id: gix::ObjectId) -> bool {
    let bytes = match &file.mode {
        FileMode::Symlink(target) => target.as_bytes().to_vec(),
        _ => match read_file(&top.join(path.as_str()), file.size) {
            Ok(bytes) => bytes,
            Err(_) => return false,
        },
    };
    gix::objs::compute_hash(id.kind(), gix::objs::Kind::Blob, &bytes).is_ok_and(|found| found == id)
}
