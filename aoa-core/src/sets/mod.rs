//! What happens to an ApplicationSet around its generators: the API server before them, the controller after them.
//!
//! | part | what it decides | upstream |
//! |---|---|---|
//! | [`crd`] | what the API server stores of a set, and why it refuses one | apiextensions-apiserver 0.36.1 |
//! | [`refusals`], [`refusal_of_metadata`] | which generated Applications are not written | `applicationset_controller.go`, apimachinery |
//! | [`SyncPolicy`] | whether existing Applications are updated and deleted | `utils/policy.go` |
//! | [`Steps`] | the steps of a rollout | `progressivesync/` |
//! | [`Controller`] | all of it: one look at a set on a [`Server`] in memory | `applicationset_controller.go` |

mod controller;
pub mod crd;
mod ignore;
mod jq;
mod merge;
mod metadata;
mod object;
mod policy;
mod requeue;
mod rollout;
mod server;
mod status;
mod validate;
mod write;

pub use controller::{
    Controller, ControllerOptions, Event, Generated, GenerationFailure, Outcome, ProgressiveSyncs,
    look_at_rollout,
};
pub use metadata::refusal_of_metadata;
pub use policy::{PolicyOverride, SyncPolicy};
pub use requeue::requeue_after;
pub use rollout::{Steps, deletes_in_reverse, deletion_order, has_steps, is_rolling_sync};
pub use server::Server;
pub use status::{AppStatus, Condition, ConditionKind, SetStatus, Stage};
pub use validate::{Known, check_generators, refusals};
pub use write::owner_reference;
