//! The status of a set: conditions, and where each Application stands in a rollout.

use std::collections::HashMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::object::{items_of, list_of, seconds_of, text_at};

/// `status` of a set, as far as the controller decides by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetStatus {
    /// Sorted by type, status, reason and message.
    pub conditions: Vec<Condition>,
    /// Sorted by name.
    pub applications: Vec<AppStatus>,
}

/// One condition of a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// What it is about.
    pub kind: ConditionKind,
    /// `True`, `False` or `Unknown`.
    pub status: Text,
    /// One word.
    pub reason: Text,
    /// For people.
    pub message: String,
}

/// The types of conditions; they sort by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConditionKind {
    /// `ErrorOccurred`
    ErrorOccurred,
    /// `ParametersGenerated`
    ParametersGenerated,
    /// `ResourcesUpToDate`
    ResourcesUpToDate,
    /// `RolloutProgressing`
    RolloutProgressing,
    /// One that this version does not write.
    Other(Text),
}

/// Where an Application stands in a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppStatus {
    /// The name of the Application.
    pub application: String,
    /// How far it is.
    pub stage: Stage,
    /// The number of its step, from 1; `-1` if no step selects it.
    pub step: String,
    /// For people.
    pub message: String,
    /// The revisions that it is to be synced to.
    pub target_revisions: Vec<String>,
    /// When it changed last, in seconds since 1970.
    pub changed_at: Option<i64>,
}

/// How far an Application is in a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// A sync is to be triggered.
    Waiting,
    /// A sync has been triggered.
    Pending,
    /// A sync has begun.
    Progressing,
    /// Synced and healthy.
    Healthy,
    /// One that this version does not write.
    Other(Text),
}

/// How far the controller came, for the condition `ParametersGenerated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameters {
    Generated,
    Failed,
}

/// Whether a rollout strategy is in use, for the condition `RolloutProgressing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rollout {
    Used,
    Unused,
}

impl ConditionKind {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            ConditionKind::ErrorOccurred => "ErrorOccurred",
            ConditionKind::ParametersGenerated => "ParametersGenerated",
            ConditionKind::ResourcesUpToDate => "ResourcesUpToDate",
            ConditionKind::RolloutProgressing => "RolloutProgressing",
            ConditionKind::Other(name) => name.as_str().unwrap_or_default(),
        }
    }

    fn from_name(name: &str) -> Self {
        use ConditionKind::{
            ErrorOccurred, Other, ParametersGenerated, ResourcesUpToDate, RolloutProgressing,
        };
        let known = [ErrorOccurred, ParametersGenerated, ResourcesUpToDate, RolloutProgressing];
        known.into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| Other(name.into()))
    }
}

impl Ord for ConditionKind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for ConditionKind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Stage {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Stage::Waiting => "Waiting",
            Stage::Pending => "Pending",
            Stage::Progressing => "Progressing",
            Stage::Healthy => "Healthy",
            Stage::Other(name) => name.as_str().unwrap_or_default(),
        }
    }

    /// The stage of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let known = [Stage::Waiting, Stage::Pending, Stage::Progressing, Stage::Healthy];
        known.into_iter().find(|stage| stage.name() == name).unwrap_or_else(|| Stage::Other(name.into()))
    }
}

impl Condition {
    /// A condition.
    #[must_use]
    pub fn new(kind: ConditionKind, status: bool, reason: &'static str, message: impl Into<String>) -> Self {
        let status = Text::from_static(if status { "True" } else { "False" });
        Condition { kind, status, reason: Text::from_static(reason), message: message.into() }
    }

    pub(super) fn is_true(&self) -> bool {
        self.status == "True"
    }
}

impl SetStatus {
    /// Reads `status` of a set.
    #[must_use]
    pub fn of_set(set: &Value) -> Self {
        let conditions = items_of(set, &["status", "conditions"]).iter().map(|c| Condition {
            kind: ConditionKind::from_name(text_at(c, &["type"])),
            status: text_at(c, &["status"]).into(),
            reason: text_at(c, &["reason"]).into(),
            message: text_at(c, &["message"]).to_owned(),
        });
        let applications = items_of(set, &["status", "applicationStatus"]).iter().map(|a| AppStatus {
            application: text_at(a, &["application"]).to_owned(),
            stage: Stage::from_name(text_at(a, &["status"])),
            step: text_at(a, &["step"]).to_owned(),
            message: text_at(a, &["message"]).to_owned(),
            target_revisions: list_of(a, &["targetRevisions"]).map(str::to_owned).collect(),
            changed_at: seconds_of(a, &["lastTransitionTime"]),
        });
        SetStatus { conditions: conditions.collect(), applications: applications.collect() }
    }

    /// Where Applications stand, by name; of several entries for one name the first counts.
    pub(super) fn by_application(&self) -> HashMap<&str, &AppStatus> {
        self.applications.iter().rev().map(|status| (status.application.as_str(), status)).collect()
    }

    /// Sets `condition` and those that follow from it (`setApplicationSetStatusCondition` of Argo CD 3.5.7).
    pub(super) fn set_condition(&mut self, condition: Condition, parameters: Parameters, rollout: Rollout) {
        let mut evaluated = vec![ConditionKind::ParametersGenerated, condition.kind.clone()];
        let mut new = vec![condition.clone()];
        if rollout == Rollout::Unused {
            // Also when the condition is about a rollout that nobody asked for: it is dropped then.
            evaluated.push(ConditionKind::RolloutProgressing);
        }
        if condition.kind != ConditionKind::ParametersGenerated {
            new.push(parameters_condition(parameters, &condition.message));
        }
        match condition.kind {
            ConditionKind::ResourcesUpToDate if condition.is_true() => {
                evaluated.push(ConditionKind::ErrorOccurred);
                new.push(Condition {
                    kind: ConditionKind::ErrorOccurred,
                    status: "False".into(),
                    ..condition.clone()
                });
            }
            ConditionKind::ErrorOccurred if condition.is_true() => {
                evaluated.push(ConditionKind::ResourcesUpToDate);
                new.push(Condition::new(
                    ConditionKind::ResourcesUpToDate,
                    false,
                    "ErrorOccurred",
                    condition.message.clone(),
                ));
            }
            ConditionKind::RolloutProgressing if rollout == Rollout::Unused => {
                evaluated.retain(|kind| *kind != ConditionKind::RolloutProgressing);
            }
            _ => {}
        }
        self.conditions.retain(|kept| !evaluated.contains(&kept.kind));
        self.conditions.extend(new.into_iter().filter(|c| evaluated.contains(&c.kind)));
        self.conditions.sort();
    }
}

fn parameters_condition(parameters: Parameters, message: &str) -> Condition {
    let kind = ConditionKind::ParametersGenerated;
    match parameters {
        Parameters::Generated => Condition::new(
            kind,
            true,
            "ParametersGenerated",
            "Successfully generated parameters for all Applications",
        ),
        Parameters::Failed => Condition::new(kind, false, "ErrorOccurred", message),
    }
}
