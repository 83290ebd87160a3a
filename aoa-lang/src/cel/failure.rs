//! That an expression fails when it is evaluated.

use std::borrow::Cow;
use std::fmt;

/// Why an expression has no value: cel-go's text.
///
/// ```
/// use aoa_lang::cel::{Environment, NoVariables};
/// let program = Environment::kubernetes().compile("1 / 0 > 0")?.program()?;
/// let failure = program.evaluate(&NoVariables, u64::MAX).value.err().unwrap();
/// assert_eq!(failure.message(), "division by zero");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    message: Cow<'static, str>,
    kind: FailureKind,
}

/// Whether `||` and `&&` may absorb a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// An error of a value.
    Error,
    /// The budget is used up: the whole evaluation ends.
    Cancelled,
}

impl Failure {
    /// A failure with this text.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Failure { message: message.into(), kind: FailureKind::Error }
    }

    /// A failure with a fixed text.
    pub(super) const fn fixed(message: &'static str) -> Self {
        Failure { message: Cow::Borrowed(message), kind: FailureKind::Error }
    }

    /// No implementation takes these arguments.
    pub(super) const fn no_overload() -> Self {
        Failure { message: Cow::Borrowed("no such overload"), kind: FailureKind::Error }
    }

    pub(super) fn over_budget() -> Self {
        Failure {
            message: Cow::Borrowed("operation cancelled: actual cost limit exceeded"),
            kind: FailureKind::Cancelled,
        }
    }

    pub(super) fn is_absorbable(&self) -> bool {
        self.kind == FailureKind::Error
    }

    /// The text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the evaluation was ended because it cost too much.
    #[must_use]
    pub fn is_over_budget(&self) -> bool {
        self.kind == FailureKind::Cancelled
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
