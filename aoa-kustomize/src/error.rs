//! The error of this crate: that of `aoa-lang`, and what would have to be supplied.

use std::fmt;

use aoa_lang::ErrorKind;
use aoa_lang::source::{Observed, TreePath};

use crate::load::{Journal, Missing};

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a build failed. The texts that users of Kustomize know are kept; `kind` says of what sort it is.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resorces: []")]);
/// let error = build(&tree, &TreePath::root(), &Options::default()).err().unwrap();
/// assert!(error.message().contains("unknown field \"resorces\""));
/// assert!(error.needs().is_none());
/// ```
#[derive(Clone)]
pub struct Error {
    inner: aoa_lang::Error,
    missing: Option<Box<Missing>>,
    looked_at: Option<Box<Journal>>,
}

impl Error {
    /// The input is refused.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        aoa_lang::Error::invalid(message).into()
    }

    /// A limit was passed.
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        aoa_lang::Error::limit(message).into()
    }

    /// Something is not at hand.
    pub(crate) fn missing(missing: Missing, message: impl Into<String>) -> Self {
        let inner = aoa_lang::Error::new(ErrorKind::NotFound, message);
        Error { inner, missing: Some(Box::new(missing)), looked_at: None }
    }

    /// The same error, its message put behind `prefix`.
    pub(crate) fn prefixed(mut self, prefix: &str) -> Self {
        self.inner = self.inner.prefixed(prefix);
        self
    }

    /// The stable kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind()
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &str {
        self.inner.message()
    }

    /// What is not at hand and would have to be supplied for the build to go on, if that is why it failed.
    #[must_use]
    pub fn needs(&self) -> Option<&Missing> {
        self.missing.as_deref()
    }

    /// What the build looked at in the tree before it failed: a change of anything else does not mend it. `None` if it has not
    /// begun, or went into other repositories.
    #[must_use]
    pub fn observed(&self) -> Option<impl Iterator<Item = (&TreePath, Observed)>> {
        let journal = self.looked_at.as_deref().filter(|journal| journal.repositories.is_empty())?;
        Some(journal.observed.iter().map(|(path, what)| (path, *what)))
    }

    /// The same error of a build that had looked at this.
    pub(crate) fn after(mut self, journal: Journal) -> Self {
        self.looked_at = Some(Box::new(journal));
        self
    }

    /// The error without what is missing.
    #[must_use]
    pub fn into_inner(self) -> aoa_lang::Error {
        self.inner
    }
}

impl From<aoa_lang::Error> for Error {
    fn from(inner: aoa_lang::Error) -> Self {
        Error { inner, missing: None, looked_at: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.inner)
    }
}
