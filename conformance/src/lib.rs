//! Compares aoa with what the real tools answered.
//!
//! A case is one line of JSON in `AREA/GROUP.jsonl`; [`areas`] knows how to answer its `op`, `compare` says
//! whether the answer is the recorded one, [`Report`] counts.

pub mod areas;
mod case;
pub mod charts;
pub mod commits;

mod compare;
pub mod fleets;
mod numbers;
mod report;
mod run;
pub mod trees;

pub use case::{Answer, Case, Expected, Refusal};
pub use compare::{Verdict, judge};
pub use report::{GroupReport, Report};
pub use run::{find_case_files, run_paths};
