//! Asks matchers: `Match` and `Index` of gobwas' package `match`, wrong answers included.
//!
//! The library tries every way to split a text, which takes exponential time on some globs. Here each split of each part
//! of the text is decided once, and steps are counted.

use std::collections::HashMap;
use std::ops::Range;

use super::matcher::{Matcher, Split};
use crate::text::Mismatch;
use crate::text::runes::{decode, find, find_any, find_rune, rfind, runes};

/// The most bytes that one question may look at.
const MAX_STEPS: usize = 50_000_000;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The library panics.
    Panic,
    /// The question takes too many steps.
    Steps,
}

type Answer<T> = Result<T, Problem>;

/// Where a matcher first matches, and the lengths that it may match there, the shortest first.
type Found = Option<(usize, Vec<usize>)>;

/// Why `matcher` does not match all of `text`, if it does not.
pub(super) fn mismatch(matcher: &Matcher, text: &[u8]) -> Answer<Option<Mismatch>> {
    let mut search = Search { text, steps: MAX_STEPS, decided: HashMap::default(), farthest: None };
    if search.matches(matcher, 0..text.len())? {
        return Ok(None);
    }
    let (at, matcher) = search.farthest.unwrap_or((0, matcher));
    Ok(Some(Mismatch { at, wanted: matcher.to_string() }))
}

struct Search<'t, 'm> {
    text: &'t [u8],
    steps: usize,
    /// What was found out about splits: by the split's address and the part of the text.
    decided: HashMap<(usize, Range<usize>), bool, foldhash::fast::FixedState>,
    /// The shortcut that said no, and where: the one that came farthest.
    farthest: Option<(usize, &'m Matcher)>,
}

impl<'t, 'm> Search<'t, 'm> {
    fn slice(&self, part: Range<usize>) -> &'t [u8] {
        self.text.get(part).unwrap_or_default()
    }

    fn charge(&mut self, steps: usize) -> Answer<()> {
        self.steps = self.steps.checked_sub(steps).ok_or(Problem::Steps)?;
        Ok(())
    }

    fn note(&mut self, matcher: &'m Matcher, at: usize) {
        if self.farthest.is_none_or(|(farthest, _)| at > farthest) {
            self.farthest = Some((at, matcher));
        }
    }

    fn matches(&mut self, matcher: &'m Matcher, part: Range<usize>) -> Answer<bool> {
        let holds = self.decides(matcher, part.clone())?;
        let is_whole = matches!(
            matcher,
            Matcher::Split(_) | Matcher::EveryOf(_) | Matcher::AnyOf(_) | Matcher::Row { .. }
        );
        if !holds && !is_whole {
            self.note(matcher, part.start);
        }
        Ok(holds)
    }

    fn decides(&mut self, matcher: &'m Matcher, part: Range<usize>) -> Answer<bool> {
        let s = self.slice(part.clone());
        self.charge(s.len().saturating_add(1))?;
        Ok(match matcher {
            Matcher::Nothing => s.is_empty(),
            Matcher::Super => true,
            Matcher::Any(separators) => find_any(s, separators).is_none(),
            Matcher::Single(_) | Matcher::List { .. } | Matcher::Range { .. } => {
                // The empty text is read as a replacement rune.
                let (rune, size) = decode(s);
                s.len() <= size && holds(matcher, rune)
            }
            Matcher::Text { text, .. } => **text == *s,
            Matcher::Prefix(prefix) => s.starts_with(prefix),
            Matcher::Suffix(suffix) => s.ends_with(suffix),
            Matcher::PrefixAny(prefix, separators) => {
                s.strip_prefix(&**prefix).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            Matcher::SuffixAny(suffix, separators) => {
                s.strip_suffix(&**suffix).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            // Prefix and suffix may overlap.
            Matcher::PrefixSuffix(prefix, suffix) => s.starts_with(prefix) && s.ends_with(suffix),
            Matcher::Contains { needle, not } => find(s, needle).is_some() != *not,
            // One rune is needed even where none is asked for.
            Matcher::Min(limit) => runes(s).count() >= (*limit).max(1),
            Matcher::Max(limit) => runes(s).count() <= *limit,
            Matcher::EveryOf(matchers) => {
                for matcher in matchers {
                    if !self.matches(matcher, part.clone())? {
                        return Ok(false);
                    }
                }
                true
            }
            Matcher::AnyOf(matchers) => {
                for matcher in matchers {
                    if self.matches(matcher, part.clone())? {
                        return Ok(true);
                    }
                }
                false
            }
            Matcher::Row { matchers, runes: count } => {
                runes(s).count() == *count && self.row_matches(matchers, part)?
            }
            Matcher::Split(split) => {
                let key = (std::ptr::from_ref::<Split>(split).addr(), part.clone());
                if let Some(known) = self.decided.get(&key) {
                    return Ok(*known);
                }
                let answer = self.split_matches(split, part)?;
                self.decided.insert(key, answer);
                answer
            }
        })
    }

    /// Whether the matchers match one behind the other from the start of `part`.
    fn row_matches(&mut self, matchers: &'m [Matcher], part: Range<usize>) -> Answer<bool> {
        let mut at = part.start;
        for matcher in matchers {
            let length = matcher.runes().unwrap_or(0);
            let (mut count, mut last) = (0usize, 0usize);
            for (start, _) in runes(self.slice(at..part.end)) {
                (count, last) = (count.saturating_add(1), start);
                if count == length {
                    break;
                }
            }
            self.charge(last.saturating_add(1))?;
            // The last rune counts as one byte: a rune of more bytes is cut.
            let end = at.saturating_add(last).saturating_add(1);
            if count < length {
                return Ok(false);
            }
            if end > part.end {
                return Err(Problem::Panic);
            }
            if !self.matches(matcher, at..end)? {
                return Ok(false);
            }
            at = end;
        }
        Ok(true)
    }

    fn split_matches(&mut self, split: &'m Split, part: Range<usize>) -> Answer<bool> {
        let length = part.end.saturating_sub(part.start);
        if split.runes.is_some_and(|runes| runes > length) {
            return Ok(false);
        }
        // Numbers of runes are taken for numbers of bytes.
        let mut offset = split.left_runes.unwrap_or(0);
        let Some(limit) = length.checked_sub(split.right_runes.unwrap_or(0)) else { return Ok(false) };
        let place = |at: usize| part.start.saturating_add(at).min(part.end);
        while offset < limit {
            let Some((index, lengths)) = self.index(&split.value, place(offset)..place(limit))? else {
                self.note(&split.value, place(offset));
                return Ok(false);
            };
            let found = offset.saturating_add(index);
            if self.side_matches(split.left.as_ref(), part.start..place(found))? {
                for size in lengths.iter().rev() {
                    let rest = place(found.saturating_add(*size))..part.end;
                    if self.side_matches(split.right.as_ref(), rest)? {
                        return Ok(true);
                    }
                }
            }
            let (_, step) = decode(self.slice(place(found)..part.end));
            offset = found.saturating_add(step);
        }
        Ok(false)
    }

    fn side_matches(&mut self, side: Option<&'m Matcher>, part: Range<usize>) -> Answer<bool> {
        match side {
            Some(matcher) => self.matches(matcher, part),
            None => Ok(part.is_empty()),
        }
    }

    fn index(&mut self, matcher: &'m Matcher, part: Range<usize>) -> Answer<Found> {
        let s = self.slice(part.clone());
        self.charge(s.len().saturating_add(1))?;
        Ok(match matcher {
            Matcher::Nothing => Some((0, vec![0])),
            Matcher::Super => Some((0, starts(s, 0))),
            Matcher::Any(separators) => {
                let end = find_any(s, separators).unwrap_or(s.len());
                Some((0, starts(s.get(..end).unwrap_or_default(), 0)))
            }
            Matcher::Single(_) | Matcher::List { .. } | Matcher::Range { .. } => runes(s)
                .find(|(_, rune)| holds(matcher, *rune))
                .map(|(start, rune)| (start, vec![rune.len_utf8()])),
            Matcher::Text { text, .. } => find(s, text).map(|at| (at, vec![text.len()])),
            Matcher::Prefix(prefix) => index_prefix(s, prefix, &[]),
            Matcher::PrefixAny(prefix, separators) => index_prefix(s, prefix, separators),
            Matcher::Suffix(suffix) => find(s, suffix).map(|at| (0, vec![at.saturating_add(suffix.len())])),
            Matcher::SuffixAny(suffix, separators) => match find(s, suffix) {
                None => None,
                Some(at) => {
                    let start = behind_last(s.get(..at).unwrap_or_default(), separators)?;
                    Some((start, vec![at.saturating_add(suffix.len()).saturating_sub(start)]))
                }
            },
            Matcher::PrefixSuffix(prefix, suffix) => self.index_prefix_suffix(s, prefix, suffix)?,
            Matcher::Contains { needle, not } => index_contains(s, needle, *not),
            Matcher::Min(limit) => index_min(s, *limit),
            Matcher::Max(limit) => {
                let ends = runes(s).take(*limit).map(|(start, rune)| start.saturating_add(rune.len_utf8()));
                Some((0, std::iter::once(0).chain(ends).collect()))
            }
            Matcher::EveryOf(matchers) => self.index_every(matchers, part)?,
            Matcher::AnyOf(matchers) => self.index_any_of(matchers, part)?,
            Matcher::Row { matchers, runes: count } => self.index_row(matchers, *count, part)?,
            // The library never looks for a split within a text.
            Matcher::Split(_) => None,
        })
    }

    fn index_prefix_suffix(&mut self, s: &[u8], prefix: &[u8], suffix: &[u8]) -> Answer<Found> {
        let Some(start) = find(s, prefix) else { return Ok(None) };
        let mut rest = s.get(start..).unwrap_or_default();
        if suffix.is_empty() {
            return Ok(Some((start, vec![rest.len()])));
        }
        let mut lengths = Vec::new();
        while let Some(at) = rfind(rest, suffix) {
            lengths.push(at.saturating_add(suffix.len()));
            self.charge(rest.len().saturating_sub(at))?;
            rest = rest.get(..at).unwrap_or_default();
        }
        lengths.reverse();
        Ok((!lengths.is_empty()).then_some((start, lengths)))
    }

    fn index_every(&mut self, matchers: &'m [Matcher], part: Range<usize>) -> Answer<Found> {
        let (mut index, mut offset) = (0usize, 0usize);
        let mut current: Vec<usize> = Vec::new();
        for (number, matcher) in matchers.iter().enumerate() {
            let rest = part.start.saturating_add(index).min(part.end)..part.end;
            let Some((at, lengths)) = self.index(matcher, rest)? else { return Ok(None) };
            if number == 0 {
                current = lengths;
            } else {
                // Both lists are in order.
                current.retain(|length| lengths.binary_search(length).is_ok());
                if current.is_empty() {
                    return Ok(None);
                }
            }
            index = at.saturating_add(offset);
            offset = offset.saturating_add(at);
        }
        Ok(Some((index, current)))
    }

    fn index_any_of(&mut self, matchers: &'m [Matcher], part: Range<usize>) -> Answer<Found> {
        let mut first: Found = None;
        for matcher in matchers {
            let Some((at, lengths)) = self.index(matcher, part.clone())? else { continue };
            first = Some(match first.take() {
                Some((best, merged)) if best < at => (best, merged),
                Some((best, merged)) if best == at => (best, merge(&merged, &lengths)),
                _ => (at, lengths),
            });
        }
        Ok(first)
    }

    fn index_row(&mut self, matchers: &'m [Matcher], count: usize, part: Range<usize>) -> Answer<Found> {
        for (start, _) in runes(self.slice(part.clone())) {
            let from = part.start.saturating_add(start);
            if part.end.saturating_sub(from) < count {
                break;
            }
            if self.row_matches(matchers, from..part.end)? {
                return Ok(Some((start, vec![count])));
            }
        }
        Ok(None)
    }
}

/// Whether a matcher of one rune accepts `rune`.
fn holds(matcher: &Matcher, rune: char) -> bool {
    match matcher {
        Matcher::Single(separators) => !separators.contains(&rune),
        Matcher::List { chars, not } => chars.contains(&rune) != *not,
        Matcher::Range { lo, hi, not } => (*lo..=*hi).contains(&rune) != *not,
        _ => false,
    }
}

/// Where runes start, and the end, all moved by `by`.
fn starts(s: &[u8], by: usize) -> Vec<usize> {
    runes(s).map(|(start, _)| start).chain([s.len()]).map(|at| at.saturating_add(by)).collect()
}

fn index_prefix(s: &[u8], prefix: &[u8], separators: &[char]) -> Found {
    let start = find(s, prefix)?;
    let rest = s.get(start.saturating_add(prefix.len())..).unwrap_or_default();
    let end = find_any(rest, separators).unwrap_or(rest.len());
    let ends = runes(rest.get(..end).unwrap_or_default())
        .map(|(start, rune)| prefix.len().saturating_add(start).saturating_add(rune.len_utf8()));
    Some((start, std::iter::once(prefix.len()).chain(ends).collect()))
}

fn index_contains(s: &[u8], needle: &[u8], not: bool) -> Found {
    let found = find(s, needle);
    if not {
        return Some((0, starts(s.get(..found.unwrap_or(s.len())).unwrap_or_default(), 0)));
    }
    let offset = found?.saturating_add(needle.len());
    Some((0, starts(s.get(offset..).unwrap_or_default(), offset)))
}

fn index_min(s: &[u8], limit: usize) -> Found {
    let skipped = limit.saturating_sub(1);
    let ends: Vec<_> =
        runes(s).skip(skipped).map(|(start, rune)| start.saturating_add(rune.len_utf8())).collect();
    (s.len() >= limit && !ends.is_empty()).then_some((0, ends))
}

/// Behind the last occurrence of the first of `separators` that occurs.
fn behind_last(s: &[u8], separators: &[char]) -> Answer<usize> {
    for separator in separators {
        let last = if separator.is_ascii() {
            rfind(s, separator.encode_utf8(&mut [0; 4]).as_bytes())
        } else {
            last_wide(s, *separator)?
        };
        if let Some(last) = last {
            return Ok(last.saturating_add(1));
        }
    }
    Ok(0)
}

/// `LastIndexAnyRunes` looks for a rune of several bytes from the start again and again, until its rest is used up or
/// shorter than what it takes away.
fn last_wide(s: &[u8], separator: char) -> Answer<Option<usize>> {
    let Some(at) = find_rune(s, separator) else { return Ok(None) };
    match s.len().checked_rem(at.saturating_add(1)) {
        Some(0) => Ok(Some(at)),
        _ => Err(Problem::Panic),
    }
}

/// The numbers of two ordered lists, each once.
fn merge(left: &[usize], right: &[usize]) -> Vec<usize> {
    let mut merged = [left, right].concat();
    merged.sort_unstable();
    merged.dedup();
    merged
}
