//! What rendering an Application reads, repository by repository.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aoa_lang::json;
use aoa_lang::source::TreePath;

use crate::fleet::{App, Fleet};
use crate::inputs::{Checkout, Commits, Inputs};
use crate::model::{repo_url, sources_of};
use crate::resolve::Again;

/// A file, and the number of its repository.
pub(super) type File = (usize, TreePath);

/// Renders Applications while it watches what they read.
pub(super) struct Reads {
    again: Again,
    /// Whose trees tell what is read.
    inputs: Inputs,
    seen: Arc<Mutex<BTreeSet<File>>>,
    /// By what decides which files are read.
    known: HashMap<String, Arc<BTreeSet<File>>>,
}

impl Reads {
    pub(super) fn new(fleet: &Fleet) -> Self {
        let again = Again::new(fleet);
        let seen: Arc<Mutex<BTreeSet<File>>> = Arc::default();
        let mut inputs = again.inputs().clone();
        for (number, repository) in inputs.repositories.iter_mut().enumerate() {
            for checkout in &mut repository.checkouts {
                checkout.tree = checkout.tree.observed(observer(number, &seen));
            }
            if let Some(commits) = repository.commits.take() {
                repository.commits = Some(Arc::new(Observed { commits, observer: observer(number, &seen) }));
            }
        }
        Reads { again, inputs, seen, known: HashMap::new() }
    }

    /// The files that an Application reads.
    pub(super) fn of(&mut self, app: App<'_>) -> Arc<BTreeSet<File>> {
        let Some(application) = app.application() else { return Arc::default() };
        let identity = identity(app);
        if let Some(known) = self.known.get(&identity) {
            return known.clone();
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.again.content_anew(&application, &self.inputs);
        let read = Arc::new(std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner)));
        self.known.insert(identity, read.clone());
        read
    }

    /// The numbers of the repositories that serve a URL; several URLs may stand for one.
    pub(super) fn repositories(&self, url: &str) -> BTreeSet<usize> {
        let key = repo_url::checkout_key(url);
        let is_it = |(_, given): &(usize, String)| *given == key;
        let given = self.inputs.repositories.iter().map(|r| repo_url::checkout_key(&r.url.to_str_lossy()));
        given.enumerate().filter(is_it).map(|(at, _)| at).collect()
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, repository: usize, path: &TreePath) -> bool {
        let repository = self.inputs.repositories.get(repository);
        repository.into_iter().flat_map(|r| &r.checkouts).any(|checkout| checkout.tree.get(path).is_some())
    }
}

type Observer = Arc<dyn Fn(&TreePath) + Send + Sync>;

/// Notes what is read of a repository.
fn observer(number: usize, seen: &Arc<Mutex<BTreeSet<File>>>) -> Observer {
    let seen = seen.clone();
    Arc::new(move |file: &TreePath| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).insert((number, file.clone()));
    })
}

/// Commits whose files are watched.
struct Observed {
    commits: Arc<dyn Commits>,
    observer: Observer,
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.commits.fmt(f)
    }
}

impl Commits for Observed {
    fn checkout(&self, commit: &str) -> Option<Checkout> {
        let checkout = self.commits.checkout(commit)?;
        Some(Checkout { tree: checkout.tree.observed(self.observer.clone()), ..checkout })
    }
}

/// What decides which files an Application reads: its sources, and its name, which files of overrides carry.
fn identity(app: App<'_>) -> String {
    let spec = app.spec();
    let sources: Vec<String> =
        sources_of(&spec).iter().map(|source| json::to_string(source).unwrap_or_default()).collect();
    format!("{} {}", app.name(), sources.join("\n"))
}
