//! The small languages that match one text: regular expressions, globs, label selectors, versions.
//!
//! | module | language | imitated |
//! |---|---|---|
//! | [`glob`] | globs | gobwas/glob 0.2.3 |
//! | [`regexp`] | regular expressions | Go 1.26 `regexp` |
//! | [`selector`] | label selectors | Kubernetes 1.36 |
//! | [`semver`] | versions and constraints on them | Masterminds/semver 3.4.0 |

pub mod glob;
pub mod regexp;
pub mod selector;
pub mod semver;
