//! Resolves app-of-apps fleets offline.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
