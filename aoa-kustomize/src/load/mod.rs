//! Finding files and folders: from where, how far, and what is not at hand.

mod loader;
mod repo_url;
mod view;

pub use repo_url::RepoUrl;

pub(crate) use loader::{Journal, Loader, shown};
pub(crate) use view::{Found, View};

/// What a build refers to and is not at hand.
///
/// ```
/// use aoa_kustomize::{Missing, Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [\"https://github.com/org/repo//base?ref=v1\"]")]);
/// let error = build(&tree, &TreePath::root(), &Options::default()).err().unwrap();
/// assert!(matches!(error.needs(), Some(Missing::Repository(url)) if url.path == "base"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Missing {
    /// A repository at a revision.
    Repository(RepoUrl),
    /// What stands behind a URL: a file, or a repository.
    Url {
        /// The URL.
        url: String,
        /// The repository, if it can be read as one.
        repository: Option<RepoUrl>,
    },
    /// A Helm chart.
    Chart {
        /// Its repository; empty if the kustomization names none.
        repo: String,
        /// Its name.
        name: String,
        /// Its version; empty for the newest.
        version: String,
    },
}
