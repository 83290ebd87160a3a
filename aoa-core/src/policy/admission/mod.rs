//! ValidatingAdmissionPolicies: what the API server of Kubernetes 1.36 would refuse.
//!
//! A [`PolicySet`] holds policies and their bindings, every expression compiled once. [`PolicySet::review`] asks them for one
//! [`Request`] against what is known of the [`Cluster`]: its custom kinds, namespaces and parameters. The answer is what
//! the request's sender, the audit log and a reader of all decisions get. Objects are judged as they are written; a
//! real API server decodes built-in kinds first, which adds defaults and drops unknown fields.
//!
//! | file | what |
//! |---|---|
//! | `policy` | policies and bindings as objects |
//! | `request`, `cluster` | what is asked, and what is known |
//! | `matching` | rules and selectors |
//! | `params` | the objects that a binding names |
//! | `expressions` | the environment of each expression, compiled |
//! | `activation` | values of variables, budgets |
//! | `validation` | one policy, one binding, one parameter |
//! | `review` | all of them: decisions, response, warnings, annotations |
//! | `typecheck` | what the types of built-in kinds say against expressions |
//! | `constraint` | the same in Gatekeeper's templates |
//! | `validate` | whether a policy or binding is well formed |

mod policy;

mod cluster;
mod request;

mod matching;
mod params;

mod activation;
mod constraint;
mod expressions;
mod validation;

mod review;
mod typecheck;
mod validate;

#[cfg(test)]
mod tests;

pub(in crate::policy) use cluster::plural;
pub use cluster::{Cluster, CustomKind, KindScope};
pub(in crate::policy) use constraint::ConstraintCode;
pub use policy::{Action, Binding, FailurePolicy, Policy};
pub use request::{Request, User};
pub use review::{Decision, Evaluation, PolicySet, Response, Review};
pub use typecheck::{TypeWarning, type_warnings};
pub use validate::{validate_binding, validate_policy};
