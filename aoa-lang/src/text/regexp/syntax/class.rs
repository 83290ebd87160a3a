//! Sets of runes, as ranges.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::unicode;

/// The largest rune.
pub(super) const MAX_RUNE: u32 = 0x10_FFFF;

/// A set of runes: pairs of first and last. Go's runes include the surrogates, which no text contains.
#[derive(Clone, Debug, Default)]
pub(in crate::text::regexp) struct RuneClass {
    ranges: Vec<(u32, u32)>,
}

impl RuneClass {
    pub(super) fn from_ranges(ranges: &[(u32, u32)]) -> Self {
        RuneClass { ranges: ranges.to_vec() }
    }

    pub(super) fn from_unicode(class: &ClassUnicode) -> Self {
        RuneClass {
            ranges: class.ranges().iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect(),
        }
    }

    /// Whether the class, which is clean, holds `rune`.
    pub(in crate::text::regexp) fn contains(&self, rune: u32) -> bool {
        let at = self.ranges.partition_point(|(_, last)| *last < rune);
        self.ranges.get(at).is_some_and(|(first, _)| *first <= rune)
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Adds the runes from `lo` to `hi`.
    pub(super) fn add(&mut self, lo: u32, hi: u32) {
        if let Some(last) = self.ranges.last_mut()
            && lo <= last.1.saturating_add(1)
            && last.0 <= hi.saturating_add(1)
        {
            *last = (last.0.min(lo), last.1.max(hi));
            return;
        }
        self.ranges.push((lo, hi));
    }

    /// Adds all of `other`.
    pub(super) fn add_class(&mut self, other: &RuneClass) {
        for (lo, hi) in &other.ranges {
            self.add(*lo, *hi);
        }
    }

    /// Adds what is equal to a member but for case.
    pub(super) fn fold(&mut self) {
        self.clean();
        unicode::fold(&mut self.ranges);
        self.clean();
    }

    /// Sorts and merges the ranges.
    pub(super) fn clean(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(lo, hi) in &self.ranges {
            match merged.last_mut() {
                Some(last) if lo <= last.1.saturating_add(1) => last.1 = last.1.max(hi),
                _ => merged.push((lo, hi)),
            }
        }
        self.ranges = merged;
    }

    /// The set of all other runes.
    pub(super) fn negated(mut self) -> Self {
        self.clean();
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (lo, hi) in self.ranges {
            if next < lo {
                ranges.push((next, lo.saturating_sub(1)));
            }
            next = hi.saturating_add(1);
        }
        if next <= MAX_RUNE {
            ranges.push((next, MAX_RUNE));
        }
        RuneClass { ranges }
    }

    /// The members that a text can contain.
    pub(super) fn to_unicode(&self) -> ClassUnicode {
        ClassUnicode::new(self.ranges.iter().flat_map(|&(lo, hi)| {
            // Cut out the surrogates.
            let below = (lo, hi.min(0xD7FF));
            let above = (lo.max(0xE000), hi);
            [below, above].into_iter().filter_map(|(lo, hi)| {
                let (lo, hi) = (char::from_u32(lo)?, char::from_u32(hi)?);
                (lo <= hi).then(|| ClassUnicodeRange::new(lo, hi))
            })
        }))
    }
}
