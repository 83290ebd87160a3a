//! Which files of a repository a pattern of the git generator lists.

use std::collections::BTreeSet;

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::text::doublestar;
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
    for path in glob(checkout.tree(), shown).map_err(|e| failed("list", &e))? {
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
    Ok(tree.entries().map(|(path, _)| path).filter(|path| pathspec.lists(path.as_str())).cloned().collect())
}

/// The files and folders that doublestar 4.10 finds for `pattern` in a checkout, in its order; the root is the empty path.
///
/// A checkout has a folder `.git`, whose content is not known here.
///
/// # Errors
///
/// `syntax error in pattern`.
pub fn glob(tree: &Tree, pattern: &str) -> Result<Vec<TreePath>> {
    let Some(pattern) = cleaned(pattern) else { return Ok(Vec::new()) };
    if !doublestar::is_valid(&pattern) {
        return Err(Error::invalid("syntax error in pattern"));
    }
    if pattern == "." {
        return Ok(vec![TreePath::root()]);
    }
    let mut paths: BTreeSet<&str> = BTreeSet::from(["", ".git"]);
    for (path, _) in tree.entries() {
        let path = path.as_str();
        paths.insert(path);
        paths.extend(path.match_indices('/').filter_map(|(end, _)| path.get(..end)));
    }
    let mut found = Vec::new();
    for path in paths {
        // The root is found by `**` only.
        let matched = if path.is_empty() { pattern == "**" } else { doublestar::matches(&pattern, path)? };
        if matched {
            found.push(path);
        }
    }
    // A folder comes before what lies below it; with `**` in front of a name the files of a folder come before its folders.
    let walks_folders_first =
        pattern.get(..pattern.len().saturating_sub(3)).is_some_and(|front| front.contains("**"));
    if walks_folders_first {
        let key = |path: &str| -> (Vec<String>, String) {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            (folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect(), name.to_owned())
        };
        found.sort_by_cached_key(|path| key(path));
    } else {
        found.sort_by(|a, b| a.split('/').cmp(b.split('/')));
    }
    Ok(found.into_iter().filter_map(TreePath::new).collect())
}

/// `filepath.Join(root, pattern)` relative to the root; `None` if it leads out of it, where nothing is found.
fn cleaned(pattern: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(if parts.is_empty() { String::from(".") } else { parts.join("/") })
}
