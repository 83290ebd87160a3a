//! Sync windows: when Argo CD lets an Application sync (`types.go` of Argo CD 3.5.7).

use aoa_lang::time::{Duration, Schedule, Time, Zone};
use aoa_lang::value::List;
use aoa_lang::{Error, Result, Value};

use super::patterns::Pattern;
use crate::model::Destination;

/// The sync windows of a project, in its order. Windows are named by their places in it.
///
/// ```
/// use aoa_core::lang::Value;
/// use aoa_core::lang::time::Time;
/// use aoa_core::model::Destination;
/// use aoa_core::policy::{Moment, SyncWindows, Trigger};
///
/// let texts = |text: &str| Value::list(vec![Value::from(text)]);
/// let window = Value::map([
///     ("kind", Value::from("deny")),
///     ("schedule", Value::from("0 9 * * *")),
///     ("duration", Value::from("8h")),
///     ("applications", texts("web-*")),
/// ]);
/// let windows = SyncWindows::read(&Value::list(vec![window]));
/// let which = windows.matching("web-eu", &Destination::default());
/// let at_noon = Moment::new(Time::unix(43_200, 0), Trigger::Automated);
/// let decision = windows.decide(&which, &at_noon)?;
/// assert!(!decision.is_allowed());
/// assert_eq!(decision.windows(), [0]);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SyncWindows {
    windows: Vec<SyncWindow>,
}

/// One sync window.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyncWindow {
    /// Whether it allows or denies.
    pub kind: WindowKind,
    /// When it begins, as written.
    pub schedule: String,
    /// How long it is open, as written.
    pub duration: String,
    /// The zone that the schedule is meant in, as written; one that does not exist is UTC.
    pub time_zone: String,
    /// Whether a sync by hand is allowed all the same.
    pub allows_manual: bool,
    /// Whether a sync that was allowed when it began may go on.
    pub allows_overrun: bool,
    matches_all: bool,
    applications: Vec<Pattern>,
    clusters: Vec<Pattern>,
    namespaces: Vec<Pattern>,
}

/// What a window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowKind {
    /// Syncs are allowed while it is open, and denied while none of its kind is.
    Allow,
    /// Syncs are denied while it is open.
    Deny,
    /// Any other text: nothing.
    Neither,
}

/// What asks for a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// Automated sync.
    Automated,
    /// Somebody.
    Manual,
}

/// The moment of a sync.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Moment {
    /// The present.
    pub now: Time,
    /// What asks.
    pub trigger: Trigger,
    /// When the sync began, if it is under way.
    pub started: Option<Time>,
}

impl Moment {
    /// The moment `now` of a sync that is about to begin.
    #[must_use]
    pub fn new(now: Time, trigger: Trigger) -> Self {
        Moment { now, trigger, started: None }
    }
}

/// Whether windows let a sync happen, and which of them say so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WindowDecision {
    /// No window matches.
    NoWindow,
    /// No window denies, and none that would need to be open is closed.
    NoneInForce,
    /// These allow it: they are open.
    OpenAllow(Vec<usize>),
    /// These stand against it, but let a sync by hand pass.
    Manual(Vec<usize>),
    /// These stand against it, but a sync that began in time goes on.
    Overrun(Vec<usize>),
    /// These deny it: they are open.
    OpenDeny(Vec<usize>),
    /// These would allow it, but are closed.
    ClosedAllow(Vec<usize>),
}

impl WindowDecision {
    /// Whether the sync may happen.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        !matches!(self, WindowDecision::OpenDeny(_) | WindowDecision::ClosedAllow(_))
    }

    /// The windows that decide.
    #[must_use]
    pub fn windows(&self) -> &[usize] {
        match self {
            WindowDecision::NoWindow | WindowDecision::NoneInForce => &[],
            WindowDecision::OpenAllow(windows)
            | WindowDecision::Manual(windows)
            | WindowDecision::Overrun(windows)
            | WindowDecision::OpenDeny(windows)
            | WindowDecision::ClosedAllow(windows) => windows,
        }
    }
}

impl SyncWindows {
    /// Reads `spec.syncWindows` of a project.
    #[must_use]
    pub fn read(windows: &Value) -> Self {
        let windows = windows.as_list().map(List::as_slice).unwrap_or_default();
        SyncWindows { windows: windows.iter().map(SyncWindow::read).collect() }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The window at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&SyncWindow> {
        self.windows.get(index)
    }

    /// The windows that are meant for an Application: `SyncWindows.Matches`.
    #[must_use]
    pub fn matching(&self, app_name: &str, destination: &Destination) -> Vec<usize> {
        self.of(|window| window.matches(app_name, destination))
    }

    /// Which of the windows `which` are open at the present: `SyncWindows.Active`.
    ///
    /// # Errors
    ///
    /// Argo CD's text for a schedule or duration that cannot be read; then none of the windows count, and no sync happens.
    pub fn open(&self, which: &[usize], now: &Time) -> Result<Vec<usize>> {
        self.open_at(which, now, now)
    }

    /// Which of the windows `which` would allow syncs and are closed at the present: `SyncWindows.InactiveAllows`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), for windows that allow.
    pub fn closed_allows(&self, which: &[usize], now: &Time) -> Result<Vec<usize>> {
        self.closed_allows_at(which, now, now)
    }

    /// Whether the windows `which` let a sync happen: `SyncWindows.CanSync`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), with `invalid sync windows: ` in front.
    pub fn decide(&self, which: &[usize], moment: &Moment) -> Result<WindowDecision> {
        let decision = self.decide_at(which, moment.trigger, &moment.now, &moment.now)?;
        let may_overrun = match &decision {
            WindowDecision::OpenDeny(windows) | WindowDecision::ClosedAllow(windows) => {
                self.all(windows, |window| window.allows_overrun)
            }
            _ => false,
        };
        let Some(started) = moment.started.as_ref().filter(|t| may_overrun && !t.is_zero()) else {
            return Ok(decision);
        };
        // The offset of the zone is that of the present all the same.
        let before = self.decide_at(which, moment.trigger, started, &moment.now)?;
        Ok(if before.is_allowed() { WindowDecision::Overrun(decision.windows().to_vec()) } else { decision })
    }

    fn decide_at(&self, which: &[usize], trigger: Trigger, at: &Time, now: &Time) -> Result<WindowDecision> {
        if which.is_empty() {
            return Ok(WindowDecision::NoWindow);
        }
        let open = self.open_at(which, at, now).map_err(|e| e.prefixed("invalid sync windows: "))?;
        let of_kind = |kind| -> Vec<usize> {
            open.iter().copied().filter(|at| self.get(*at).is_some_and(|w| w.kind == kind)).collect()
        };
        let by_hand = |windows: &[usize]| {
            trigger == Trigger::Manual && self.all(windows, |window| window.allows_manual)
        };
        let denying = of_kind(WindowKind::Deny);
        if !denying.is_empty() {
            return Ok(match by_hand(&denying) {
                true => WindowDecision::Manual(denying),
                false => WindowDecision::OpenDeny(denying),
            });
        }
        let allowing = of_kind(WindowKind::Allow);
        if !allowing.is_empty() {
            return Ok(WindowDecision::OpenAllow(allowing));
        }
        let closed =
            self.closed_allows_at(which, at, now).map_err(|e| e.prefixed("invalid sync windows: "))?;
        Ok(match closed.is_empty() {
            true => WindowDecision::NoneInForce,
            false if by_hand(&closed) => WindowDecision::Manual(closed),
            false => WindowDecision::ClosedAllow(closed),
        })
    }

    fn open_at(&self, which: &[usize], at: &Time, now: &Time) -> Result<Vec<usize>> {
        self.filter(which, |window| window.is_open(at, now))
    }

    fn closed_allows_at(&self, which: &[usize], at: &Time, now: &Time) -> Result<Vec<usize>> {
        self.filter(which, |window| Ok(window.kind == WindowKind::Allow && !window.is_open(at, now)?))
    }

    fn filter(&self, which: &[usize], keep: impl Fn(&SyncWindow) -> Result<bool>) -> Result<Vec<usize>> {
        let mut kept = Vec::new();
        for at in which {
            if let Some(window) = self.windows.get(*at)
                && keep(window)?
            {
                kept.push(*at);
            }
        }
        Ok(kept)
    }

    fn of(&self, keep: impl Fn(&SyncWindow) -> bool) -> Vec<usize> {
        self.windows.iter().enumerate().filter(|(_, window)| keep(window)).map(|(at, _)| at).collect()
    }

    fn all(&self, which: &[usize], holds: impl Fn(&SyncWindow) -> bool) -> bool {
        which.iter().filter_map(|at| self.windows.get(*at)).all(holds)
    }
}

impl SyncWindow {
    pub(super) fn read(window: &Value) -> Self {
        let text = |key: &str| window.str_at(&[key]).unwrap_or_default().to_owned();
        let is_set = |key: &str| window.get(key).and_then(Value::as_bool).unwrap_or(false);
        let patterns = |key: &str| -> Vec<Pattern> {
            let texts = window.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
            texts.iter().filter_map(Value::as_str).map(Pattern::plain).collect()
        };
        SyncWindow {
            kind: match text("kind").as_str() {
                "allow" => WindowKind::Allow,
                "deny" => WindowKind::Deny,
                _ => WindowKind::Neither,
            },
            schedule: text("schedule"),
            duration: text("duration"),
            time_zone: text("timeZone"),
            allows_manual: is_set("manualSync"),
            allows_overrun: is_set("syncOverrun"),
            matches_all: is_set("andOperator"),
            applications: patterns("applications"),
            clusters: patterns("clusters"),
            namespaces: patterns("namespaces"),
        }
    }

    /// Whether it is meant for an Application. With `andOperator` every list that is not empty has to match.
    fn matches(&self, app_name: &str, destination: &Destination) -> bool {
        let any = |patterns: &[Pattern], text: &str| patterns.iter().any(|pattern| pattern.matches(text));
        let on_cluster = [destination.name.as_str(), destination.server.as_str()]
            .iter()
            .any(|text| !text.is_empty() && any(&self.clusters, text));
        let found = [
            (&self.applications, any(&self.applications, app_name)),
            (&self.clusters, on_cluster),
            (&self.namespaces, any(&self.namespaces, &destination.namespace)),
        ];
        let mut asked = found.iter().filter(|(patterns, _)| !patterns.is_empty()).map(|(_, hit)| *hit);
        match self.matches_all {
            false => asked.any(|hit| hit),
            true => {
                let mut asked = asked.peekable();
                asked.peek().is_some() && asked.all(|hit| hit)
            }
        }
    }

    /// Whether it is open at `at`. The zone is taken for its offset at `now`, so that the schedule is read in UTC.
    fn is_open(&self, at: &Time, now: &Time) -> Result<bool> {
        let (schedule, duration) = self.terms()?;
        let zone = Zone::load(self.time_zone.as_bytes()).unwrap_or_default();
        let offset = now.to_zone(zone).offset_seconds().saturating_mul(1_000_000_000);
        let there = at.to_zone(Zone::Utc).add(Duration(offset));
        let since = at.to_zone(Zone::Utc).add(Duration(offset.wrapping_sub(duration.0)));
        // A schedule that never comes gives Go's zero time, which is before all others: such a window is always open.
        let next = schedule.next(&since).unwrap_or_default();
        Ok(next.compare(&there).is_lt())
    }

    /// The schedule and the duration.
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text for what cannot be read.
    pub fn terms(&self) -> Result<(Schedule, Duration)> {
        let schedule = Schedule::parse(&self.schedule)
            .map_err(|e| e.prefixed(&format!("cannot parse schedule '{}': ", self.schedule)))?;
        let duration = Duration::parse(self.duration.as_bytes())
            .map_err(|e| Error::invalid(format!("cannot parse duration '{}': {e}", self.duration)))?;
        Ok((schedule, duration))
    }
}
