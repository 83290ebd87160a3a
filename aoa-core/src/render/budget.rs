//! How many manifests a run may hold: sources that repeat each other multiply what the files say.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::fleet::{Content, SourceType};
use crate::model::{Manifest, ManifestList};
use crate::options::Options;

/// Counts the manifests that a run makes. Whether the count passes its bound does not depend on the order in which
/// threads render, nor on what a cache holds already.
#[derive(Debug)]
pub(crate) struct ManifestBudget {
    left: AtomicUsize,
    /// Contents that several Applications share, by address: they live as long as the cache.
    shared: Addresses,
    /// How many bytes may still be held.
    room: AtomicU64,
    /// What is held already, by address.
    held: Addresses,
}

type Addresses = Mutex<HashSet<usize, foldhash::fast::FixedState>>;

impl ManifestBudget {
    pub(crate) fn new(options: &Options) -> Self {
        ManifestBudget {
            left: AtomicUsize::new(options.max_manifests.saturating_add(1)),
            shared: Mutex::default(),
            room: AtomicU64::new(options.max_held_bytes),
            held: Mutex::default(),
        }
    }

    /// One that holds nothing.
    pub(crate) fn without_room(options: &Options) -> Self {
        ManifestBudget { room: AtomicU64::new(0), ..ManifestBudget::new(options) }
    }

    /// Whether too many were made.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// Counts manifests that nobody else holds. Tells whether there may be so many.
    pub(super) fn make(&self, count: usize) -> bool {
        let take = |left: usize| Some(left.saturating_sub(count));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        !self.is_spent()
    }

    /// How many were made.
    pub(crate) fn counted(&self, most: usize) -> usize {
        most.saturating_add(1).saturating_sub(self.left.load(Ordering::Relaxed))
    }

    /// Counts the manifests of a content that was made before; those of several sources perhaps twice.
    pub(crate) fn recount(&self, content: &Content) {
        match content.sources.as_slice() {
            [one] if one.source_type == Some(SourceType::Directory) => self.share(content.manifests.all()),
            [_] => drop(self.make(content.manifests.len())),
            _ => drop(self.make(content.manifests.len().saturating_mul(2))),
        }
    }

    /// Counts manifests that are kept in a cache, once.
    pub(super) fn share(&self, manifests: &ManifestList) {
        if !manifests.is_empty() && locked(&self.shared).insert(manifests.address()) {
            self.make(manifests.len());
        }
    }

    /// Whether anything more can be held.
    pub(super) fn has_room(&self) -> bool {
        self.room.load(Ordering::Relaxed) > 0
    }

    /// Takes room for manifests; tells whether there is so much.
    pub(crate) fn hold(&self, manifests: &ManifestList) -> bool {
        if !self.has_room() {
            return locked(&self.held).contains(&manifests.address());
        }
        let weight = weight(manifests);
        if locked(&self.held).contains(&manifests.address()) {
            return true;
        }
        let take = |room: u64| room.checked_sub(weight);
        let fits = self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok();
        if fits {
            locked(&self.held).insert(manifests.address());
        } else {
            // Small ones that would still fit are not worth a budget that is never full.
            self.room.store(0, Ordering::Relaxed);
        }
        fits
    }
}

fn locked(addresses: &Addresses) -> MutexGuard<'_, HashSet<usize, foldhash::fast::FixedState>> {
    addresses.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes manifests take, about.
fn weight(manifests: &ManifestList) -> u64 {
    const ENTRY: usize = size_of::<Text>() + size_of::<Value>();
    const ALLOCATED: usize = 32;
    let mut bytes = manifests.len() * size_of::<Manifest>();
    let mut open: Vec<&Value> = manifests.iter().map(|manifest| &manifest.object).collect();
    while let Some(value) = open.pop() {
        bytes += match value {
            Value::Map(map) => {
                open.extend(map.values());
                ALLOCATED + map.len() * ENTRY
            }
            Value::List(list) => {
                open.extend(list.iter());
                ALLOCATED + list.len() * size_of::<Value>()
            }
            Value::String(text) => text.len(),
            _ => 0,
        };
    }
    bytes as u64
}
