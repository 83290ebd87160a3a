//! Go's syntax of regular expressions: what it accepts, and what that means.
//!
//! Text goes through three hands: the parser with Go's rules and refusals, Go's tree, and the tree of the `regex`
//! family, which compiles it.

pub(super) mod class;
mod escape;
mod hir;
mod parse;
mod tree;
pub(super) mod unicode;

use regex_syntax::hir::Hir;

use crate::Result;

/// What a pattern means.
pub(super) struct Pattern {
    /// The expression, its groups numbered and not named.
    pub(super) hir: Hir,
    /// Names of the groups, `""` where there is none; the first is the whole match.
    pub(super) names: Vec<String>,
}

/// Reads `pattern`.
pub(super) fn read(pattern: &[u8]) -> Result<Pattern> {
    let parsed = parse::parse(pattern)?;
    Ok(Pattern { hir: hir::translate(&parsed.root), names: parsed.names })
}
