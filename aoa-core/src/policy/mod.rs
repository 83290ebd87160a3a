//! What Applications may do: the rules of AppProjects, as Argo CD 3.5.7 applies them.
//!
//! A project's rules are compiled once ([`ProjectRules`]) and asked for every Application and manifest. The *effective*
//! project is the project with what belongs to it and with all global projects that select it merged in.
//!
//! | file | what |
//! |---|---|
//! | `effective` | projects merged, with the origin of each rule |
//! | `rules`, `patterns` | sources, destinations, kinds and namespaces that a project permits |
//! | `scope` | which kinds have a namespace |
//! | `permissions` | what Argo CD says of an Application and its manifests |
//! | `windows` | when syncs are allowed |
//! | `validate` | whether a project is well formed |
//! | `roles`, `access` | roles, their tokens and policies, and who may do what |
//!
//! Two engines stand alone: [`admission`], the ValidatingAdmissionPolicies of Kubernetes, and [`gatekeeper`], its constraint
//! templates and constraints. [`delivered`] applies both to a fleet.
//!
//! [`own`] are the fleet's own policies: what parents ask of their children.

pub mod admission;
pub mod delivered;
pub mod gatekeeper;
pub mod own;

mod access;
mod effective;
mod patterns;
mod permissions;
mod roles;
mod rules;
mod scope;
mod source_text;
mod validate;
mod windows;

pub use access::{AccessPolicy, AccessRequest, AccessSettings, Builtin, MatchMode, Subject};
pub use effective::{EffectiveProject, Projects, RuleOrigin};
pub(crate) use permissions::{ConditionKind, denied_where, missing_project};
pub use permissions::{application_conditions, denied_manifests};
pub use roles::{NormalizedProject, normalize_project, role_policies};
pub use rules::ProjectRules;
pub use scope::{Scope, Scopes};
pub use validate::validate_project;
pub use windows::{Moment, SyncWindow, SyncWindows, Trigger, WindowDecision, WindowKind};
