//! The files of commits that nobody checked out.

use std::fmt;

use super::Checkout;

/// Tells the files of commits of one repository, as far as they are at hand: for sources that stay on a tag, a commit or another
/// branch while the checkout changes.
///
/// ```
/// use std::sync::Arc;
///
/// use aoa_core::inputs::{Checkout, Commits, Reference, Repository};
/// use aoa_core::lang::source::Tree;
///
/// const FIRST: &str = "4e3162508ac1d0b5d2d70f0b4d0f30a6e1c9bb02";
///
/// #[derive(Debug)]
/// struct One;
/// impl Commits for One {
///     fn checkout(&self, commit: &str) -> Option<Checkout> {
///         let tree = Tree::in_memory([("web/config.yaml", "a: 1")]);
///         FIRST.starts_with(commit).then(|| Checkout::of_commit(FIRST, tree))
///     }
/// }
/// let mut repository = Repository::new("https://git.example.com/fleet", Vec::new());
/// repository.references = vec![Reference::new("refs/tags/v1", FIRST)];
/// repository.commits = Some(Arc::new(One));
/// assert_eq!(repository.commit(&FIRST[..7]).unwrap().commit, FIRST);
/// ```
pub trait Commits: fmt::Debug + Send + Sync {
    /// The files of a commit, the same each time. `commit` has 40 hexadecimal digits, or is shortened as Git allows it, down to
    /// seven. `None`: it is not at hand, or too large.
    fn checkout(&self, commit: &str) -> Option<Checkout>;
}
