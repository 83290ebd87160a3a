//! What is parsed and rendered once: documents by content, folders by tree and options.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aoa_kustomize::Builder;
use aoa_lang::source::{ContentId, Tree, TreePath};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Value};

use super::directory::DirectoryOptions;
use super::files;
use super::helm::LoadedChart;
use super::manifest_file::{FileError, ParsedFile};
use super::source::Outcome;
use crate::load::{Found, TreeNumber};

/// Everything that a [`Resolver`](crate::Resolver) keeps between runs.
#[derive(Default)]
pub struct RenderCache {
    /// By content, and whether it is read as JSON.
    files: Shared<(ContentId, bool), Result<Arc<ParsedFile>, FileError>>,
    folders: Shared<FolderKey, Outcome>,
    links: Shared<ContentId, Option<TreePath>>,
    /// By tree, and the flags of builds.
    builders: Shared<(ContentId, String), Arc<Builder>>,
    /// `None` for those that depend on more than their tree.
    kustomizations: Shared<KustomizeKey, Option<Outcome>>,
    /// By tree, folder, and the charts that dependencies are taken from.
    charts: Shared<(ContentId, TreePath, ContentId), LoadedChart>,
    helm_values: Shared<ContentId, Result<Map, Error>>,
    printed: Shared<ContentId, Result<Arc<[Value]>, Text>>,
}

/// Names a rendering of a folder: what it was made of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct FolderKey {
    pub(super) tree: ContentId,
    /// Where it comes from: places name it.
    pub(super) url: Text,
    /// What its reach names.
    pub(super) number: Option<TreeNumber>,
    pub(super) folder: TreePath,
    pub(super) options: DirectoryOptions,
    /// Whether somebody evaluates Jsonnet.
    pub(super) evaluates: bool,
}

/// Names a rendering of a kustomization.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct KustomizeKey {
    pub(super) tree: ContentId,
    pub(super) url: Text,
    pub(super) number: Option<TreeNumber>,
    pub(super) folder: TreePath,
    pub(super) flags: String,
    /// What the source sets, in words.
    pub(super) steps: String,
}

impl RenderCache {
    pub(super) fn file(
        &self,
        content: (ContentId, bool),
        parse: impl FnOnce() -> Result<Arc<ParsedFile>, FileError>,
    ) -> Result<Arc<ParsedFile>, FileError> {
        self.files.get(content, parse)
    }

    /// The outcome of a folder that was rendered before.
    pub(super) fn known_folder(&self, key: &FolderKey) -> Option<Outcome> {
        self.folders.known(key)
    }

    pub(super) fn folder(&self, key: FolderKey, render: impl FnOnce() -> Outcome) -> Outcome {
        self.folders.get(key, render)
    }

    /// What builds the kustomizations of a tree: bases are built once for all overlays.
    pub(super) fn kustomize_builder(
        &self,
        tree: &Tree,
        flags: &str,
        make: impl FnOnce(Tree) -> Builder,
    ) -> Arc<Builder> {
        self.builders.get((tree.identity(), flags.to_owned()), || Arc::new(make(tree.clone())))
    }

    /// `render` also says whether the rendering depends on nothing but its key.
    pub(super) fn kustomization(&self, key: KustomizeKey, render: impl Fn() -> (Outcome, bool)) -> Outcome {
        let mut fresh = None;
        let kept = self.kustomizations.get(key, || {
            let (outcome, is_own) = render();
            fresh = Some(outcome.clone());
            is_own.then_some(outcome)
        });
        kept.or(fresh).unwrap_or_else(|| render().0)
    }

    /// A chart with its dependencies.
    pub(super) fn chart(
        &self,
        key: (ContentId, TreePath, ContentId),
        load: impl FnOnce() -> LoadedChart,
    ) -> LoadedChart {
        self.charts.get(key, load)
    }

    /// A values file of Helm.
    pub(super) fn helm_values(
        &self,
        content: ContentId,
        read: impl FnOnce() -> Result<Map, Error>,
    ) -> Result<Map, Error> {
        self.helm_values.get(content, read)
    }

    /// The objects of a text that a tool printed; what is not to be kept is only found.
    pub(super) fn printed(
        &self,
        content: ContentId,
        keep: bool,
        read: impl FnOnce() -> Result<Arc<[Value]>, Text>,
    ) -> Result<Arc<[Value]>, Text> {
        match keep {
            true => self.printed.get(content, read),
            false => self.printed.known(&content).unwrap_or_else(read),
        }
    }

    /// The first link that leaves the tree: a question about the whole tree, asked once.
    pub(super) fn out_of_bounds_link(&self, found: &Found) -> Option<TreePath> {
        if !found.tree.has_links() {
            return None;
        }
        self.links.get(found.tree.identity(), || files::out_of_bounds_link(&found.tree).cloned())
    }
}

/// A map whose values are made once, without holding up others meanwhile.
struct Shared<K, V> {
    map: Mutex<HashMap<K, Arc<OnceLock<V>>, foldhash::fast::FixedState>>,
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Shared { map: Mutex::default() }
    }
}

impl<K: std::hash::Hash + Eq, V: Clone> Shared<K, V> {
    fn known(&self, key: &K) -> Option<V> {
        let map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        map.get(key)?.get().cloned()
    }

    fn get(&self, key: K, make: impl FnOnce() -> V) -> V {
        let cell = {
            let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
            map.entry(key).or_default().clone()
        };
        cell.get_or_init(make).clone()
    }
}
