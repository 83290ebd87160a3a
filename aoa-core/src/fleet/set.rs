//! One ApplicationSet of a fleet.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::{App, Fleet, SetId, SetRecord};
use crate::finding::{Gap, Place};
use crate::model::ObjectRef;
use crate::sets::{
    ControllerOptions, ProgressiveSyncs, Steps, SyncPolicy, deletes_in_reverse, deletion_order, has_steps,
};

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
    /// It passed a bound of ours: what it generates is not known. The children are taken to be frozen.
    Limited(Text),
}

/// How the Applications of a set with the strategy `RollingSync` are synced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rollout {
    /// Whether the controller has progressive syncs enabled; without them the strategy does nothing. `None`: its settings
    /// are not known.
    pub is_enabled: Option<bool>,
    /// The names of each step. Each step waits until the one before it is healthy.
    pub steps: Vec<Vec<String>>,
    /// Applications that no step selects: they are never synced by themselves.
    pub unselected: Vec<Text>,
    /// The order in which the Applications of a deleted set go, if it has one (`deletionOrder: Reverse`).
    pub deletion_order: Option<Vec<String>>,
}

impl SetOutcome {
    /// Whether another run may give something else once more projects exist.
    pub(crate) fn may_change(&self) -> bool {
        match self {
            SetOutcome::Pending
            | SetOutcome::Unknown { .. }
            | SetOutcome::Failed(_)
            | SetOutcome::Limited(_) => true,
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
            SetOutcome::Failed(_) | SetOutcome::Limited(_) => "error",
        }
    }
}

impl<'f> AppSet<'f> {
    pub(crate) fn new(fleet: &'f Fleet, id: SetId) -> Self {
        AppSet { fleet, id }
    }

    fn record(&self) -> Option<&'f SetRecord> {
        self.fleet.data.sets.get(self.id.0 as usize).map(|record| &**record)
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

    /// Where its manifest begins.
    #[must_use]
    pub fn place(&self) -> Option<&'f Place> {
        self.record()?.place.as_ref()
    }

    pub(crate) fn id(&self) -> SetId {
        self.id
    }

    pub(crate) fn reference(&self) -> ObjectRef {
        self.fleet.data.set_ref(self.id)
    }

    /// The whole object, as Argo CD's type reads it.
    #[must_use]
    pub fn object(&self) -> &'f Value {
        self.record().map_or(&Value::Null, |r| &r.object)
    }

    /// The Applications that it generates and that are written, by name.
    pub fn apps(&self) -> impl Iterator<Item = App<'f>> {
        let (fleet, namespace) = (self.fleet, self.namespace());
        let names = match self.outcome() {
            SetOutcome::Generated { names, .. } => names.as_slice(),
            _ => &[],
        };
        names
            .iter()
            .filter_map(move |name| fleet.app(namespace, name.as_str()?))
            .filter(move |app| app.origin().is_some_and(|set| set.name == *self.name()))
    }

    /// What the controller may do to its Applications: what it asks for itself, or what the controller's settings
    /// (`argocd-cmd-params-cm`) say where they do not let it.
    #[must_use]
    pub fn sync_policy(&self) -> SyncPolicy {
        let controller = ControllerOptions::from_params(self.fleet.data.inputs.settings.params_cm.as_ref());
        SyncPolicy::of_set(self.object(), controller.policy, controller.policy_override)
    }

    /// Whether its Applications leave their objects behind when they go (`preserveResourcesOnDeletion`): they are made
    /// without the finalizer that would delete them. A finalizer that the template writes still counts.
    #[must_use]
    pub fn preserves_resources(&self) -> bool {
        let flag = self.object().at(&["spec", "syncPolicy", "preserveResourcesOnDeletion"]);
        flag == Some(&Value::Bool(true))
    }

    /// The steps in which its Applications are synced; `None` without the strategy `RollingSync`.
    #[must_use]
    pub fn rollout(&self) -> Option<Rollout> {
        if !has_steps(self.object()) {
            return None;
        }
        let applications: Vec<Value> =
            self.apps().filter_map(|app| app.application().map(|a| a.object.clone())).collect();
        let steps = Steps::of(self.object(), &applications);
        let unselected =
            self.apps().map(|app| app.name()).filter(|name| steps.of_application(name).is_none());
        let progressive = self.fleet.data.inputs.settings.params_cm.as_ref().map(|params| {
            ControllerOptions::from_params(Some(params)).progressive_syncs == ProgressiveSyncs::Enabled
        });
        Some(Rollout {
            is_enabled: progressive,
            unselected: unselected.map(Text::from).collect(),
            deletion_order: deletes_in_reverse(self.object())
                .then(|| deletion_order(self.object(), &applications)),
            steps: steps.applications,
        })
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
        matches!(self.outcome(), SetOutcome::Failed(_) | SetOutcome::Limited(_) | SetOutcome::Unknown { .. })
    }
}
