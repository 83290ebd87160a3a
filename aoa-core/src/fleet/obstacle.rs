//! Does it take effect? What stands between a merge and the cluster.

use std::collections::HashMap;

use aoa_lang::strconv::parse_bool;
use aoa_lang::text::glob::{PatternList, PatternMode};
use aoa_lang::time::{Time, Zone};
use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::{App, AppId, AppSet, Content, Fleet, Parent, SetId, State};
use crate::model::ObjectRef;
use crate::policy::{Moment, Projects, Trigger, WindowDecision};

/// Something that keeps a merged change from reaching the cluster by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Obstacle {
    /// Where it stands: at the Application itself, or at something above it through which a change of the Application's own
    /// object has to come.
    pub at: ObjectRef,
    /// What it is.
    pub kind: ObstacleKind,
}

/// What keeps a change from taking effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObstacleKind {
    /// Automated sync is off: somebody has to sync.
    Manual,
    /// A set with the strategy `RollingSync` syncs it, in its turn.
    Rollout {
        /// The step, from 1; `None`: no step selects it, it is never synced by itself.
        step: Option<usize>,
        /// Whether progressive syncs are enabled; `None`: not known.
        is_enabled: Option<bool>,
    },
    /// Sync windows of its project deny it now.
    Window {
        /// The project.
        project: String,
        /// Which windows, by their places in the effective project.
        decision: WindowDecision,
    },
    /// Its project has sync windows for it, but the time is not given: see [`Options::now`](crate::Options).
    WindowAtUnknownTime {
        /// The project.
        project: String,
    },
    /// Its project has a sync window that Argo CD cannot read: no sync happens.
    BrokenWindow {
        /// Argo CD's words.
        error: Text,
    },
    /// The annotation `argocd.argoproj.io/skip-reconcile`: the controller leaves it alone.
    SkipReconcile,
    /// The controller does not look into its namespace.
    Namespace,
    /// Nobody said whether the controller looks into its namespace (`application.namespaces`).
    NamespaceUnknown,
    /// Its source is hydrated: what is merged counts once it is hydrated to this branch.
    Hydration {
        /// The branch that is synced.
        branch: Text,
    },
    /// The set that generates it fails or is unknown: the object stays as it is.
    Frozen,
    /// Argo CD would fail: nothing is synced or pruned.
    Fails {
        /// Its words.
        error: Text,
    },
    /// What it contains is not known.
    Unknown {
        /// What is missing.
        reason: Text,
    },
    /// This parent brings it too, and lost: what it says of it has no effect.
    ConflictLost,
}

impl ObstacleKind {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            ObstacleKind::Manual => "manual",
            ObstacleKind::Rollout { .. } => "rollout",
            ObstacleKind::Window { .. } => "window",
            ObstacleKind::WindowAtUnknownTime { .. } => "window-at-unknown-time",
            ObstacleKind::BrokenWindow { .. } => "broken-window",
            ObstacleKind::SkipReconcile => "skip-reconcile",
            ObstacleKind::Namespace => "namespace",
            ObstacleKind::NamespaceUnknown => "namespace-unknown",
            ObstacleKind::Hydration { .. } => "hydration",
            ObstacleKind::Frozen => "frozen",
            ObstacleKind::Fails { .. } => "fails",
            ObstacleKind::Unknown { .. } => "unknown",
            ObstacleKind::ConflictLost => "conflict-lost",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            ObstacleKind::Manual => "automated sync is off".to_owned(),
            ObstacleKind::Rollout { step, is_enabled } => {
                let turn = match step {
                    Some(step) => format!("synced in step {step} of the rollout"),
                    None => "no step of the rollout selects it: it is never synced by itself".to_owned(),
                };
                let doubt = if is_enabled.is_none() { ", if progressive syncs are enabled" } else { "" };
                format!("{turn}{doubt}")
            }
            ObstacleKind::Window { project, decision } => {
                let which: Vec<String> =
                    decision.windows().iter().map(|at| format!("`syncWindows[{at}]`")).collect();
                let state = match decision {
                    WindowDecision::OpenDeny(_) => "syncs are denied now",
                    _ => "no window that allows syncs is open now",
                };
                format!("{} of project `{project}`: {state}", which.join(", "))
            }
            ObstacleKind::WindowAtUnknownTime { project } => {
                format!("project `{project}` has sync windows for it, and the time is not given")
            }
            ObstacleKind::BrokenWindow { error } => error.to_string(),
            ObstacleKind::SkipReconcile => "the controller is told to skip it".to_owned(),
            ObstacleKind::Namespace => "the controller does not look into its namespace".to_owned(),
            ObstacleKind::NamespaceUnknown => {
                "whether the controller looks into its namespace is not known".to_owned()
            }
            ObstacleKind::Hydration { branch } => format!("takes effect once it is hydrated to `{branch}`"),
            ObstacleKind::Frozen => "the set generates nothing: the object stays as it is".to_owned(),
            ObstacleKind::Fails { error } => error.to_string(),
            ObstacleKind::Unknown { reason } => reason.to_string(),
            ObstacleKind::ConflictLost => "brings it too, without effect".to_owned(),
        }
    }
}

/// What an Application's own object says that can keep it from taking effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switches {
    skips: bool,
    /// The branch that its source is hydrated to.
    hydrates_to: Option<Text>,
    is_automated: bool,
}

impl Switches {
    /// Of an Application's object, normalised or not.
    pub(crate) fn of(object: &Value) -> Self {
        let spec = object.get("spec").unwrap_or(&Value::Null);
        let hydrator = spec.get("sourceHydrator").filter(|hydrator| !hydrator.is_null());
        let branch = hydrator.map(|h| h.str_at(&["syncSource", "targetBranch"]).unwrap_or_default().into());
        Switches {
            skips: skip_annotation(object).and_then(parse_bool) == Some(true),
            hydrates_to: branch,
            is_automated: is_automated(spec),
        }
    }

    /// Whether these hold for every text that may stand at the places of `mark` in `object`.
    pub(crate) fn hold_whatever(&self, mark: char, object: &Value) -> bool {
        let branch = self.hydrates_to.as_ref().and_then(Text::as_str).unwrap_or_default();
        !skip_annotation(object).unwrap_or_default().contains(mark) && !branch.contains(mark)
    }
}

fn skip_annotation(object: &Value) -> Option<&str> {
    object.str_at(&["metadata", "annotations", "argocd.argoproj.io/skip-reconcile"])
}

/// `SyncPolicy.IsAutomatedSyncEnabled` of Argo CD 3.5.7.
fn is_automated(spec: &Value) -> bool {
    let automated = spec.at(&["syncPolicy", "automated"]).filter(|automated| !automated.is_null());
    automated.is_some_and(|automated| automated.get("enabled") != Some(&Value::Bool(false)))
}

/// What obstacles are found with, worked out once for a fleet.
pub(crate) struct Surroundings {
    projects: Projects,
    /// The controller's own namespace.
    home: Text,
    /// Which namespaces besides its own the controller looks into; `None`: not known.
    watched: Option<PatternList>,
    /// The present; `None`: not given.
    now: Option<Time>,
    rollouts: HashMap<SetId, Turns>,
    /// Parents that lost an Application.
    lost: HashMap<ObjectRef, Vec<ObjectRef>>,
}

/// In which step the Applications of a set are synced.
struct Turns {
    is_enabled: Option<bool>,
    steps: HashMap<String, usize>,
}

impl Surroundings {
    pub(crate) fn of(fleet: &Fleet) -> Self {
        let data = &fleet.data;
        let watched = data.inputs.settings.params_cm.as_ref().map(|params| {
            let list = params.str_at(&["application.namespaces"]).unwrap_or_default();
            let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
            PatternList::new(names, PatternMode::Regexp)
        });
        let mut rollouts = HashMap::new();
        for id in &data.sorted_sets {
            if let Some(turns) = Turns::of(AppSet::new(fleet, *id)) {
                rollouts.insert(*id, turns);
            }
        }
        let mut lost: HashMap<ObjectRef, Vec<ObjectRef>> = HashMap::new();
        for conflict in data.conflicts.iter() {
            lost.entry(conflict.object.clone()).or_default().extend(conflict.parent.clone());
        }
        let now = (data.now != 0).then(|| Time::unix(data.now, 0).to_zone(Zone::Utc));
        let home = data.inputs.settings.namespace.clone();
        Surroundings { projects: data.projects_now(), home, watched, now, rollouts, lost }
    }
}

impl Turns {
    fn of(set: AppSet<'_>) -> Option<Self> {
        let rollout = set.rollout().filter(|rollout| rollout.is_enabled != Some(false))?;
        let steps = rollout.steps.into_iter().zip(1..);
        let steps = steps.flat_map(|(names, step)| names.into_iter().map(move |name| (name, step)));
        Some(Turns { is_enabled: rollout.is_enabled, steps: steps.collect() })
    }
}

/// The obstacles of an Application: its own, then those of what is above it, from the nearest.
pub(super) fn obstacles(fleet: &Fleet, id: AppId, switches: Option<&Switches>) -> Vec<Obstacle> {
    let data = &fleet.data;
    let around = data.surroundings.get_or_init(|| Surroundings::of(fleet));
    let mut found = Vec::new();
    let mut next = Parent::App(id);
    // The first parent of an object is kept, and came before it: the chain ends.
    loop {
        next = match next {
            Parent::Root => break,
            Parent::App(app) => {
                let at = data.app_ref(app);
                let above = if app == id { None } else { data.application(app) };
                let above = above.map(|above| Switches::of(&above.object));
                if let Some(switches) = if app == id { switches } else { above.as_ref() } {
                    let own = own(App::new(fleet, app), switches, around);
                    found.extend(own.into_iter().map(|kind| Obstacle { at: at.clone(), kind }));
                }
                data.apps.get(app).map_or(Parent::Root, |record| record.parent)
            }
            Parent::Set(set) => {
                if AppSet::new(fleet, set).is_frozen() {
                    found.push(Obstacle { at: data.set_ref(set), kind: ObstacleKind::Frozen });
                }
                data.sets.get(set.0 as usize).map_or(Parent::Root, |record| record.parent)
            }
        };
    }
    for parent in around.lost.get(&data.app_ref(id)).into_iter().flatten() {
        found.push(Obstacle { at: parent.clone(), kind: ObstacleKind::ConflictLost });
    }
    found
}

/// What stands at one Application.
fn own(app: App<'_>, switches: &Switches, around: &Surroundings) -> Vec<ObstacleKind> {
    let mut found = Vec::new();
    found.extend(namespace(app, around));
    if switches.skips {
        found.push(ObstacleKind::SkipReconcile);
    }
    found.extend(app.content().and_then(failure));
    if let Some(branch) = &switches.hydrates_to {
        found.push(ObstacleKind::Hydration { branch: branch.clone() });
    }
    found.extend(automation(app, switches, around));
    found.extend(windows(app, around));
    found
}

fn namespace(app: App<'_>, around: &Surroundings) -> Option<ObstacleKind> {
    if app.namespace().as_bytes() == around.home.as_bytes() {
        return None;
    }
    match &around.watched {
        None => Some(ObstacleKind::NamespaceUnknown),
        Some(watched) => {
            let looks = watched.matches(app.namespace()).unwrap_or(false);
            (!looks).then_some(ObstacleKind::Namespace)
        }
    }
}

fn failure(content: &Content) -> Option<ObstacleKind> {
    let mut said = content.refusal.iter().chain(&content.conditions).chain(&content.denied);
    if let Some(error) = said.next().cloned() {
        return Some(ObstacleKind::Fails { error });
    }
    match &content.state {
        State::Failed(error) => Some(ObstacleKind::Fails { error: error.clone() }),
        State::Unknown(gap) => Some(ObstacleKind::Unknown { reason: gap.to_string().into() }),
        State::Rendered | State::Skipped => None,
    }
}

/// Who syncs it. A rollout switches automated sync off and syncs by itself.
fn automation(app: App<'_>, switches: &Switches, around: &Surroundings) -> Option<ObstacleKind> {
    if let Some(Parent::Set(set)) = app.record().map(|record| record.parent)
        && let Some(turns) = around.rollouts.get(&set)
    {
        let step = turns.steps.get(app.name()).copied();
        return Some(ObstacleKind::Rollout { step, is_enabled: turns.is_enabled });
    }
    (!switches.is_automated).then_some(ObstacleKind::Manual)
}

fn windows(app: App<'_>, around: &Surroundings) -> Option<ObstacleKind> {
    let project = app.project_name();
    let windows = &around.projects.effective(project)?.windows;
    let which = windows.matching(app.name(), &app.destination_of());
    if which.is_empty() {
        return None;
    }
    let Some(now) = &around.now else {
        return Some(ObstacleKind::WindowAtUnknownTime { project: project.to_owned() });
    };
    let decision: Result<WindowDecision> =
        windows.decide(&which, &Moment::new(now.clone(), Trigger::Automated));
    match decision {
        Err(error) => Some(ObstacleKind::BrokenWindow { error: error.message().into() }),
        Ok(decision) if decision.is_allowed() => None,
        Ok(decision) => Some(ObstacleKind::Window { project: project.to_owned(), decision }),
    }
}
