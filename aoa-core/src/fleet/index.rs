//! Finds records by namespace and name without storing either twice: a hash table of numbers.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// Numbers of records, found by the key that `key_of` gives for a number.
#[derive(Default)]
pub(crate) struct KeyIndex {
    table: HashTable<u32>,
}

impl KeyIndex {
    pub(crate) fn find<'k>(
        &self,
        namespace: &str,
        name: &str,
        key_of: impl Fn(u32) -> (&'k str, &'k str),
    ) -> Option<u32> {
        self.table.find(hash(namespace, name), |id| key_of(*id) == (namespace, name)).copied()
    }

    /// Makes room for `additional` records.
    pub(crate) fn reserve<'k>(&mut self, additional: usize, key_of: impl Fn(u32) -> (&'k str, &'k str)) {
        self.table.reserve(additional, |id| {
            let (namespace, name) = key_of(*id);
            hash(namespace, name)
        });
    }

    /// Adds `id` under its key, which must be new.
    pub(crate) fn insert<'k>(&mut self, id: u32, key_of: impl Fn(u32) -> (&'k str, &'k str)) {
        let rehash = |id: &u32| {
            let (namespace, name) = key_of(*id);
            hash(namespace, name)
        };
        self.table.insert_unique(rehash(&id), id, rehash);
    }
}

fn hash(namespace: &str, name: &str) -> u64 {
    FixedState::with_seed(0).hash_one((namespace, name))
}
