//! Why a text does not match a pattern.

use std::fmt;

/// How far a text matches a pattern, and what would have to follow there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The farthest place in the text, in bytes, that the search came to.
    pub at: usize,
    /// The part of the pattern that does not match there; empty if the pattern is used up and text is left.
    pub wanted: String,
}

impl Mismatch {
    pub(super) fn new(at: usize, wanted: &[u8]) -> Self {
        Mismatch { at, wanted: String::from_utf8_lossy(wanted).into_owned() }
    }
}

/// `` `v2` is wanted at byte 5 ``
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wanted.is_empty() {
            write!(f, "the pattern ends at byte {}", self.at)
        } else {
            write!(f, "`{}` is wanted at byte {}", self.wanted, self.at)
        }
    }
}
