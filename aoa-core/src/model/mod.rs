//! The things that Argo CD knows, as this crate holds them.

mod application;
mod cluster;
mod clusters;
mod condition;
mod destination;
mod group_version_kind;
mod key;
mod manifest;
pub mod normalize;
mod object_key;
mod read;
pub mod repo_url;

pub use application::{
    Application, DEFAULT_PROJECT, destination_of, has_multiple_sources, project_of, sources_of,
    synced_sources,
};
pub use cluster::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Origin, SECRET_TYPE_LABEL};
pub use clusters::Clusters;
pub use condition::{Condition, ConditionKind};
pub use destination::Destination;
pub use group_version_kind::GroupVersionKind;
pub use key::{Key, Kind, ObjectRef};
pub use manifest::Manifest;
pub use object_key::ObjectKey;
pub use read::{read_object, read_source};
