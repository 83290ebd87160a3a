//! Resolves app-of-apps fleets offline.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod generate;
pub mod inputs;
pub mod model;
pub mod sets;

pub use aoa_lang as lang;
pub use inputs::Inputs;
