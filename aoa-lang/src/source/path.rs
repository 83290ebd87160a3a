//! A path inside a tree that cannot leave it.

use std::fmt;
use std::sync::Arc;

/// A clean path relative to the root of a [`Tree`](super::Tree): parts joined by `/`, never `.`, `..`, empty
/// parts, a leading or a trailing slash. The root itself is the empty path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreePath(Arc<str>);

impl TreePath {
    /// The root of a tree.
    #[must_use]
    pub fn root() -> Self {
        TreePath(Arc::from(""))
    }

    /// Cleans `text` as Go's `path.Clean` does, read relative to the root.
    ///
    /// Returns `None` if the path leaves the root or is absolute.
    ///
    /// ```
    /// use aoa_lang::source::TreePath;
    /// assert_eq!(TreePath::new("./apps//a/../b/").unwrap().as_str(), "apps/b");
    /// assert!(TreePath::new("apps/../../etc").is_none());
    /// assert!(TreePath::new("/etc").is_none());
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return None;
        }
        TreePath::root().join(text)
    }

    /// This path with `text`, read relative to it, put behind.
    ///
    /// Returns `None` if the result leaves the root. An absolute `text` is read from the root.
    #[must_use]
    pub fn join(&self, text: &str) -> Option<Self> {
        let mut parts: Vec<&str> = if text.starts_with('/') { Vec::new() } else { self.parts().collect() };
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                name => parts.push(name),
            }
        }
        Some(TreePath(parts.join("/").into()))
    }

    /// The path as text; empty for the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds this path, or `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        Some(TreePath(self.0.rsplit_once('/').map_or("", |(parent, _)| parent).into()))
    }

    /// The last part; empty for the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Whether `self` is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &TreePath) -> bool {
        folder.0.is_empty()
            || self.0.strip_prefix(&*folder.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path relative to `folder`, if it lies within it.
    #[must_use]
    pub fn relative_to(&self, folder: &TreePath) -> Option<&str> {
        if folder.0.is_empty() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(&*folder.0)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|p| !p.is_empty())
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl AsRef<str> for TreePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
