//! One look of the controller at a set: `ApplicationSetReconciler.Reconcile` of Argo CD 3.5.7.

mod deletion;
mod rolling;
mod run;

pub use rolling::look_at_rollout;

use aoa_lang::Value;
use aoa_lang::strconv::parse_bool;

use super::object::text_at;
use super::policy::{PolicyOverride, SyncPolicy};
use super::server::Server;
use super::validate::Known;
use crate::generate::GeneratedSet;
use run::Run;

/// The options of the controller.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ControllerOptions {
    /// `--policy`
    pub policy: SyncPolicy,
    /// `--enable-policy-override`
    pub policy_override: PolicyOverride,
    /// `--enable-progressive-syncs`
    pub progressive_syncs: ProgressiveSyncs,
    /// `--preserved-annotations`
    pub preserved_annotations: Vec<String>,
    /// `--preserved-labels`
    pub preserved_labels: Vec<String>,
}

impl ControllerOptions {
    /// The options that the ConfigMap `argocd-cmd-params-cm` sets (`applicationsetcontroller.*`); Argo CD's defaults
    /// where it is not known. The policy override is on unless the ConfigMap turns it off or names a policy.
    #[must_use]
    pub fn from_params(params: Option<&Value>) -> Self {
        let text = |key: &str| params.and_then(|p| p.str_at(&[key])).unwrap_or_default();
        let list = |key: &str| -> Vec<String> {
            text(key).split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let policy = text("applicationsetcontroller.policy");
        let own = parse_bool(text("applicationsetcontroller.enable.policy.override"));
        let progressive = parse_bool(text("applicationsetcontroller.enable.progressive.syncs"));
        ControllerOptions {
            policy: SyncPolicy::from_name(policy),
            policy_override: if own.unwrap_or(policy.is_empty()) {
                PolicyOverride::Enabled
            } else {
                PolicyOverride::Disabled
            },
            progressive_syncs: if progressive == Some(true) {
                ProgressiveSyncs::Enabled
            } else {
                ProgressiveSyncs::Disabled
            },
            preserved_annotations: list("applicationsetcontroller.global.preserved.annotations"),
            preserved_labels: list("applicationsetcontroller.global.preserved.labels"),
        }
    }
}

/// Whether the controller honours `strategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProgressiveSyncs {
    /// Argo CD's default.
    #[default]
    Disabled,
    /// `--enable-progressive-syncs`
    Enabled,
}

/// What the generators of a set gave.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    /// The Applications, in order.
    pub applications: Vec<Value>,
    /// The first error, which stops the controller.
    pub failure: Option<GenerationFailure>,
}

/// Why generation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerationFailure {
    /// Argo CD's reason: `ApplicationGenerationFromParamsError` or `RenderTemplateParamsError`.
    pub reason: String,
    /// The message.
    pub message: String,
}

impl From<&GeneratedSet> for Generated {
    fn from(set: &GeneratedSet) -> Self {
        let failure = set.failure().map(|failure| GenerationFailure {
            reason: failure.reason.name().to_owned(),
            message: failure.error.message().to_owned(),
        });
        Generated { applications: (0..set.len()).filter_map(|at| set.application(at)).collect(), failure }
    }
}

/// A controller, and what it sees beside the API server's set and Applications.
pub struct Controller<'c> {
    /// Its options.
    pub options: &'c ControllerOptions,
    /// Runs the generators of a set.
    pub generate: &'c dyn Fn(&Value) -> Generated,
    /// Clusters and projects.
    pub known: Known<'c>,
}

/// What one look came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The events, in order.
    pub events: Vec<Event>,
    /// Seconds after which the controller looks again; 0 is never.
    pub requeue_after: i64,
    /// The error, for which the controller looks again after a while of its own.
    pub error: Option<String>,
}

/// An event of type `Normal` on the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// One word.
    pub reason: &'static str,
    /// For people.
    pub message: String,
}

impl Controller<'_> {
    /// Looks at the set on `server` at time `now` (seconds since 1970), and does what is to be done.
    pub fn reconcile(&self, server: &mut Server, now: i64) -> Outcome {
        let Some(set) = server.set.clone() else { return Outcome::default() };
        let mut run = Run { controller: self, server, set, now, outcome: Outcome::default() };
        let result = if text_at(&run.set.object, &["metadata", "deletionTimestamp"]).is_empty() {
            run.reconcile()
        } else {
            run.delete_set()
        };
        match result {
            Ok(requeue_after) => run.outcome.requeue_after = requeue_after,
            Err(error) => run.outcome.error = Some(error),
        }
        run.outcome
    }
}

pub(super) const RESOURCES_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";
