//! The manifests of one content, in stretches that contents share: what a change does not touch is not copied.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Manifest;

/// Manifests in a stated order. Cloning shares; those of a content that differs from another in a few files share the rest.
///
/// ```
/// use aoa_core::lang::Value;
/// use aoa_core::model::{Manifest, ManifestList};
/// let map = Value::map([("kind", Value::from("ConfigMap"))]);
/// let manifests = ManifestList::from(vec![Manifest { object: map, place: None }]);
/// assert_eq!(manifests.iter().map(Manifest::kind).collect::<Vec<_>>(), ["ConfigMap"]);
/// assert!(manifests.get(1).is_none());
/// ```
#[derive(Clone, Default)]
pub struct ManifestList {
    held: Held,
}

#[derive(Clone, Default)]
enum Held {
    #[default]
    None,
    One(Arc<[Manifest]>),
    Several(Arc<Several>),
}

struct Several {
    stretches: Vec<Arc<[Manifest]>>,
    /// The number of the first manifest of each.
    firsts: Vec<usize>,
    len: usize,
}

/// At one place: how many go, and which come.
#[derive(Default)]
pub(crate) struct Edit {
    pub(crate) gone: usize,
    pub(crate) come: Vec<Manifest>,
}

/// How many manifests lie together; up to twice as many after edits.
const STRETCH: usize = 128;

impl ManifestList {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.held {
            Held::None => 0,
            Held::One(manifests) => manifests.len(),
            Held::Several(several) => several.len,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them.
    #[must_use]
    pub fn iter(&self) -> ManifestIter<'_> {
        ManifestIter { current: [].iter(), rest: self.stretches().iter(), left: self.len() }
    }

    /// Number `at`, counted from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Manifest> {
        match &self.held {
            Held::None => None,
            Held::One(manifests) => manifests.get(at),
            Held::Several(several) => {
                let number = several.firsts.partition_point(|first| *first <= at).checked_sub(1)?;
                several.stretches.get(number)?.get(at.checked_sub(*several.firsts.get(number)?)?)
            }
        }
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<&Manifest> {
        self.get(0)
    }

    /// Whether both are certainly the same.
    #[must_use]
    pub fn shares(&self, other: &ManifestList) -> bool {
        self.address() == other.address() && self.len() == other.len()
    }

    /// What tells them from others as long as they live; 0: there are none.
    pub(crate) fn address(&self) -> usize {
        match &self.held {
            Held::None => 0,
            Held::One(manifests) => Arc::as_ptr(manifests).cast::<()>().addr(),
            Held::Several(several) => Arc::as_ptr(several).addr(),
        }
    }

    /// The number of the first that `comes_before` does not hold for; it holds for all before that one.
    pub(crate) fn partition_point(&self, comes_before: impl Fn(&Manifest) -> bool) -> usize {
        let stretches = self.stretches();
        let whole = |stretch: &Arc<[Manifest]>| stretch.last().is_some_and(&comes_before);
        let number = stretches.partition_point(whole);
        let first = match &self.held {
            Held::Several(several) => several.firsts.get(number).copied().unwrap_or(several.len),
            Held::None | Held::One(_) => stretches.iter().take(number).map(|stretch| stretch.len()).sum(),
        };
        first + stretches.get(number).map_or(0, |stretch| stretch.partition_point(&comes_before))
    }

    /// The same with these edits; what they do not touch is shared.
    pub(crate) fn edited(&self, edits: BTreeMap<usize, Edit>) -> ManifestList {
        let mut edits = edits.into_iter().peekable();
        let mut made = Vec::new();
        let (mut at, mut going) = (0, 0);
        for stretch in self.stretches() {
            let end = at + stretch.len();
            if going == 0 && edits.peek().is_none_or(|(place, _)| *place >= end) {
                made.push(stretch.clone());
                at = end;
                continue;
            }
            let mut own = Vec::with_capacity(stretch.len());
            for manifest in stretch.iter() {
                if let Some((_, edit)) = edits.next_if(|(place, _)| *place == at) {
                    own.extend(edit.come);
                    going += edit.gone;
                }
                at += 1;
                match going {
                    0 => own.push(manifest.clone()),
                    _ => going -= 1,
                }
            }
            push(own, &mut made);
        }
        push(edits.flat_map(|(_, edit)| edit.come).collect(), &mut made);
        ManifestList::of(made)
    }

    /// Of two sorted lists the manifests that they do not share for certain, in their order.
    ///
    /// Of manifests with one key either none is left out or all are: which is which of them hangs on all of them.
    pub(crate) fn unshared<'m>(&'m self, other: &'m ManifestList) -> [Vec<&'m Manifest>; 2] {
        let sides = [self, other];
        let addresses = sides.map(|side| -> HashSet<*const Manifest, foldhash::fast::FixedState> {
            side.stretches().iter().map(|stretch| stretch.as_ptr()).collect()
        });
        let [mine, theirs] = &addresses;
        let is_shared =
            |stretch: &[Manifest]| mine.contains(&stretch.as_ptr()) && theirs.contains(&stretch.as_ptr());
        let cuts_key = |side: &ManifestList| {
            side.stretches().windows(2).any(|pair| {
                let [one, next] = pair else { return false };
                let keys = (one.last().map(Manifest::sort_key), next.first().map(Manifest::sort_key));
                is_shared(one) != is_shared(next) && keys.0 == keys.1
            })
        };
        if sides.iter().any(|side| cuts_key(side)) {
            return sides.map(|side| side.iter().collect());
        }
        sides.map(|side| side.stretches().iter().filter(|s| !is_shared(s)).flat_map(|s| s.iter()).collect())
    }

    fn stretches(&self) -> &[Arc<[Manifest]>] {
        match &self.held {
            Held::None => &[],
            Held::One(manifests) => std::slice::from_ref(manifests),
            Held::Several(several) => &several.stretches,
        }
    }

    fn of(mut stretches: Vec<Arc<[Manifest]>>) -> Self {
        if stretches.len() < 2 {
            return ManifestList { held: stretches.pop().map_or(Held::None, Held::One) };
        }
        let mut len = 0;
        let mut firsts = Vec::with_capacity(stretches.len());
        for stretch in &stretches {
            firsts.push(len);
            len += stretch.len();
        }
        ManifestList { held: Held::Several(Arc::new(Several { stretches, firsts, len })) }
    }
}

/// Adds a stretch, or several where it has become long.
fn push(manifests: Vec<Manifest>, made: &mut Vec<Arc<[Manifest]>>) {
    if manifests.is_empty() {
        return;
    }
    if manifests.len() <= STRETCH * 2 {
        made.push(manifests.into());
        return;
    }
    let mut rest = manifests.into_iter();
    loop {
        let next: Arc<[Manifest]> = rest.by_ref().take(STRETCH).collect();
        if next.is_empty() {
            return;
        }
        made.push(next);
    }
}

impl From<Vec<Manifest>> for ManifestList {
    fn from(manifests: Vec<Manifest>) -> Self {
        let mut made = Vec::new();
        push(manifests, &mut made);
        ManifestList::of(made)
    }
}

impl FromIterator<Manifest> for ManifestList {
    fn from_iter<I: IntoIterator<Item = Manifest>>(manifests: I) -> Self {
        manifests.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'m> IntoIterator for &'m ManifestList {
    type Item = &'m Manifest;
    type IntoIter = ManifestIter<'m>;

    fn into_iter(self) -> ManifestIter<'m> {
        self.iter()
    }
}

impl Default for &ManifestList {
    fn default() -> Self {
        static NONE: ManifestList = ManifestList { held: Held::None };
        &NONE
    }
}

impl std::fmt::Debug for ManifestList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// All manifests of a content, one after another.
#[derive(Clone, Debug)]
pub struct ManifestIter<'m> {
    current: std::slice::Iter<'m, Manifest>,
    rest: std::slice::Iter<'m, Arc<[Manifest]>>,
    left: usize,
}

impl<'m> Iterator for ManifestIter<'m> {
    type Item = &'m Manifest;

    fn next(&mut self) -> Option<&'m Manifest> {
        loop {
            if let Some(manifest) = self.current.next() {
                self.left = self.left.saturating_sub(1);
                return Some(manifest);
            }
            self.current = self.rest.next()?.iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for ManifestIter<'_> {}

#[cfg(test)]
mod tests {
    use aoa_lang::Value;

    use super::*;

    fn manifest(name: &str) -> Manifest {
        Manifest {
            object: Value::map([("metadata", Value::map([("name", Value::from(name))]))]),
            place: None,
        }
    }

    fn many(count: usize) -> ManifestList {
        (0..count).map(|at| manifest(&format!("{at:05}"))).collect()
    }

    fn names<'m>(manifests: impl IntoIterator<Item = &'m Manifest>) -> Vec<&'m str> {
        manifests.into_iter().map(Manifest::name).collect()
    }

    #[test]
    fn edits_are_those_of_a_plain_list() {
        for count in [0, 1, 5, 300, 1000] {
            let old = many(count);
            let mut plain: Vec<Manifest> = old.iter().cloned().collect();
            let mut edits = BTreeMap::new();
            for at in [count, count * 2 / 3, count / 2, count / 7]
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
            {
                let gone = (count - at).min(if at == count / 2 { count / 10 } else { 1 });
                let come = vec![manifest("new"), manifest("newer")];
                edits.insert(at, Edit { gone, come: come.clone() });
            }
            for (at, edit) in edits.iter().rev() {
                plain.splice(at..&(at + edit.gone), edit.come.iter().cloned());
            }
            let new = old.edited(edits);
            assert_eq!(names(&new), names(&plain));
            assert_eq!(new.len(), plain.len());
            for at in 0..=plain.len() {
                assert_eq!(new.get(at).map(Manifest::name), plain.get(at).map(Manifest::name));
            }
        }
    }

    #[test]
    fn what_is_shared_is_not_looked_at() {
        let old = many(10_000);
        let at = old.partition_point(|m| m.name() < "05000");
        assert_eq!(at, 5000);
        let new = old.edited(BTreeMap::from([(at, Edit { gone: 1, come: vec![manifest("05000x")] })]));
        let [mine, theirs] = old.unshared(&new);
        assert!(mine.len() <= 2 * STRETCH && mine.len() == theirs.len());
        assert!(names(mine).contains(&"05000") && names(theirs).contains(&"05000x"));
        assert!(old.unshared(&old.clone()).iter().all(Vec::is_empty));
        assert!(old.shares(&old.clone()) && !old.shares(&new));
    }

    #[test]
    fn keys_are_not_cut() {
        let old: ManifestList = (0..1000).map(|_| manifest("same")).collect();
        let new = old.edited(BTreeMap::from([(500, Edit { gone: 1, come: Vec::new() })]));
        let [mine, theirs] = old.unshared(&new);
        assert_eq!((mine.len(), theirs.len()), (1000, 999));
    }
}
