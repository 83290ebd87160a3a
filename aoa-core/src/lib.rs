//! Resolves app-of-apps fleets offline.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod config;
pub mod finding;
pub mod fleet;
pub mod generate;
pub mod inputs;
pub mod load;
pub mod model;
pub mod options;
pub mod policy;
pub mod render;
pub mod report;
pub mod resolve;
pub mod sets;
pub mod wire;

pub use aoa_lang as lang;
pub use fleet::Fleet;
pub use inputs::Inputs;
pub use options::Options;
pub use resolve::{Resolver, resolve};
