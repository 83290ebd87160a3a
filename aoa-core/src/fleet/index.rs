//! Finds records by namespace and name without storing either twice: a hash table of numbers.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// Numbers of records, found by the key that `key_of` gives for a number.
#[derive(Clone, Default)]
pub(crate) struct KeyIndex {
    table: HashTable<Entry>,
}

/// A record. The hash of its key stands beside it, so that a table which grows need not look at the keys: in a large
/// fleet each of them is a cache line that was forgotten.
#[derive(Clone)]
struct Entry {
    hash: u32,
    id: u32,
}

impl Entry {
    fn table_hash(&self) -> u64 {
        table_hash(self.hash)
    }
}

impl KeyIndex {
    pub(crate) fn find<'k>(
        &self,
        namespace: &[u8],
        name: &[u8],
        key_of: impl Fn(u32) -> (&'k [u8], &'k [u8]),
    ) -> Option<u32> {
        let KeyHash(hash) = KeyHash::of(namespace, name);
        let is_it = |entry: &Entry| entry.hash == hash && key_of(entry.id) == (namespace, name);
        self.table.find(table_hash(hash), is_it).map(|entry| entry.id)
    }

    /// Makes room for `additional` records.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.table.reserve(additional, Entry::table_hash);
    }

    /// Adds `id` under its key, which must be new.
    pub(crate) fn insert(&mut self, id: u32, namespace: &[u8], name: &[u8]) {
        self.insert_hashed(id, KeyHash::of(namespace, name));
    }

    /// As [`KeyIndex::insert`].
    pub(crate) fn insert_hashed(&mut self, id: u32, KeyHash(hash): KeyHash) {
        self.table.insert_unique(table_hash(hash), Entry { hash, id }, Entry::table_hash);
    }

    /// Takes `id` out, which stands under this key.
    pub(crate) fn remove_hashed(&mut self, id: u32, KeyHash(hash): KeyHash) {
        if let Ok(entry) = self.table.find_entry(table_hash(hash), |entry| entry.id == id) {
            entry.remove();
        }
    }
}

/// What is looked up of a key.
#[derive(Clone, Copy)]
pub(crate) struct KeyHash(u32);

impl KeyHash {
    pub(crate) fn of(namespace: &[u8], name: &[u8]) -> Self {
        let [a, b, c, d, ..] = FixedState::with_seed(0).hash_one((namespace, name)).to_le_bytes();
        KeyHash(u32::from_le_bytes([a, b, c, d]))
    }
}

/// Spreads a hash over all bits, of which the table uses the highest and the lowest.
fn table_hash(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
