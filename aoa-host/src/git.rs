//! What git says of a folder: its top, the commit and branch that are checked out, its remotes.

use std::path::{Path, PathBuf};

use aoa_core::inputs::Reference;

const ORIGIN: &str = "refs/remotes/origin/";

/// A checkout of a git repository.
///
/// ```
/// use aoa_host::{GitCheckout, inspect};
/// let describe = |checkout: GitCheckout| format!("{} at {:.7}", checkout.branch, checkout.commit);
/// let here = inspect(".".as_ref()).map(describe);
/// # drop(here);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GitCheckout {
    /// The top folder of the work tree.
    pub top: PathBuf,
    /// The commit that is checked out, in full; empty in a repository without commits.
    pub commit: String,
    /// The branch that is checked out; empty if none is.
    pub branch: String,
    /// The default branch of `origin`; where the clone does not say, `main` or `master` if there is one.
    pub default_branch: String,
    /// The URLs of the remotes, `origin` first.
    pub remotes: Vec<String>,
    /// The branches of `origin` and the tags, as the clone knows them, each with its commit, and `HEAD` where the clone says which
    /// branch that is; without `origin` the branches of the clone itself.
    pub references: Vec<Reference>,
}

impl GitCheckout {
    /// Whether the clone says which branch is the default one of `origin`.
    pub(crate) fn knows_default(&self) -> bool {
        self.references.iter().any(|reference| reference.name() == "HEAD")
    }
}

/// The checkout that `folder` lies in; `None` if it lies in none.
///
/// ```
/// let nowhere = tempfile::tempdir().unwrap();
/// assert_eq!(aoa_host::inspect(nowhere.path()), None);
/// ```
#[must_use]
pub fn inspect(folder: &Path) -> Option<GitCheckout> {
    let repository = gix::discover(folder).ok()?;
    let top = repository.workdir()?.to_path_buf();
    let commit = repository.head_id().map(|id| id.to_string()).unwrap_or_default();
    let branch = match repository.head_name() {
        Ok(Some(name)) => name.shorten().to_string(),
        _ => String::new(),
    };
    let default_branch = default_branch(&repository);
    Some(GitCheckout {
        top,
        commit,
        branch,
        default_branch,
        remotes: remotes(&repository),
        references: references(&repository),
    })
}

/// The default branch of `origin`; where the clone does not say, as in most pipelines, `main` or `master` if there is one.
fn default_branch(repository: &gix::Repository) -> String {
    if let Some(name) = default_of_origin(repository) {
        return name;
    }
    let is_there = |name: &&str| {
        [ORIGIN, "refs/heads/"].iter().any(|of| repository.find_reference(&format!("{of}{name}")).is_ok())
    };
    ["main", "master"].into_iter().find(is_there).unwrap_or_default().to_owned()
}

/// The branch that the clone knows to be the default of `origin`.
pub(crate) fn default_of_origin(repository: &gix::Repository) -> Option<String> {
    let head = repository.find_reference("refs/remotes/origin/HEAD").ok()?;
    let name = head.target().try_name()?.as_bstr().to_string();
    name.strip_prefix(ORIGIN).map(str::to_owned)
}

/// What cannot be read is left out: it is as unknown as what was never fetched.
fn references(repository: &gix::Repository) -> Vec<Reference> {
    let Ok(platform) = repository.references() else { return Vec::new() };
    let Ok(all) = platform.all() else { return Vec::new() };
    let head = default_of_origin(repository)
        .map(|branch| Reference::new("HEAD", format!("ref: refs/heads/{branch}")));
    let known: Vec<(String, String)> = all
        .filter_map(Result::ok)
        .filter_map(|mut reference| {
            let name = reference.name().as_bstr().to_string();
            Some((name, reference.peel_to_id().ok()?.to_string()))
        })
        .collect();
    let has_origin = known.iter().any(|(name, _)| name.starts_with(ORIGIN));
    let listed = |name: &str| match name.strip_prefix(ORIGIN) {
        Some("HEAD") => None,
        Some(branch) => Some(format!("refs/heads/{branch}")),
        None if name.starts_with("refs/tags/") => Some(name.to_owned()),
        None if name.starts_with("refs/heads/") && !has_origin => Some(name.to_owned()),
        None => None,
    };
    let listed = known.into_iter().filter_map(|(name, id)| Some(Reference::new(listed(&name)?, id)));
    head.into_iter().chain(listed).collect()
}

fn remotes(repository: &gix::Repository) -> Vec<String> {
    let config = repository.config_snapshot();
    let mut urls: Vec<(bool, String)> = Vec::new();
    for section in config.plumbing().sections_by_name("remote").into_iter().flatten() {
        let name = section.header().subsection_name().map(ToString::to_string).unwrap_or_default();
        if let Some(url) = section.value("url") {
            urls.push((name != "origin", url.to_string()));
        }
    }
    urls.sort_by_key(|(other, _)| *other);
    urls.into_iter().map(|(_, url)| url).collect()
}
