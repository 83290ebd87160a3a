//! What is wrong with a fleet, before the merge.
//!
//! [`check`](fn@check) asks every rule and gives back [`Findings`]: what resolving said (R), and what the rules of the families
//! below say, each in a file of its own with its manual page ([`rule_page`]), its id and its severity.
//!
//! | family | folder | about |
//! |---|---|---|
//! | R | `resolution` | what cannot be resolved, or not to the end |
//! | P | `projects` | what projects deny, and what they permit without meaning to |
//! | O | `ownership` | two owners of one thing |
//! | W | `order` | what must be there before |
//! | D | `deletion` | what a small edit would destroy |
//! | H | `hygiene` | what should not be in Git as it is |
//! | E | `environments` | what differs between environments |
//! | A | `policies` | what policies say: the fleet's own and those of admission |
//! | C | `checking` | the check itself: waivers |
//!
//! A rule is added by its line in `finding/rule.rs`, its file, its line in the `mod.rs` of its family, and its cases in
//! `conformance/checks/`.
//!
//! Three-valued: where something is not known, rules that would need it are silent. Waivers and baselines take findings out of
//! the count, never out of the answer.

mod baseline;
mod facts;
mod findings;
mod options;
mod rule_file;
mod run;
mod sink;
mod survey;
mod waiver;

mod pods;

mod checking;
mod deletion;
mod environments;
mod hygiene;
mod order;
mod ownership;
mod policies;
mod projects;
mod resolution;

pub use baseline::{Baseline, Entry};
pub use findings::{Findings, Group, Reported, Standing};
pub use options::{CheckOptions, FailOn, rules_named};
pub use rule_file::Page;
pub use run::{check, rule_page};
pub(crate) use waiver::PREFIX as WAIVER_PREFIX;
pub use waiver::{Waiver, day_of_seconds, seconds_of_day};
