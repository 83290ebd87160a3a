//! Maps that expressions make: keys of any type, entries in the order they were written.

use std::collections::HashMap;

use super::convert::{double_to_int_exactly, double_to_uint_exactly};
use super::value::{Key, Val};

/// A map of values. Clones are deep; values share it behind an `Arc`.
#[derive(Clone, Default)]
pub struct ComputedMap {
    entries: Vec<(Val, Val)>,
    places: HashMap<Key, usize, foldhash::fast::FixedState>,
}

impl Clone for Key {
    fn clone(&self) -> Self {
        Key(self.0.clone())
    }
}

impl ComputedMap {
    /// Sets the value of `key`.
    pub(super) fn insert(&mut self, key: Val, value: Val) {
        match self.places.get(&Key(key.clone())) {
            Some(place) => {
                if let Some(entry) = self.entries.get_mut(*place) {
                    entry.1 = value;
                }
            }
            None => {
                self.places.insert(Key(key.clone()), self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    /// Removes `key`.
    pub(super) fn remove(&mut self, key: &Val) {
        if let Some(place) = self.places.remove(&Key(key.clone())) {
            self.entries.remove(place);
            self.places.values_mut().filter(|at| **at > place).for_each(|at| *at -= 1);
        }
    }

    /// The value of `key`; a number finds an equal number of another type.
    pub(super) fn find(&self, key: &Val) -> Option<&Val> {
        let get = |key: Val| {
            let place = *self.places.get(&Key(key))?;
            self.entries.get(place).map(|entry| &entry.1)
        };
        let exact = get(key.clone());
        if exact.is_some() || self.entries.is_empty() {
            return exact;
        }
        match key {
            Val::Double(n) => double_to_int_exactly(*n)
                .and_then(|n| get(Val::Int(n)))
                .or_else(|| get(Val::Uint(double_to_uint_exactly(*n)?))),
            Val::Int(n) => get(Val::Uint(u64::try_from(*n).ok()?)),
            Val::Uint(n) => get(Val::Int(i64::try_from(*n).ok()?)),
            _ => None,
        }
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = &(Val, Val)> {
        self.entries.iter()
    }

    pub(super) fn entry(&self, at: usize) -> Option<&(Val, Val)> {
        self.entries.get(at)
    }
}
