//! The contents of all Applications, in stretches that fleets share: what a change does not reach is not copied.

use std::sync::Arc;

use super::{AppId, Content};

/// Contents by the numbers of their Applications. Cloning shares.
#[derive(Clone, Default)]
pub(crate) struct Contents {
    chunks: Vec<Arc<Chunk>>,
}

#[derive(Clone, Default)]
struct Chunk {
    contents: Vec<Option<Arc<Content>>>,
    /// How many of them are not known in full.
    unknown: usize,
}

/// How many contents lie together.
const CHUNK: usize = 128;

impl Contents {
    pub(crate) fn get(&self, app: AppId) -> Option<&Arc<Content>> {
        let at = app.0 as usize;
        self.chunks.get(at / CHUNK)?.contents.get(at % CHUNK)?.as_ref()
    }

    pub(crate) fn set(&mut self, app: AppId, content: Arc<Content>) {
        let at = app.0 as usize;
        while self.chunks.len() <= at / CHUNK {
            self.chunks.push(Arc::default());
        }
        let Some(chunk) = self.chunks.get_mut(at / CHUNK) else { return };
        let chunk = Arc::make_mut(chunk);
        if chunk.contents.len() <= at % CHUNK {
            chunk.contents.resize(at % CHUNK + 1, None);
        }
        let Some(slot) = chunk.contents.get_mut(at % CHUNK) else { return };
        chunk.unknown += usize::from(is_unknown(&content));
        if let Some(old) = slot.replace(content) {
            chunk.unknown = chunk.unknown.saturating_sub(usize::from(is_unknown(&old)));
        }
    }

    pub(crate) fn remove(&mut self, app: AppId) {
        let at = app.0 as usize;
        let Some(chunk) = self.chunks.get_mut(at / CHUNK).map(Arc::make_mut) else { return };
        let gone = chunk.contents.get_mut(at % CHUNK).and_then(Option::take);
        let was_unknown = gone.is_some_and(|gone| is_unknown(&gone));
        chunk.unknown = chunk.unknown.saturating_sub(usize::from(was_unknown));
    }

    /// How many are not known in full.
    pub(crate) fn unknown(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.unknown).sum()
    }

    /// The Applications whose contents are not the same ones in `other`, by number. What both share is not looked at.
    pub(crate) fn differing<'c>(&'c self, other: &'c Contents) -> impl Iterator<Item = AppId> + use<'c> {
        let chunks = (0..self.chunks.len().max(other.chunks.len())).filter(|at| {
            match (self.chunks.get(*at), other.chunks.get(*at)) {
                (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
                _ => true,
            }
        });
        let ids = chunks.flat_map(|at| (at * CHUNK..(at + 1) * CHUNK).map_while(|id| u32::try_from(id).ok()));
        ids.map(AppId).filter(|id| match (self.get(*id), other.get(*id)) {
            (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
            (None, None) => false,
            _ => true,
        })
    }

    /// All of them, with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AppId, &Arc<Content>)> {
        let all = self.chunks.iter().zip((0u32..).step_by(CHUNK));
        let all = all.flat_map(|(chunk, first)| (first..).zip(&chunk.contents));
        all.filter_map(|(id, content)| Some((AppId(id), content.as_ref()?)))
    }
}

fn is_unknown(content: &Content) -> bool {
    content.state.rank() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shares_the_rest() {
        let mut old = Contents::default();
        for id in 0..1000 {
            old.set(AppId(id), Arc::new(Content::skipped()));
        }
        let mut new = old.clone();
        new.set(AppId(300), Arc::new(Content::failed("no".into())));
        assert_eq!(old.differing(&new).collect::<Vec<_>>(), [AppId(300)]);
        assert_eq!((old.unknown(), new.unknown(), new.iter().count()), (0, 1, 1000));
        new.set(AppId(300), Arc::new(Content::skipped()));
        assert_eq!(new.unknown(), 0);
    }
}
