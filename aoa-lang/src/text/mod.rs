//! The small languages that match one text: regular expressions, globs, label selectors, versions.
//!
//! | module | language | imitated |
//! |---|---|---|
//! | [`regexp`] | regular expressions | Go 1.26 `regexp` |

pub mod regexp;
