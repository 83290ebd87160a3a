//! A tree of files as data, the blobs behind it, and a reader that remembers what it was asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha2::{Digest, Sha256};

use super::TreePath;
use super::chunks::{Chunks, TreeChange};
use crate::error::{Error, ErrorKind, Result};

/// Names a content: two entries with the same id have the same bytes. What the number means is the business of
/// whoever made the tree (a Git object id, a digest, a file's identity and time).
///
/// Ids must not collide, also where someone wants them to: what is parsed and rendered is kept by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(pub u128);

impl ContentId {
    /// The id of these parts: the beginning of their SHA-256, each with its length before it.
    #[must_use]
    pub fn digest<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        ContentId(u128::from_le_bytes(digest.first_chunk().copied().unwrap_or_default()))
    }
}

/// What an entry of a tree is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileMode {
    /// A file; its executable bit does not matter here.
    File,
    /// A symbolic link with its target as written.
    Symlink(Arc<str>),
}

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub mode: FileMode,
    /// Its content.
    pub content: ContentId,
    /// Its length in bytes.
    pub size: u64,
}

/// Supplies the bytes of a content.
pub trait Blobs: Send + Sync {
    /// The bytes of `id`, found at `path`.
    ///
    /// # Errors
    ///
    /// The content cannot be read.
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>>;
}

/// The files of one repository at one revision, or of one chart: sorted paths, and a supplier of their bytes.
/// Cloning shares everything; a tree in which some files are others shares the rest.
#[derive(Clone)]
pub struct Tree {
    chunks: Chunks,
    /// The files whose bytes `blobs` does not have.
    put: Option<Arc<BTreeMap<TreePath, Arc<[u8]>>>>,
    blobs: Arc<dyn Blobs>,
    identity: Arc<OnceLock<ContentId>>,
}

impl Tree {
    /// A tree of `(path, text)` pairs held in memory, for tests, examples and bindings.
    ///
    /// ```
    /// use aoa_lang::source::{Tree, TreePath};
    /// let tree = Tree::in_memory([("apps/a.yaml", "kind: A"), ("apps/b.yaml", "kind: B")]);
    /// let path = TreePath::new("apps/b.yaml").unwrap();
    /// assert_eq!(&*tree.read(&path)?, b"kind: B");
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    pub fn in_memory<P: AsRef<str>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let mut builder = TreeBuilder::default();
        let mut blobs = MemoryBlobs::default();
        for (path, bytes) in files {
            if let Some(path) = TreePath::new(path.as_ref()) {
                let bytes: Arc<[u8]> = Arc::from(bytes.as_ref());
                let content = blobs.add(bytes.clone());
                builder.add(path, Entry { mode: FileMode::File, content, size: bytes.len() as u64 });
            }
        }
        builder.build(Arc::new(blobs))
    }

    /// The same tree with symbolic links `(path, target)` added.
    pub fn with_links<P: AsRef<str>>(self, links: impl IntoIterator<Item = (P, P)>) -> Self {
        let mut builder = TreeBuilder { entries: self.chunks.iter().cloned().collect() };
        for (path, target) in links {
            if let Some(path) = TreePath::new(path.as_ref()) {
                let target = target.as_ref();
                let content = ContentId::digest([target.as_bytes()]);
                let mode = FileMode::Symlink(Arc::from(target));
                builder.add(path, Entry { mode, content, size: target.len() as u64 });
            }
        }
        builder.build(self.supplier())
    }

    /// Names the whole tree: two trees with the same identity have the same files. Worked out once, when asked.
    #[must_use]
    pub fn identity(&self) -> ContentId {
        *self.identity.get_or_init(|| self.chunks.identity())
    }

    /// What lies within `folder`, as a tree of its own.
    ///
    /// ```
    /// use aoa_lang::source::{Tree, TreePath};
    /// let tree = Tree::in_memory([("charts/web/Chart.yaml", "name: web"), ("a.yaml", "")]);
    /// let chart = tree.below(&TreePath::new("charts/web").unwrap());
    /// assert_eq!(&*chart.read(&TreePath::new("Chart.yaml").unwrap())?, b"name: web");
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    #[must_use]
    pub fn below(&self, folder: &TreePath) -> Tree {
        let mut builder = TreeBuilder::default();
        for (path, entry) in self.within(folder) {
            if let Some(path) = path.relative_to(folder).and_then(TreePath::new) {
                builder.add(path, entry.clone());
            }
        }
        builder.build(Arc::new(BlobsBelow { folder: folder.clone(), blobs: self.supplier() }))
    }

    /// The same tree with those files only for whose paths `keep` says so.
    ///
    /// ```
    /// use aoa_lang::source::Tree;
    /// let tree = Tree::in_memory([("a.yaml", ""), ("b.yaml", "")]);
    /// assert_eq!(tree.filtered(|path| path.as_str() != "a.yaml").entries().len(), 1);
    /// ```
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&TreePath) -> bool) -> Tree {
        let chunks = self.chunks.iter().filter(|(path, _)| keep(path)).cloned().collect();
        Tree { chunks, identity: Arc::default(), ..self.clone() }
    }

    /// The same tree with a file that holds `bytes`, new or in place of what was there.
    ///
    /// ```
    /// use aoa_lang::source::{Tree, TreePath};
    /// let path = TreePath::new("a.yaml").unwrap();
    /// let tree = Tree::in_memory([("a.yaml", "old")]).with_file(&path, b"new");
    /// assert_eq!(&*tree.read(&path)?, b"new");
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    #[must_use]
    pub fn with_file(&self, path: &TreePath, bytes: &[u8]) -> Tree {
        self.with_files([(path.clone(), Some(Arc::from(bytes)))])
    }

    /// The same tree with files that hold these bytes, new or in place of what was there, and without those for which there
    /// are none. Of several changes of one file the last counts. The work grows with the change, not with the tree.
    ///
    /// ```
    /// use aoa_lang::source::{Tree, TreePath};
    /// let path = |text| TreePath::new(text).unwrap();
    /// let old = Tree::in_memory([("a.yaml", "old"), ("b.yaml", "")]);
    /// let new = old.with_files([(path("a.yaml"), Some(b"new".as_slice().into())), (path("b.yaml"), None)]);
    /// assert_eq!(&*new.read(&path("a.yaml"))?, b"new");
    /// let changed: Vec<&str> = old.changes(&new).iter().map(|change| change.path.as_str()).collect();
    /// assert_eq!(changed, ["a.yaml", "b.yaml"]);
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    #[must_use]
    pub fn with_files(&self, files: impl IntoIterator<Item = (TreePath, Option<Arc<[u8]>>)>) -> Tree {
        let mut put = self.put.as_deref().cloned().unwrap_or_default();
        let mut entries: BTreeMap<TreePath, Option<Entry>> = BTreeMap::new();
        for (path, bytes) in files {
            let entry = bytes.as_ref().map(|bytes| Entry {
                mode: FileMode::File,
                content: ContentId::digest([&**bytes]),
                size: bytes.len() as u64,
            });
            entries.insert(path.clone(), entry);
            match bytes {
                Some(bytes) => put.insert(path, bytes),
                None => put.remove(&path),
            };
        }
        let (put, chunks) = (Some(Arc::new(put)), self.chunks.with(entries));
        Tree { chunks, put, blobs: self.blobs.clone(), identity: Arc::default() }
    }

    /// Where `newer` differs, sorted by path. What both trees share is not looked at; a file that has another id may still
    /// have the same bytes, which is no change.
    #[must_use]
    pub fn changes<'t>(&'t self, newer: &'t Tree) -> Vec<TreeChange<'t>> {
        let mut changes = self.chunks.changes(&newer.chunks);
        changes.retain(|change| match (change.before, change.after) {
            (Some(before), Some(after)) if before.mode == after.mode && before.size == after.size => {
                match (self.read(change.path), newer.read(change.path)) {
                    (Ok(old), Ok(new)) => old != new,
                    _ => true,
                }
            }
            _ => true,
        });
        changes
    }

    /// Whether there are symbolic links in it.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.chunks.has_links()
    }

    /// What supplies all of its bytes.
    fn supplier(&self) -> Arc<dyn Blobs> {
        match &self.put {
            Some(put) => Arc::new(BlobsOver { put: put.clone(), blobs: self.blobs.clone() }),
            None => self.blobs.clone(),
        }
    }

    /// The same tree, which tells `observer` of every file that is read.
    #[must_use]
    pub fn observed(&self, observer: Arc<dyn Fn(&TreePath) + Send + Sync>) -> Tree {
        let blobs = Arc::new(BlobsObserved { observer, blobs: self.supplier() });
        Tree { chunks: self.chunks.clone(), put: None, blobs, identity: self.identity.clone() }
    }

    /// Whether both are clones of one tree.
    #[must_use]
    pub fn shares(&self, other: &Tree) -> bool {
        self.chunks.shares(&other.chunks)
    }

    /// All files, sorted by path.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&TreePath, &Entry)> {
        self.chunks.iter().map(|(path, entry)| (path, entry))
    }

    /// The files within `folder`, sorted by path.
    pub fn within<'t>(
        &'t self,
        folder: &TreePath,
    ) -> impl Iterator<Item = (&'t TreePath, &'t Entry)> + use<'t> {
        let entries = self.chunks.since(folder);
        let folder = folder.clone();
        let beginning = folder.clone();
        entries
            .take_while(move |(path, _)| path.as_str().starts_with(beginning.as_str()))
            .filter(move |(path, _)| path.is_within(&folder))
            .map(|(path, entry)| (path, entry))
    }

    /// The file at `path`.
    #[must_use]
    pub fn get(&self, path: &TreePath) -> Option<&Entry> {
        self.chunks.since(path).next().filter(|(found, _)| found == path).map(|(_, entry)| entry)
    }

    /// Whether `path` is a folder: the root, or something that files lie below.
    #[must_use]
    pub fn is_folder(&self, path: &TreePath) -> bool {
        path.as_str().is_empty() || self.within(path).any(|(p, _)| p != path)
    }

    /// The bytes of the file at `path`; links are not followed.
    ///
    /// # Errors
    ///
    /// There is no such file, or its content cannot be read.
    pub fn read(&self, path: &TreePath) -> Result<Arc<[u8]>> {
        let entry =
            self.get(path).ok_or_else(|| Error::new(ErrorKind::NotFound, format!("no file `{path}`")))?;
        match self.put.as_ref().and_then(|put| put.get(path)) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.blobs.read(path, entry.content),
        }
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.chunks.iter().map(|(path, _)| path)).finish()
    }
}

/// Collects the entries of a [`Tree`].
#[derive(Default)]
pub struct TreeBuilder {
    entries: BTreeMap<TreePath, Entry>,
}

impl TreeBuilder {
    /// Adds an entry; a later one at the same path replaces the earlier.
    pub fn add(&mut self, path: TreePath, entry: Entry) {
        self.entries.insert(path, entry);
    }

    /// The tree of all entries, with `blobs` behind it.
    #[must_use]
    pub fn build(self, blobs: Arc<dyn Blobs>) -> Tree {
        Tree { chunks: self.entries.into_iter().collect(), put: None, blobs, identity: Arc::default() }
    }
}

/// The contents of a folder, by paths within it.
struct BlobsBelow {
    folder: TreePath,
    blobs: Arc<dyn Blobs>,
}

impl Blobs for BlobsBelow {
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>> {
        self.blobs.read(&self.folder.join(path.as_str()).unwrap_or_else(TreePath::root), id)
    }
}

/// The contents of a tree in which some files are others.
struct BlobsOver {
    put: Arc<BTreeMap<TreePath, Arc<[u8]>>>,
    blobs: Arc<dyn Blobs>,
}

impl Blobs for BlobsOver {
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>> {
        match self.put.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.blobs.read(path, id),
        }
    }
}

/// The contents of a tree, whose reading somebody watches.
struct BlobsObserved {
    observer: Arc<dyn Fn(&TreePath) + Send + Sync>,
    blobs: Arc<dyn Blobs>,
}

impl Blobs for BlobsObserved {
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>> {
        (self.observer)(path);
        self.blobs.read(path, id)
    }
}

/// Contents held in memory, named by their digests.
#[derive(Default)]
pub struct MemoryBlobs {
    contents: HashMap<ContentId, Arc<[u8]>>,
}

impl MemoryBlobs {
    /// Adds a content and names it.
    pub fn add(&mut self, bytes: Arc<[u8]>) -> ContentId {
        let id = ContentId::digest([&*bytes]);
        self.contents.insert(id, bytes);
        id
    }
}

impl Blobs for MemoryBlobs {
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>> {
        let missing = || Error::new(ErrorKind::NotFound, format!("no content for `{path}`"));
        self.contents.get(&id).cloned().ok_or_else(missing)
    }
}

/// Reads a [`Tree`] and remembers every path it was asked for, so that a later run knows what a change reaches.
pub struct Reader<'t> {
    tree: &'t Tree,
    observed: Mutex<BTreeMap<TreePath, Observed>>,
}

/// What a [`Reader`] was asked about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Observed {
    /// The file was looked for and is not there.
    Absent,
    /// The file's content was read.
    Read,
    /// The folder was listed.
    Listed,
}

impl<'t> Reader<'t> {
    /// A reader of `tree` that has been asked nothing yet.
    #[must_use]
    pub fn new(tree: &'t Tree) -> Self {
        Reader { tree, observed: Mutex::default() }
    }

    /// The tree behind the reader, for questions that need no record.
    #[must_use]
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The bytes of the file at `path`, or `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// The content cannot be read.
    pub fn read(&self, path: &TreePath) -> Result<Option<Arc<[u8]>>> {
        let found = self.tree.get(path).is_some();
        self.note(path, if found { Observed::Read } else { Observed::Absent });
        if found { self.tree.read(path).map(Some) } else { Ok(None) }
    }

    /// The files within `folder`, sorted by path.
    pub fn list(&self, folder: &TreePath) -> impl Iterator<Item = (&'t TreePath, &'t Entry)> + use<'t> {
        self.note(folder, Observed::Listed);
        self.tree.within(folder)
    }

    /// Everything that was asked, sorted by path.
    #[must_use]
    pub fn into_observed(self) -> Vec<(TreePath, Observed)> {
        self.observed.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }

    fn note(&self, path: &TreePath, what: Observed) {
        let mut observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = observed.entry(path.clone()).or_insert(what);
        *entry = (*entry).max(what);
    }
}
