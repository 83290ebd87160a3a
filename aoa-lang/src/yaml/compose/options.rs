//! Choices for reading YAML.

use crate::Limits;

/// How numbers come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// As `YAMLToJSON` writes them: int64, uint64 beyond it, float64.
    #[default]
    Exact,
    /// The same, but infinities and NaN are let through: they can still become text on the way to JSON.
    BeforeJson,
    /// As Kubernetes reads that JSON: int64 if there is no point and it fits, else float64.
    Kubernetes,
    /// As `encoding/json` reads that JSON into an `interface{}`: float64. So Helm reads values.
    Float64,
}

/// What happens when a key stands twice in a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one counts.
    #[default]
    LastWins,
    /// An error: `UnmarshalStrict`.
    Refused,
}

/// Which keys of the root somebody will look at.
pub(crate) trait Keeps: std::fmt::Debug + Sync {
    fn keeps(&self, key: &str) -> bool;
}

/// Choices for reading YAML.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LoadOptions {
    /// How numbers come out.
    pub numbers: Numbers,
    /// What happens when a key stands twice.
    pub duplicates: Duplicates,
    /// What the text may cost.
    pub limits: Limits,
    /// The values of other keys are read, and then may be left out.
    pub(crate) kept: Option<&'static dyn Keeps>,
}

impl LoadOptions {
    /// The options of `YAMLToJSON`.
    #[must_use]
    pub fn new() -> Self {
        LoadOptions::default()
    }

    /// These options with other numbers.
    #[must_use]
    pub fn with_numbers(self, numbers: Numbers) -> Self {
        LoadOptions { numbers, ..self }
    }

    /// These options with another rule for duplicate keys.
    #[must_use]
    pub fn with_duplicates(self, duplicates: Duplicates) -> Self {
        LoadOptions { duplicates, ..self }
    }

    /// These options for somebody who will only look at some keys of the root.
    pub(crate) fn with_kept(self, kept: &'static dyn Keeps) -> Self {
        LoadOptions { kept: Some(kept), ..self }
    }

    /// These options with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        LoadOptions { limits, ..self }
    }
}
