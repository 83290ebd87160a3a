//! Conditions on versions.

use std::cmp::Ordering;
use std::fmt;

use super::scan::{identifiers, marked, run};
use super::version::Version;
use crate::text::regexp::Regexp;
use crate::{Error, Result};

/// The longest constraint that is read; the library knows no bound, and its rewriting of ranges is quadratic.
const MAX_BYTES: usize = 16 << 10;

/// A condition on versions: alternatives that `||` separates, each a list of comparisons that must all hold.
#[derive(Clone, Debug)]
pub struct Constraint {
    alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug)]
struct Alternative {
    comparisons: Vec<Comparison>,
    /// Whether a comparison names a pre-release: only then are pre-releases looked at.
    prereleases: bool,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: &'static str,
    relation: Relation,
    version: Version,
    /// The version as it is written.
    original: String,
    wildcard: Wildcard,
}

#[derive(Clone, Copy, Debug)]
enum Relation {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// The first number that is left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wildcard {
    None,
    Major,
    Minor,
    Patch,
}

const OPERATORS: &[(&str, Relation)] = &[
    ("", Relation::Equal),
    ("=", Relation::Equal),
    ("!=", Relation::NotEqual),
    (">", Relation::Greater),
    ("<", Relation::Less),
    (">=", Relation::GreaterOrEqual),
    ("=>", Relation::GreaterOrEqual),
    ("<=", Relation::LessOrEqual),
    ("=<", Relation::LessOrEqual),
    ("~", Relation::Tilde),
    ("~>", Relation::Tilde),
    ("^", Relation::Caret),
];

/// Why a version does not satisfy a comparison; its text is the library's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What failed.
    pub refusal: Refusal,
    /// The version that was asked about.
    pub version: String,
    /// The version of the comparison, as it is written.
    pub wanted: String,
}

/// What a comparison found wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The version is a pre-release, and the alternative names none.
    Prerelease,
    /// Equal, and should not be.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less than, or equal.
    LessOrEqual,
    /// Greater than, or equal.
    GreaterOrEqual,
    /// Less than.
    Less,
    /// Greater than.
    Greater,
    /// Another major version.
    Major,
    /// Another major or minor version.
    MajorOrMinor,
    /// Another minor version below 1.0, where `^` keeps the minor version.
    ZeroMajorMinor,
    /// Another minor version.
    Minor,
    /// Another version below 0.1, where `^` keeps the whole version.
    ZeroMinorPatch,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = match self.refusal {
            Refusal::Prerelease => {
                let text = "is a prerelease version and the constraint is only looking for release versions";
                return write!(f, "{} {text}", self.version);
            }
            Refusal::Equal => ("is equal to", ""),
            Refusal::NotEqual => ("is not equal to", ""),
            Refusal::LessOrEqual => ("is less than or equal to", ""),
            Refusal::GreaterOrEqual => ("is greater than or equal to", ""),
            Refusal::Less => ("is less than", ""),
            Refusal::Greater => ("is greater than", ""),
            Refusal::Major => ("does not have same major version as", ""),
            Refusal::MajorOrMinor => ("does not have same major and minor version as", ""),
            Refusal::ZeroMajorMinor => (
                "does not have same minor version as",
                ". Expected minor versions to match when constraint major version is 0",
            ),
            Refusal::Minor => ("does not have same minor version as", ""),
            Refusal::ZeroMinorPatch => (
                "does not equal",
                ". Expect version and constraint to equal when major and minor versions are 0",
            ),
        };
        write!(f, "{} {before} {}{after}", self.version, self.wanted)
    }
}

impl Constraint {
    /// Reads a constraint: Go's `NewConstraint`.
    ///
    /// # Errors
    /// `Syntax` with the library's own texts; `Limit` for more than 16 KiB.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_BYTES {
            return Err(Error::limit(format!("the version constraint is longer than {MAX_BYTES} bytes")));
        }
        let text = rewrite_ranges(text)?;
        let alternatives = text.split("||").map(Alternative::parse).collect::<Result<_>>()?;
        Ok(Constraint { alternatives })
    }

    /// Whether `version` satisfies the constraint.
    #[must_use]
    pub fn check(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|alternative| alternative.refusals(version).next().is_none())
    }

    /// The number of the alternative that `version` satisfies first.
    ///
    /// # Errors
    /// Where it satisfies none: the reasons, alternative by alternative. Go's `Validate`.
    pub fn explain(&self, version: &Version) -> std::result::Result<usize, Vec<Reason>> {
        let mut reasons: Vec<Reason> = Vec::new();
        let mut said_prerelease = false;
        for (index, alternative) in self.alternatives.iter().enumerate() {
            let mut refused = false;
            for (comparison, refusal) in alternative.refusals(version) {
                refused = true;
                // It is the same for all alternatives, and said once.
                let repeated = refusal == Refusal::Prerelease && said_prerelease;
                said_prerelease |= refusal == Refusal::Prerelease;
                if !repeated {
                    let (version, wanted) = (version.to_string(), comparison.original.clone());
                    reasons.push(Reason { refusal, version, wanted });
                }
            }
            if !refused {
                return Ok(index);
            }
        }
        Err(reasons)
    }
}

/// The canonical text: Go's `String`.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, alternative) in self.alternatives.iter().enumerate() {
            if index > 0 {
                f.write_str(" || ")?;
            }
            for (index, comparison) in alternative.comparisons.iter().enumerate() {
                let space = if index > 0 { " " } else { "" };
                write!(f, "{space}{}{}", comparison.operator, comparison.original)?;
            }
        }
        Ok(())
    }
}

impl Alternative {
    fn parse(text: &str) -> Result<Self> {
        let scanned = scan(text).ok_or_else(|| Error::syntax(format!("improper constraint: {text}")))?;
        let comparisons = scanned.into_iter().map(Comparison::new).collect::<Result<Vec<_>>>()?;
        let prereleases = comparisons.iter().any(|c| !c.version.prerelease().is_empty());
        Ok(Alternative { comparisons, prereleases })
    }

    /// The comparisons that `version` does not satisfy.
    fn refusals(&self, version: &Version) -> impl Iterator<Item = (&Comparison, Refusal)> {
        let unwanted = !self.prereleases && !version.prerelease().is_empty();
        self.comparisons.iter().filter_map(move |comparison| {
            let refusal = if unwanted { Some(Refusal::Prerelease) } else { comparison.refusal(version) };
            refusal.map(|refusal| (comparison, refusal))
        })
    }
}

/// A comparison as it stands in the text.
struct Written<'t> {
    operator: &'static str,
    relation: Relation,
    whole: &'t str,
    major: &'t str,
    minor: Option<&'t str>,
    patch: Option<&'t str>,
    prerelease: Option<&'t str>,
}

/// Reads comparisons that white space or commas separate; `None` if the text is anything else.
fn scan(text: &str) -> Option<Vec<Written<'_>>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    loop {
        let (written, tail) = scan_one(rest)?;
        found.push(written);
        rest = tail.trim_start_matches(is_space);
        if rest.is_empty() {
            return Some(found);
        }
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind.trim_start_matches(is_space),
            None if rest.len() == tail.len() => return None,
            None => {}
        }
    }
}

fn scan_one(text: &str) -> Option<(Written<'_>, &str)> {
    let operator = run(text, |b| b"=!<>~^".contains(&b)).map_or("", |(operator, _)| operator);
    let (operator, relation) = OPERATORS.iter().find(|(known, _)| *known == operator)?;
    let start = text.strip_prefix(operator)?.trim_start_matches(is_space);
    // The library means to list `x`, `X` and `*`, and lists `|` too.
    let is_number = |b: u8| b.is_ascii_digit() || b"|xX*".contains(&b);
    let (major, mut rest) = run(start.strip_prefix('v').unwrap_or(start), is_number)?;
    let minor = marked(rest, '.', is_number);
    rest = minor.map_or(rest, |(_, rest)| rest);
    let patch = marked(rest, '.', is_number);
    rest = patch.map_or(rest, |(_, rest)| rest);
    let prerelease = identifiers(rest, '-');
    rest = prerelease.map_or(rest, |(_, rest)| rest);
    rest = identifiers(rest, '+').map_or(rest, |(_, rest)| rest);
    let whole = start.get(..start.len().saturating_sub(rest.len()))?;
    Some((
        Written {
            operator,
            relation: *relation,
            whole,
            major,
            minor: minor.map(|(part, _)| part),
            patch: patch.map(|(part, _)| part),
            prerelease: prerelease.map(|(part, _)| part),
        },
        rest,
    ))
}

fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0C' | '\r' | ' ')
}

/// Turns `1.2 - 1.4` into two comparisons, text by text as the library does.
fn rewrite_ranges(text: &str) -> Result<String> {
    let mut rewritten = text.to_owned();
    let spaced = |around: &[u8]| match around {
        [before, b'-', after] => is_space(char::from(*before)) && is_space(char::from(*after)),
        _ => false,
    };
    if !text.as_bytes().windows(3).any(spaced) {
        return Ok(rewritten);
    }
    let number = r"[0-9|xX*]+";
    let tail = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*";
    let version = format!(r"v?{number}(?:\.{number})?(?:\.{number})?(?:-{tail})?(?:\+{tail})?");
    let range = Regexp::new(format!(r"\s*({version})\s+-\s+({version})\s*"))?;
    for found in range.captures_all(text, None) {
        let part =
            |index: usize| found.group(index).and_then(|span| text.get(span.clone())).unwrap_or_default();
        rewritten = rewritten.replacen(part(0), &format!(">= {}, <= {} ", part(1), part(2)), 1);
    }
    Ok(rewritten)
}

impl Comparison {
    fn new(written: Written<'_>) -> Result<Self> {
        let is_open = |part: Option<&str>| part.is_none_or(|part| matches!(part, "x" | "X" | "*"));
        let wildcard = if is_open(Some(written.major)) {
            Wildcard::Major
        } else if is_open(written.minor) {
            Wildcard::Minor
        } else if is_open(written.patch) {
            Wildcard::Patch
        } else {
            Wildcard::None
        };
        let tail = written.prerelease.map(|prerelease| format!("-{prerelease}")).unwrap_or_default();
        let (major, minor) = (written.major, written.minor.unwrap_or_default());
        let text = match wildcard {
            Wildcard::None => written.whole.to_owned(),
            Wildcard::Major => format!("0.0.0{tail}"),
            Wildcard::Minor => format!("{major}.0.0{tail}"),
            Wildcard::Patch => format!("{major}.{minor}.0{tail}"),
        };
        let version = Version::parse(&text).map_err(|_| Error::syntax("constraint parser error"))?;
        let original = written.whole.to_owned();
        Ok(Comparison { operator: written.operator, relation: written.relation, version, original, wildcard })
    }

    /// Why `version` does not satisfy the comparison, if it does not.
    fn refusal(&self, version: &Version) -> Option<Refusal> {
        let order = version.compare(&self.version);
        let unless = |holds: bool, refusal: Refusal| (!holds).then_some(refusal);
        match self.relation {
            Relation::Equal if self.wildcard != Wildcard::None => self.tilde(version),
            Relation::Equal => unless(order == Ordering::Equal, Refusal::NotEqual),
            Relation::NotEqual => unless(self.differs(version, order), Refusal::Equal),
            Relation::Greater => unless(self.is_below(version, order), Refusal::LessOrEqual),
            Relation::Less => unless(order == Ordering::Less, Refusal::GreaterOrEqual),
            Relation::GreaterOrEqual => unless(order != Ordering::Less, Refusal::Less),
            Relation::LessOrEqual => unless(self.is_at_least(version, order), Refusal::Greater),
            Relation::Tilde => self.tilde(version),
            Relation::Caret => self.caret(version),
        }
    }

    fn differs(&self, version: &Version, order: Ordering) -> bool {
        let same_major = self.version.major() == version.major();
        let same_minor = self.version.minor() == version.minor();
        match self.wildcard {
            Wildcard::None => order != Ordering::Equal,
            Wildcard::Minor => !same_major,
            Wildcard::Patch => {
                // A pre-release is not among the patches that the wildcard stands for.
                !same_major || !same_minor || version.prerelease() != self.version.prerelease()
            }
            Wildcard::Major => {
                !same_major
                    || !same_minor
                    || self.version.patch() != version.patch()
                    || order != Ordering::Equal
            }
        }
    }

    /// Whether the comparison's version, with all it stands for, is less than `version`.
    fn is_below(&self, version: &Version, order: Ordering) -> bool {
        match (self.wildcard, version.major().cmp(&self.version.major())) {
            (Wildcard::None, _) => order == Ordering::Greater,
            (_, Ordering::Greater) => true,
            (_, Ordering::Less) | (Wildcard::Minor, Ordering::Equal) => false,
            (Wildcard::Patch, Ordering::Equal) => version.minor() > self.version.minor(),
            (Wildcard::Major, Ordering::Equal) => order == Ordering::Greater,
        }
    }

    /// Whether the comparison's version, with all it stands for, is not less than `version`.
    fn is_at_least(&self, version: &Version, order: Ordering) -> bool {
        match (self.wildcard, version.major().cmp(&self.version.major())) {
            (Wildcard::None, _) => order != Ordering::Greater,
            (_, Ordering::Greater) => false,
            (_, Ordering::Less) | (Wildcard::Minor, Ordering::Equal) => true,
            (Wildcard::Major | Wildcard::Patch, Ordering::Equal) => version.minor() <= self.version.minor(),
        }
    }

    fn tilde(&self, version: &Version) -> Option<Refusal> {
        let wanted = &self.version;
        if version.compare(wanted) == Ordering::Less {
            return Some(Refusal::Less);
        }
        let open = matches!(self.wildcard, Wildcard::Minor | Wildcard::Patch);
        // `~0.0.0` and `*` accept everything from there on.
        if (wanted.major(), wanted.minor(), wanted.patch()) == (0, 0, 0) && !open {
            return None;
        }
        if version.major() != wanted.major() {
            return Some(Refusal::Major);
        }
        let other_minor = version.minor() != wanted.minor() && self.wildcard != Wildcard::Minor;
        other_minor.then_some(Refusal::MajorOrMinor)
    }

    fn caret(&self, version: &Version) -> Option<Refusal> {
        let wanted = &self.version;
        if version.compare(wanted) == Ordering::Less {
            return Some(Refusal::Less);
        }
        let same_major = version.major() == wanted.major();
        let same_minor = version.minor() == wanted.minor();
        if !same_major {
            return Some(Refusal::Major);
        }
        if wanted.major() > 0 || self.wildcard == Wildcard::Minor {
            return None;
        }
        if wanted.minor() > 0 || self.wildcard == Wildcard::Patch {
            return (!same_minor).then_some(Refusal::ZeroMajorMinor);
        }
        if !same_minor {
            return Some(Refusal::Minor);
        }
        (version.patch() != wanted.patch()).then_some(Refusal::ZeroMinorPatch)
    }
}
