//! The generators: ConfigMaps, Secrets, Helm charts, and the one of service accounts.

mod data;
mod helm;
mod iam;
mod key_values;

pub use helm::{Chart, ChartRenderer, RenderedChart};

pub(crate) use data::{make_config_map, make_secret};
pub(crate) use helm::inflate;
pub(crate) use iam::make_service_account;
