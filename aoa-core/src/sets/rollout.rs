//! Progressive syncs: which step an Application belongs to, how far it is, and who may sync now.
//!
//! `applicationset/progressivesync/progressive_sync.go` of Argo CD 3.5.7.

use std::collections::{HashMap, HashSet};

use aoa_lang::{Error, Result, Value};

use super::object::{items_of, list_of, name, seconds_of, text_at};
use super::status::{AppStatus, Condition, ConditionKind, SetStatus, Stage};

/// The steps of a rollout, and the Applications in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// The names of the Applications of each step; an Application that several steps select stands in each of them.
    pub applications: Vec<Vec<String>>,
    first: HashMap<String, usize>,
}

impl Steps {
    /// Assigns `applications` to the steps of `set` by their labels.
    ///
    /// A step without expressions selects all. `In` wants the label; `NotIn` also selects Applications without it; so
    /// does any other operator, which selects none of those that have the label.
    #[must_use]
    pub fn of(set: &Value, applications: &[Value]) -> Self {
        let mut steps = Steps::default();
        let kind = text_at(set, &["spec", "strategy", "type"]);
        if kind.is_empty() || kind == "AllAtOnce" {
            return steps;
        }
        let rules = if has_steps(set) { rules(set) } else { &[] };
        steps.applications = vec![Vec::new(); rules.len()];
        for application in applications {
            for (at, (rule, members)) in rules.iter().zip(&mut steps.applications).enumerate() {
                if is_selected(application, rule) {
                    members.push(name(application).to_owned());
                    steps.first.entry(name(application).to_owned()).or_insert(at);
                }
            }
        }
        steps
    }

    /// The first step that selects the Application, from 0.
    #[must_use]
    pub fn of_application(&self, name: &str) -> Option<usize> {
        self.first.get(name).copied()
    }

    fn label(&self, name: &str) -> String {
        self.of_application(name).map_or_else(|| "-1".into(), |step| step.saturating_add(1).to_string())
    }
}

/// Whether the set's strategy is `RollingSync` with settings for it, be it without steps.
#[must_use]
pub fn is_rolling_sync(set: &Value) -> bool {
    text_at(set, &["spec", "strategy", "type"]) == "RollingSync"
        && set.at(&["spec", "strategy", "rollingSync"]).is_some_and(|settings| !settings.is_null())
}

/// Whether the set's strategy is `RollingSync` with steps.
#[must_use]
pub fn has_steps(set: &Value) -> bool {
    is_rolling_sync(set) && !rules(set).is_empty()
}

/// Whether the Applications of the set are deleted step by step, the last step first. This does not depend on whether
/// the controller has progressive syncs enabled.
#[must_use]
pub fn deletes_in_reverse(set: &Value) -> bool {
    has_steps(set) && text_at(set, &["spec", "strategy", "deletionOrder"]).eq_ignore_ascii_case("Reverse")
}

/// The order in which the Applications of a deleted set go, one after the other: later steps first, within a step by
/// name (upstream: any order). Applications that no step selects are not deleted.
#[must_use]
pub fn deletion_order(set: &Value, applications: &[Value]) -> Vec<String> {
    let steps = Steps::of(set, applications);
    let mut order: Vec<(usize, String)> = steps.first.into_iter().map(|(name, step)| (step, name)).collect();
    order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    order.into_iter().map(|(_, name)| name).collect()
}

/// What one look at a rollout needs.
pub(super) struct Look<'r> {
    pub(super) set: &'r Value,
    /// The Applications in the cluster.
    pub(super) current: &'r [Value],
    pub(super) steps: &'r Steps,
    /// Whether the spec of a current Application differs from the generated one.
    pub(super) is_spec_changed: &'r dyn Fn(&Value) -> bool,
    /// Seconds since 1970.
    pub(super) now: i64,
}

impl Look<'_> {
    /// Takes over what has happened to the Applications (`UpdateApplicationSetApplicationStatus`).
    pub(super) fn observe(&self, status: &SetStatus) -> Result<Vec<AppStatus>> {
        let known = status.by_application();
        self.current.iter().map(|app| self.observe_one(app, known.get(name(app)).copied())).collect()
    }

    fn observe_one(&self, app: &Value, known: Option<&AppStatus>) -> Result<AppStatus> {
        let revisions = revisions(app);
        let before = known.cloned().unwrap_or_else(|| AppStatus {
            application: name(app).to_owned(),
            stage: Stage::Waiting,
            step: String::new(),
            message: "No Application status found, defaulting status to Waiting".into(),
            target_revisions: revisions.clone(),
            changed_at: Some(self.now),
        });
        let mut after = AppStatus { step: self.steps.label(name(app)), ..before.clone() };
        let revisions_changed = before.target_revisions != revisions;
        let spec_changed = (self.is_spec_changed)(app);
        if revisions_changed || spec_changed {
            after.target_revisions = revisions;
            let what = match (revisions_changed, spec_changed) {
                (true, true) => {
                    "Application has pending changes (revision and spec differ), setting status to Waiting"
                }
                (true, false) => "Application has pending changes, setting status to Waiting",
                _ => "Application has pending changes (spec differs), setting status to Waiting",
            };
            self.change(&mut after, Stage::Waiting, what);
        }
        let synced = text_at(app, &["status", "sync", "status"]) == "Synced";
        let healthy = text_at(app, &["status", "health", "status"]) == "Healthy";
        match (&after.stage, &before.stage) {
            (Stage::Waiting, _) if synced && healthy => {
                self.change(
                    &mut after,
                    Stage::Healthy,
                    "Application resource has synced, updating status to Healthy",
                );
            }
            (Stage::Waiting, _) if synced => {
                let message = "Application resource has synced, updating status to Progressing";
                self.change(&mut after, Stage::Progressing, message);
            }
            (Stage::Waiting, _) => {}
            (_, Stage::Pending) => self.observe_pending(app, &before, &mut after)?,
            (_, Stage::Progressing) if synced && healthy => {
                let message =
                    "Application resource became Healthy, updating status from Progressing to Healthy";
                self.change(&mut after, Stage::Healthy, message);
            }
            _ => {}
        }
        Ok(after)
    }

    fn observe_pending(&self, app: &Value, before: &AppStatus, after: &mut AppStatus) -> Result<()> {
        let reconciled = seconds_of(app, &["status", "reconciledAt"]);
        if reconciled.is_some_and(|at| after.changed_at.is_none_or(|changed| at <= changed)) {
            return Ok(());
        }
        let operation = app.at(&["status", "operationState"]).filter(|state| !state.is_null());
        if operation.is_some() && before.changed_at.is_none() {
            // Upstream goes through a nil pointer there; the controller survives it, and this is what it reports.
            return Err(Error::invalid("runtime error: invalid memory address or nil pointer dereference"));
        }
        let started = operation.and_then(|state| seconds_of(state, &["startedAt"]));
        if operation.is_some() && started > before.changed_at {
            let message = match operation.map(|state| text_at(state, &["phase"])) {
                Some("Succeeded") => {
                    "Application resource completed a sync successfully, updating status from Pending to Progressing"
                }
                Some("Failed" | "Error") => {
                    "Application resource completed a sync, updating status from Pending to Progressing"
                }
                _ => "Application resource became Progressing, updating status from Pending to Progressing",
            };
            self.change(after, Stage::Progressing, message);
        } else if has_error(app) {
            let message = "Application resource has error and cannot sync, updating status to Progressing";
            self.change(after, Stage::Progressing, message);
        }
        Ok(())
    }

    fn change(&self, status: &mut AppStatus, stage: Stage, message: &str) {
        status.stage = stage;
        message.clone_into(&mut status.message);
        status.changed_at = Some(self.now);
    }

    /// The Applications that may sync: those of the steps up to the first that is not healthy (`getAppsToSync`).
    pub(super) fn may_sync(&self, status: &SetStatus) -> HashSet<String> {
        let current: HashSet<&str> = self.current.iter().map(name).collect();
        let known = status.by_application();
        let mut allowed = HashSet::new();
        for members in &self.steps.applications {
            allowed.extend(members.iter().cloned());
            let done = |name: &String| {
                current.contains(name.as_str())
                    && known.get(name.as_str()).is_some_and(|status| status.stage == Stage::Healthy)
            };
            if !members.iter().all(done) {
                break;
            }
        }
        allowed
    }

    /// Lets waiting Applications begin, as many as `maxUpdate` allows
    /// (`UpdateApplicationSetApplicationStatusProgress`).
    ///
    /// Applications that no step selects count in the first step, and its limit holds for them, as upstream.
    pub(super) fn promote(&self, status: &SetStatus, allowed: &HashSet<String>) -> Vec<AppStatus> {
        if !has_steps(self.set) {
            return Vec::new();
        }
        let rules = rules(self.set);
        let step_of = |app: &AppStatus| self.steps.of_application(&app.application).unwrap_or(0);
        let mut counts = vec![Count::default(); rules.len()];
        for app in &status.applications {
            if let Some(count) = counts.get_mut(step_of(app)) {
                count.all = count.all.saturating_add(1);
                let updating = matches!(app.stage, Stage::Pending | Stage::Progressing);
                count.updating = count.updating.saturating_add(i64::from(updating));
            }
        }
        let mut apps = status.applications.clone();
        for app in &mut apps {
            let step = step_of(app);
            let (Some(rule), Some(count)) = (rules.get(step), counts.get_mut(step)) else { continue };
            let limit = rule.get("maxUpdate").filter(|limit| !limit.is_null());
            let may_update = limit.is_none_or(|limit| count.updating < max_update(limit, count.all));
            if app.stage == Stage::Waiting && allowed.contains(&app.application) && may_update {
                let message = "Application moved to Pending status, watching for the Application resource to start Progressing";
                self.change(app, Stage::Pending, message);
                count.updating = count.updating.saturating_add(1);
            }
        }
        apps
    }

    /// The condition that tells how far the rollout is (`updateApplicationSetApplicationStatusConditions`).
    pub(super) fn condition(&self, status: &SetStatus) -> Option<Condition> {
        if !is_rolling_sync(self.set) {
            return None;
        }
        let unfinished: HashSet<&str> = status
            .applications
            .iter()
            .filter(|a| a.stage != Stage::Healthy)
            .map(|a| a.step.as_str())
            .collect();
        let kind = ConditionKind::RolloutProgressing;
        let step = (1..=rules(self.set).len())
            .map(|step| step.to_string())
            .find(|s| unfinished.contains(s.as_str()));
        Some(match step {
            Some(step) => Condition::new(
                kind,
                true,
                "ApplicationSetModified",
                format!("ApplicationSet is performing rollout of step {step}"),
            ),
            None => Condition::new(
                kind,
                false,
                "ApplicationSetRolloutComplete",
                "ApplicationSet Rollout has completed",
            ),
        })
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    all: i64,
    updating: i64,
}

fn rules(set: &Value) -> &[Value] {
    items_of(set, &["spec", "strategy", "rollingSync", "steps"])
}

fn is_selected(application: &Value, rule: &Value) -> bool {
    items_of(rule, &["matchExpressions"]).iter().all(|expression| {
        let operator = text_at(expression, &["operator"]);
        match application.str_at(&["metadata", "labels", text_at(expression, &["key"])]) {
            None => operator != "In",
            Some(value) => match (operator, list_of(expression, &["values"]).any(|v| v == value)) {
                ("In", listed) => listed,
                ("NotIn", listed) => !listed,
                _ => false,
            },
        }
    })
}

/// The revisions that an Application was compared with last.
fn revisions(app: &Value) -> Vec<String> {
    let several: Vec<String> = list_of(app, &["status", "sync", "revisions"]).map(str::to_owned).collect();
    if !several.is_empty() {
        return several;
    }
    let one = text_at(app, &["status", "sync", "revision"]);
    if one.is_empty() { Vec::new() } else { vec![one.to_owned()] }
}

fn has_error(app: &Value) -> bool {
    let conditions = items_of(app, &["status", "conditions"]);
    conditions.iter().any(|c| matches!(text_at(c, &["type"]), "InvalidSpecError" | "UnknownError"))
}

/// How many Applications of a step may update at a time; a percentage is rounded down, but not to none; a text that is
/// none means one.
fn max_update(limit: &Value, all: i64) -> i64 {
    let Some(text) = limit.as_str() else { return limit.as_i64().unwrap_or(0) };
    let percent = text.strip_suffix('%').and_then(|digits| digits.parse::<i64>().ok());
    let share = percent.map_or(0, |percent| percent.saturating_mul(all).div_euclid(100));
    if text != "0%" && share < 1 { 1 } else { share }
}
