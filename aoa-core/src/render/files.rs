//! A tree as the repo-server's file system shows it: symbolic links are followed, folders are walked in Go's order.

use std::borrow::Cow;
use std::cmp::Ordering;

use aoa_lang::source::{Entry, FileMode, Tree, TreePath};

/// How many links a path may take, as Go's `EvalSymlinks` and the kernel bound it.
const MAX_LINKS: usize = 255;

/// The longest path, and the longest name in one, that Linux takes.
const MAX_PATH: usize = 4_095;
const MAX_NAME: usize = 255;

/// Whether the system call that looks a path up refuses it (`ENAMETOOLONG`).
pub(crate) fn is_too_long(path: &str) -> bool {
    path.len() > MAX_PATH || path.split('/').any(|name| name.len() > MAX_NAME)
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file, at its real path.
    File(TreePath),
    /// A folder, at its real path.
    Folder(TreePath),
    /// Nothing.
    Missing,
    /// A place outside the tree.
    Outside,
}

/// What `path`, as written in a source, leads to.
pub(crate) fn follow(tree: &Tree, path: &str) -> Target {
    if is_too_long(path) {
        return Target::Missing;
    }
    let mut rest: Vec<String> = components(path);
    let mut at = TreePath::root();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part == ".." {
            match at.parent() {
                Some(parent) => at = parent,
                None => return Target::Outside,
            }
            continue;
        }
        let Some(next) = at.join(&part) else { return Target::Outside };
        match tree.get(&next).map(|entry| &entry.mode) {
            Some(FileMode::Symlink(target)) => {
                links += 1;
                if links > MAX_LINKS {
                    return Target::Missing;
                }
                if target.starts_with('/') {
                    return Target::Outside;
                }
                if is_too_long(target) || next.as_str().len() > MAX_PATH {
                    return Target::Missing;
                }
                rest.extend(components(target));
            }
            Some(_) if !rest.is_empty() => return Target::Missing,
            Some(_) => return Target::File(next),
            None if next.as_str().len() > MAX_PATH => return Target::Missing,
            None => at = next,
        }
    }
    if tree.is_folder(&at) { Target::Folder(at) } else { Target::Missing }
}

/// The parts of a path, last first.
fn components(path: &str) -> Vec<String> {
    path.split('/').rev().filter(|p| !p.is_empty() && *p != ".").map(str::to_owned).collect()
}

/// The entries within `folder` in the order of Go's `filepath.Walk`: folder by folder, names sorted by bytes. Links are
/// entries, not followed.
pub(crate) fn walk<'t>(tree: &'t Tree, folder: &TreePath) -> Vec<(&'t TreePath, &'t Entry)> {
    let mut entries: Vec<_> = tree.within(folder).filter(|(path, _)| *path != folder).collect();
    entries.sort_by(|a, b| walk_order(a.0.as_str(), b.0.as_str()));
    entries
}

/// Compares paths part by part: a folder's files come where its name stands.
pub(crate) fn walk_order(a: &str, b: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
    a.bytes().map(rank).cmp(b.bytes().map(rank))
}

/// The first link, in walk order, that is absolute or leaves the tree at any step of its target
/// (`CheckOutOfBoundsSymlinks` of Argo CD 3.5.7): one such link anywhere fails every Application of the repository.
pub(crate) fn out_of_bounds_link(tree: &Tree) -> Option<&TreePath> {
    let mut bad: Vec<&TreePath> = tree
        .entries()
        .filter_map(|(path, entry)| match &entry.mode {
            FileMode::Symlink(target) if leaves(path, target) => Some(path),
            _ => None,
        })
        .collect();
    bad.sort_by(|a, b| walk_order(a.as_str(), b.as_str()));
    bad.first().copied()
}

fn leaves(path: &TreePath, target: &str) -> bool {
    if target.starts_with('/') {
        return true;
    }
    let mut depth = path.as_str().matches('/').count();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

/// The text of a file as Argo CD's `utfutil` reads it: UTF-16 with a byte order mark becomes UTF-8, a mark of UTF-8 goes.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks(2).map(|c| c.try_into().map_or(0xFFFD, read)).collect();
        Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        all if std::str::from_utf8(all).is_err() => {
            Cow::Owned(String::from_utf8_lossy(all).into_owned().into_bytes())
        }
        all => Cow::Borrowed(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_folder_by_folder() {
        let tree = Tree::in_memory([("a-b.yaml", ""), ("a/z.yaml", ""), ("a.yaml", ""), ("a/b/c.yaml", "")]);
        let paths: Vec<&str> = walk(&tree, &TreePath::root()).iter().map(|(p, _)| p.as_str()).collect();
        assert_eq!(paths, ["a/b/c.yaml", "a/z.yaml", "a-b.yaml", "a.yaml"]);
    }

    #[test]
    fn paths_that_leave_the_tree_are_outside() {
        let tree = Tree::in_memory([("apps/a.yaml", "")]);
        assert_eq!(follow(&tree, "apps/../.."), Target::Outside);
        assert_eq!(follow(&tree, "apps//./"), Target::Folder(TreePath::new("apps").unwrap()));
        assert_eq!(follow(&tree, "apps/a.yaml/x"), Target::Missing);
        assert_eq!(follow(&tree, "nope"), Target::Missing);
    }
}
