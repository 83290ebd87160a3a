//! What Argo CD's controller writes into the status of an Application.

use std::fmt;

use aoa_lang::value::Text;

/// A condition of an Application, without its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What kind of condition it is.
    pub kind: ConditionKind,
    /// Argo CD's words.
    pub message: Text,
}

/// The kinds of conditions that follow from files alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConditionKind {
    /// The spec is invalid or not permitted.
    InvalidSpecError,
    /// The manifests cannot be known.
    ComparisonError,
    /// An object is generated several times; the last one counts.
    RepeatedResourceWarning,
    /// An object is of a kind that the settings exclude.
    ExcludedResourceWarning,
}

impl ConditionKind {
    /// The name, as Argo CD writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ConditionKind::InvalidSpecError => "InvalidSpecError",
            ConditionKind::ComparisonError => "ComparisonError",
            ConditionKind::RepeatedResourceWarning => "RepeatedResourceWarning",
            ConditionKind::ExcludedResourceWarning => "ExcludedResourceWarning",
        }
    }
}

impl Condition {
    /// The condition `kind` with `message`.
    #[must_use]
    pub fn new(kind: ConditionKind, message: impl Into<Text>) -> Self {
        Condition { kind, message: message.into() }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}
