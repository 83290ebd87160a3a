//! The records of all Applications, in stretches that fleets share: what a change does not reach is not copied.

use std::sync::Arc;

use super::{AppId, AppObject, AppRecord};

/// Records by number; that of an Application which has gone stays empty. Cloning shares.
#[derive(Clone, Default)]
pub(crate) struct Records {
    chunks: Vec<Arc<Vec<Option<AppRecord>>>>,
}

/// How many records lie together.
const CHUNK: usize = 128;

impl Records {
    /// How many numbers are given away.
    pub(crate) fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    pub(crate) fn get(&self, at: usize) -> Option<&AppRecord> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut AppRecord> {
        self.slot(at)?.as_mut()
    }

    /// Adds one under the next number.
    pub(crate) fn push(&mut self, record: AppRecord) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            Arc::make_mut(chunk).push(Some(record));
        }
    }

    /// Empties a number.
    pub(crate) fn remove(&mut self, at: usize) {
        if let Some(slot) = self.slot(at) {
            *slot = None;
        }
    }

    fn slot(&mut self, at: usize) -> Option<&mut Option<AppRecord>> {
        Arc::make_mut(self.chunks.get_mut(at / CHUNK)?).get_mut(at % CHUNK)
    }

    /// All that are there.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &AppRecord> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().flatten())
    }

    /// The numbers whose records are not certainly the same in `other`. What both share is not looked at.
    pub(crate) fn differing<'r>(&'r self, other: &'r Records) -> impl Iterator<Item = AppId> + use<'r> {
        let chunks = (0..self.chunks.len().max(other.chunks.len())).filter(|at| {
            match (self.chunks.get(*at), other.chunks.get(*at)) {
                (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
                _ => true,
            }
        });
        let ids = chunks.flat_map(|at| (at * CHUNK..(at + 1) * CHUNK).map_while(|id| u32::try_from(id).ok()));
        ids.map(AppId).filter(|id| match (self.get(id.0 as usize), other.get(id.0 as usize)) {
            (Some(one), Some(other)) => !is_certainly(&one.object, &other.object),
            (None, None) => false,
            _ => true,
        })
    }
}

/// Whether two objects of fleets with one shape are certainly the same.
fn is_certainly(one: &AppObject, other: &AppObject) -> bool {
    match (one, other) {
        (AppObject::Whole(one), AppObject::Whole(other)) => Arc::ptr_eq(one, other),
        (
            AppObject::Generated { generation: one, index: at },
            AppObject::Generated { generation: other, index },
        ) => one == other && at == index,
        _ => false,
    }
}
