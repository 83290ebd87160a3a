//! What happens to an ApplicationSet around its generators: the API server before them, the controller after them.
//!
//! | part | what it decides | upstream |
//! |---|---|---|
//! | [`crd`] | what the API server stores of a set, and why it refuses one | apiextensions-apiserver 0.36.1 |
//! | [`refusals`], [`refusal_of_metadata`] | which generated Applications are not written | `applicationset_controller.go`, apimachinery |
//! | [`SyncPolicy`] | whether existing Applications are updated and deleted | `utils/policy.go` |
//! | [`Steps`] | the steps of a rollout | `progressivesync/` |
//! | [`Controller`] | all of it: one look at a set on a [`Server`] in memory | `applicationset_controller.go` |
//!
//! ```
//! use aoa_core::lang::Value;
//! use aoa_core::model::Clusters;
//! use aoa_core::sets::{Controller, ControllerOptions, Generated, Known, Server};
//!
//! let object = |name: &'static str, spec| {
//!     let metadata = [("name", name), ("namespace", "argocd"), ("uid", "1")].map(|(k, v)| (k, Value::from(v)));
//!     Value::map([("metadata", Value::map(metadata)), ("spec", spec)])
//! };
//! let destination = Value::map([("server", Value::from("https://kubernetes.default.svc"))]);
//! let web = object("web", Value::map([("project", Value::from("default")), ("destination", destination)]));
//! let controller = Controller {
//!     options: &ControllerOptions::default(),
//!     generate: &|_set| Generated { applications: vec![web.clone()], failure: None },
//!     known: Known { clusters: &Clusters::default(), has_project: &|name| name == "default" },
//! };
//! let mut server = Server::new(&object("set", Value::map::<&str>([])))?;
//! let outcome = controller.reconcile(&mut server, 1_900_000_000);
//! assert_eq!(outcome.events.first().map(|e| e.message.as_str()), Some("created Application \"web\""));
//! # Ok::<(), aoa_core::lang::Error>(())
//! ```

mod controller;
pub mod crd;
mod ignore;
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
pub use validate::{Known, Summary, check_generators, refusals};
pub use write::owner_reference;
