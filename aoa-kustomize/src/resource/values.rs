//! Places of resources by the values of one part of what they are called, found by text or by pattern.
//!
//! A pattern is tried on each value once, however many resources share the value and however many selectors the pattern; of many
//! values only those that hold a word of the pattern.

use std::collections::HashMap;

use aoa_lang::value::Text;
use foldhash::fast::FixedState;

use super::index::HASHER;
use super::pattern::Pattern;

/// The values with their places, each place once and in order. A value stays when its last place is gone.
#[derive(Clone)]
pub(super) struct Values {
    ids: HashMap<Text, usize, FixedState>,
    list: Vec<(Text, Vec<usize>)>,
    matched: HashMap<Text, Matched, FixedState>,
    /// How many values all patterns match together.
    kept: usize,
    grams: Grams,
}

/// What a pattern matches among the first `tested` values.
#[derive(Clone, Default)]
struct Matched {
    tested: usize,
    values: Vec<usize>,
}

/// So many patterns are tried on all values before it is noted which three bytes are in which value.
const PATTERNS: usize = 8;
/// So few values are all tried.
const VALUES: usize = 32;
/// What patterns match is forgotten when it gets more than this.
const KEPT: usize = 1 << 20;

impl Values {
    pub(super) fn new() -> Self {
        Values {
            ids: HashMap::with_hasher(HASHER),
            list: Vec::new(),
            matched: HashMap::with_hasher(HASHER),
            kept: 0,
            grams: Grams(0, HashMap::with_hasher(HASHER)),
        }
    }

    pub(super) fn get(&self, value: &[u8]) -> Option<&[usize]> {
        let id = self.ids.get(value)?;
        self.list.get(*id).map(|(_, places)| places.as_slice())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Text, &[usize])> {
        self.list.iter().map(|(value, places)| (value, places.as_slice()))
    }

    pub(super) fn add(&mut self, value: Text, at: usize) {
        let next = self.list.len();
        let id = *self.ids.entry(value).or_insert_with_key(|value| {
            self.list.push((value.clone(), Vec::new()));
            next
        });
        if let Some((_, places)) = self.list.get_mut(id)
            && let Err(before) = places.binary_search(&at)
        {
            places.insert(before, at);
        }
    }

    pub(super) fn remove(&mut self, value: &Text, at: usize) {
        let entry = self.ids.get(value).and_then(|id| self.list.get_mut(*id));
        if let Some((_, places)) = entry
            && let Ok(found) = places.binary_search(&at)
        {
            places.remove(found);
        }
    }

    /// Puts a place under other values, the first `kept` of which are the same as before.
    pub(super) fn rename(
        &mut self,
        at: usize,
        kept: usize,
        before: impl Iterator<Item = Text>,
        after: impl Iterator<Item = Text> + Clone,
    ) {
        for value in before.skip(kept) {
            if !after.clone().any(|new| new == value) {
                self.remove(&value, at);
            }
        }
        after.skip(kept).for_each(|value| self.add(value, at));
    }

    /// How many places [`Values::matching`] has.
    pub(super) fn count(&mut self, pattern: &Pattern) -> usize {
        self.lists(pattern).map(<[usize]>::len).sum()
    }

    /// The places of all values that match.
    pub(super) fn matching(&mut self, pattern: &Pattern) -> Vec<usize> {
        union(self.lists(pattern))
    }

    fn lists(&mut self, pattern: &Pattern) -> impl Iterator<Item = &[usize]> {
        if pattern.plain().is_none() {
            self.test(pattern);
        }
        let (plain, matched): (&[usize], &[usize]) = match pattern.plain() {
            Some(plain) => (self.get(plain.as_bytes()).unwrap_or_default(), &[]),
            None => (&[], self.matched.get(pattern.written()).map_or(&[], |matched| &matched.values)),
        };
        let places = matched.iter().filter_map(|id| self.list.get(*id)).map(|(_, places)| places.as_slice());
        std::iter::once(plain).chain(places)
    }

    /// Tries a pattern on the values that are new to it.
    fn test(&mut self, pattern: &Pattern) {
        let known = self.matched.get(pattern.written()).map_or(0, |matched| matched.tested);
        if known == self.list.len() {
            return;
        }
        let suspects = self.suspects(pattern, known).unwrap_or_else(|| (known..self.list.len()).collect());
        let is_match =
            |id: &usize| self.list.get(*id).is_some_and(|(value, _)| pattern.matches(value.as_bytes()));
        let found: Vec<usize> = suspects.into_iter().filter(is_match).collect();
        self.kept = self.kept.saturating_add(found.len());
        if known == 0 && self.kept > KEPT {
            self.matched.clear();
            self.kept = found.len();
        }
        let matched = self.matched.entry(pattern.written().clone()).or_default();
        matched.tested = self.list.len();
        matched.values.extend(found);
    }

    /// The values from `known` on that may match; `None` if that may be all.
    fn suspects(&mut self, pattern: &Pattern, known: usize) -> Option<Vec<usize>> {
        if self.list.len().saturating_sub(known) < VALUES || self.matched.len() < PATTERNS {
            return None;
        }
        let needles =
            pattern.needles().filter(|needles| needles.iter().all(|needle| needle.len() >= GRAM))?;
        self.grams.follow(&self.list);
        let new =
            |ids: &'_ [usize]| ids.get(ids.partition_point(|id| *id < known)..).unwrap_or_default().to_vec();
        let lists: Vec<Vec<usize>> = needles.iter().map(|needle| new(self.grams.with(needle))).collect();
        Some(union(lists.iter().map(Vec::as_slice)))
    }
}

/// Which three bytes are in which of the first values, and in how many values that was looked up.
#[derive(Clone)]
struct Grams(usize, HashMap<[u8; GRAM], Vec<usize>, FixedState>);

const GRAM: usize = 3;

impl Grams {
    fn follow(&mut self, list: &[(Text, Vec<usize>)]) {
        for (id, (value, _)) in list.iter().enumerate().skip(self.0) {
            for gram in value.as_bytes().array_windows::<GRAM>() {
                let values = self.1.entry(*gram).or_default();
                if values.last() != Some(&id) {
                    values.push(id);
                }
            }
        }
        self.0 = list.len();
    }

    /// The values that hold the rarest three bytes of a word.
    fn with(&self, needle: &str) -> &[usize] {
        let lists = needle.as_bytes().array_windows::<GRAM>();
        lists
            .map(|gram| self.1.get(gram).map_or(&[][..], Vec::as_slice))
            .min_by_key(|ids| ids.len())
            .unwrap_or_default()
    }
}

/// The places of all lists, each once and in order.
pub(super) fn union<'l>(lists: impl Iterator<Item = &'l [usize]>) -> Vec<usize> {
    let mut lists = lists.filter(|list| !list.is_empty());
    let Some(first) = lists.next() else { return Vec::new() };
    let mut all = first.to_vec();
    let alone = all.len();
    lists.for_each(|list| all.extend(list));
    if all.len() > alone {
        all.sort_unstable();
        all.dedup();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(&Text::from(text)).unwrap()
    }

    #[test]
    fn values_that_come_later_are_found() {
        let mut values = Values::new();
        for at in 0..100 {
            values.add(Text::from(format!("web-{at}")), at);
        }
        for at in 0..20 {
            assert_eq!(
                values.matching(&pattern(&format!("web-{at}.*|db-{at}"))).len(),
                if (1..10).contains(&at) { 11 } else { 1 }
            );
        }
        values.add(Text::from_static("db-7"), 200);
        values.rename(
            70,
            0,
            [Text::from_static("web-70")].into_iter(),
            [Text::from_static("api")].into_iter(),
        );
        let expected: Vec<usize> = [7, 71, 72, 73, 74, 75, 76, 77, 78, 79, 200].to_vec();
        assert_eq!(values.matching(&pattern("web-7.*|db-7")), expected);
        assert_eq!(values.matching(&pattern("api")), [70]);
        assert_eq!(values.matching(&pattern("a.i")), [70]);
    }

    #[test]
    fn a_pattern_is_tried_on_what_may_match() {
        let mut values = Values::new();
        for at in 0..10_000 {
            values.add(Text::from(format!("web-{at}-db")), at);
        }
        for at in 0..PATTERNS {
            values.matching(&pattern(&format!("{at}.*")));
        }
        for text in ["web-1234-.*", ".*-1234-.*", ".*-1234-db", "(web|api)-1234-[a-z]+", "nothing.*"] {
            let suspects = values.suspects(&pattern(text), 0).unwrap();
            assert!(suspects.len() <= 111, "{text}: {}", suspects.len());
            assert_eq!(values.count(&pattern(text)), usize::from(text != "nothing.*"), "{text}");
        }
    }
}
