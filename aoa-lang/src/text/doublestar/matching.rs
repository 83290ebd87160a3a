//! `match.go` of doublestar.

use std::collections::HashSet;
use std::rc::Rc;

use super::braces::{alternatives, closing, find_unescaped};
use super::validate::is_valid;
use crate::text::Mismatch;
use crate::text::runes::decode;
use crate::{Error, Result};

/// The most bytes that one question may look at. Alternatives multiply, and the library tries them all.
const MAX_STEPS: usize = 20_000_000;
/// What is remembered about tries, at most.
const MAX_TRIED: usize = 100_000;

/// Whether all of `name` matches `pattern`: Go's `doublestar.Match`.
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) for a malformed pattern, `Limit` where alternatives multiply too much.
pub fn matches(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
    matches_with(pattern.as_ref(), name.as_ref(), Validation::Checked)
}

/// Why `name` does not match `pattern`, if it does not: [`matches()`] with its reason.
///
/// ```
/// use aoa_lang::text::doublestar;
/// let why = doublestar::mismatch("apps/**/prod.yaml", "apps/web/eu/dev.yaml")?.unwrap();
/// assert_eq!(why.to_string(), "`prod.yaml` is wanted at byte 12");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
///
/// # Errors
/// As [`matches()`].
pub fn mismatch(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<Option<Mismatch>> {
    compare(pattern.as_ref(), name.as_ref(), Validation::Checked)
}

/// Whether a pattern that does not match is read to its end.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Validation {
    Checked,
    /// The pattern is known to be well formed.
    Unchecked,
}

pub(super) fn matches_with(pattern: &[u8], name: &[u8], validation: Validation) -> Result<bool> {
    Ok(compare(pattern, name, validation)?.is_none())
}

fn compare(pattern: &[u8], name: &[u8], validation: Validation) -> Result<Option<Mismatch>> {
    let mut search = Search { name, validation, steps: MAX_STEPS, tried: HashSet::default(), farthest: None };
    // The tries that are still to be made, the next one last.
    let mut tries = vec![Try { pattern: Rc::from(pattern), at: Places::default() }];
    while let Some(next) = tries.pop() {
        match search.run(next)? {
            Outcome::Match => return Ok(None),
            Outcome::NoMatch => {}
            Outcome::Alternatives(mut more) => {
                more.reverse();
                tries.append(&mut more);
            }
        }
    }
    let (at, pattern, wanted) = search.farthest.unwrap_or_default();
    Ok(Some(Mismatch::new(at, pattern.get(wanted..).unwrap_or_default())))
}

fn bad_pattern() -> Error {
    Error::syntax("syntax error in pattern")
}

/// One expansion of the alternatives, and where its match stands.
struct Try {
    pattern: Rc<[u8]>,
    at: Places,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Places {
    pattern: usize,
    name: usize,
    /// Behind the last `*`, in the pattern and in the name.
    star: Option<(usize, usize)>,
    /// Behind the last `**/`, in the pattern and in the name.
    doublestar: Option<(usize, usize)>,
}

enum Outcome {
    Match,
    NoMatch,
    Alternatives(Vec<Try>),
}

struct Search<'n> {
    name: &'n [u8],
    validation: Validation,
    steps: usize,
    tried: HashSet<(Rc<[u8]>, Places), foldhash::fast::FixedState>,
    /// How far any try came: the place in the name, and the pattern and the place in it.
    farthest: Option<(usize, Rc<[u8]>, usize)>,
}

impl Search<'_> {
    fn charge(&mut self, steps: usize) -> Result<()> {
        self.steps = self
            .steps
            .checked_sub(steps)
            .ok_or_else(|| Error::limit("the alternatives of the pattern multiply too much"))?;
        Ok(())
    }

    fn note(&mut self, pattern: &Rc<[u8]>, at: Places) {
        if self.farthest.as_ref().is_none_or(|(farthest, ..)| at.name > *farthest) {
            self.farthest = Some((at.name, pattern.clone(), at.pattern));
        }
    }

    fn run(&mut self, this: Try) -> Result<Outcome> {
        let pattern = &*this.pattern;
        let mut at = this.at;
        // Behind an alternative this is set anew, wherever that is.
        let mut segment_start = true;
        while at.name < self.name.len() {
            self.charge(1)?;
            let step = match pattern.get(at.pattern) {
                None => Step::Fail,
                Some(b'{') => return self.expand(&this.pattern, at),
                Some(_) => step(pattern, self.name, &mut at, &mut segment_start)?,
            };
            match step {
                Step::Done => return Ok(Outcome::Match),
                Step::Next => {}
                Step::Fail => {
                    self.note(&this.pattern, at);
                    if !self.backtrack(&mut at, &mut segment_start)? {
                        let rest = pattern.get(at.pattern..).unwrap_or_default();
                        self.charge(rest.len())?;
                        return match self.validation == Validation::Unchecked || is_valid(rest) {
                            true => Ok(Outcome::NoMatch),
                            false => Err(bad_pattern()),
                        };
                    }
                }
            }
        }
        let rest = pattern.get(at.pattern..).unwrap_or_default();
        if self.matches_nothing(rest)? {
            return Ok(Outcome::Match);
        }
        self.note(&this.pattern, at);
        Ok(Outcome::NoMatch)
    }

    /// The tries that go on with each of the alternatives at `at`.
    fn expand(&mut self, pattern: &Rc<[u8]>, at: Places) -> Result<Outcome> {
        let (before, rest) = pattern.split_at_checked(at.pattern).unwrap_or_default();
        let body = rest.get(1..).unwrap_or_default();
        let end = closing(body).ok_or_else(bad_pattern)?;
        let (between, behind) = (body.get(..end), body.get(end.saturating_add(1)..));
        let mut tries = Vec::new();
        for alternative in alternatives(between.unwrap_or_default()) {
            let pattern: Rc<[u8]> = [before, alternative, behind.unwrap_or_default()].concat().into();
            self.charge(pattern.len())?;
            // The same try again would have the same outcome.
            if self.tried.len() >= MAX_TRIED || self.tried.insert((pattern.clone(), at)) {
                tries.push(Try { pattern, at });
            }
        }
        Ok(Outcome::Alternatives(tries))
    }

    /// Goes back to the last star that can take more of the name.
    fn backtrack(&mut self, at: &mut Places, segment_start: &mut bool) -> Result<bool> {
        if let Some((pattern, name)) = at.star {
            let (rune, size) = decode(self.name.get(name..).unwrap_or_default());
            if rune != '/' {
                let name = name.saturating_add(size);
                (at.star, at.pattern, at.name) = (Some((pattern, name)), pattern, name);
                *segment_start = false;
                return Ok(true);
            }
        }
        let Some((pattern, name)) = at.doublestar else { return Ok(false) };
        let slash = self.name.get(name..).unwrap_or_default().iter().position(|b| *b == b'/');
        let Some(slash) = slash else { return Ok(false) };
        self.charge(slash)?;
        let name = name.saturating_add(slash).saturating_add(1);
        (at.doublestar, at.pattern, at.name) = (Some((pattern, name)), pattern, name);
        *segment_start = true;
        Ok(true)
    }

    /// Whether a pattern matches the empty text.
    fn matches_nothing(&mut self, pattern: &[u8]) -> Result<bool> {
        let mut rests: Vec<Vec<u8>> = vec![pattern.to_vec()];
        let mut tried: HashSet<Vec<u8>, foldhash::fast::FixedState> = HashSet::default();
        while let Some(pattern) = rests.pop() {
            self.charge(pattern.len().saturating_add(1))?;
            match pattern.as_slice() {
                b"" | b"*" | b"**" | b"/**" | b"**/" | b"/**/" => return Ok(true),
                [b'{', body @ ..] => {
                    let end = closing(body).ok_or_else(bad_pattern)?;
                    let behind = body.get(end.saturating_add(1)..).unwrap_or_default();
                    let between = body.get(..end).unwrap_or_default();
                    for alternative in alternatives(between).into_iter().rev() {
                        let rest = [alternative, behind].concat();
                        self.charge(rest.len())?;
                        if tried.len() >= MAX_TRIED || tried.insert(rest.clone()) {
                            rests.push(rest);
                        }
                    }
                }
                other if self.validation == Validation::Checked && !is_valid(other) => {
                    return Err(bad_pattern());
                }
                _ => {}
            }
        }
        Ok(false)
    }
}

enum Step {
    Next,
    Fail,
    /// The pattern ends in `/**`.
    Done,
}

/// Matches one part of the pattern, which is no brace.
fn step(pattern: &[u8], name: &[u8], at: &mut Places, segment_start: &mut bool) -> Result<Step> {
    let (rune, size) = decode(name.get(at.name..).unwrap_or_default());
    match pattern.get(at.pattern) {
        Some(b'*') => Ok(star(pattern, at, segment_start)),
        Some(b'?') => {
            *segment_start = false;
            if rune == '/' {
                return Ok(Step::Fail);
            }
            at.pattern = at.pattern.saturating_add(1);
            at.name = at.name.saturating_add(size);
            Ok(Step::Next)
        }
        Some(b'[') => {
            *segment_start = false;
            if !class(pattern, rune, at)? {
                return Ok(Step::Fail);
            }
            at.name = at.name.saturating_add(size);
            Ok(Step::Next)
        }
        first => {
            if first == Some(&b'\\') {
                at.pattern = at.pattern.saturating_add(1);
            }
            let (wanted, wanted_size) = match pattern.get(at.pattern..) {
                None | Some([]) => return Err(bad_pattern()),
                Some(rest) => decode(rest),
            };
            if wanted != rune {
                // Back to the backslash, which may also be one that was matched.
                let before = at.pattern.checked_sub(1);
                if let Some(before) = before.filter(|before| pattern.get(*before) == Some(&b'\\')) {
                    at.pattern = before;
                }
                return Ok(Step::Fail);
            }
            at.pattern = at.pattern.saturating_add(wanted_size);
            at.name = at.name.saturating_add(size);
            *segment_start = wanted == '/';
            Ok(Step::Next)
        }
    }
}

/// Passes `*` or `**`. Two stars that are no whole segment count as one.
fn star(pattern: &[u8], at: &mut Places, segment_start: &mut bool) -> Step {
    at.pattern = at.pattern.saturating_add(1);
    if pattern.get(at.pattern) == Some(&b'*') {
        at.pattern = at.pattern.saturating_add(1);
        match pattern.get(at.pattern) {
            None if *segment_start => return Step::Done,
            Some(b'/') if *segment_start => {
                at.pattern = at.pattern.saturating_add(1);
                (at.doublestar, at.star) = (Some((at.pattern, at.name)), None);
                return Step::Next;
            }
            _ => {}
        }
    }
    *segment_start = false;
    at.star = Some((at.pattern, at.name));
    Step::Next
}

/// Whether the class at `at` holds `rune`; passes it if so, and stops within it if not.
fn class(pattern: &[u8], rune: char, at: &mut Places) -> Result<bool> {
    at.pattern = at.pattern.saturating_add(1);
    let negated = matches!(pattern.get(at.pattern), Some(b'!' | b'^'));
    at.pattern = at.pattern.saturating_add(usize::from(negated));
    if matches!(pattern.get(at.pattern), None | Some(b']')) {
        return Err(bad_pattern());
    }
    let take = |at: &mut Places| {
        let (rune, size) = decode(pattern.get(at.pattern..).unwrap_or_default());
        at.pattern = at.pattern.saturating_add(size);
        rune
    };
    let (mut matched, mut last) = (false, None);
    while pattern.get(at.pattern).is_some_and(|b| *b != b']') {
        let mut next = take(at);
        if let Some(lo) = last
            && next == '-'
            && pattern.get(at.pattern).is_some_and(|b| *b != b']')
        {
            if pattern.get(at.pattern) == Some(&b'\\') {
                at.pattern = at.pattern.saturating_add(1);
            }
            let hi = take(at);
            if lo <= rune && rune <= hi {
                matched = true;
                break;
            }
            last = None;
            continue;
        }
        if next == '\\' {
            next = take(at);
        }
        if next == rune {
            matched = true;
            break;
        }
        // The last rune of all is taken for none.
        last = Some(next).filter(|last| *last < char::MAX);
    }
    let rest = pattern.get(at.pattern..).unwrap_or_default();
    if matched == negated {
        return if rest.is_empty() { Err(bad_pattern()) } else { Ok(false) };
    }
    let end = find_unescaped(rest, b']').ok_or_else(bad_pattern)?;
    at.pattern = at.pattern.saturating_add(end).saturating_add(1);
    Ok(true)
}
