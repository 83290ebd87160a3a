//! One sync of one Application: in which order Argo CD applies and prunes its manifests (gitops-engine at Argo CD 3.5.7).
//!
//! | file | what |
//! |---|---|
//! | `annotations` | annotations as gitops-engine reads them |
//! | `hooks` | which manifests are hooks, of which phases, and when hooks are deleted |
//! | `tasks` | what a sync does: applying, pruning, making the namespace |
//! | `order` | phases, waves, kinds and names; namespaces and definitions of custom resources go first |

mod annotations;
mod hooks;
mod order;
mod tasks;

pub use annotations::{annotation_option, annotation_values, annotations};
pub use hooks::{
    DeletePolicy, HOOK_FINALIZER, HookType, SyncPhase, delete_policies, has_hook_finalizer, helm_weight,
    hook_types, is_helm_hook, is_hook, is_ignored, is_skipped, sync_phases, sync_wave,
};
pub use tasks::{Action, Sync, SyncTask, sync_tasks};

/// The annotation that holds options of syncing one object.
pub const SYNC_OPTIONS_ANNOTATION: &str = "argocd.argoproj.io/sync-options";
/// The annotation that holds the wave of an object.
pub const SYNC_WAVE_ANNOTATION: &str = "argocd.argoproj.io/sync-wave";
/// The annotation that makes an object a hook.
pub const HOOK_ANNOTATION: &str = "argocd.argoproj.io/hook";
/// The annotation that says when a hook is deleted.
pub const HOOK_DELETE_POLICY_ANNOTATION: &str = "argocd.argoproj.io/hook-delete-policy";
