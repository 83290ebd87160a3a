//! One version.

use std::cmp::Ordering;
use std::fmt;

use super::scan::{identifiers, is_identifier, marked, run};
use crate::{Error, Result};

/// A semantic version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: String,
    metadata: String,
    original: String,
}

impl Version {
    /// Reads a version generously: a leading `v`, missing minor and patch numbers and leading zeros in the three numbers
    /// are accepted. Go's `NewVersion`.
    ///
    /// # Errors
    /// `Syntax` with the library's own texts.
    pub fn parse(text: &str) -> Result<Self> {
        let loose = Loose::read(text).ok_or_else(|| Error::syntax("invalid semantic version"))?;
        let number =
            |digits| parse_uint(digits).map_err(|error| error.prefixed("error parsing version segment: "));
        let version = Version {
            major: number(loose.major)?,
            minor: loose.minor.map_or(Ok(0), number)?,
            patch: loose.patch.map_or(Ok(0), number)?,
            prerelease: loose.prerelease.to_owned(),
            metadata: loose.metadata.to_owned(),
            original: text.to_owned(),
        };
        if !version.prerelease.is_empty() {
            validate_prerelease(&version.prerelease)?;
        }
        Ok(version)
    }

    /// Reads a version that follows the specification to the letter. Go's `StrictNewVersion`.
    ///
    /// # Errors
    /// `Syntax` with the library's own texts.
    pub fn parse_strict(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::syntax("version string empty"));
        }
        let mut parts = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::syntax("invalid semantic version"));
        };
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(rest, m)| (rest, Some(m)));
        metadata.map_or(Ok(()), validate_metadata)?;
        let (patch, prerelease) = rest.split_once('-').map_or((rest, None), |(rest, p)| (rest, Some(p)));
        prerelease.map_or(Ok(()), validate_prerelease)?;
        for part in [major, minor, patch] {
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Error::syntax("invalid characters in version"));
            }
            if part.len() > 1 && part.starts_with('0') {
                return Err(Error::syntax("version segment starts with 0"));
            }
        }
        Ok(Version {
            major: parse_uint(major)?,
            minor: parse_uint(minor)?,
            patch: parse_uint(patch)?,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        })
    }

    /// The first number.
    #[must_use]
    pub fn major(&self) -> u64 {
        self.major
    }

    /// The second number.
    #[must_use]
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// The third number.
    #[must_use]
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// What stands behind `-`, or nothing.
    #[must_use]
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }

    /// What stands behind `+`, or nothing.
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// The text that was read.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The next patch; of a pre-release, the release itself.
    #[must_use]
    pub fn inc_patch(&self) -> Version {
        let step = u64::from(self.prerelease.is_empty());
        self.with_numbers(self.major, self.minor, self.patch.wrapping_add(step))
    }

    /// The next minor version.
    #[must_use]
    pub fn inc_minor(&self) -> Version {
        self.with_numbers(self.major, self.minor.wrapping_add(1), 0)
    }

    /// The next major version.
    #[must_use]
    pub fn inc_major(&self) -> Version {
        self.with_numbers(self.major.wrapping_add(1), 0, 0)
    }

    /// The same version with another pre-release; the empty text removes it.
    ///
    /// # Errors
    /// `Syntax` where `prerelease` is not one.
    pub fn with_prerelease(&self, prerelease: &str) -> Result<Version> {
        if !prerelease.is_empty() {
            validate_prerelease(prerelease)?;
        }
        Ok(Version { prerelease: prerelease.to_owned(), ..self.clone() }.respelled())
    }

    /// The same version with other metadata; the empty text removes it.
    ///
    /// # Errors
    /// `Syntax` where `metadata` is none.
    pub fn with_metadata(&self, metadata: &str) -> Result<Version> {
        if !metadata.is_empty() {
            validate_metadata(metadata)?;
        }
        Ok(Version { metadata: metadata.to_owned(), ..self.clone() }.respelled())
    }

    /// Orders two versions; metadata does not count, a pre-release comes before its release.
    #[must_use]
    pub fn compare(&self, other: &Version) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| compare_prereleases(&self.prerelease, &other.prerelease))
    }

    fn with_numbers(&self, major: u64, minor: u64, patch: u64) -> Version {
        let (prerelease, metadata) = (String::new(), String::new());
        Version { major, minor, patch, prerelease, metadata, original: self.original.clone() }.respelled()
    }

    /// Writes the original text anew, keeping a leading `v`.
    fn respelled(mut self) -> Version {
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// The parts of a version as they stand in its text.
struct Loose<'t> {
    major: &'t str,
    minor: Option<&'t str>,
    patch: Option<&'t str>,
    prerelease: &'t str,
    metadata: &'t str,
}

impl<'t> Loose<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let is_digit = |b: u8| b.is_ascii_digit();
        let (major, mut rest) = run(text.strip_prefix('v').unwrap_or(text), is_digit)?;
        let take = |found: Option<(&'t str, &'t str)>, rest: &mut &'t str| {
            found.map(|(part, tail)| {
                *rest = tail;
                part
            })
        };
        let minor = take(marked(rest, '.', is_digit), &mut rest);
        let patch = take(marked(rest, '.', is_digit), &mut rest);
        let prerelease = take(identifiers(rest, '-'), &mut rest).unwrap_or_default();
        let metadata = take(identifiers(rest, '+'), &mut rest).unwrap_or_default();
        rest.is_empty().then_some(Loose { major, minor, patch, prerelease, metadata })
    }
}

/// Go's `strconv.ParseUint`, for digits.
fn parse_uint(digits: &str) -> Result<u64> {
    digits.parse().map_err(|_| {
        let problem = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
        Error::syntax(format!("strconv.ParseUint: parsing \"{digits}\": {problem}"))
    })
}

fn validate_prerelease(text: &str) -> Result<()> {
    for part in text.split('.') {
        if part.is_empty() || !part.bytes().all(is_identifier) {
            return Err(Error::syntax("invalid prerelease string"));
        }
        if part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::syntax("version segment starts with 0"));
        }
    }
    Ok(())
}

fn validate_metadata(text: &str) -> Result<()> {
    match text.split('.').all(|part| !part.is_empty() && part.bytes().all(is_identifier)) {
        true => Ok(()),
        false => Err(Error::syntax("invalid metadata string")),
    }
}

fn compare_prereleases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => match compare_identifiers(left, right) {
                Ordering::Equal => {}
                order => return order,
            },
        }
    }
}

/// Numbers come before words; a number that does not fit into 64 bits is a word.
fn compare_identifiers(left: &str, right: &str) -> Ordering {
    match (left.parse::<u64>(), right.parse::<u64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}
