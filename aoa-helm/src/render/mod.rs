//! From a chart and its values to manifests.
//!
//! `engine` compiles the templates of the charts that take part and runs them; `errors` gives failures Helm's words;
//! `order` splits what came out into documents and sorts them, telling hooks from manifests; `output` is the result.

mod engine;
mod errors;
mod order;
mod output;

pub use output::{Crd, Hook, Manifest, Rendered};

pub(crate) use engine::Compiled;
pub(crate) use order::sort;
