//! What Applications may do: the rules of AppProjects, as Argo CD 3.5.7 applies them.
//!
//! A project's rules are compiled once ([`ProjectRules`]) and asked for every Application and manifest. The *effective*
//! project is the project with its scoped clusters and with all global projects that select it merged in.

mod effective;
mod patterns;
mod permissions;
mod rules;
mod scope;
mod windows;

pub use effective::{Projects, effective_project};
pub(crate) use permissions::missing_project;
pub use permissions::{application_conditions, denied_manifests};
pub use rules::ProjectRules;
pub use scope::{Scope, Scopes};
pub use windows::{Moment, SyncWindow, SyncWindows, Trigger, WindowDecision, WindowKind};
