//! How many manifests a run may hold: sources that repeat each other multiply what the files say.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fleet::{Content, SourceType};
use crate::model::Manifest;

/// Counts the manifests that a run makes. Whether the count passes its bound does not depend on the order in which
/// threads render, nor on what a cache holds already.
#[derive(Debug)]
pub(crate) struct ManifestBudget {
    left: AtomicUsize,
    /// Contents that several Applications share, by address: they live as long as the cache.
    shared: Mutex<HashSet<usize, foldhash::fast::FixedState>>,
}

impl ManifestBudget {
    pub(crate) fn new(most: usize) -> Self {
        ManifestBudget { left: AtomicUsize::new(most.saturating_add(1)), shared: Mutex::default() }
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
            [one] if one.source_type == Some(SourceType::Directory) => self.share(&content.manifests),
            [_] => drop(self.make(content.manifests.len())),
            _ => drop(self.make(content.manifests.len().saturating_mul(2))),
        }
    }

    /// Counts manifests that are kept in a cache, once.
    pub(super) fn share(&self, manifests: &Arc<[Manifest]>) {
        let address = Arc::as_ptr(manifests).cast::<()>().addr();
        let is_new = !manifests.is_empty()
            && self.shared.lock().unwrap_or_else(PoisonError::into_inner).insert(address);
        if is_new {
            self.make(manifests.len());
        }
    }
}
