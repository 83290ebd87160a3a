//! Evaluation of Jsonnet.
//!
//! `evaluator` is jrsonnet in this process (feature `jsonnet`). It has no bounds on time and memory, and hostile programs can
//! make it abort, so that the command runs it in a child: `process` starts the child, `dialogue` is what the two say to each
//! other, and `child` is the child's side.

mod dialogue;
#[cfg(feature = "jsonnet")]
mod evaluator;
mod process;

#[cfg(feature = "jsonnet")]
mod library;
#[cfg(feature = "jsonnet")]
mod yaml;

#[cfg(feature = "jsonnet")]
mod child;

#[cfg(feature = "jsonnet")]
pub use child::serve_jsonnet;
#[cfg(feature = "jsonnet")]
pub use evaluator::Jrsonnet;
pub use process::JsonnetProcess;
