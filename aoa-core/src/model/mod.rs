//! The things that Argo CD knows, as this crate holds them.

mod application;
mod cluster;
mod clusters;
mod condition;
mod destination;
mod group_version_kind;
mod images;
mod key;
mod manifest;
mod manifests;
mod names;
pub mod normalize;
mod object_key;
mod read;
mod refresh_paths;
pub mod repo_url;
mod repository_secret;
mod source_parameters;
mod sync_options;

pub use application::{
    Application, DEFAULT_PROJECT, destination_of, has_multiple_sources, project_of, sources_of,
    synced_sources,
};
pub use cluster::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Origin, SECRET_TYPE_LABEL};
pub use clusters::Clusters;
pub use condition::{Condition, ConditionKind};
pub use destination::Destination;
pub(crate) use destination::cluster_at;
pub use group_version_kind::GroupVersionKind;
pub use images::images_of;
pub use key::{Key, Kind, ObjectRef};
pub use manifest::Manifest;
pub(crate) use manifests::Edit as ManifestEdit;
pub use manifests::{ManifestIter, ManifestList};
pub use names::{AppName, is_valid_app_name, is_valid_namespace};
pub use object_key::ObjectKey;
pub use read::{read_object, read_source};
pub use refresh_paths::{MANIFEST_GENERATE_PATHS, files_have_changed, refresh_paths};
pub use repository_secret::ScopedRepository;
pub use source_parameters::{HelmParameter, merge_image};
pub use sync_options::SyncOptions;
