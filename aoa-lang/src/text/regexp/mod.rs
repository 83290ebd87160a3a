//! Regular expressions as Go's `regexp` package has them (RE2 syntax, leftmost-first, linear time).
//!
//! Patterns are read by Go's rules: what Go refuses is refused with Go's message, and what differs in meaning from other
//! engines (`\z`, `\Q…\E`, ASCII-only `\d \w \s \b`, Unicode 15.0 tables, groups that share a name) means what it means in
//! Go. Texts may hold bytes that are not UTF-8; each is read as U+FFFD, as Go does.
//!
//! ```
//! use aoa_lang::text::regexp::Regexp;
//!
//! let team = Regexp::new(r"^team-(?P<name>[a-z]+)$")?;
//! assert_eq!(team.replace_all("team-web", "${name}.example.com", 1 << 20)?, b"web.example.com");
//! assert_eq!(
//!     Regexp::new("a(?=b)").unwrap_err().to_string(),
//!     "error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
//! );
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod backtracking;
mod replace;
mod subject;
mod syntax;

use std::fmt;
use std::ops::Range;

use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};

use self::subject::Subject;
use crate::{Error, Result};

pub use self::backtracking::BacktrackingRegexp;
pub use self::replace::quote_meta;

/// Memory that a compiled expression may take.
const COMPILED_BYTES: usize = 16 << 20;
/// Memory of an expression times its groups: a search may need as much.
const SEARCH_BYTES: usize = 256 << 20;

/// A compiled regular expression.
#[derive(Clone)]
pub struct Regexp {
    engine: meta::Regex,
    pattern: Box<str>,
    names: Box<[String]>,
}

/// One match and its groups, as places in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The whole match.
    pub span: Range<usize>,
    /// The groups from 1 on; `None` for one that took no part.
    pub groups: Vec<Option<Range<usize>>>,
}

impl Match {
    /// The place of group `index`, where 0 is the whole match.
    #[must_use]
    pub fn group(&self, index: usize) -> Option<&Range<usize>> {
        match index.checked_sub(1) {
            None => Some(&self.span),
            Some(index) => self.groups.get(index)?.as_ref(),
        }
    }

    /// The text of each group from 0 on, empty for one that took no part: Go's `FindStringSubmatch`.
    #[must_use]
    pub fn texts<'t>(&self, text: &'t [u8]) -> Vec<&'t [u8]> {
        let slice = |index| self.group(index).and_then(|span| text.get(span.clone())).unwrap_or_default();
        (0..=self.groups.len()).map(slice).collect()
    }
}

impl Regexp {
    /// Compiles a pattern, as `regexp.Compile`. The pattern may be any bytes; Go refuses those that are not UTF-8.
    ///
    /// # Errors
    /// `Syntax` with Go's own message where Go refuses the pattern; `Limit` where Go accepts it, but the compiled
    /// expression would take more than 16 MiB, or a search 256 MiB.
    pub fn new(pattern: impl AsRef<[u8]>) -> Result<Self> {
        let pattern = pattern.as_ref();
        let syntax::Pattern { hir, names } = syntax::read(pattern)?;
        let config = meta::Config::new().nfa_size_limit(Some(COMPILED_BYTES));
        let engine = meta::Builder::new()
            .configure(config)
            .build_from_hir(&hir)
            .map_err(|error| Error::limit(format!("the regular expression is too large: {error}")))?;
        if engine.memory_usage().saturating_mul(names.len()) > SEARCH_BYTES {
            return Err(Error::limit("the regular expression has too many groups for its size"));
        }
        let pattern = String::from_utf8_lossy(pattern).into_owned();
        Ok(Regexp { engine, pattern: pattern.into(), names: names.into() })
    }

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Names of the groups, `""` where there is none; the first stands for the whole match: Go's `SubexpNames`.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the text holds a match: Go's `MatchString`.
    #[must_use]
    pub fn is_match(&self, text: impl AsRef<[u8]>) -> bool {
        self.engine.is_match(&*Subject::new(text.as_ref()).text)
    }

    /// The first match: Go's `FindStringIndex`.
    #[must_use]
    pub fn find(&self, text: impl AsRef<[u8]>) -> Option<Range<usize>> {
        let subject = Subject::new(text.as_ref());
        self.find_at(&subject, 0).map(|span| subject.original_span(&span))
    }

    /// The first match and its groups: Go's `FindStringSubmatchIndex`.
    #[must_use]
    pub fn captures(&self, text: impl AsRef<[u8]>) -> Option<Match> {
        let subject = Subject::new(text.as_ref());
        let mut captures = self.engine.create_captures();
        self.captures_at(&subject, 0, &mut captures)
    }

    /// The matches from left to right that do not overlap, at most `limit`: Go's `FindAllStringIndex`, where -1 stands for
    /// no limit. An empty match next to the one before is left out.
    #[must_use]
    pub fn find_all(&self, text: impl AsRef<[u8]>, limit: Option<usize>) -> Vec<Range<usize>> {
        let subject = Subject::new(text.as_ref());
        let mut found = Vec::new();
        self.each_match(
            &subject,
            limit,
            |at| self.find_at(&subject, at),
            |span| {
                found.push(subject.original_span(span));
            },
        );
        found
    }

    /// As [`Regexp::find_all`] with the groups: Go's `FindAllStringSubmatchIndex`.
    #[must_use]
    pub fn captures_all(&self, text: impl AsRef<[u8]>, limit: Option<usize>) -> Vec<Match> {
        let subject = Subject::new(text.as_ref());
        let mut captures = self.engine.create_captures();
        let found = std::cell::RefCell::new(None);
        let mut all = Vec::new();
        let search = |at| {
            self.engine.search_captures(&self.input(&subject, at), &mut captures);
            *found.borrow_mut() = captures.is_match().then(|| self.to_match(&subject, &captures));
            captures.get_match().map(|m| m.range())
        };
        self.each_match(&subject, limit, search, |_| all.extend(found.borrow_mut().take()));
        all
    }

    /// The parts of the text between matches, at most `limit` of them, the last one uncut: Go's `Split`. `limit` 0 gives
    /// none, `None` (Go's -1) all.
    #[must_use]
    pub fn split(&self, text: impl AsRef<[u8]>, limit: Option<usize>) -> Vec<Range<usize>> {
        let text = text.as_ref();
        if limit == Some(0) {
            return Vec::new();
        }
        if !self.pattern.is_empty() && text.is_empty() {
            return std::iter::once(0..0).collect();
        }
        let (mut parts, mut start, mut end) = (Vec::new(), 0, 0);
        for found in self.find_all(text, limit) {
            if limit.is_some_and(|limit| parts.len().saturating_add(1) >= limit) {
                break;
            }
            end = found.start;
            if found.end != 0 {
                parts.push(start..end);
            }
            start = found.end;
        }
        if end != text.len() {
            parts.push(start..text.len());
        }
        parts
    }

    fn input<'h>(&self, subject: &'h Subject<'_>, at: usize) -> Input<'h> {
        Input::new(&*subject.text).span(at..subject.text.len()).anchored(Anchored::No)
    }

    fn find_at(&self, subject: &Subject<'_>, at: usize) -> Option<Range<usize>> {
        self.engine.search(&self.input(subject, at)).map(|found| found.range())
    }

    fn captures_at(&self, subject: &Subject<'_>, at: usize, captures: &mut Captures) -> Option<Match> {
        self.engine.search_captures(&self.input(subject, at), captures);
        captures.is_match().then(|| self.to_match(subject, captures))
    }

    fn to_match(&self, subject: &Subject<'_>, captures: &Captures) -> Match {
        let span = |index| captures.get_group(index).map(|span| subject.original_span(&span.range()));
        Match { span: span(0).unwrap_or_default(), groups: (1..self.names.len()).map(span).collect() }
    }

    /// `allMatches` of Go's regexp: hands over the matches one by one, in places of the engine's text.
    fn each_match(
        &self,
        subject: &Subject<'_>,
        limit: Option<usize>,
        mut search: impl FnMut(usize) -> Option<Range<usize>>,
        mut deliver: impl FnMut(&Range<usize>),
    ) {
        let (mut at, mut delivered, mut previous_end) = (0, 0, None);
        while at <= subject.text.len() && limit.is_none_or(|limit| delivered < limit) {
            let Some(found) = search(at) else { return };
            let mut accept = true;
            if found.end == at {
                accept = previous_end != Some(found.start);
                at = at.saturating_add(subject.rune_len(at).max(1));
            } else {
                at = found.end;
            }
            previous_end = Some(found.end);
            if accept {
                deliver(&found);
                delivered = delivered.saturating_add(1);
            }
        }
    }
}

impl fmt::Debug for Regexp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regexp").field(&self.pattern).finish()
    }
}
