//! A name that a Git server lists, and what it stands for.

use aoa_lang::value::Text;

/// A reference of a repository, as `git ls-remote` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    name: Text,
    target: Text,
}

impl Reference {
    /// The reference `name` (`HEAD`, `refs/heads/main`, `refs/tags/v1`); `target` is a commit id, or `ref: NAME` for a
    /// symbolic one.
    pub fn new(name: impl Into<Text>, target: impl Into<Text>) -> Self {
        Reference { name: name.into(), target: target.into() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }

    /// The commit that it stands for, as given.
    #[must_use]
    pub fn target(&self) -> &str {
        self.target.as_str().unwrap_or_default()
    }

    /// The name that it stands for, of a symbolic reference.
    #[must_use]
    pub fn symbolic(&self) -> Option<&str> {
        self.target().strip_prefix("ref: ")
    }
}
