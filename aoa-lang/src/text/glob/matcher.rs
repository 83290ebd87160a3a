//! The tree of shortcuts that a glob compiles to.

use std::fmt;
use std::sync::Arc;

/// One shortcut, or a combination of them. The names are those of gobwas' package `match`.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Nothing,
    Super,
    Any(Arc<[char]>),
    Single(Arc<[char]>),
    List { chars: Arc<[char]>, not: bool },
    Range { lo: char, hi: char, not: bool },
    Text { text: Arc<[u8]>, runes: usize },
    Prefix(Arc<[u8]>),
    Suffix(Arc<[u8]>),
    PrefixAny(Arc<[u8]>, Arc<[char]>),
    SuffixAny(Arc<[u8]>, Arc<[char]>),
    PrefixSuffix(Arc<[u8]>, Arc<[u8]>),
    Contains { needle: Arc<[u8]>, not: bool },
    Min(usize),
    Max(usize),
    EveryOf(Vec<Matcher>),
    AnyOf(Vec<Matcher>),
    Row { matchers: Vec<Matcher>, runes: usize },
    Split(Arc<Split>),
}

/// A matcher in the middle, and what must match before and behind it: gobwas' `BTree`.
#[derive(Debug)]
pub(super) struct Split {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    pub(super) left_runes: Option<usize>,
    pub(super) right_runes: Option<usize>,
    pub(super) runes: Option<usize>,
}

impl Split {
    pub(super) fn new(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Self {
        let side = |matcher: &Option<Matcher>| matcher.as_ref().map_or(Some(0), Matcher::runes);
        let (left_runes, right_runes) = (side(&left), side(&right));
        let runes = match (value.runes(), left_runes, right_runes) {
            (Some(value), Some(left), Some(right)) => Some(value.saturating_add(left).saturating_add(right)),
            _ => None,
        };
        Split { value, left, right, left_runes, right_runes, runes }
    }
}

impl Matcher {
    pub(super) fn text(text: &str) -> Self {
        Matcher::Text { text: text.as_bytes().into(), runes: text.chars().count() }
    }

    /// How many runes it matches, if that is always the same.
    pub(super) fn runes(&self) -> Option<usize> {
        match self {
            Matcher::Nothing => Some(0),
            Matcher::Single(_) | Matcher::List { .. } | Matcher::Range { .. } => Some(1),
            Matcher::Text { runes, .. } | Matcher::Row { runes, .. } => Some(*runes),
            Matcher::Split(split) => split.runes,
            Matcher::AnyOf(matchers) => {
                // An alternative without a length is forgotten when it comes first: gobwas' `AnyOf.Len`.
                let mut length = None;
                for runes in matchers.iter().map(Matcher::runes) {
                    match (length, runes) {
                        (None, runes) => length = runes,
                        (Some(length), Some(runes)) if length == runes => {}
                        (Some(_), _) => return None,
                    }
                }
                length
            }
            Matcher::EveryOf(matchers) if matchers.is_empty() => Some(0),
            Matcher::EveryOf(_)
            | Matcher::Super
            | Matcher::Any(_)
            | Matcher::Prefix(_)
            | Matcher::Suffix(_)
            | Matcher::PrefixAny(..)
            | Matcher::SuffixAny(..)
            | Matcher::PrefixSuffix(..)
            | Matcher::Contains { .. }
            | Matcher::Min(_)
            | Matcher::Max(_) => None,
        }
    }
}

/// The shortcut as a glob would write it, for people.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let not = |not: bool| if not { "!" } else { "" };
        match self {
            Matcher::Nothing => Ok(()),
            Matcher::Super => f.write_str("**"),
            Matcher::Any(_) => f.write_str("*"),
            Matcher::Single(_) => f.write_str("?"),
            Matcher::List { chars, not: negated } => {
                write!(f, "[{}{}]", not(*negated), chars.iter().collect::<String>())
            }
            Matcher::Range { lo, hi, not: negated } => write!(f, "[{}{lo}-{hi}]", not(*negated)),
            Matcher::Text { text: bytes, .. } => f.write_str(&text(bytes)),
            Matcher::Prefix(bytes) | Matcher::PrefixAny(bytes, _) => write!(f, "{}*", text(bytes)),
            Matcher::Suffix(bytes) | Matcher::SuffixAny(bytes, _) => write!(f, "*{}", text(bytes)),
            Matcher::PrefixSuffix(before, behind) => write!(f, "{}*{}", text(before), text(behind)),
            Matcher::Contains { needle, not: false } => write!(f, "*{}*", text(needle)),
            Matcher::Contains { needle, not: true } => write!(f, "no {}", text(needle)),
            Matcher::Min(runes) => write!(f, "{runes} characters or more"),
            Matcher::Max(runes) => write!(f, "{runes} characters or fewer"),
            Matcher::EveryOf(_) | Matcher::AnyOf(_) | Matcher::Row { .. } | Matcher::Split(_) => {
                f.write_str("the pattern")
            }
        }
    }
}
