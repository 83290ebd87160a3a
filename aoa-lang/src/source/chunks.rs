//! The entries of a tree in stretches that trees share: what a change does not touch is not copied.
//!
//! Where a stretch ends is decided by its last path alone, so that trees of the same files have the same stretches,
//! whichever way they came to be.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::TreePath;
use super::tree::{ContentId, Entry, FileMode};

/// A path at which two trees differ.
///
/// ```
/// use aoa_lang::source::Tree;
/// let (old, new) = (Tree::in_memory([("a", "1"), ("b", "2")]), Tree::in_memory([("b", "2"), ("c", "3")]));
/// let changes = old.changes(&new);
/// assert_eq!(changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["a", "c"]);
/// assert!(changes[0].after.is_none() && changes[1].before.is_none());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TreeChange<'t> {
    /// The path.
    pub path: &'t TreePath,
    /// What was there; `None`: nothing.
    pub before: Option<&'t Entry>,
    /// What is there; `None`: nothing.
    pub after: Option<&'t Entry>,
}

/// Entries sorted by path.
#[derive(Clone)]
pub(super) struct Chunks {
    chunks: Arc<[Arc<Chunk>]>,
    len: usize,
    has_links: bool,
}

/// Some neighbours; never none.
struct Chunk {
    entries: Box<[(TreePath, Entry)]>,
    has_links: bool,
    identity: OnceLock<ContentId>,
}

/// How many entries a chunk has, mostly: a power of two.
const MOSTLY: u64 = 256;

impl Chunks {
    /// All entries.
    pub(super) fn iter(&self) -> Entries<'_> {
        Entries { current: [].iter(), rest: self.chunks.iter(), left: self.len }
    }

    /// The entries from the first that does not come before `path`.
    pub(super) fn since(&self, path: &TreePath) -> impl Iterator<Item = &(TreePath, Entry)> + use<'_> {
        let at = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last < path));
        let mut rest = self.chunks.get(at..).unwrap_or_default().iter();
        let first = rest.next().map(|chunk| &*chunk.entries).unwrap_or_default();
        let first = first.get(first.partition_point(|(other, _)| other < path)..).unwrap_or_default();
        first.iter().chain(rest.flat_map(|chunk| chunk.entries.iter()))
    }

    pub(super) fn shares(&self, other: &Chunks) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }

    pub(super) fn has_links(&self) -> bool {
        self.has_links
    }

    /// Names all entries.
    pub(super) fn identity(&self) -> ContentId {
        let parts: Vec<[u8; 16]> = self.chunks.iter().map(|chunk| chunk.identity().0.to_le_bytes()).collect();
        ContentId::digest(parts.iter().map(<[u8; 16]>::as_slice))
    }

    /// The same with these entries, and without those that are `None`.
    pub(super) fn with(&self, changes: BTreeMap<TreePath, Option<Entry>>) -> Chunks {
        let mut changes = changes.into_iter().peekable();
        let mut made = Maker::default();
        let last = self.chunks.len().saturating_sub(1);
        for (at, chunk) in self.chunks.iter().enumerate() {
            let mut mine = Vec::new();
            // What comes after everything belongs to the last chunk.
            while let Some(change) =
                changes.next_if(|(path, _)| at == last || chunk.last().is_some_and(|last| path <= last))
            {
                mine.push(change);
            }
            if mine.is_empty() && made.is_closed() {
                made.keep(chunk);
                continue;
            }
            let mut mine = mine.into_iter().peekable();
            for (path, entry) in &chunk.entries {
                while let Some((path, entry)) = mine.next_if(|(changed, _)| changed < path) {
                    made.add(path, entry);
                }
                match mine.next_if(|(changed, _)| changed == path) {
                    Some((path, entry)) => made.add(path, entry),
                    None => made.add(path.clone(), Some(entry.clone())),
                }
            }
            mine.for_each(|(path, entry)| made.add(path, entry));
        }
        // Of a tree without chunks all are left.
        changes.for_each(|(path, entry)| made.add(path, entry));
        made.finish()
    }

    /// Where `newer` has other entries.
    pub(super) fn changes<'t>(&'t self, newer: &'t Chunks) -> Vec<TreeChange<'t>> {
        let mut found = Vec::new();
        let (mut old, mut new) = (Cursor::of(self), Cursor::of(newer));
        loop {
            while let (Some(one), Some(other)) = (old.fresh(), new.fresh())
                && one.is_certainly(other)
            {
                old.skip();
                new.skip();
            }
            let order = match (old.entry(), new.entry()) {
                (None, None) => return found,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((one, _)), Some((other, _))) => one.cmp(other),
            };
            let before = if order.is_le() { old.next() } else { None };
            let after = if order.is_ge() { new.next() } else { None };
            let Some((path, _)) = before.or(after) else { return found };
            let (before, after) = (before.map(|(_, entry)| entry), after.map(|(_, entry)| entry));
            let is_same = before.zip(after).is_some_and(|(b, a)| b.content == a.content && b.mode == a.mode);
            if !is_same {
                found.push(TreeChange { path, before, after });
            }
        }
    }
}

impl FromIterator<(TreePath, Entry)> for Chunks {
    /// The entries must be sorted by path.
    fn from_iter<I: IntoIterator<Item = (TreePath, Entry)>>(entries: I) -> Self {
        let mut made = Maker::default();
        entries.into_iter().for_each(|(path, entry)| made.add(path, Some(entry)));
        made.finish()
    }
}

impl Chunk {
    fn last(&self) -> Option<&TreePath> {
        self.entries.last().map(|(path, _)| path)
    }

    fn identity(&self) -> ContentId {
        *self.identity.get_or_init(|| {
            let mut parts = Vec::new();
            for (path, entry) in &self.entries {
                let link = match &entry.mode {
                    FileMode::File => None,
                    FileMode::Symlink(target) => Some(target.as_bytes()),
                };
                let kind = if link.is_some() { [1] } else { [0] };
                parts.push((entry.content.0.to_le_bytes(), kind, link.unwrap_or_default(), path));
            }
            ContentId::digest(parts.iter().flat_map(|(content, kind, link, path)| {
                [content.as_slice(), kind.as_slice(), link, path.as_str().as_bytes()]
            }))
        })
    }

    /// Whether it is known already that both hold the same.
    fn is_certainly(self: &Arc<Self>, other: &Arc<Chunk>) -> bool {
        Arc::ptr_eq(self, other)
            || self.identity.get().is_some_and(|identity| other.identity.get() == Some(identity))
    }
}

/// Puts entries into chunks.
#[derive(Default)]
struct Maker {
    chunks: Vec<Arc<Chunk>>,
    open: Vec<(TreePath, Entry)>,
    len: usize,
}

impl Maker {
    fn is_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes over a chunk; the one before must be closed.
    fn keep(&mut self, chunk: &Arc<Chunk>) {
        self.len += chunk.entries.len();
        self.chunks.push(chunk.clone());
    }

    fn add(&mut self, path: TreePath, entry: Option<Entry>) {
        let Some(entry) = entry else { return };
        let is_last = ends_chunk(&path);
        self.open.push((path, entry));
        if is_last {
            self.close();
        }
    }

    fn close(&mut self) {
        let entries = std::mem::take(&mut self.open).into_boxed_slice();
        self.len += entries.len();
        let has_links = entries.iter().any(|(_, entry)| entry.mode != FileMode::File);
        self.chunks.push(Arc::new(Chunk { entries, has_links, identity: OnceLock::new() }));
    }

    fn finish(mut self) -> Chunks {
        if !self.open.is_empty() {
            self.close();
        }
        let has_links = self.chunks.iter().any(|chunk| chunk.has_links);
        Chunks { chunks: self.chunks.into(), len: self.len, has_links }
    }
}

/// Whether a chunk ends behind `path`: by FNV-1a of it.
fn ends_chunk(path: &TreePath) -> bool {
    let hash = path.as_str().bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    // The lowest bits know only of the lowest bits of the text.
    (hash >> 32) % MOSTLY == 0
}

/// All entries, in order.
pub(super) struct Entries<'t> {
    current: std::slice::Iter<'t, (TreePath, Entry)>,
    rest: std::slice::Iter<'t, Arc<Chunk>>,
    left: usize,
}

impl<'t> Iterator for Entries<'t> {
    type Item = &'t (TreePath, Entry);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.current.next() {
                self.left = self.left.saturating_sub(1);
                return Some(entry);
            }
            self.current = self.rest.next()?.entries.iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Entries<'_> {}

/// A place between entries.
struct Cursor<'t> {
    chunks: &'t [Arc<Chunk>],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn of(chunks: &'t Chunks) -> Self {
        Cursor { chunks: &chunks.chunks, at: 0 }
    }

    /// The chunk that begins here.
    fn fresh(&self) -> Option<&'t Arc<Chunk>> {
        self.chunks.first().filter(|_| self.at == 0)
    }

    fn skip(&mut self) {
        self.chunks = self.chunks.get(1..).unwrap_or_default();
        self.at = 0;
    }

    fn entry(&self) -> Option<&'t (TreePath, Entry)> {
        self.chunks.first()?.entries.get(self.at)
    }

    fn next(&mut self) -> Option<&'t (TreePath, Entry)> {
        let chunk = self.chunks.first()?;
        let entry = chunk.entries.get(self.at)?;
        self.at += 1;
        if self.at == chunk.entries.len() {
            self.skip();
        }
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tree;
    use super::*;

    fn names(range: std::ops::Range<usize>) -> Vec<(String, String)> {
        range.map(|i| (format!("apps/{i:05}/a.yaml"), i.to_string())).collect()
    }

    #[test]
    fn trees_of_the_same_files_have_the_same_chunks() {
        let all = Tree::in_memory(names(0..3000));
        let path = |i: usize| TreePath::new(&format!("apps/{i:05}/a.yaml")).unwrap();
        let half = Tree::in_memory(names(0..1500));
        let bytes = |i: usize| Some(Arc::from(i.to_string().as_bytes()));
        let grown = half.with_files((1500..3000).map(|i| (path(i), bytes(i))));
        assert_eq!(grown.identity(), all.identity());
        assert!(all.changes(&grown).is_empty());
        let shrunk = all.with_files((0..3000).filter(|i| *i >= 1500).map(|i| (path(i), None)));
        assert_eq!(shrunk.identity(), half.identity());
        assert_eq!(shrunk.entries().len(), 1500);
        assert_eq!(half.changes(&all).len(), 1500);
        let none = half.with_files((0..1500).map(|i| (path(i), None)));
        assert_eq!((none.entries().len(), none.get(&path(0))), (0, None));
        assert_eq!(none.with_files([(path(7), bytes(7))]).entries().len(), 1);
    }

    #[test]
    fn every_entry_is_found() {
        let tree = Tree::in_memory(names(0..2000));
        for (path, entry) in tree.entries() {
            assert_eq!(tree.get(path), Some(entry));
            assert_eq!(tree.within(&path.parent().unwrap()).count(), 1);
        }
        assert_eq!(tree.within(&TreePath::new("apps").unwrap()).count(), 2000);
        assert!(!tree.is_folder(&TreePath::new("apps/0").unwrap()));
        assert!(tree.get(&TreePath::new("z").unwrap()).is_none());
    }
}
