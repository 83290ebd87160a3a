//! One ApplicationSet of a fleet.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::{Fleet, SetId, SetRecord};
use crate::finding::Gap;
use crate::model::ObjectRef;

/// A handle to one ApplicationSet.
#[derive(Clone, Copy)]
pub struct AppSet<'f> {
    fleet: &'f Fleet,
    id: SetId,
}

/// What became of an ApplicationSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetOutcome {
    /// Not tried yet.
    #[default]
    Pending,
    /// It generated Applications.
    Generated {
        /// The names of those that are written, sorted.
        names: Vec<Text>,
        /// Those that are not, with Argo CD's message, by name.
        rejected: BTreeMap<Text, Text>,
    },
    /// A generator asks for something that was not given.
    Unknown {
        /// What was missing.
        gap: Gap,
        /// The message in which the generator says so.
        error: Text,
    },
    /// A generator or the template fails: nothing is created, updated or deleted. The children are frozen.
    Failed(Text),
}

impl SetOutcome {
    /// Whether another run may give something else once more projects exist.
    pub(crate) fn may_change(&self) -> bool {
        match self {
            SetOutcome::Pending | SetOutcome::Unknown { .. } | SetOutcome::Failed(_) => true,
            SetOutcome::Generated { rejected, .. } => !rejected.is_empty(),
        }
    }

    /// The name: `pending`, `generated`, `unknown`, `error`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            SetOutcome::Pending => "pending",
            SetOutcome::Generated { .. } => "generated",
            SetOutcome::Unknown { .. } => "unknown",
            SetOutcome::Failed(_) => "error",
        }
    }
}

impl<'f> AppSet<'f> {
    pub(crate) fn new(fleet: &'f Fleet, id: SetId) -> Self {
        AppSet { fleet, id }
    }

    fn record(&self) -> Option<&'f SetRecord> {
        self.fleet.data.sets.get(self.id.0 as usize)
    }

    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'f str {
        self.record().and_then(|r| r.namespace.as_str()).unwrap_or_default()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'f str {
        self.record().and_then(|r| r.name.as_str()).unwrap_or_default()
    }

    /// The Application that renders it; `None` for a root.
    #[must_use]
    pub fn parent(&self) -> Option<ObjectRef> {
        self.fleet.data.parent_ref(self.record()?.parent)
    }

    /// The whole object, as Argo CD's type reads it.
    #[must_use]
    pub fn object(&self) -> &'f Value {
        self.record().map_or(&Value::Null, |r| &r.object)
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> &'f SetOutcome {
        const PENDING: &SetOutcome = &SetOutcome::Pending;
        self.record().map_or(PENDING, |r| &r.outcome)
    }

    /// Whether its children stay as they are, whatever the fleet says.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(self.outcome(), SetOutcome::Failed(_) | SetOutcome::Unknown { .. })
    }
}
