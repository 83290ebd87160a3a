//! Rollouts: what is observed, who may sync, and how the controller triggers it.

use std::collections::{HashMap, HashSet};

use aoa_lang::{Error, Result, Value};

use super::run::{Run, Step, set_app_statuses, set_condition};
use crate::model::normalize;
use crate::sets::ignore::IgnoreRules;
use crate::sets::object::{name, with};
use crate::sets::rollout::{Look, Steps, is_rolling_sync};
use crate::sets::server::Set;
use crate::sets::status::{AppStatus, Condition, Parameters, SetStatus, Stage};

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
    status: &SetStatus,
    current: &[Value],
    generated: &[Value],
    now: i64,
) -> Result<(HashSet<String>, Vec<AppStatus>)> {
    let mut set = Set { object: set.clone(), status: status.clone() };
    let allowed = roll(&mut set, current, generated, now, |set, step| {
        if let RolloutStep::Statuses(mut statuses) = step {
            statuses.sort_by(|a, b| a.application.cmp(&b.application));
            set.status.applications = statuses;
        }
    })?;
    Ok((allowed, set.status.applications))
}

impl Run<'_> {
    /// The rollout: who may sync. What this writes to the server stays unknown to the rest of this look, as upstream:
    /// a sync begins with the next one.
    pub(super) fn roll(&mut self, generated: &[Value]) -> Step<HashSet<String>> {
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
    pub(super) fn prepare_for_rollout(
        &self,
        applications: &[Value],
        allowed: &HashSet<String>,
    ) -> Vec<Value> {
        let statuses = self.set.status.by_application();
        let prepare = |app: &Value| {
            let is_pending = statuses.get(name(app)).is_some_and(|status| status.stage == Stage::Pending);
            let prepared = without_automated_sync(app);
            if !is_pending || !allowed.contains(name(app)) {
                return prepared;
            }
            let automated = app.at(&["spec", "syncPolicy", "automated"]);
            let is_on = |field, default| {
                automated.is_some_and(|a| a.get(field).and_then(Value::as_bool).unwrap_or(default))
            };
            with_sync_operation(&prepared, is_on("enabled", true) && is_on("prune", false))
        };
        applications.iter().map(prepare).collect()
    }
}

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
) -> Result<HashSet<String>> {
    let object = set.object.clone();
    let steps = Steps::of(&object, generated);
    let desired: HashMap<&str, &Value> = generated.iter().map(|app| (name(app), app)).collect();
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
