//! Regular expressions of the .NET dialect, as dlclark/regexp2 1.12 has them without options: with lookaround,
//! back-references, atomic and balancing groups. Argo CD reads entries between slashes with it.
//!
//! It tries one way after the other, which can take exponential time: steps are counted.

mod charset;
mod compile;
mod cursor;
mod escape;
mod groups;
mod parse;
mod run;
mod set;
mod tree;

use std::fmt;

use self::compile::Program;
use crate::Result;

/// A compiled expression of the backtracking dialect.
///
/// ```
/// use aoa_lang::text::regexp::BacktrackingRegexp;
///
/// let regexp = BacktrackingRegexp::new("^(?!kube-).*$")?;
/// assert!(regexp.is_match("team-a")? && !regexp.is_match("kube-system")?);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone)]
pub struct BacktrackingRegexp {
    pattern: Box<str>,
    program: Program,
}

impl BacktrackingRegexp {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// `Syntax` with the library's texts; `Limit` for groups that are nested too deeply.
    pub fn new(pattern: &str) -> Result<Self> {
        let (root, groups) = parse::parse(pattern)?;
        Ok(BacktrackingRegexp { pattern: pattern.into(), program: compile::compile(&root, groups)? })
    }

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether the text holds a match.
    ///
    /// # Errors
    /// `Limit` where the search takes too many steps; the library searches on without end.
    pub fn is_match(&self, text: &str) -> Result<bool> {
        run::is_match(&self.program, text)
    }
}

impl fmt::Debug for BacktrackingRegexp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BacktrackingRegexp").field(&self.pattern).finish()
    }
}
