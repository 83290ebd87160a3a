//! The things that Argo CD knows, as this crate holds them.

mod cluster;
mod clusters;
mod destination;
mod key;
pub mod normalize;
pub mod repo_url;

pub use cluster::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Origin, SECRET_TYPE_LABEL};
pub use clusters::Clusters;
pub use destination::Destination;
pub use key::{Key, Kind, ObjectRef};
