//! One look of the controller at a set: `ApplicationSetReconciler.Reconcile` of Argo CD 3.5.7.

use std::collections::{BTreeMap, HashSet};

use aoa_lang::strconv::quote;
use aoa_lang::{Error, Value};

use super::ignore::IgnoreRules;
use super::metadata::refusal_of_metadata;
use super::object::{items_of, list_of, name, namespace, qualified_name, seconds_of, text_at, with};
use super::policy::{PolicyOverride, SyncPolicy};
use super::requeue::{AFTER_ERROR, requeue_after};
use super::rollout::{Look, Steps, deletes_in_reverse, deletion_order, has_steps, is_rolling_sync};
use super::server::{Server, Set, canonical};
use super::status::{AppStatus, Condition, ConditionKind, Parameters, Rollout, Stage};
use super::validate::{Known, destination, refusals};
use super::write::{Writer, Written};
use crate::model::normalize;

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

/// Seconds that the controller waits for one deletion of an ordered deletion.
const DELETION_WAIT: i64 = 10;
/// Seconds after which an Application that is being deleted counts as stuck.
const STUCK: i64 = 120;

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

/// One look. `set` is what the controller holds in memory, which can be older than what is on the server.
struct Run<'r> {
    controller: &'r Controller<'r>,
    server: &'r mut Server,
    set: Set,
    now: i64,
    outcome: Outcome,
}

type Step<T> = Result<T, String>;

impl Run<'_> {
    fn reconcile(&mut self) -> Step<i64> {
        self.keep_for_ordered_deletion();
        let Generated { applications, failure } = (self.controller.generate)(&self.set.object);
        if let Some(GenerationFailure { reason, message }) = failure {
            self.report(reason, message, Parameters::Failed);
            return Ok(AFTER_ERROR);
        }
        let generated = applications.iter().map(canonical).collect::<aoa_lang::Result<Vec<_>>>();
        let generated = generated.map_err(|error| error.message().to_owned())?;
        let refused = refusals(name(&self.set.object), &generated, &self.controller.known);
        let allowed = self.roll(&generated)?;
        if let Some(message) = last_refusal(&refused) {
            self.report("ApplicationValidationError", message, Parameters::Generated);
        }
        let mut valid: Vec<Value> =
            generated.iter().filter(|app| !refused.contains_key(&qualified_name(app))).cloned().collect();
        if self.progressive() && has_steps(&self.set.object) {
            valid = valid.iter().map(|app| self.prepare_for_rollout(app, &allowed)).collect();
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

    fn progressive(&self) -> bool {
        self.controller.options.progressive_syncs == ProgressiveSyncs::Enabled
    }

    fn policy(&self) -> SyncPolicy {
        let options = self.controller.options;
        SyncPolicy::of_set(&self.set.object, options.policy, options.policy_override)
    }

    fn current(&self) -> Vec<Value> {
        self.server.controlled_by(&self.set.object)
    }

    /// Takes over what the server has by now.
    fn reread(&mut self) {
        if let Some(set) = &self.server.set {
            self.set = set.clone();
        }
    }

    fn event(&mut self, reason: &'static str, message: String) {
        self.outcome.events.push(Event { reason, message });
    }

    /// A set whose Applications go in order needs a finalizer, so that the controller sees its deletion.
    fn keep_for_ordered_deletion(&mut self) {
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
    fn forget_refresh(&mut self) {
        let path = ["metadata", "annotations", "argocd.argoproj.io/application-set-refresh"];
        if self.set.object.at(&path).is_some() {
            self.server.update_set(with(&self.set.object, &path, None));
            self.reread();
        }
    }

    fn report(&mut self, reason: impl Into<aoa_lang::value::Text>, message: String, parameters: Parameters) {
        let condition = Condition {
            reason: reason.into(),
            ..Condition::new(ConditionKind::ErrorOccurred, true, "", message)
        };
        self.set_condition(condition, parameters);
    }

    fn set_condition(&mut self, condition: Condition, parameters: Parameters) {
        set_condition(self.server, &mut self.set, condition, parameters);
    }

    /// The rollout: who may sync. What this writes to the server stays unknown to the rest of this look, as upstream:
    /// a sync begins with the next one.
    fn roll(&mut self, generated: &[Value]) -> Step<HashSet<String>> {
        if !self.progressive() || !is_rolling_sync(&self.set.object) {
            if !self.set.status.applications.is_empty() {
                set_app_statuses(self.server, &mut self.set, Vec::new());
            }
            return Ok(HashSet::new());
        }
        let current = self.current();
        let mut set = self.set.clone();
        let failed = |error: Error| {
            format!(
                "failed to perform progressive sync reconciliation for application set: failed to update applicationset app status: {}",
                error.message()
            )
        };
        let allowed = roll(&mut set, &current, generated, self.now, |set, step| match step {
            RolloutStep::Statuses(statuses) => set_app_statuses(self.server, set, statuses),
            RolloutStep::Condition(condition) => {
                set_condition(self.server, set, condition, Parameters::Generated)
            }
        });
        // A nil pointer upstream is caught at the top, where nothing is wrapped around it.
        allowed.map_err(|e| {
            if e.message().starts_with("runtime error") { e.message().to_owned() } else { failed(e) }
        })
    }

    /// In a rollout the controller triggers syncs itself: automated sync is off, and Applications whose turn it is get
    /// an operation (`SyncDesiredApplications`).
    fn prepare_for_rollout(&self, app: &Value, allowed: &HashSet<String>) -> Value {
        let automated = app.at(&["spec", "syncPolicy", "automated"]);
        let enabled = automated.is_some_and(|a| a.get("enabled").and_then(Value::as_bool).unwrap_or(true));
        let prune = automated.and_then(|a| a.get("prune")).and_then(Value::as_bool).unwrap_or(false);
        let app = without_automated_sync(app);
        let status = self.set.status.applications.iter().find(|s| s.application == name(&app));
        let is_pending = status.is_some_and(|s| s.stage == Stage::Pending);
        if is_pending && allowed.contains(name(&app)) {
            with_sync_operation(&app, enabled && prune)
        } else {
            app
        }
    }

    fn write(&mut self, applications: &[Value]) -> Step<()> {
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

    fn finish(&mut self, error: Option<String>, reason: &'static str) -> Step<()> {
        let Some(error) = error else { return Ok(()) };
        self.report(reason, error.clone(), Parameters::Generated);
        Err(error)
    }

    fn delete_ungenerated(&mut self, generated: &[Value]) -> Step<()> {
        if !self.policy().allows_delete() {
            return Ok(());
        }
        let wanted: HashSet<&str> = generated.iter().map(name).collect();
        let mut first_error = None;
        for app in self.current().iter().filter(|app| !wanted.contains(name(app))) {
            let deleted =
                self.release_from_lost_cluster(app).and_then(|()| self.server.delete(app, self.now));
            match deleted {
                Ok(()) => {
                    let message = format!("Deleted Application {}", quote(name(app).as_bytes()));
                    self.event("Deleted", message);
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        self.finish(first_error, "DeleteApplicationError")
    }

    /// An Application whose cluster is gone loses the finalizer that nobody could fulfil
    /// (`removeFinalizerOnInvalidDestination`); only that one, not its forms with a suffix.
    fn release_from_lost_cluster(&mut self, app: &Value) -> Step<()> {
        let path = ["metadata", "finalizers"];
        let kept: Vec<Value> = items_of(app, &path)
            .iter()
            .filter(|f| f.as_str() != Some(RESOURCES_FINALIZER))
            .cloned()
            .collect();
        if kept.len() == items_of(app, &path).len()
            || destination(app).resolve(self.controller.known.clusters).is_ok()
        {
            return Ok(());
        }
        let kept = if kept.is_empty() { None } else { Some(Value::list(kept)) };
        let released = with(app, &path, kept);
        if let Some(refusal) = refusal_of_metadata(&released) {
            return Err(format!("error updating finalizers: {refusal}"));
        }
        self.server.store(released);
        let name = quote(name(app).as_bytes());
        let why = "finalizer before deletion, because application has an invalid destination";
        self.event("Updated", format!("Updated Application {name} {why}"));
        Ok(())
    }

    /// The set is being deleted: what its policy keeps is let go, what has an order is deleted in order.
    fn delete_set(&mut self) -> Step<i64> {
        if !self.policy().allows_delete() {
            for app in self.current() {
                self.server.store(with(&app, &["metadata", "ownerReferences"], None));
            }
        }
        if deletes_in_reverse(&self.set.object) && self.delete_next()? {
            return Ok(DELETION_WAIT);
        }
        let path = ["metadata", "finalizers"];
        let kept =
            items_of(&self.set.object, &path).iter().filter(|f| f.as_str() != Some(RESOURCES_FINALIZER));
        let kept: Vec<Value> = kept.cloned().collect();
        let kept = if kept.is_empty() { None } else { Some(Value::list(kept)) };
        self.server.update_set(with(&self.set.object, &path, kept));
        Ok(0)
    }

    /// Deletes the next Application in order; whether one is left to wait for (`PerformReverseDeletion`).
    fn delete_next(&mut self) -> Step<bool> {
        let order = deletion_order(&self.set.object, &self.current());
        let Some(next) = order.first() else { return Ok(false) };
        let Some(app) = self.server.application(namespace(&self.set.object), next).cloned() else {
            return Ok(false);
        };
        match seconds_of(&app, &["metadata", "deletionTimestamp"]) {
            Some(since) if self.now.saturating_sub(since) > STUCK => {
                Err("application has not been deleted in over 2 minutes".into())
            }
            Some(_) => Ok(true),
            None => self.server.delete(&app, self.now).map(|()| true),
        }
    }
}

pub(super) const RESOURCES_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// What a rollout writes to the status of the set.
enum RolloutStep {
    Statuses(Vec<AppStatus>),
    Condition(Condition),
}

/// One look at a rollout (`PerformProgressiveSyncs`); `write` writes to the status of the set.
fn roll(
    set: &mut Set,
    current: &[Value],
    generated: &[Value],
    now: i64,
    mut write: impl FnMut(&mut Set, RolloutStep),
) -> aoa_lang::Result<HashSet<String>> {
    let object = set.object.clone();
    let steps = Steps::of(&object, generated);
    let desired: BTreeMap<&str, &Value> = generated.iter().map(|app| (name(app), app)).collect();
    let rules = IgnoreRules::of(&object);
    let is_spec_changed = |live: &Value| {
        desired.get(name(live)).is_some_and(|desired| !are_specs_equivalent(rules.as_ref(), live, desired))
    };
    let look = Look { set: &object, current, steps: &steps, is_spec_changed: &is_spec_changed, now };
    let observed = look.observe(&set.status)?;
    write(set, RolloutStep::Statuses(observed));
    let allowed = look.may_sync(&set.status);
    let promoted = look.promote(&set.status, &allowed);
    write(set, RolloutStep::Statuses(promoted));
    if let Some(condition) = look.condition(&set.status) {
        write(set, RolloutStep::Condition(condition));
    }
    Ok(allowed)
}

/// One look at the rollout of `set` on its own: who may sync, and where its Applications stand then.
///
/// `current` are the Applications in the cluster, `generated` those that the set gives now, `status` is that of the set
/// so far.
///
/// # Errors
///
/// `Invalid` where the real controller fails.
pub fn look_at_rollout(
    set: &Value,
    status: &super::SetStatus,
    current: &[Value],
    generated: &[Value],
    now: i64,
) -> aoa_lang::Result<(HashSet<String>, Vec<AppStatus>)> {
    let mut set = Set { object: set.clone(), status: status.clone() };
    let allowed = roll(&mut set, current, generated, now, |set, step| {
        if let RolloutStep::Statuses(mut statuses) = step {
            statuses.sort_by(|a, b| a.application.cmp(&b.application));
            set.status.applications = statuses;
        }
    })?;
    Ok((allowed, set.status.applications))
}

/// Whether the writer would leave the spec of `live` alone (`SpecsEquivalent`). A comparison that fails counts as equal.
fn are_specs_equivalent(rules: Option<&IgnoreRules<'_>>, live: &Value, desired: &Value) -> bool {
    let normalized = |app: &Value| {
        let app = with(app, &["spec"], app.get("spec").map(normalize::spec));
        rules.map_or(Ok(app.clone()), |rules| rules.apply(&app))
    };
    match (normalized(live), normalized(&without_automated_sync(desired))) {
        (Ok(live), Ok(desired)) => live.get("spec") == desired.get("spec"),
        _ => true,
    }
}

fn without_automated_sync(app: &Value) -> Value {
    let path = ["spec", "syncPolicy", "automated", "enabled"];
    match app.at(&["spec", "syncPolicy", "automated"]) {
        Some(automated) if !automated.is_null() => with(app, &path, Some(Value::Bool(false))),
        _ => app.clone(),
    }
}

fn with_sync_operation(app: &Value, prune: bool) -> Value {
    let policy = app.at(&["spec", "syncPolicy"]);
    let retry = policy.and_then(|p| p.get("retry")).filter(|r| !r.is_null()).cloned();
    let retry = retry.unwrap_or_else(|| Value::map([("limit", Value::int64(5))]));
    let options = policy.and_then(|p| p.get("syncOptions")).cloned();
    let sync = options.map(|options| ("syncOptions", options)).into_iter();
    let sync = sync.chain(prune.then_some(("prune", Value::Bool(true))));
    let reason = "ApplicationSet RollingSync triggered a sync of this Application resource";
    let operation = Value::map([
        (
            "initiatedBy",
            Value::map([
                ("username", Value::from("applicationset-controller")),
                ("automated", Value::Bool(true)),
            ]),
        ),
        (
            "info",
            Value::list(vec![Value::map([("name", Value::from("Reason")), ("value", Value::from(reason))])]),
        ),
        ("retry", retry),
        ("sync", Value::map(sync)),
    ]);
    with(app, &["operation"], Some(operation))
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
fn set_condition(server: &mut Server, set: &mut Set, condition: Condition, parameters: Parameters) {
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
fn set_app_statuses(server: &mut Server, set: &mut Set, mut statuses: Vec<AppStatus>) {
    let known = |new: &AppStatus| {
        let old = set.status.applications.iter().find(|old| old.application == new.application);
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
