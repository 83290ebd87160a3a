//! The small languages that match one text: regular expressions, globs, label selectors, versions.
//!
//! | module | language | imitated |
//! |---|---|---|
//! | [`glob`] | globs | gobwas/glob 0.2.3 |
//! | [`slug`] | slugs of any text | gosimple/slug 1.15.0 |
//! | [`path`] | paths | Go 1.26 `path` |
//! | [`path_glob`] | path patterns | Go 1.26 `path.Match`, `filepath.Match` |
//! | [`doublestar`] | path patterns with `**` and `{a,b}` | bmatcuk/doublestar 4.10.0 |
//! | [`regexp`] | regular expressions | Go 1.26 `regexp` |
//! | [`selector`] | label selectors | Kubernetes 1.36 |
//! | [`semver`] | versions and constraints on them | Masterminds/semver 3.4.0 |
//!
//! Each can say why it says no, from the function that decides: a [`Mismatch`], a [`selector::Refusal`], a
//! [`semver::Reason`]; a regular expression says where it matches.

pub mod doublestar;
pub mod glob;
pub mod path;
pub mod path_glob;
pub mod regexp;
pub mod selector;
pub mod semver;
pub mod slug;

mod mismatch;
mod runes;

pub use self::mismatch::Mismatch;
