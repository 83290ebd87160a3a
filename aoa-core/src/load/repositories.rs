//! Finds the tree that serves a source, by URL and revision.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;

use crate::finding::{Gap, Place};
use crate::inputs::{Checkout, Inputs, Listed, Repository};
use crate::model::repo_url;
use crate::options::UrlMatching;

use super::asked::{Asked, How, Lead, TreeNumber};
use super::revision::resolve_revision;

/// The repositories at hand, found by the two URL relations.
pub(crate) struct Repositories {
    inputs: Arc<Inputs>,
    matching: UrlMatching,
    /// By Argo CD's own normal form.
    exact: HashMap<String, usize>,
    /// By host and path alone.
    loose: HashMap<String, usize>,
    /// URLs that were found by the loose relation only, with the URL that was given.
    aliases: Mutex<BTreeSet<(Text, Text)>>,
    asked: Mutex<Asked>,
}

/// A tree that serves a source.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) tree: Tree,
    /// The URL under which the repository was given.
    pub(crate) url: Text,
    /// The commit; empty where it is not known.
    pub(crate) commit: Text,
    /// Which of the given trees it is; `None` for charts, and for commits that are not checked out: those never change.
    pub(crate) number: Option<TreeNumber>,
    /// Whether it is a commit that is not checked out.
    pub(crate) is_elsewhere: bool,
}

impl Found {
    /// The beginning of a file in it.
    pub(crate) fn place(&self, path: TreePath) -> Place {
        let commit = if self.is_elsewhere { self.commit.clone() } else { Text::EMPTY };
        Place { repository: self.url.clone(), commit, path, line: 1, column: 1, width: 0 }
    }
}

/// Why there is no tree for a source.
#[derive(Clone, Debug)]
pub(crate) enum NoTree {
    /// It was not given.
    Gap(Gap),
    /// The repository has no such revision; in Argo CD's words.
    Unresolved(Text),
}

impl Repositories {
    pub(crate) fn new(inputs: Arc<Inputs>, matching: UrlMatching) -> Self {
        let (mut exact, mut loose) = (HashMap::new(), HashMap::new());
        for (at, repository) in inputs.repositories.iter().enumerate() {
            let url = repository.url.to_str_lossy();
            exact.entry(repo_url::normalize_or_keep(&url)).or_insert(at);
            loose.entry(repo_url::checkout_key(&url)).or_insert(at);
        }
        Repositories { inputs, matching, exact, loose, aliases: Mutex::default(), asked: Mutex::default() }
    }

    /// The tree of `url` at `revision`, or what is missing.
    pub(crate) fn find(&self, url: &str, revision: &str) -> Result<Found, Gap> {
        let found = self.found(url, revision);
        self.note(How::Find, url, (revision, ""), || lead(&found));
        found
    }

    /// The tree of `url` at the commit that `revision` stands for; see [`resolve_revision`]. Where the references of the
    /// repository are not known, checkouts are found by the names that they serve.
    pub(crate) fn resolve(&self, url: &str, revision: &str, tag_prefix: &str) -> Result<Found, NoTree> {
        let found = self.resolved(url, revision, tag_prefix);
        self.note(How::Resolve, url, (revision, tag_prefix), || lead(&found));
        found
    }

    /// The first tree of the repository `url` (empty: of the first repository), whatever it serves: roots are read from it.
    pub(crate) fn any_tree(&self, url: &str) -> Result<Found, Gap> {
        let found = self.any(url);
        self.note(How::Any, url, ("", ""), || lead(&found));
        found
    }

    /// What was asked for so far.
    pub(crate) fn take_asked(&self) -> Asked {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether all that was asked for leads to the same trees here.
    pub(crate) fn agree(&self, asked: &Asked) -> bool {
        asked.iter().all(|(how, url, revision, prefix, before)| {
            let (revision, prefix) = (revision.to_str_lossy(), prefix.to_str_lossy());
            let now = match how {
                How::Find => lead(&self.found(url, &revision)),
                How::Resolve => lead(&self.resolved(url, &revision, &prefix)),
                How::Any => lead(&self.any(url)),
            };
            now == *before
        })
    }

    /// The commit that `revision` of `url` stands for, where that is not what is checked out; else empty.
    pub(crate) fn commit_elsewhere(&self, url: &str, revision: &str) -> Text {
        let found = self.found(url, revision).ok().filter(|found| found.is_elsewhere);
        found.map_or(Text::EMPTY, |found| found.commit)
    }

    fn note(&self, how: How, url: &str, names: (&str, &str), lead: impl FnOnce() -> Lead) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).note(how, url, names, lead);
    }

    fn found(&self, url: &str, revision: &str) -> Result<Found, Gap> {
        let at = self.position(url).ok_or_else(|| Gap::Repository { url: url.into() })?;
        let missing = || Gap::Revision { url: url.into(), revision: revision.into() };
        let repository = self.inputs.repositories.get(at).ok_or_else(missing)?;
        let served = match repository.commits {
            Some(_) => repository.named(revision),
            None => repository.checkout(revision),
        };
        if let Some(checkout) = served {
            return Ok(found(at, repository, checkout));
        }
        let checkout = match resolve_revision(&repository.references, revision, "") {
            Ok(commit) => repository.commit(&commit),
            Err(_) => repository.checkout(revision).map(Cow::Borrowed),
        };
        Ok(found(at, repository, &*checkout.ok_or_else(missing)?))
    }

    fn resolved(&self, url: &str, revision: &str, tag_prefix: &str) -> Result<Found, NoTree> {
        let at = self.position(url).ok_or_else(|| NoTree::Gap(Gap::Repository { url: url.into() }))?;
        let missing = || NoTree::Gap(Gap::Revision { url: url.into(), revision: revision.into() });
        let repository = self.inputs.repositories.get(at).ok_or_else(missing)?;
        if repository.references.is_empty() && repository.commits.is_none() {
            let checkout = repository.checkout(revision).ok_or_else(missing)?;
            return Ok(found(at, repository, checkout));
        }
        let served = match (repository.listed, &repository.commits) {
            (Listed::Fetched, Some(_)) => repository.named(revision),
            (Listed::Fetched, None) => repository.checkout(revision),
            (Listed::All, _) => None,
        };
        if let Some(checkout) = served {
            return Ok(found(at, repository, checkout));
        }
        let checkout = match resolve_revision(&repository.references, revision, tag_prefix) {
            Ok(commit) => repository.commit(&commit),
            Err(error) => match repository.listed {
                Listed::All => return Err(NoTree::Unresolved(error.message().into())),
                Listed::Fetched => repository.checkout(revision).map(Cow::Borrowed),
            },
        };
        Ok(found(at, repository, &*checkout.ok_or_else(missing)?))
    }

    fn any(&self, url: &str) -> Result<Found, Gap> {
        let missing = || Gap::Repository { url: url.into() };
        let at = if url.is_empty() { 0 } else { self.position(url).ok_or_else(missing)? };
        let repository = self.inputs.repositories.get(at).ok_or_else(missing)?;
        let checkout =
            repository.checkout("").or_else(|| repository.checkouts.first()).ok_or_else(missing)?;
        Ok(found(at, repository, checkout))
    }

    /// The file of `place`.
    pub(crate) fn read(&self, place: &Place) -> Option<Arc<[u8]>> {
        self.inputs.trees_of(place).find_map(|tree| tree.read(&place.path).ok())
    }

    /// The first tree in which `place` is a folder.
    pub(crate) fn tree_with_folder(&self, place: &Place) -> Option<Tree> {
        self.inputs.trees_of(place).find(|tree| tree.is_folder(&place.path))
    }

    /// The URLs that needed the loose relation, sorted: as asked, and as given.
    pub(crate) fn take_aliases(&self) -> BTreeSet<(Text, Text)> {
        std::mem::take(&mut *self.aliases.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether two URLs lead to one repository here.
    pub(crate) fn is_same(&self, a: &str, b: &str) -> bool {
        repo_url::same(a, b)
            || self.matching == UrlMatching::Loose && repo_url::checkout_key(a) == repo_url::checkout_key(b)
    }

    fn position(&self, url: &str) -> Option<usize> {
        if let Some(at) = self.exact.get(&repo_url::normalize_or_keep(url)) {
            return Some(*at);
        }
        if self.matching == UrlMatching::Exact {
            return None;
        }
        let at = *self.loose.get(&repo_url::checkout_key(url))?;
        let given = self.inputs.repositories.get(at)?.url.clone();
        self.aliases.lock().unwrap_or_else(PoisonError::into_inner).insert((url.into(), given));
        Some(at)
    }
}

fn found(at: usize, repository: &Repository, checkout: &Checkout) -> Found {
    let of = repository.checkouts.iter().position(|other| std::ptr::eq(other, checkout));
    let number =
        || Some(TreeNumber { repository: u32::try_from(at).ok()?, checkout: u32::try_from(of?).ok()? });
    let (tree, url, commit) = (checkout.tree.clone(), repository.url.clone(), checkout.commit.clone());
    Found { tree, url, commit, number: number(), is_elsewhere: of.is_none() }
}

fn lead<E: std::fmt::Debug>(found: &Result<Found, E>) -> Lead {
    match found {
        Ok(Found { number: Some(number), .. }) => Lead::Given(*number),
        Ok(found) => Lead::Commit(found.commit.clone()),
        Err(error) => Lead::Nowhere(format!("{error:?}")),
    }
}
