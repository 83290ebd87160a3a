//! The order of things in one look, and what is written to the set.

use std::collections::{BTreeMap, HashSet};

use aoa_lang::Value;
use aoa_lang::strconv::quote;

use super::{
    Controller, Event, Generated, GenerationFailure, Outcome, ProgressiveSyncs, RESOURCES_FINALIZER,
};
use crate::model::Destination;
use crate::sets::ignore::IgnoreRules;
use crate::sets::object::{items_of, list_of, name, namespace, qualified_name, text_at, with};
use crate::sets::policy::SyncPolicy;
use crate::sets::requeue::{AFTER_ERROR, requeue_after};
use crate::sets::rollout::{deletes_in_reverse, has_steps, is_rolling_sync};
use crate::sets::server::{Server, Set, canonical};
use crate::sets::status::{AppStatus, Condition, ConditionKind, Parameters, Rollout};
use crate::sets::validate::{Summary, destination, refusals};
use crate::sets::write::{Writer, Written};

/// One look. `set` is what the controller holds in memory, which can be older than what is on the server.
pub(super) struct Run<'r> {
    pub(super) controller: &'r Controller<'r>,
    pub(super) server: &'r mut Server,
    pub(super) set: Set,
    pub(super) now: i64,
    pub(super) outcome: Outcome,
}

pub(super) type Step<T> = Result<T, String>;

impl Run<'_> {
    pub(super) fn reconcile(&mut self) -> Step<i64> {
        self.keep_for_ordered_deletion();
        let Generated { applications, failure } = (self.controller.generate)(&self.set.object);
        if let Some(GenerationFailure { reason, message }) = failure {
            self.report(reason, message, Parameters::Failed);
            return Ok(AFTER_ERROR);
        }
        let generated = applications.iter().map(canonical).collect::<aoa_lang::Result<Vec<_>>>();
        let generated = generated.map_err(|error| error.message().to_owned())?;
        let refused = self.refused(&generated);
        let allowed = self.roll(&generated)?;
        if let Some(message) = last_refusal(&refused) {
            self.report("ApplicationValidationError", message, Parameters::Generated);
        }
        let mut valid: Vec<Value> =
            generated.iter().filter(|app| !refused.contains_key(&qualified_name(app))).cloned().collect();
        if self.progressive() && has_steps(&self.set.object) {
            valid = self.prepare_for_rollout(&valid, &allowed);
        }
        valid.sort_by(|a, b| name(a).cmp(name(b)));
        self.write(&valid)?;
        self.delete_ungenerated(&generated)?;
        self.reread();
        self.forget_refresh();
        let requeue = requeue_after(&self.set.object);
        if refused.is_empty() {
            let message = "All applications have been generated successfully";
            self.set_condition(
                Condition::new(ConditionKind::ResourcesUpToDate, true, "ApplicationSetUpToDate", message),
                Parameters::Generated,
            );
            return Ok(requeue);
        }
        Ok(if requeue == 0 { AFTER_ERROR } else { requeue })
    }

    fn refused(&self, generated: &[Value]) -> BTreeMap<String, String> {
        let destinations: Vec<Destination> = generated.iter().map(destination).collect();
        let summaries = generated.iter().zip(&destinations).map(|(app, destination)| Summary {
            namespace: namespace(app),
            name: name(app),
            project: text_at(app, &["spec", "project"]),
            destination,
        });
        refusals(name(&self.set.object), summaries, &self.controller.known)
    }

    pub(super) fn progressive(&self) -> bool {
        self.controller.options.progressive_syncs == ProgressiveSyncs::Enabled
    }

    pub(super) fn policy(&self) -> SyncPolicy {
        let options = self.controller.options;
        SyncPolicy::of_set(&self.set.object, options.policy, options.policy_override)
    }

    pub(super) fn current(&self) -> Vec<Value> {
        self.server.controlled_by(&self.set.object)
    }

    /// Takes over what the server has by now.
    pub(super) fn reread(&mut self) {
        if let Some(set) = &self.server.set {
            self.set = set.clone();
        }
    }

    pub(super) fn event(&mut self, reason: &'static str, message: String) {
        self.outcome.events.push(Event { reason, message });
    }

    /// A set whose Applications go in order needs a finalizer, so that the controller sees its deletion.
    pub(super) fn keep_for_ordered_deletion(&mut self) {
        let path = ["metadata", "finalizers"];
        let set = &self.set.object;
        if !self.progressive()
            || !deletes_in_reverse(set)
            || list_of(set, &path).any(|f| f == RESOURCES_FINALIZER)
        {
            return;
        }
        let mut finalizers = items_of(set, &path).to_vec();
        finalizers.push(Value::from(RESOURCES_FINALIZER));
        self.server.update_set(with(set, &path, Some(Value::list(finalizers))));
        self.reread();
    }

    /// Removes the annotation that asks for a refresh.
    pub(super) fn forget_refresh(&mut self) {
        let path = ["metadata", "annotations", "argocd.argoproj.io/application-set-refresh"];
        if self.set.object.at(&path).is_some() {
            self.server.update_set(with(&self.set.object, &path, None));
            self.reread();
        }
    }

    pub(super) fn report(
        &mut self,
        reason: impl Into<aoa_lang::value::Text>,
        message: String,
        parameters: Parameters,
    ) {
        let condition = Condition {
            reason: reason.into(),
            ..Condition::new(ConditionKind::ErrorOccurred, true, "", message)
        };
        self.set_condition(condition, parameters);
    }

    pub(super) fn set_condition(&mut self, condition: Condition, parameters: Parameters) {
        set_condition(self.server, &mut self.set, condition, parameters);
    }

    pub(super) fn write(&mut self, applications: &[Value]) -> Step<()> {
        let updates = self.policy().allows_update();
        let existing: HashSet<String> = match updates {
            true => HashSet::new(),
            false => self.current().iter().map(|app| name(app).to_owned()).collect(),
        };
        let set = self.set.object.clone();
        let writer = Writer {
            set: &set,
            ignored: IgnoreRules::of(&set),
            preserved_annotations: &self.controller.options.preserved_annotations,
            preserved_labels: &self.controller.options.preserved_labels,
        };
        let mut first_error = None;
        for app in applications.iter().filter(|app| !existing.contains(name(app))) {
            let quoted = quote(name(app).as_bytes());
            match writer.write(self.server, app) {
                Ok(Written::Created) => self.event("created", format!("created Application {quoted}")),
                Ok(Written::Updated) => self.event("updated", format!("updated Application {quoted}")),
                Ok(Written::Unchanged) => {}
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        let reason = if updates { "UpdateApplicationError" } else { "CreateApplicationError" };
        self.finish(first_error, reason)
    }

    pub(super) fn finish(&mut self, error: Option<String>, reason: &'static str) -> Step<()> {
        let Some(error) = error else { return Ok(()) };
        self.report(reason, error.clone(), Parameters::Generated);
        Err(error)
    }
}

/// The message of the last refused Application by name, and how many more there are.
fn last_refusal(refused: &BTreeMap<String, String>) -> Option<String> {
    let last = refused.values().next_back()?;
    Some(match refused.len() {
        1 => last.clone(),
        several => format!("{last} (and {} more)", several.saturating_sub(1)),
    })
}

/// Writes a condition, if what the controller holds in memory changes by it.
pub(super) fn set_condition(
    server: &mut Server,
    set: &mut Set,
    condition: Condition,
    parameters: Parameters,
) {
    let rollout = if is_rolling_sync(&set.object) { Rollout::Used } else { Rollout::Unused };
    let before = set.status.conditions.clone();
    set.status.set_condition(condition.clone(), parameters, rollout);
    if set.status.conditions == before {
        return;
    }
    if let Some(stored) = &mut server.set {
        stored.status.set_condition(condition, parameters, rollout);
        *set = stored.clone();
    }
}

/// Writes where Applications stand, if that has changed in more than time and revisions.
pub(super) fn set_app_statuses(server: &mut Server, set: &mut Set, mut statuses: Vec<AppStatus>) {
    let old = set.status.by_application();
    let known = |new: &AppStatus| {
        let old = old.get(new.application.as_str());
        old.is_some_and(|old| old.stage == new.stage && old.step == new.step && old.message == new.message)
    };
    if statuses.len() == set.status.applications.len() && statuses.iter().all(known) {
        return;
    }
    statuses.sort_by(|a, b| a.application.cmp(&b.application));
    if let Some(stored) = &mut server.set {
        stored.status.applications = statuses;
        *set = stored.clone();
    }
}
