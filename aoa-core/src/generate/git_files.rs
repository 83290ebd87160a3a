//! Which files of a repository a pattern of the git generator lists.

use aoa_lang::source::TreePath;
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
