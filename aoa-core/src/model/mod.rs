//! The things that Argo CD knows, as this crate holds them.

mod cluster;
mod key;

pub use cluster::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Origin, SECRET_TYPE_LABEL};
pub use key::{Key, Kind, ObjectRef};
