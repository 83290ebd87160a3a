//! What is to be said about a fleet beside the fleet itself.
//!
//! A finding is data: a rule, a cause with its arguments, whom it touches, and places. Its message and its
//! fingerprint are derived. One cause that touches 50,000 apps is one finding.

mod cause;
mod gap;
mod rule;

pub use cause::{Cause, Judged, RecordedFinding};
pub use gap::{Gap, Need};
pub use rule::{Rule, Severity};

use std::fmt;

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

use crate::model::ObjectRef;

/// Something to be said about a fleet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What it is about, with all that its message is made of.
    pub cause: Cause,
    /// The objects that it touches, sorted; may be many.
    pub subjects: Vec<ObjectRef>,
    /// Where it can be seen, the most telling place first.
    pub places: Vec<Place>,
}

/// A line of a file in a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The repository's URL as given; empty for a file of the inventory.
    pub repository: Text,
    /// The commit that it is read at, where that is not what is checked out; else empty.
    pub commit: Text,
    /// The file.
    pub path: TreePath,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1; 0 where only the line is known.
    pub column: u32,
    /// How many characters of the line are meant; 0 where only the beginning is known.
    pub width: u32,
}

impl fmt::Display for Place {
    /// The file with line and column, and the commit where that is not what is checked out: `apps/web.yaml:3:7`, `apps/web.yaml:3:7
    /// at 4e31625`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)?;
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write_commit(f, &self.commit)
    }
}

/// Says that a file is read at a commit that is not checked out.
pub(crate) fn write_commit(f: &mut fmt::Formatter<'_>, commit: &Text) -> fmt::Result {
    match &*commit.to_str_lossy() {
        "" => Ok(()),
        commit => write!(f, " at {}", commit.get(..7).unwrap_or(commit)),
    }
}

impl Finding {
    /// The rule that speaks.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.cause.rule()
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule().severity()
    }

    /// One line that says what is wrong with which thing.
    #[must_use]
    pub fn message(&self) -> String {
        self.cause.message(&self.subjects)
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        self.cause.help()
    }

    /// Names the finding across runs: it depends on the rule, the file, what causes it and the cause, not on lines.
    ///
    /// 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        if let Cause::Recorded(recorded) = &self.cause {
            return recorded.fingerprint.to_string();
        }
        let mut hash = Fnv::new();
        hash.write(self.rule().id().as_bytes());
        if let Some(place) = self.places.first() {
            hash.write(place.path.as_str().as_bytes());
        }
        if let Some(holder) = self.cause.holder(&self.subjects) {
            hash.write(holder.to_string().as_bytes());
        }
        hash.write(self.cause.identity().as_bytes());
        format!("{:016x}", hash.0)
    }
}

/// FNV-1a: fingerprints are written into baselines, so the function must never change.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
