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
//! [`guide`] says how policies are written.
//!
//! | file | what |
//! |---|---|
//! | `reading`, `written` | fields read strictly, and the line of each |
//! | `target`, `permitted` | whom it is for, lists of patterns |
//! | `restriction`, `quota`, `requirement`, `rule` (CEL and Rego), `defaults`, `exception` | what it says |
//! | `image` | the names of images |
//! | `document` | the whole of it |
//! | `gather` | all policies of a fleet |
//! | `said` | what labels say: owners, environments |
//! | `reach` | which policies reach whom |
//! | `effective`, `values` | the effective policy, and what holds for one Application |
//! | `widening` | what somebody below tries in vain |

mod defaults;
mod document;
mod effective;
mod exception;
mod gather;
mod image;
mod permitted;
mod quota;
mod reach;
mod reading;
mod requirement;
mod restriction;
mod rule;
mod said;
mod target;
mod values;
mod widening;
mod written;

#[doc = include_str!("guide.md")]
pub mod guide {}

pub use defaults::DefaultValue;
pub(crate) use document::is_policy;
pub use document::{API_VERSION, Constraint, Demand, KIND, Policy};
pub use effective::{Bound, EffectiveDefault, EffectivePolicy, FleetPolicies, Reaching, ReachingException};
pub use exception::{Excepted, Exception};
pub use gather::Problem;
pub(crate) use image::ImageName;
pub use permitted::{Pattern, Permitted, Refusal};
pub use quota::{Per, Quota, QuotaLimit, Resource};
pub use requirement::Requirement;
pub use restriction::{Identity, Restriction, Stability};
pub(crate) use rule::Ruled;
pub use rule::{Each, Language, PolicyRule};
pub(crate) use said::{ENVIRONMENT, Keys, Said};
pub use target::{ClusterTarget, Target, TreeTarget};
pub use values::{EffectiveValue, ValueOrigin};
