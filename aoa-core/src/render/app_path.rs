//! The folder that `path` of a source names.

use aoa_lang::source::{FileMode, Tree, TreePath};

use super::files::{self, Target};

/// The folder of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppFolder {
    /// Where it really is.
    pub(crate) path: TreePath,
    /// Whether the path that was written is itself a link. Walks of such a folder find nothing; tools that are started in
    /// it do not care.
    pub(crate) is_link: bool,
}

impl AppFolder {
    pub(crate) fn root() -> Self {
        AppFolder { path: TreePath::root(), is_link: false }
    }
}

/// The folder at `path`, `..` taken away before links are followed (`util/app/path` of Argo CD 3.5.7).
///
/// # Errors
///
/// Argo CD's text, if it is absolute, leaves the tree, is no folder or does not exist.
pub(crate) fn app_folder(tree: &Tree, path: &str) -> Result<AppFolder, String> {
    if path.starts_with('/') {
        return Err(format!("{path}: app path is absolute"));
    }
    let Some(clean) = TreePath::new(path) else {
        return Err(format!("{path}: app path outside root"));
    };
    if files::is_too_long(clean.as_str()) {
        return Err(format!("stat <path to cached source>/{clean}: file name too long"));
    }
    match files::follow(tree, clean.as_str()) {
        Target::Folder(real) => {
            let is_link = is_link(tree, &clean);
            Ok(AppFolder { path: real, is_link })
        }
        Target::File(_) => Err(format!("{path}: app path is not a directory")),
        Target::Missing | Target::Outside => Err(format!("{path}: app path does not exist")),
    }
}

/// Whether the last part of `path` is a link, links before it followed.
fn is_link(tree: &Tree, path: &TreePath) -> bool {
    let Some(parent) = path.parent() else { return false };
    let Target::Folder(parent) = files::follow(tree, parent.as_str()) else { return false };
    let entry = parent.join(path.name()).and_then(|path| tree.get(&path).map(|entry| &entry.mode));
    matches!(entry, Some(FileMode::Symlink(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_before_links_are_followed() {
        let tree = Tree::in_memory([("a/b/c.yaml", ""), ("d/x.yaml", "")]).with_links([("d/l", "../a/b")]);
        let folder = |path| app_folder(&tree, path).map(|f| (f.path.as_str().to_owned(), f.is_link));
        assert_eq!(folder("d/l"), Ok(("a/b".into(), true)));
        assert_eq!(folder("d/l/../"), Ok(("d".into(), false)));
        assert_eq!(folder("nope/../d"), Ok(("d".into(), false)));
        assert_eq!(folder("/d"), Err("/d: app path is absolute".into()));
        assert_eq!(folder("../d"), Err("../d: app path outside root".into()));
        assert_eq!(folder("d/x.yaml"), Err("d/x.yaml: app path is not a directory".into()));
        let long = "e".repeat(256);
        assert_eq!(folder(&long), Err(format!("stat <path to cached source>/{long}: file name too long")));
        assert_eq!(folder("e"), Err("e: app path does not exist".into()));
    }
}
