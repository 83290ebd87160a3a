//! A tree of files as data, the blobs behind it, and a reader that remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::TreePath;
use crate::error::{Error, ErrorKind, Result};

/// Names a content: two entries with the same id have the same bytes. What the number means is the business of
/// whoever made the tree (a Git object id, a digest, a file's identity and time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(pub u128);

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
/// Cloning shares everything.
#[derive(Clone)]
pub struct Tree {
    entries: Arc<[(TreePath, Entry)]>,
    blobs: Arc<dyn Blobs>,
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

    /// All files, sorted by path.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&TreePath, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path, entry))
    }

    /// The files within `folder`, sorted by path.
    pub fn within<'t>(
        &'t self,
        folder: &TreePath,
    ) -> impl Iterator<Item = (&'t TreePath, &'t Entry)> + use<'t> {
        let start = self.entries.partition_point(|(path, _)| path < folder);
        let folder = folder.clone();
        self.entries
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while({
                let folder = folder.clone();
                move |(path, _)| path.as_str().starts_with(folder.as_str())
            })
            .filter(move |(path, _)| path.is_within(&folder))
            .map(|(path, entry)| (path, entry))
    }

    /// The file at `path`.
    #[must_use]
    pub fn get(&self, path: &TreePath) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|(p, _)| p.cmp(path)).ok()?;
        self.entries.get(at).map(|(_, entry)| entry)
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
        self.blobs.read(path, entry.content)
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|(path, _)| path)).finish()
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
        Tree { entries: self.entries.into_iter().collect(), blobs }
    }
}

/// Contents held in memory, numbered in the order in which they came.
#[derive(Default)]
pub struct MemoryBlobs {
    contents: Vec<Arc<[u8]>>,
}

impl MemoryBlobs {
    /// Adds a content and names it.
    pub fn add(&mut self, bytes: Arc<[u8]>) -> ContentId {
        self.contents.push(bytes);
        ContentId(self.contents.len() as u128 - 1)
    }
}

impl Blobs for MemoryBlobs {
    fn read(&self, path: &TreePath, id: ContentId) -> Result<Arc<[u8]>> {
        usize::try_from(id.0)
            .ok()
            .and_then(|n| self.contents.get(n).cloned())
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("no content for `{path}`")))
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
