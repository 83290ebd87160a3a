//! One pattern of a project's list: a glob, or a glob behind `!` that denies.

use aoa_lang::text::glob::Glob;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    denies: bool,
    text: String,
    /// `None`: it does not compile and matches nothing.
    glob: Option<Glob>,
}

impl Pattern {
    /// Compiles `pattern`; each character of `separators` is one that `*` does not cross.
    pub(super) fn new(pattern: &str, separators: &str) -> Self {
        let (denies, glob) = match pattern.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        Pattern { denies, text: pattern.to_owned(), glob: Glob::new(glob, separators).ok() }
    }

    /// Compiles `pattern` for a list in which `!` has no meaning.
    pub(super) fn plain(pattern: &str) -> Self {
        Pattern { denies: false, text: pattern.to_owned(), glob: Glob::new(pattern, "").ok() }
    }

    /// Whether it begins with `!`.
    pub(super) fn denies(&self) -> bool {
        self.denies
    }

    /// `globMatch` with negation allowed: a denying pattern matches what its glob does not.
    pub(super) fn matches(&self, text: &str) -> bool {
        if self.text == "*" {
            return true;
        }
        let found = self.glob.as_ref().is_some_and(|glob| glob.matches(text).unwrap_or(false));
        found != self.denies
    }
}
