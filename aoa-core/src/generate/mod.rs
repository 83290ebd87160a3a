//! ApplicationSets to Applications.
//!
//! An [`ApplicationSet`] is compiled once and generates for any [`World`]: what generators read. The result is a
//! [`GeneratedSet`]: of each Application its name, project and destination; the whole of it is built when asked.
//! Everything is as Argo CD 3.5.7 does it, error texts included; where upstream has the order of a Go map, clusters are
//! in the order of their names and merged sets in that of the base.
//!
//! | file | what it does |
//! |---|---|
//! | `list`, `clusters`, `git`, `scm_provider`, `pull_request`, `plugin`, `decision`, `matrix`, `merge` | the generators |
//! | `transform` | an entry of `generators` with its selector, and its interpolation |
//! | `params` | parameter sets, kept apart by origin |
//! | `dialect` | the two template dialects |
//! | `tree`, `fill_template`, `patch` | the template of a set: filling in, overriding, patching |
//! | `set`, `filling`, `summary`, `patched`, `generated` | compiling, generating, and what comes out |
//! | `outline` | what the Applications of a set share |
//! | `reach` | which changes of files count for a set |

mod world;

mod checkout;
mod cluster_index;

mod dialect;

mod flatten;
mod override_maps;
mod params;

mod context;
mod crash;
mod documents;
mod names;
mod selectors;
mod transform;
mod values;

mod clusters;
mod decision;
mod git;
mod git_files;
mod list;
mod matrix;
mod merge;
mod pathspec;
mod plugin;
mod providers;
mod pull_request;
mod scm_provider;

mod fill_template;
mod patch;
mod tree;

mod filling;
mod generated;
mod leaves;
mod outline;
mod patched;
mod reach;
mod set;
mod summary;

pub use checkout::Checkout;
pub use cluster_index::ClusterIndex;
pub(crate) use dialect::parameters_in;
pub use dialect::{CompiledText, Dialect};
pub use flatten::flatten;
pub use generated::{Failure, FailureReason, GeneratedSet};
pub use git_files::{glob, list_as_git};
pub(crate) use leaves::{
    GeneratorPath, all_generators, at, cluster_selector, edited, leaf_generators, list_without, post_selector,
};
pub use names::normalize;
pub(crate) use outline::{MARK, OutlineId, Outlines, filled_text};
pub use params::Origin;
pub(crate) use reach::{LookedInto, SetReach};
pub use selectors::select_params;
pub use set::{ApplicationSet, interpolate, merged_templates, parameter_sets};
pub use world::{
    EmptyWorld, PluginAnswer, PullRequest, PullRequests, Request, ScmRepository, Secret, SecretParts, World,
    WorldSettings, not_given,
};
