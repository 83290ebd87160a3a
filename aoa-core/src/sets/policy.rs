//! What the controller may do to the Applications of a set.

use aoa_lang::Value;

use super::object::text_at;

/// A policy for Applications: of a set (`syncPolicy.applicationsSync`) or of the controller (`--policy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SyncPolicy {
    /// `create-only`
    CreateOnly,
    /// `create-update`
    CreateUpdate,
    /// `create-delete`
    CreateDelete,
    /// `sync`: all of it.
    #[default]
    Sync,
}

/// Whether a set's own policy counts (`--enable-policy-override`). Argo CD's default is yes without a policy of the
/// controller, and no with one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PolicyOverride {
    /// The set's policy counts.
    #[default]
    Enabled,
    /// The controller's policy counts, whatever the set says.
    Disabled,
}

impl SyncPolicy {
    /// The policy of this name; no name is `sync`. A name that does not exist allows neither updates nor deletion.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "" | "sync" => SyncPolicy::Sync,
            "create-update" => SyncPolicy::CreateUpdate,
            "create-delete" => SyncPolicy::CreateDelete,
            _ => SyncPolicy::CreateOnly,
        }
    }

    /// The policy that counts for `set` (`DefaultPolicy` of Argo CD 3.5.7).
    #[must_use]
    pub fn of_set(set: &Value, controller: SyncPolicy, own: PolicyOverride) -> Self {
        match text_at(set, &["spec", "syncPolicy", "applicationsSync"]) {
            "" => controller,
            _ if own == PolicyOverride::Disabled => controller,
            name => SyncPolicy::from_name(name),
        }
    }

    /// The name, as the field has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SyncPolicy::CreateOnly => "create-only",
            SyncPolicy::CreateUpdate => "create-update",
            SyncPolicy::CreateDelete => "create-delete",
            SyncPolicy::Sync => "sync",
        }
    }

    /// Whether existing Applications are updated.
    #[must_use]
    pub fn allows_update(self) -> bool {
        matches!(self, SyncPolicy::CreateUpdate | SyncPolicy::Sync)
    }

    /// Whether Applications that are no longer generated are deleted.
    #[must_use]
    pub fn allows_delete(self) -> bool {
        matches!(self, SyncPolicy::CreateDelete | SyncPolicy::Sync)
    }
}
