//! What is wrong with an order: deadlocks and their cuts, loops, what nobody brings, waves that order nothing, the way down.

use super::need::{Named, NeedKind};
use crate::finding::Rule;
use crate::fleet::App;
use crate::model::ObjectRef;

/// Applications that wait for each other for ever.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Deadlock<'f> {
    /// Who.
    pub apps: Vec<App<'f>>,
    /// Why: numbers of [`Order::edges`](super::Order::edges).
    pub edges: Vec<usize>,
    /// What to change.
    pub cut: Cut,
}

/// What to change to undo a deadlock.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cut {
    /// The edges that have to go: numbers of [`Order::edges`](super::Order::edges).
    pub edges: Vec<usize>,
    /// Whether it is proven that fewer would not do.
    pub is_smallest: bool,
}

/// Applications that wait for each other until they heal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Loop<'f> {
    /// Who.
    pub apps: Vec<App<'f>>,
    /// The edges that cannot be met first: numbers of [`Order::edges`](super::Order::edges).
    pub edges: Vec<usize>,
}

/// Something that Applications cannot do without, and that nobody in sight brings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unseen<'f> {
    /// The cluster.
    pub cluster: String,
    /// Which rule asks.
    pub kind: NeedKind,
    /// What is asked for.
    pub what: Named<'f>,
    /// Who asks, by namespace and name.
    pub apps: Vec<App<'f>>,
    /// How many objects ask.
    pub objects: usize,
    /// How many Applications of the cluster could not be seen in full: one of them may bring it.
    pub unknown_apps: usize,
    /// What is known about it.
    pub reason: UnseenReason,
}

/// Why something is not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnseenReason {
    /// Nothing of what could be seen brings it.
    NotInFleet,
    /// The kind is defined, but only in these versions.
    OtherVersions(Vec<String>),
    /// These objects install operators, which may bring it.
    MayCome(Vec<String>),
}

/// Applications that wait for one that nobody syncs by itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Held<'f> {
    /// Whom they wait for: it is synced by hand.
    pub by: App<'f>,
    /// Its wave.
    pub wave: i64,
    /// Those of later waves, with which it is brought.
    pub apps: Vec<App<'f>>,
}

/// Waves that order nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IdleWaves<'f> {
    /// Why they do not.
    pub reason: IdleReason,
    /// Whose waves these are.
    pub apps: Vec<App<'f>>,
}

/// Why waves order nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IdleReason {
    /// Argo CD does not assess the health of Applications.
    NoHealth,
    /// It is not known whether it does.
    HealthUnknown,
    /// The Applications come from a set, which does not read waves.
    InSet,
}

/// The way down.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Deletion<'f> {
    /// Which Applications are to go before which: users before what they stand on.
    pub stages: Vec<Vec<App<'f>>>,
    /// What hangs.
    pub hangs: Vec<Hang<'f>>,
}

/// A deletion that hangs, or takes more along than it should.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hang<'f> {
    /// What hangs.
    pub app: App<'f>,
    /// Without what.
    pub without: App<'f>,
    /// Which need it is.
    pub kind: NeedKind,
    /// What is needed.
    pub what: Named<'f>,
    /// Whether Argo CD sees to the order: waves in which one parent deletes both.
    pub is_in_order: bool,
}

impl IdleReason {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IdleReason::NoHealth => "no-health",
            IdleReason::HealthUnknown => "health-unknown",
            IdleReason::InSet => "in-set",
        }
    }

    /// The rule that finds it; `None`: what is not known is no finding.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        match self {
            IdleReason::NoHealth => Some(Rule::WaveWithoutHealth),
            IdleReason::InSet => Some(Rule::TemplateWave),
            IdleReason::HealthUnknown => None,
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            IdleReason::NoHealth => "orders nothing: no Application health in argocd-cm",
            IdleReason::HealthUnknown => {
                "orders nothing unless argocd-cm has Application health: it was not given"
            }
            IdleReason::InSet => "orders nothing: a set does not read it (RollingSync does order)",
        }
    }
}

impl Deadlock<'_> {
    /// Everybody's object reference.
    #[must_use]
    pub fn refs(&self) -> Vec<ObjectRef> {
        self.apps.iter().map(App::object_ref).collect()
    }
}
