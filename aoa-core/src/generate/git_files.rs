//! Which files of a repository a pattern of the git generator lists.

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::text::doublestar::{self, PathList};
use aoa_lang::{Error, Result};

use super::checkout::Checkout;
use super::pathspec::Pathspec;

/// Where a checkout lies, as our messages name it.
const ROOT: &str = "<checkout>";

/// The files that `pattern` lists: as `git ls-files`, or with the new globbing as doublestar 4.10 does.
///
/// # Errors
///
/// The pattern is wrong, or it lists a folder: the texts of the repo server.
pub(super) fn list_files(checkout: &Checkout, pattern: &str, new_globbing: bool) -> Result<Vec<TreePath>> {
    let shown = if pattern.is_empty() { "." } else { pattern };
    let failed = |what: &str, error: &Error| {
        Error::invalid(format!(
            "rpc error: code = Internal desc = unable to {what} files. repo {} with revision {} pattern {shown}: {error}",
            checkout.repository(),
            checkout.revision()
        ))
    };
    if !new_globbing {
        let listed = list_as_git(checkout.tree(), shown).map_err(|e| failed("list", &e))?;
        return Ok(listed);
    }
    let mut files = Vec::new();
    for path in glob_in(checkout.path_list(), shown).map_err(|e| failed("list", &e))? {
        if checkout.tree().get(&path).is_none() {
            let place = if path.as_str().is_empty() { String::from(ROOT) } else { format!("{ROOT}/{path}") };
            return Err(failed("read", &Error::invalid(format!("read {place}: is a directory"))));
        }
        files.push(path);
    }
    Ok(files)
}

/// The files that `git ls-files -- PATTERN` lists, sorted.
///
/// # Errors
///
/// The pattern is wrong: Git's message, as Argo CD passes it on.
pub fn list_as_git(tree: &Tree, pattern: &str) -> Result<Vec<TreePath>> {
    let pathspec = Pathspec::parse(pattern, ROOT).map_err(|e| {
        e.prefixed(&format!("`git ls-files --full-name -z -- {pattern}` failed exit status 128: fatal: "))
    })?;
    let folder = pathspec.folder().and_then(TreePath::new).unwrap_or(TreePath::root());
    let paths = tree.within(&folder).map(|(path, _)| path);
    Ok(paths.filter(|path| pathspec.lists(path.as_str())).cloned().collect())
}

/// The files and folders that doublestar 4.10 finds for `pattern` in a checkout, in its order; the root is the empty path.
///
/// A checkout has a folder `.git`; of what lies in it only the folder itself is found.
///
/// # Errors
///
/// `syntax error in pattern`.
pub fn glob(tree: &Tree, pattern: &str) -> Result<Vec<TreePath>> {
    glob_in(&path_list(tree), pattern)
}

fn glob_in(files: &PathList, pattern: &str) -> Result<Vec<TreePath>> {
    let found = doublestar::glob(files, pattern)?;
    let known = found.iter().filter(|path| !path.starts_with(".git/"));
    Ok(known.filter_map(|path| TreePath::new(path)).collect())
}

/// The files of a checkout of `tree`, for globbing.
pub(super) fn path_list(tree: &Tree) -> PathList {
    PathList::new(tree.entries().map(|(path, _)| path.as_str()).chain([".git/HEAD"]))
}
