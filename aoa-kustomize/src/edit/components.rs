//! Which files and folders a pattern of `kustomize edit add component` names (Go's `filepath.Glob`, hidden ones left out).

use aoa_lang::source::TreePath;
use aoa_lang::text::path_glob::filepath_match;

use crate::error::{Error, Result};
use crate::load::{Found, View};

/// More separators than this make a pattern malformed in Go.
const SEPARATORS: usize = 10_000;

/// The paths, relative to `folder`, that match; a path without special characters matches itself if it is there.
///
/// # Errors
/// If the pattern is malformed.
pub(super) fn glob(view: &View, folder: &TreePath, pattern: &str) -> Result<Vec<String>> {
    filepath_match(pattern, "")?;
    if pattern.matches('/').count() > SEPARATORS {
        return Err(Error::invalid("syntax error in pattern"));
    }
    let mut found = all(view, folder, pattern)?;
    if !is_hidden(pattern) {
        found.retain(|path| !is_hidden(path));
    }
    Ok(found)
}

fn is_special(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '\\'])
}

fn is_hidden(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().is_some_and(|name| name.starts_with('.'))
}

fn all(view: &View, folder: &TreePath, pattern: &str) -> Result<Vec<String>> {
    // From the right: names with special characters, up to a folder without.
    let (mut names, mut start) = (Vec::new(), pattern);
    while is_special(start) {
        let (above, name) = start.rsplit_once('/').unwrap_or((".", start));
        names.push(name);
        start = above;
    }
    if names.is_empty() {
        return Ok(if exists(view, folder, pattern) { vec![pattern.to_owned()] } else { Vec::new() });
    }
    let mut found = vec![start.to_owned()];
    while let Some(name) = names.pop() {
        let mut next = Vec::new();
        for above in &found {
            let Some(path) = relative(folder, above) else { continue };
            for child in view.children(&path) {
                if filepath_match(name, &child)? {
                    next.push(clean(&format!("{above}/{child}")));
                }
            }
        }
        found = next;
    }
    Ok(found)
}

/// What stands outside the repository is not known to be there.
fn relative(folder: &TreePath, path: &str) -> Option<TreePath> {
    if path.starts_with('/') { None } else { folder.join(path) }
}

fn exists(view: &View, folder: &TreePath, path: &str) -> bool {
    relative(folder, path).is_some_and(|path| {
        matches!(view.find(&path), Found::File(_) | Found::Folder(_)) || view.tree().get(&path).is_some()
    })
}

/// Go's `filepath.Clean` of a relative path.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use aoa_lang::source::Tree;

    use super::*;

    #[test]
    fn patterns_name_what_is_there() {
        let tree = Tree::in_memory(
            ["app/k.yaml", "parts/b/k", "parts/a/k", "parts/.c/k", "parts/d"].map(|p| (p, "")),
        );
        let view = View::new(tree);
        let folder = TreePath::new("app").unwrap();
        let cases: [(&str, &[&str]); 8] = [
            ("../parts/a", &["../parts/a"]),
            ("../parts/*", &["../parts/a", "../parts/b", "../parts/d"]),
            ("../parts/.*", &["../parts/.c"]),
            ("./../*/[ab]", &["../parts/a", "../parts/b"]),
            ("../nope", &[]),
            ("../../out", &[]),
            ("/parts/a", &[]),
            ("*", &["k.yaml"]),
        ];
        for (pattern, want) in cases {
            assert_eq!(glob(&view, &folder, pattern).unwrap(), want, "{pattern}");
        }
        assert!(glob(&view, &folder, "[").is_err());
    }
}
