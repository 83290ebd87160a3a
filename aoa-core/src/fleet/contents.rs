//! The contents of all Applications, and how many of them are not known in full.

use std::sync::Arc;

use super::{AppId, Content, Stretches};

/// Contents by the numbers of their Applications. Cloning shares.
#[derive(Clone, Default)]
pub(crate) struct Contents {
    all: Stretches<Arc<Content>>,
    unknown: usize,
}

impl Contents {
    pub(crate) fn get(&self, app: AppId) -> Option<&Arc<Content>> {
        self.all.get(app)
    }

    pub(crate) fn set(&mut self, app: AppId, content: Arc<Content>) {
        self.unknown += usize::from(is_unknown(&content));
        let old = self.all.set(app, content);
        self.forget(old);
    }

    pub(crate) fn remove(&mut self, app: AppId) {
        let old = self.all.remove(app);
        self.forget(old);
    }

    /// How many are not known in full.
    pub(crate) fn unknown(&self) -> usize {
        self.unknown
    }

    /// The Applications whose contents are not the same ones in `other`, by number. What both share is not looked at.
    pub(crate) fn differing<'c>(&'c self, other: &'c Contents) -> impl Iterator<Item = AppId> + 'c {
        self.all.differing(&other.all, Arc::ptr_eq)
    }

    /// All of them, with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AppId, &Arc<Content>)> {
        self.all.ids().filter_map(|app| Some((app, self.all.get(app)?)))
    }

    fn forget(&mut self, content: Option<Arc<Content>>) {
        let was_unknown = content.is_some_and(|content| is_unknown(&content));
        self.unknown = self.unknown.saturating_sub(usize::from(was_unknown));
    }
}

fn is_unknown(content: &Content) -> bool {
    content.state.rank() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_ones_are_counted() {
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
        new.set(AppId(300), Arc::new(Content::failed("no".into())));
        new.remove(AppId(300));
        assert_eq!((new.unknown(), new.iter().count()), (0, 999));
    }
}
