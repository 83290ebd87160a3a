//! What there is of each Application, in stretches that fleets share: what a change does not reach is not copied.

use std::sync::Arc;

use super::AppId;

/// Values by the numbers of their Applications; that of an Application which has gone stays empty. Cloning shares.
pub(crate) struct Stretches<T> {
    /// All but the last are full.
    stretches: Vec<Arc<Vec<Option<T>>>>,
}

/// How many values lie together.
const STRETCH: usize = 128;

impl<T: Clone> Stretches<T> {
    /// How many numbers are given away.
    pub(crate) fn len(&self) -> usize {
        let last = self.stretches.last().map_or(0, |stretch| stretch.len());
        self.stretches.len().saturating_sub(1) * STRETCH + last
    }

    pub(crate) fn get(&self, app: AppId) -> Option<&T> {
        let at = app.0 as usize;
        self.stretches.get(at / STRETCH)?.get(at % STRETCH)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, app: AppId) -> Option<&mut T> {
        self.slot(app)?.as_mut()
    }

    /// Adds one under the next number.
    pub(crate) fn push(&mut self, value: T) {
        self.push_slot(Some(value));
    }

    /// Puts one under a number, and gives the one that was there.
    pub(crate) fn set(&mut self, app: AppId, value: T) -> Option<T> {
        while self.len() <= app.0 as usize {
            self.push_slot(None);
        }
        self.slot(app)?.replace(value)
    }

    /// Empties a number, and gives what was there.
    pub(crate) fn remove(&mut self, app: AppId) -> Option<T> {
        self.slot(app)?.take()
    }

    /// All that are there, by number.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.stretches.iter().flat_map(|stretch| stretch.iter().flatten())
    }

    /// The numbers that are given away, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = AppId> + use<T> {
        (0u32..).take(self.len()).map(AppId)
    }

    /// The numbers whose values are not certainly the same in `other`. What both share is not looked at.
    pub(crate) fn differing<'s>(
        &'s self,
        other: &'s Self,
        is_certainly: impl Fn(&T, &T) -> bool + 's,
    ) -> impl Iterator<Item = AppId> + 's {
        let both = 0..self.stretches.len().max(other.stretches.len());
        let differing = both.filter(|at| match (self.stretches.get(*at), other.stretches.get(*at)) {
            (Some(one), Some(other)) => !Arc::ptr_eq(one, other),
            _ => true,
        });
        let numbers = differing.flat_map(|at| at * STRETCH..(at + 1) * STRETCH);
        let ids = numbers.map_while(|number| u32::try_from(number).ok()).map(AppId);
        ids.filter(move |id| match (self.get(*id), other.get(*id)) {
            (Some(one), Some(other)) => !is_certainly(one, other),
            (None, None) => false,
            _ => true,
        })
    }

    fn push_slot(&mut self, slot: Option<T>) {
        if self.stretches.last().is_none_or(|stretch| stretch.len() == STRETCH) {
            self.stretches.push(Arc::new(Vec::with_capacity(STRETCH)));
        }
        if let Some(stretch) = self.stretches.last_mut() {
            Arc::make_mut(stretch).push(slot);
        }
    }

    fn slot(&mut self, app: AppId) -> Option<&mut Option<T>> {
        let at = app.0 as usize;
        Arc::make_mut(self.stretches.get_mut(at / STRETCH)?).get_mut(at % STRETCH)
    }
}

impl<T> Clone for Stretches<T> {
    fn clone(&self) -> Self {
        Self { stretches: self.stretches.clone() }
    }
}

impl<T> Default for Stretches<T> {
    fn default() -> Self {
        Self { stretches: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shares_the_rest() {
        let mut old = Stretches::default();
        (0..1000).for_each(|number| old.push(number));
        let mut new = old.clone();
        assert_eq!(new.set(AppId(300), -1), Some(300));
        let shared = old.stretches.iter().zip(&new.stretches).filter(|(old, new)| Arc::ptr_eq(old, new));
        assert_eq!(shared.count(), old.stretches.len() - 1);
        let differing = |old: &Stretches<_>, new: &Stretches<_>| -> Vec<_> {
            old.differing(new, |one, other| one == other).collect()
        };
        assert_eq!(differing(&old, &new), [AppId(300)]);
        new.push(1000);
        assert_eq!((new.remove(AppId(0)), new.remove(AppId(5000))), (Some(0), None));
        assert_eq!(differing(&old, &new), [AppId(0), AppId(300), AppId(1000)]);
        assert_eq!((new.len(), new.iter().count(), new.get(AppId(0))), (1001, 1000, None));
    }

    #[test]
    fn a_number_far_off_leaves_the_others_empty() {
        let mut some = Stretches::default();
        some.set(AppId(200), "far");
        assert_eq!((some.len(), some.get(AppId(199)), some.get(AppId(200))), (201, None, Some(&"far")));
    }
}
