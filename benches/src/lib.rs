//! What the benches read: texts and fleets of any size, made by rule, the same on every machine and in every run.
//!
//! `cargo bench -p benches` measures with criterion; the program `bench-table` of this package prints the table that
//! stands in `RESULTS.md`: each number beside its target and beside what Argo CD's own code takes for the same.

#![deny(missing_docs)]

pub mod charts;
pub mod fleet;
pub mod gauge;
pub mod overlays;
pub mod rules;
mod seed;
pub mod template;
pub mod text;

pub use seed::Seed;
