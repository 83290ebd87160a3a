//! Input on which Argo CD's controller crashes: here it is an error like others, but one that leaves nothing generated.

use aoa_lang::Error;

const HELP: &str =
    "the ApplicationSet controller of Argo CD crashes on this, and generates nothing for any set";

/// The error for a crash: what is wrong, and what Go says.
pub(super) fn crash(what: &str, panic: &str) -> Error {
    Error::invalid(format!("{what} (Argo CD crashes: {panic})")).with_help(HELP)
}

/// Marks an error as a crash.
pub(super) fn as_crash(error: Error) -> Error {
    error.with_help(HELP)
}

/// Whether the error is a crash.
pub(super) fn is_crash(error: &Error) -> bool {
    error.help() == Some(HELP)
}
