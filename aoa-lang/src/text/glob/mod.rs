//! Globs as gobwas/glob 0.2.3 has them, oddities included: what Argo CD's projects, policies and settings match with.
//!
//! `*` stands for text without separators, `**` for any text, `?` for one rune, `[abc]`, `[!abc]`, `[a-z]` and `[!a-z]`
//! for one rune of a set, `{a,b}` for alternatives. The library compiles a glob into a tree of shortcuts, some of which
//! are wrong, and those answers are part of the language: `a-*-b` matches `a-b`, `?` and `[!a]` match the empty text, and
//! `{a*,b}/c` with the separator `/` does not match `ax/c`.
//!
//! ```
//! use aoa_lang::text::glob::Glob;
//!
//! let glob = Glob::new("https://*.example.com/**", "/")?;
//! assert!(glob.matches("https://git.example.com/team/app")?);
//! assert_eq!(Glob::new("[z-a]", "").unwrap_err().to_string(), "hi character 'a' should be greater than lo 'z'");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod compile;
mod list;
mod matcher;
mod parse;

mod search;

use std::fmt;

use self::matcher::Matcher;
use crate::text::Mismatch;
use crate::{Error, Result};

pub use self::list::{Entry, PatternList, PatternMode};

/// The most wildcards, classes, alternatives and texts between them that a glob may have.
const MAX_TOKENS: usize = 1000;

/// A compiled glob.
#[derive(Clone)]
pub struct Glob {
    pattern: Box<str>,
    matcher: Matcher,
}

impl Glob {
    /// Compiles a pattern; each character of `separators` is one that `*` and `?` do not match.
    ///
    /// # Errors
    /// `Syntax` with the library's own texts; `Limit` for a pattern of more than 1,000 parts.
    pub fn new(pattern: &str, separators: &str) -> Result<Self> {
        let tree = parse::parse(pattern)?;
        let separators: Vec<char> = separators.chars().collect();
        let matcher = compile::compile(&tree, &separators.into())?;
        Ok(Glob { pattern: pattern.into(), matcher })
    }

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether the whole of `text` matches.
    ///
    /// # Errors
    /// `Invalid` where the library panics (`a{}` asked about `a`); `Limit` where it would search for minutes or years.
    pub fn matches(&self, text: &str) -> Result<bool> {
        Ok(self.mismatch(text)?.is_none())
    }

    /// Why `text` does not match, if it does not: [`Glob::matches`] with its reason.
    ///
    /// ```
    /// use aoa_lang::text::glob::Glob;
    /// let why = Glob::new("https://github.com/acme/*", "/")?.mismatch("https://github.com/other/fleet")?.unwrap();
    /// assert_eq!(why.to_string(), "`https://github.com/acme/*` is wanted at byte 0");
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Glob::matches`].
    pub fn mismatch(&self, text: &str) -> Result<Option<Mismatch>> {
        search::mismatch(&self.matcher, text.as_bytes()).map_err(|problem| match problem {
            search::Problem::Panic => {
                Error::invalid(format!("the glob `{}` makes Argo CD panic on `{text}`", self.pattern))
            }
            search::Problem::Steps => {
                Error::limit(format!("the glob `{}` takes too many steps", self.pattern))
            }
        })
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Glob").field(&self.pattern).finish()
    }
}
