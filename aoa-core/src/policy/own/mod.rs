//! A fleet's own policies: what parents ask of their children.
//!
//! A [`Policy`] is a small document (`kind: Policy`, `apiVersion: aoa.dev/v1alpha1`) in a file that the configuration names, or
//! an object that an Application delivers. It says whom it is for ([`Target`]) and what it asks. Everything that reaches an
//! Application is its [`EffectivePolicy`]: the set of all constraints along the tree, each with its origin. An Application may do
//! what all of them permit; so nobody below can widen anything, and a further policy only ever tightens.
//!
//! A policy of a file reaches the whole fleet, or the part of the tree that its target names. One that an Application delivers
//! reaches what is below that Application, and nothing else. What a target asks of Applications themselves (project,
//! clusters, namespaces, owners) is not inherited: each Application is asked itself. One whose cluster is not known is on none.
//!
//! | file | what |
//! |---|---|
//! | `reading`, `written` | fields read strictly, and the line of each |
//! | `target`, `permitted`, `restriction` | the parts of a policy |
//! | `image` | the names of images |
//! | `document` | the whole of it |
//! | `gather` | all policies of a fleet |
//! | `owners` | who owns an Application |
//! | `reach` | which policies reach whom |
//! | `effective` | the effective policy |

mod document;
mod effective;
mod gather;
mod image;
mod owners;
mod permitted;
mod reach;
mod reading;
mod restriction;
mod target;
mod written;

pub use document::{API_VERSION, Constraint, KIND, Policy};
pub use effective::{Bound, EffectivePolicy, FleetPolicies, Reaching};
pub use gather::Problem;
pub(crate) use image::ImageName;
pub use permitted::{Pattern, Permitted, Refusal};
pub use restriction::{Identity, Restriction, Stability};
pub use target::{ClusterTarget, Target, TreeTarget};
