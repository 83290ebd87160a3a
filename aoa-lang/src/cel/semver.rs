//! Versions as blang/semver 4.0.0 reads and orders them: stricter than Masterminds'.

use std::cmp::Ordering;
use std::fmt;

use crate::strconv::quote;

/// A semantic version.
#[derive(Clone, Debug)]
pub struct Semver {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
    prerelease: Vec<Part>,
    build: Vec<String>,
}

/// A part of a prerelease; numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

impl Semver {
    /// Reads `MAJOR.MINOR.PATCH` with an optional prerelease and build.
    ///
    /// # Errors
    /// Upstream's messages.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Version string empty".to_owned());
        }
        let mut parts = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("No Major.Minor.Patch elements found".to_owned());
        };
        let (major, minor) = (number(major, "Major")?, number(minor, "Minor")?);
        let (rest, build) = rest.split_once('+').map_or((rest, None), |(rest, build)| (rest, Some(build)));
        let (patch, prerelease) = rest.split_once('-').map_or((rest, None), |(rest, pre)| (rest, Some(pre)));
        let patch = number(patch, "Patch")?;
        let prerelease = prerelease
            .into_iter()
            .flat_map(|p| p.split('.'))
            .map(prerelease_part)
            .collect::<Result<_, _>>()?;
        let build = build.into_iter().flat_map(|b| b.split('.')).map(build_part).collect::<Result<_, _>>()?;
        Ok(Semver { major, minor, patch, prerelease, build })
    }

    /// Reads a version that may have a `v` in front, leading zeros and fewer than three numbers.
    ///
    /// # Errors
    /// Upstream's messages.
    pub fn parse_loosely(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts: Vec<String> = text.splitn(3, '.').map(without_leading_zeros).collect();
        if parts.len() < 3 {
            if parts.last().is_some_and(|part| part.contains(['+', '-'])) {
                return Err("short version cannot contain PreRelease/Build meta data".to_owned());
            }
            parts.resize(3, "0".to_owned());
        }
        Semver::parse(&parts.join("."))
    }

    /// Order of precedence; the build does not count.
    #[must_use]
    pub fn compare(&self, other: &Semver) -> Ordering {
        let numbers = |v: &Semver| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| {
            match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => self.prerelease.cmp(&other.prerelease),
            }
        })
    }
}

impl fmt::Display for Semver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        for (index, part) in self.prerelease.iter().enumerate() {
            f.write_str(if index == 0 { "-" } else { "." })?;
            match part {
                Part::Number(n) => write!(f, "{n}")?,
                Part::Text(text) => f.write_str(text)?,
            }
        }
        for (index, part) in self.build.iter().enumerate() {
            write!(f, "{}{part}", if index == 0 { "+" } else { "." })?;
        }
        Ok(())
    }
}

fn number(text: &str, which: &str) -> Result<u64, String> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        let which = which.to_ascii_lowercase();
        // `containsOnly` holds for the empty text, which then is no number.
        return Err(if text.is_empty() {
            "strconv.ParseUint: parsing \"\": invalid syntax".to_owned()
        } else {
            format!("Invalid character(s) found in {which} number {}", quote(text.as_bytes()))
        });
    }
    if has_leading_zeros(text) {
        return Err(format!("{which} number must not contain leading zeroes {}", quote(text.as_bytes())));
    }
    text.parse()
        .map_err(|_| format!("strconv.ParseUint: parsing {}: value out of range", quote(text.as_bytes())))
}

fn prerelease_part(text: &str) -> Result<Part, String> {
    if text.is_empty() {
        return Err("Prerelease is empty".to_owned());
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        if has_leading_zeros(text) {
            let shown = quote(text.as_bytes());
            return Err(format!("Numeric PreRelease version must not contain leading zeroes {shown}"));
        }
        let out_of_range =
            |_| format!("strconv.ParseUint: parsing {}: value out of range", quote(text.as_bytes()));
        return text.parse().map(Part::Number).map_err(out_of_range);
    }
    if !is_identifier(text) {
        return Err(format!("Invalid character(s) found in prerelease {}", quote(text.as_bytes())));
    }
    Ok(Part::Text(text.to_owned()))
}

fn build_part(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("Build meta data is empty".to_owned());
    }
    if !is_identifier(text) {
        return Err(format!("Invalid character(s) found in build meta data {}", quote(text.as_bytes())));
    }
    Ok(text.to_owned())
}

fn has_leading_zeros(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0')
}

fn is_identifier(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn without_leading_zeros(part: &str) -> String {
    if part.len() <= 1 {
        return part.to_owned();
    }
    let trimmed = part.trim_start_matches('0');
    if trimmed.starts_with(|c: char| c.is_ascii_digit()) { trimmed.to_owned() } else { format!("0{trimmed}") }
}
