//! Places of resources in their list, found by what they are called.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::FixedState;

use super::{Id, Names, Resource};

/// The places under each key, in order; a place stands once under each.
#[derive(Clone)]
pub(super) struct Index<K>(HashMap<K, Vec<usize>, FixedState>);

pub(super) const HASHER: FixedState = FixedState::with_seed(7);

/// Equal for ids that are the same.
pub(super) fn digest(id: &Id) -> u64 {
    id.digest(&HASHER)
}

impl<K: Hash + Eq> Index<K> {
    /// An index without places.
    pub(super) fn new(capacity: usize) -> Self {
        Index(HashMap::with_capacity_and_hasher(capacity, HASHER))
    }

    /// An index by the keys that `each` adds.
    pub(super) fn of(list: &[Resource], each: impl Fn(&Names, &mut dyn FnMut(K))) -> Self {
        let mut index = Index::new(list.len());
        for (at, resource) in list.iter().enumerate() {
            each(resource.names(), &mut |key| index.add(key, at));
        }
        index
    }

    pub(super) fn get(&self, key: &K) -> &[usize] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add(&mut self, key: K, at: usize) {
        let places = self.0.entry(key).or_default();
        if let Err(before) = places.binary_search(&at) {
            places.insert(before, at);
        }
    }

    fn remove(&mut self, key: &K, at: usize) {
        let Some(places) = self.0.get_mut(key) else { return };
        if let Ok(found) = places.binary_search(&at) {
            places.remove(found);
        }
        if places.is_empty() {
            self.0.remove(key);
        }
    }

    /// Puts a place under one key instead of another.
    pub(super) fn rename(&mut self, at: usize, before: K, after: K) {
        if before != after {
            self.remove(&before, at);
            self.add(after, at);
        }
    }

    /// Puts a place under other keys, the first `kept` of which are the same as before.
    pub(super) fn rename_ends(
        &mut self,
        at: usize,
        kept: usize,
        before: impl Iterator<Item = K>,
        after: impl Iterator<Item = K> + Clone,
    ) {
        for key in before.skip(kept) {
            if !after.clone().any(|new| new == key) {
                self.remove(&key, at);
            }
        }
        after.skip(kept).for_each(|key| self.add(key, at));
    }
}
