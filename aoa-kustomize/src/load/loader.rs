//! Reading what a kustomization names, relative to its folder (`loader/fileloader.go`).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use aoa_lang::ErrorKind;
use aoa_lang::source::{Observed, Tree, TreePath};

use super::view::{Found, View};
use super::{Missing, RepoUrl};
use crate::error::{Error, Result};
use crate::options::{Remotes, Restriction};

/// What a build has looked at.
#[derive(Clone, Default)]
pub(crate) struct Journal {
    /// In the tree itself.
    pub(crate) observed: BTreeMap<TreePath, Observed>,
    /// The other repositories that were read.
    pub(crate) repositories: BTreeSet<RepoUrl>,
    /// The folders of kustomizations, which must not contain each other on one way.
    pub(crate) folders: BTreeSet<TreePath>,
    /// Whether a chart draws random values.
    pub(crate) is_random: bool,
}

impl Journal {
    fn note(&mut self, path: &TreePath, what: Observed) {
        let entry = self.observed.entry(path.clone()).or_insert(what);
        *entry = (*entry).max(what);
    }

    pub(crate) fn add(&mut self, other: &Journal) {
        other.observed.iter().for_each(|(path, what)| self.note(path, *what));
        self.repositories.extend(other.repositories.iter().cloned());
        self.folders.extend(other.folders.iter().cloned());
        self.is_random |= other.is_random;
    }
}

/// Reads for one kustomization.
#[derive(Clone)]
pub(crate) struct Loader {
    view: Arc<View>,
    root: TreePath,
    restriction: Restriction,
    remotes: Option<Arc<dyn Remotes>>,
    /// The kustomization that refers to this one.
    referrer: Option<Rc<Loader>>,
    /// The repository that was entered here.
    repository: Option<Rc<RepoUrl>>,
    pub(crate) journal: Rc<RefCell<Journal>>,
}

impl Loader {
    /// A loader at the folder that is built.
    ///
    /// # Errors
    /// If there is no such folder.
    pub(crate) fn new(
        view: Arc<View>,
        path: &TreePath,
        restriction: Restriction,
        remotes: Option<Arc<dyn Remotes>>,
    ) -> Result<Self> {
        let journal = Rc::new(RefCell::new(Journal::default()));
        let root = confirm_folder(&view, path, &journal)?;
        journal.borrow_mut().folders.insert(root.clone());
        Ok(Loader { view, root, restriction, remotes, referrer: None, repository: None, journal })
    }

    /// The folder.
    pub(crate) fn root(&self) -> &TreePath {
        &self.root
    }

    /// The files that it reads from.
    pub(crate) fn tree(&self) -> Tree {
        self.view.tree().clone()
    }

    /// Whether this is the tree that is built, and no other repository.
    pub(crate) fn is_local(&self) -> bool {
        self.repository.is_none() && self.referrer.as_ref().is_none_or(|referrer| referrer.is_local())
    }

    /// A loader at a folder that this kustomization refers to.
    ///
    /// # Errors
    /// If there is no such folder, it was visited on the way, or it is another repository that is not at hand.
    pub(crate) fn enter(&self, path: &str) -> Result<Loader> {
        if path.is_empty() {
            return Err(Error::invalid("new root cannot be empty"));
        }
        if let Some(url) = RepoUrl::parse(path) {
            return self.enter_repository(url);
        }
        if path.starts_with('/') {
            return Err(Error::invalid(format!("new root '{path}' cannot be absolute")));
        }
        let target = self.root.join(path).ok_or_else(|| outside(path))?;
        let root = confirm_folder(&self.view, &target, &self.journal)?;
        self.refuse_cycle(&root)?;
        self.journal.borrow_mut().folders.insert(root.clone());
        Ok(Loader { root, referrer: Some(Rc::new(self.clone())), repository: None, ..self.clone() })
    }

    fn enter_repository(&self, url: RepoUrl) -> Result<Loader> {
        let mut visited = Some(self);
        while let Some(loader) = visited {
            if let Some(seen) = loader.repository.as_ref().filter(|seen| seen.raw.starts_with(&url.raw)) {
                let message =
                    format!("cycle detected: URI '{}' referenced by previous URI '{}'", url.raw, seen.raw);
                return Err(Error::invalid(message));
            }
            visited = loader.referrer.as_deref();
        }
        let tree = self.remotes.as_ref().and_then(|remotes| remotes.repository(&url));
        let Some(tree) = tree else {
            let message = format!("the remote base '{}' is not at hand", url.raw);
            return Err(Error::missing(Missing::Repository(url), message));
        };
        self.journal.borrow_mut().repositories.insert(url.clone());
        let view = Arc::new(View::new(tree));
        let folder = TreePath::root().join(&url.path).ok_or_else(|| outside(&url.path))?;
        let root = match view.find(&folder) {
            Found::Folder(root) => root,
            Found::File(_) => {
                let message = format!("'{}' refers to a file; expecting directory", url.raw);
                return Err(Error::invalid(message));
            }
            Found::Nothing | Found::Outside => {
                let message = format!("'{}' does not exist in the repository '{}'", url.path, url.repo);
                return Err(Error::invalid(message));
            }
        };
        Ok(Loader {
            view,
            root,
            restriction: Restriction::RootOnly,
            referrer: Some(Rc::new(self.clone())),
            repository: Some(Rc::new(url)),
            ..self.clone()
        })
    }

    /// Refuses a folder that contains one that was visited on the way here (`errIfArgEqualOrHigher`).
    ///
    /// # Errors
    /// If it does.
    pub(crate) fn refuse_cycle(&self, candidate: &TreePath) -> Result<()> {
        let mut visited = Some(self);
        while let Some(loader) = visited.filter(|loader| Arc::ptr_eq(&loader.view, &self.view)) {
            if loader.root.is_within(candidate) {
                let (candidate, visited) = (shown(candidate), shown(&loader.root));
                let message =
                    format!("cycle detected: candidate root '{candidate}' contains visited root '{visited}'");
                return Err(Error::invalid(message));
            }
            visited = loader.referrer.as_deref();
        }
        Ok(())
    }

    /// [`Loader::refuse_cycle`] for a folder that is entered from here by way of others.
    ///
    /// # Errors
    /// If it contains this folder, or one that was visited before.
    pub(crate) fn refuse_cycle_above(&self, candidate: &TreePath) -> Result<()> {
        self.referrer.as_ref().map_or(Ok(()), |referrer| referrer.refuse_cycle(candidate))
    }

    /// The content of a file.
    ///
    /// # Errors
    /// If it is not there, may not be read, or is a URL that is not at hand.
    pub(crate) fn load(&self, path: &str) -> Result<Arc<[u8]>> {
        if is_remote_file(path) {
            if let Some(content) = self.remotes.as_ref().and_then(|remotes| remotes.file(path)) {
                return Ok(content);
            }
            let missing = Missing::Url { url: path.to_owned(), repository: RepoUrl::parse(path) };
            return Err(Error::missing(missing, format!("the remote file '{path}' is not at hand")));
        }
        if path.starts_with('/') {
            return Err(Error::invalid(format!(
                "security; file '{path}' is not in or below '{}'",
                shown(&self.root)
            )));
        }
        let target = self.root.join(path).ok_or_else(|| outside(path))?;
        let file = match self.view.find(&target) {
            Found::File(file) => file,
            Found::Folder(_) => {
                self.note(&target, Observed::Absent);
                return Err(Error::invalid(format!("'{}' must resolve to a file", shown(&target))));
            }
            Found::Nothing => {
                self.note(&target, Observed::Absent);
                let message = format!("'{}' doesn't exist", shown(&target));
                return Err(aoa_lang::Error::new(ErrorKind::NotFound, message).into());
            }
            Found::Outside => return Err(outside(path)),
        };
        if self.restriction == Restriction::RootOnly && !file.is_within(&self.root) {
            let (file, root) = (shown(&target), shown(&self.root));
            return Err(Error::invalid(format!("security; file '{file}' is not in or below '{root}'")));
        }
        self.note(&file, Observed::Read);
        self.view.read(&file)
    }

    /// Whether there is a folder.
    pub(crate) fn has_folder(&self, path: &TreePath) -> bool {
        self.note(path, Observed::Listed);
        matches!(self.view.find(path), Found::Folder(_))
    }

    fn note(&self, path: &TreePath, what: Observed) {
        if self.is_local() {
            self.journal.borrow_mut().note(path, what);
        }
    }
}

/// A folder for people.
pub(crate) fn shown(path: &TreePath) -> &str {
    if path.as_str().is_empty() { "." } else { path.as_str() }
}

fn outside(path: &str) -> Error {
    Error::invalid(format!("security; '{path}' leads out of the repository"))
}

fn confirm_folder(view: &View, path: &TreePath, journal: &RefCell<Journal>) -> Result<TreePath> {
    let why = match view.find(path) {
        Found::Folder(folder) => return Ok(folder),
        Found::File(_) => "file is not directory",
        Found::Nothing => "doesn't exist",
        Found::Outside => return Err(outside(path.as_str())),
    };
    journal.borrow_mut().note(path, Observed::Absent);
    Err(Error::invalid(format!("must build at directory: '{}': {why}", shown(path))))
}

/// Whether a path is a URL of a file (`IsRemoteFile`).
fn is_remote_file(path: &str) -> bool {
    let scheme = path.split_once("://").map_or("", |(scheme, _)| scheme);
    ["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme))
        && aoa_lang::url::Url::parse(path.as_bytes()).is_ok()
}
