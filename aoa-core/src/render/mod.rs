//! From an Application to its manifests, as Argo CD's repo-server does it, and on to what its controller compares.
//!
//! `source` takes the repo-server's steps in order and hands a located source to the renderer of its type: that is where
//! a new renderer is called from. `target_state` is the controller's part.
//!
//! | file | what |
//! |---|---|
//! | `target_state` | one Application, all sources: rendered, marked, normalised, filtered |
//! | `application` | the same for a fleet: raw manifests, shared between Applications |
//! | `source` | one source: where its files are, which type it has, which renderer it gets |
//! | `references` | sources that others refer to by `$name` |
//! | `app_path`, `files` | a tree as the repo-server's file system shows it: symbolic links, walk order |
//! | `detect` | overrides in `.argocd-source*.yaml`, explicit and detected types |
//! | `environment` | `$ARGOCD_APP_NAME` and its like |
//! | `directory`, `manifest_file`, `jsonnet` | folders of manifests |
//! | `helm` | charts |
//! | `kustomize` | kustomizations, with what a source sets for them |
//! | `plugin` | recorded output of config management plugins |
//! | `kube_version` | versions of Kubernetes for charts |
//! | `installation` | what `argocd-cm` says about rendering |
//! | `tracking` | how objects are marked as belonging to an Application |
//! | `normalize` | namespaces by scope, repeated objects |
//! | `resource_filter` | kinds that are not managed |
//! | `cache` | what is parsed and rendered once |
//! | `budget` | how many manifests there may be |
//! | `reach` | what of the repositories a content hangs on |

mod app_path;
mod application;
mod budget;
mod cache;
mod detect;
mod directory;
mod environment;
mod files;
mod helm;
mod installation;
mod jsonnet;
mod kube_version;
mod kustomize;
mod manifest_file;
mod normalize;
mod parallel;
mod plugin;
mod reach;
mod references;
mod resource_filter;
mod source;
mod splice;
mod target_state;
mod tracking;

pub use cache::RenderCache;
pub use detect::{detect_type, explicit_type, merge_overrides};
pub use environment::{Environment, EnvironmentOf};
pub use installation::Installation;
pub use kustomize::HelmTemplate;
pub use normalize::{Normalized, normalize_targets};
pub use references::check_references;
pub use resource_filter::ResourceFilter;
pub use target_state::{NoTargetState, TargetSource, TargetState, target_state};
pub use tracking::{
    INSTALLATION_ANNOTATION, INSTANCE_LABEL, TRACKING_ANNOTATION, Tracking, TrackingId, TrackingMethod,
    truncate_label,
};

pub(crate) use application::{RenderContext, render_application, render_folder, source_result};
pub(crate) use budget::ManifestBudget;
pub(crate) use directory::{DirectoryRefusal, directory_covers, directory_refusal};
pub(crate) use parallel::Workers;
pub(crate) use reach::{Reach, ReachIndex};
pub(crate) use splice::Before;
pub(crate) use tracking::{app_of, bringer_of, set_of};
