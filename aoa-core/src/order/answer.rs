//! The answer: Applications by stage, needs with what becomes of them, deadlocks with the smallest cut.

use std::collections::{BTreeMap, VecDeque};

use super::cut::CutNeeds;
use super::edges::Need;
use super::graph::{Graph, Stopped};
use super::index::{Key, What};
use super::rules::Severity;
use super::settings::Waiting;
use super::waits::Waits;
use super::world::{NONE, World};
use super::{deletion, idle};
use crate::finding::Place;
use crate::fleet::{App, Fleet};
use crate::model::ObjectRef;

/// What is to come up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// The whole fleet.
    Fleet,
    /// One cluster, by its name or address; everything on other clusters is there already.
    Cluster(String),
}

impl Scope {
    /// The cluster of this name, address or Secret.
    ///
    /// # Errors
    ///
    /// As [`Fleet::cluster_at`]; a cluster that is not registered but that Applications go to is found, too.
    pub fn cluster(fleet: &Fleet, address: &str) -> aoa_lang::Result<Self> {
        match fleet.cluster_at(address) {
            Ok(cluster) if cluster.name.is_empty() => Ok(Scope::Cluster(cluster.server_key().to_owned())),
            Ok(cluster) => Ok(Scope::Cluster(cluster.name.to_str_lossy().into_owned())),
            Err(error) => {
                let is_named = fleet.apps().any(|app| {
                    let (server, name) = app.destination_texts();
                    app.cluster().is_none() && (name == address || server == address)
                });
                if is_named { Ok(Scope::Cluster(address.to_owned())) } else { Err(error) }
            }
        }
    }
}

/// In which order Applications come up.
#[derive(Clone)]
#[non_exhaustive]
pub struct Order<'f> {
    /// What was asked for.
    pub scope: Scope,
    /// The Applications that take part, by namespace and name.
    pub apps: Vec<Member<'f>>,
    /// Who waits for whom and why, by the names of both.
    pub edges: Vec<Edge<'f>>,
    /// Applications that wait for each other for ever.
    pub deadlocks: Vec<Deadlock<'f>>,
    /// Applications that wait for each other until syncs are tried again.
    pub loops: Vec<Loop<'f>>,
    /// What Applications cannot do without, and nobody in sight brings.
    pub unseen: Vec<Unseen<'f>>,
    /// Waves that order nothing.
    pub idle_waves: Vec<IdleWaves<'f>>,
    /// The longest chain, first the first.
    pub longest: Vec<App<'f>>,
    /// The way down.
    pub deletion: Deletion<'f>,
    /// Whether waves of Applications wait for each other.
    pub waiting: Waiting,
    /// Whether progressive syncs are enabled; `None`: not known.
    pub rolls: Option<bool>,
}

/// An Application that takes part.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Member<'f> {
    /// The Application.
    pub app: App<'f>,
    /// When it comes up: after everything of the stages before, from 1.
    pub stage: usize,
    /// Whether it is in a deadlock.
    pub is_deadlocked: bool,
    /// Whether it waits behind a deadlock.
    pub is_blocked: bool,
    /// The Application that creates it, if that takes part.
    pub creator: Option<App<'f>>,
    /// The wave in which its creator brings it, where waves wait.
    pub wave: Option<i64>,
    /// The step of the rollout that syncs it, from 1.
    pub step: Option<usize>,
    /// Whether its content is not known in full: what it needs and brings could not be seen.
    pub is_unknown: bool,
    /// Whether Argo CD fails on its content: it never comes up.
    pub fails: bool,
}

/// How firmly one Application stands on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Strength {
    /// It cannot be applied without.
    Hard,
    /// It is applied, but does not work without.
    Runtime,
    /// An annotation says so; Argo CD knows nothing of it.
    Declared,
}

/// What becomes of a need when everything begins at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Argo CD sees to it: by waves that wait, steps of a rollout, or since one brings the other.
    InOrder,
    /// It fails until what it needs is there, and is tried again.
    Heals,
    /// Nothing sees to it, and nothing breaks.
    NotEnforced,
    /// One of both is synced by hand: whoever does has to know the order.
    ByHand,
    /// It is part of a deadlock.
    Deadlock,
    /// What it needs waits behind a deadlock.
    BehindDeadlock,
    /// What it needs comes in a later wave or step, which waits for it.
    ItsTurnComesLater,
    /// Argo CD fails on the content of what it needs.
    ProviderFails,
    /// The chain of needs is longer than the retries.
    GivesUp {
        /// How often a failed sync is tried again.
        retries: i64,
    },
}

/// One Application waits for another.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edge<'f> {
    /// Who waits.
    pub from: App<'f>,
    /// For whom.
    pub to: App<'f>,
    /// Which rule says so.
    pub kind: NeedKind,
    /// What is needed.
    pub what: Named<'f>,
    /// The object that needs it; `None`: the Application itself.
    pub object: Option<Named<'f>>,
    /// The object that provides it, where it is another one than what is needed.
    pub by: Option<Named<'f>>,
    /// Where it is needed.
    pub place: Option<Place>,
    /// How many objects need it.
    pub objects: usize,
    /// How many Applications bring it: any of them will do.
    pub providers: usize,
    /// How firmly it is needed.
    pub strength: Strength,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Whether a sync fails while it is not met; if not, only what was applied does not work yet.
    pub fails_sync: bool,
    /// Whether what is needed comes in a later wave, or step of a rollout, than what needs it.
    pub comes_later: bool,
}

/// An object or a kind by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<'f> {
    /// The group.
    pub group: &'f str,
    /// The kind.
    pub kind: &'f str,
    /// The namespace.
    pub namespace: &'f str,
    /// The name.
    pub name: &'f str,
}

/// The rules by which one Application needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NeedKind {
    /// The definition of a kind.
    Definition,
    /// A kind that Gatekeeper makes from a template.
    Template,
    /// A kind that Crossplane makes from a definition.
    Composite,
    /// A kind that kro makes from a graph.
    Graph,
    /// A kind that another API server answers for.
    ApiService,
    /// Its project.
    Project,
    /// The Secret by which Argo CD knows its cluster.
    ClusterCredential,
    /// The Secret by which Argo CD may read its repository.
    RepositoryCredential,
    /// A namespace.
    Namespace,
    /// The backend of a webhook that refuses its objects.
    Webhook,
    /// The backend of a webhook, which the webhook itself refuses.
    SelfWebhook,
    /// A class of volumes.
    StorageClass,
    /// A driver of volumes.
    Driver,
    /// An issuer of certificates.
    Issuer,
    /// A store of secrets.
    SecretStore,
    /// A Secret, or what makes it.
    Secret,
    /// A ConfigMap.
    ConfigMap,
    /// A ServiceAccount.
    ServiceAccount,
    /// A class of priorities.
    PriorityClass,
    /// A class of container runtimes.
    RuntimeClass,
    /// A service that a hook calls.
    Service,
    /// Something that an object of an operator refers to.
    Reference,
    /// An annotation says so.
    Declared,
}

/// Applications that wait for each other for ever.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Deadlock<'f> {
    /// Who.
    pub apps: Vec<App<'f>>,
    /// Why: numbers of [`Order::edges`].
    pub edges: Vec<usize>,
    /// What to change.
    pub cut: Cut,
}

/// What to change to undo a deadlock.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cut {
    /// The edges that have to go: numbers of [`Order::edges`].
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
    /// The edges that cannot be met first: numbers of [`Order::edges`].
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

impl<'f> Order<'f> {
    pub(super) fn new(
        world: &World<'f>,
        scope: &Scope,
        waits: &Waits,
        graph: &Graph,
        needs: Vec<Need<'f>>,
        unseen: Vec<Unseen<'f>>,
        cuts: Vec<CutNeeds>,
    ) -> Self {
        let app = |at: &u32| world.node(*at).map(|node| node.app);
        let apps = |all: &[u32]| -> Vec<App<'f>> { all.iter().filter_map(app).collect() };
        let numbers = |all: &[u32]| -> Vec<usize> { all.iter().map(|at| *at as usize).collect() };
        let deadlocks = graph.deadlocks.iter().zip(cuts).map(|(knot, cut)| Deadlock {
            apps: apps(&knot.apps),
            edges: numbers(&knot.needs),
            cut: Cut { edges: numbers(&cut.needs), is_smallest: cut.is_smallest },
        });
        let loops =
            graph.loops.iter().map(|knot| Loop { apps: apps(&knot.apps), edges: numbers(&knot.needs) });
        Order {
            scope: scope.clone(),
            apps: members(world, waits, graph),
            deadlocks: deadlocks.collect(),
            loops: loops.collect(),
            unseen,
            idle_waves: idle::idle_waves(world),
            longest: apps(&graph.longest),
            deletion: deletion::deletion(world, &needs),
            waiting: world.settings.waiting,
            rolls: world.settings.rolls,
            edges: needs.iter().filter_map(|need| edge(world, need)).collect(),
        }
    }

    /// The Applications of each stage.
    #[must_use]
    pub fn stages(&self) -> Vec<Vec<&Member<'f>>> {
        let mut stages: Vec<Vec<&Member<'f>>> = Vec::new();
        for member in &self.apps {
            let at = member.stage.saturating_sub(1);
            if stages.len() <= at {
                stages.resize(at + 1, Vec::new());
            }
            stages.get_mut(at).into_iter().for_each(|stage| stage.push(member));
        }
        stages.retain(|stage| !stage.is_empty());
        stages
    }

    /// The Application `namespace/name` among those that take part.
    #[must_use]
    pub fn member(&self, namespace: &str, name: &str) -> Option<&Member<'f>> {
        let key = |member: &Member<'f>| (member.app.namespace(), member.app.name());
        let at = self.apps.binary_search_by(|member| key(member).cmp(&(namespace, name))).ok()?;
        self.apps.get(at)
    }

    /// What the Application waits for: edges, nearest first, with how many stand between.
    #[must_use]
    pub fn waits_for(&self, app: App<'f>) -> Vec<(usize, &Edge<'f>)> {
        self.walk(app, |edge| edge.from, |edge| edge.to)
    }

    /// What waits for the Application: edges, nearest first, with how many stand between.
    #[must_use]
    pub fn waited_for_by(&self, app: App<'f>) -> Vec<(usize, &Edge<'f>)> {
        self.walk(app, |edge| edge.to, |edge| edge.from)
    }

    /// The same for one Application: what it waits for, and what waits for it, however far.
    #[must_use]
    pub fn around(&self, app: App<'f>) -> Order<'f> {
        let id = |edge: &Edge<'f>| (edge.from.id().0, edge.to.id().0);
        let both = self.waits_for(app).into_iter().chain(self.waited_for_by(app));
        let near: std::collections::BTreeSet<*const Edge<'f>> =
            both.map(|(_, edge)| std::ptr::from_ref(edge)).collect();
        let mut numbers = BTreeMap::new();
        let mut kept = Vec::new();
        for (at, edge) in self.edges.iter().enumerate() {
            if near.contains(&std::ptr::from_ref(edge)) {
                numbers.insert(at, kept.len());
                kept.push(edge.clone());
            }
        }
        let mut apps: std::collections::BTreeSet<u32> =
            kept.iter().map(id).flat_map(|(from, to)| [from, to]).collect();
        apps.insert(app.id().0);
        let has = |app: &App<'f>| apps.contains(&app.id().0);
        let renumbered = |edges: &[usize]| -> Vec<usize> {
            edges.iter().filter_map(|at| numbers.get(at).copied()).collect()
        };
        let mut order = self.clone();
        order.apps.retain(|member| has(&member.app));
        order.deadlocks.retain(|deadlock| deadlock.apps.iter().any(has));
        for deadlock in &mut order.deadlocks {
            deadlock.edges = renumbered(&deadlock.edges);
            deadlock.cut.edges = renumbered(&deadlock.cut.edges);
        }
        order.loops.retain(|knot| knot.apps.iter().any(has));
        order.loops.iter_mut().for_each(|knot| knot.edges = renumbered(&knot.edges));
        order.unseen.retain(|unseen| unseen.apps.iter().any(has));
        order.idle_waves.iter_mut().for_each(|waves| waves.apps.retain(has));
        order.idle_waves.retain(|waves| !waves.apps.is_empty());
        order.longest.retain(has);
        order.deletion.hangs.retain(|hang| has(&hang.app) && has(&hang.without));
        order.deletion.stages.iter_mut().for_each(|stage| stage.retain(has));
        order.deletion.stages.retain(|stage| !stage.is_empty());
        order.edges = kept;
        order
    }

    fn walk(
        &self,
        app: App<'f>,
        near: impl Fn(&Edge<'f>) -> App<'f>,
        far: impl Fn(&Edge<'f>) -> App<'f>,
    ) -> Vec<(usize, &Edge<'f>)> {
        let mut by_near: BTreeMap<u32, Vec<&Edge<'f>>> = BTreeMap::new();
        for edge in &self.edges {
            by_near.entry(near(edge).id().0).or_default().push(edge);
        }
        let mut seen = std::collections::BTreeSet::from([app.id().0]);
        let mut open = VecDeque::from([(1, app.id().0)]);
        let mut found = Vec::new();
        while let Some((distance, at)) = open.pop_front() {
            for edge in by_near.get(&at).into_iter().flatten() {
                found.push((distance, *edge));
                if seen.insert(far(edge).id().0) {
                    open.push_back((distance + 1, far(edge).id().0));
                }
            }
        }
        found
    }
}

fn members<'f>(world: &World<'f>, waits: &Waits, graph: &Graph) -> Vec<Member<'f>> {
    let members = world.nodes.iter().zip(0u32..).map(|(node, at)| {
        let stopped = graph.stopped.get(at as usize).copied().unwrap_or(Stopped::No);
        Member {
            app: node.app,
            stage: graph.stages.get(at as usize).copied().unwrap_or_default() as usize,
            is_deadlocked: stopped == Stopped::InDeadlock,
            is_blocked: stopped == Stopped::Behind,
            creator: node.creator.and_then(|creator| Some(world.node(creator)?.app)),
            wave: (world.waits() && node.creator.is_some()).then_some(node.entry_wave),
            step: waits.steps.get(&at).map(|(_, step)| *step as usize + 1),
            is_unknown: world.is_unknown(at),
            fails: world.fails(at),
        }
    });
    members.collect()
}

fn edge<'f>(world: &World<'f>, need: &Need<'f>) -> Option<Edge<'f>> {
    let (from, to) = (world.node(need.from)?, world.node(need.to)?);
    let manifest = |node: u32, at: u32| world.manifests(node).get(at as usize);
    let object = |node: u32, at: u32| {
        let manifest = manifest(node, at)?;
        Some(Named {
            group: manifest.group(),
            kind: manifest.kind(),
            namespace: manifest.namespace(),
            name: manifest.name(),
        })
    };
    let what = named(&need.key);
    let place = manifest(need.from, need.at).and_then(|manifest| manifest.place.clone());
    let by = object(need.to, need.by).filter(|by| (by.kind, by.name) != (what.kind, what.name));
    Some(Edge {
        from: from.app,
        to: to.app,
        kind: need.kind,
        what,
        object: if need.at == NONE { None } else { object(need.from, need.at) },
        by,
        place: place.or_else(|| from.app.place().cloned()),
        objects: need.count as usize,
        providers: need.providers as usize,
        strength: need.strength,
        outcome: need.outcome,
        fails_sync: need.severity != Severity::Waits,
        comes_later: need.comes_later,
    })
}

/// What is asked for, as others call it.
pub(super) fn named<'f>(key: &Key<'f>) -> Named<'f> {
    let kind = match key.what {
        What::Object | What::Kind | What::Version => key.kind,
        What::Cluster => "Cluster",
        What::Repository => "Repository",
    };
    Named { group: key.group, kind, namespace: key.namespace, name: key.name }
}

impl Edge<'_> {
    /// Whom it needs and why, in words: `needs CRD Issuer of cert-manager`.
    #[must_use]
    pub fn message(&self) -> String {
        if self.kind == NeedKind::Declared && self.object.is_none() {
            return format!("is declared to come after {}", self.to.name());
        }
        let of = if self.from.id() == self.to.id() { "itself" } else { self.to.name() };
        let by = match &self.by {
            Some(by)
                if !matches!(
                    self.kind,
                    NeedKind::Definition | NeedKind::ApiService | NeedKind::Webhook | NeedKind::SelfWebhook
                ) =>
            {
                format!(", made by {} {},", by.kind, by.name)
            }
            _ => String::new(),
        };
        format!("{}{by} of {of}", self.kind.phrase(&self.what))
    }

    /// How to do without, in words.
    #[must_use]
    pub fn remedy(&self) -> String {
        if self.comes_later {
            return format!("an earlier wave for {}, or for what brings it", self.to.name());
        }
        self.kind.remedy(&self.what, self.object.as_ref())
    }
}

impl Named<'_> {
    /// `namespace/name`, or the name alone.
    #[must_use]
    pub fn path(&self) -> String {
        if self.namespace.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }
}

impl Strength {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Strength::Hard => "hard",
            Strength::Runtime => "runtime",
            Strength::Declared => "declared",
        }
    }
}

impl Outcome {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::InOrder => "in-order",
            Outcome::Heals => "heals",
            Outcome::NotEnforced => "not-enforced",
            Outcome::ByHand => "by-hand",
            Outcome::Deadlock
            | Outcome::BehindDeadlock
            | Outcome::ItsTurnComesLater
            | Outcome::ProviderFails
            | Outcome::GivesUp { .. } => "stuck",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Outcome::InOrder => "in order".to_owned(),
            Outcome::Heals => "heals within retries".to_owned(),
            Outcome::NotEnforced => "nothing enforces it".to_owned(),
            Outcome::ByHand => "synced by hand: in this order".to_owned(),
            Outcome::Deadlock => "stuck: a deadlock".to_owned(),
            Outcome::BehindDeadlock => "stuck: behind a deadlock".to_owned(),
            Outcome::ItsTurnComesLater => "stuck: its turn comes after, and waits".to_owned(),
            Outcome::ProviderFails => "stuck: Argo CD fails on what it needs".to_owned(),
            Outcome::GivesUp { retries: 0 } => "stuck: a failed sync is not tried again".to_owned(),
            Outcome::GivesUp { retries } => format!("stuck: gives up after {retries} retries"),
        }
    }
}

impl NeedKind {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NeedKind::Definition => "definition",
            NeedKind::Template => "constraint-template",
            NeedKind::Composite => "composite-definition",
            NeedKind::Graph => "graph-definition",
            NeedKind::ApiService => "api-service",
            NeedKind::Project => "project",
            NeedKind::ClusterCredential => "cluster",
            NeedKind::RepositoryCredential => "repository",
            NeedKind::Namespace => "namespace",
            NeedKind::Webhook => "webhook",
            NeedKind::SelfWebhook => "self-webhook",
            NeedKind::StorageClass => "storage-class",
            NeedKind::Driver => "driver",
            NeedKind::Issuer => "issuer",
            NeedKind::SecretStore => "secret-store",
            NeedKind::Secret => "secret",
            NeedKind::ConfigMap => "config-map",
            NeedKind::ServiceAccount => "service-account",
            NeedKind::PriorityClass => "priority-class",
            NeedKind::RuntimeClass => "runtime-class",
            NeedKind::Service => "hook-service",
            NeedKind::Reference => "reference",
            NeedKind::Declared => "declared",
        }
    }

    pub(super) fn is_declared(self) -> bool {
        self == NeedKind::Declared
    }

    pub(super) fn is_definition(self) -> bool {
        use NeedKind::{ApiService, Composite, Definition, Graph, Template};
        matches!(self, Definition | Template | Composite | Graph | ApiService)
    }

    /// Whether what is needed has to be applied before what needs it can be.
    pub(super) fn is_hard(self) -> bool {
        use NeedKind::{ClusterCredential, Namespace, Project, RepositoryCredential, SelfWebhook};
        self.is_definition()
            || matches!(self, Project | ClusterCredential | RepositoryCredential | Namespace | SelfWebhook)
    }

    /// Whether it is not enough that what is needed was applied: it has to run.
    pub(super) fn needs_health(self) -> bool {
        use NeedKind::{ApiService, Composite, Graph, Service, Template, Webhook};
        matches!(self, ApiService | Composite | Graph | Service | Template | Webhook)
    }

    /// What is needed, in words.
    #[must_use]
    pub fn phrase(self, what: &Named<'_>) -> String {
        let Named { kind, name, .. } = what;
        match self {
            NeedKind::Definition => format!("needs CRD {kind}"),
            NeedKind::Template | NeedKind::Composite | NeedKind::Graph => format!("needs kind {kind}"),
            NeedKind::ApiService => format!("needs the API server for {kind}"),
            NeedKind::Project => format!("needs project {name}"),
            NeedKind::ClusterCredential => format!("needs the registration of cluster {name}"),
            NeedKind::RepositoryCredential => format!("needs the credentials for {name}"),
            NeedKind::Namespace => format!("needs namespace {name}"),
            NeedKind::Webhook => format!("is admitted by webhook {}", what.path()),
            NeedKind::SelfWebhook => format!("has its Pods admitted by webhook {}", what.path()),
            NeedKind::Service => format!("has a hook that calls service {}", what.path()),
            NeedKind::Reference => format!("refers to {kind} {}", what.path()),
            NeedKind::Declared => format!("is declared to come after {kind} {}", what.path()),
            _ => format!("needs {kind} {}", what.path()),
        }
    }

    /// How to do without, in words; `object` is what needs it.
    fn remedy(self, what: &Named<'_>, object: Option<&Named<'_>>) -> String {
        let needing = object.map_or("it", |object| object.kind);
        match self {
            NeedKind::Definition
            | NeedKind::Template
            | NeedKind::Composite
            | NeedKind::Graph
            | NeedKind::ApiService => {
                format!("SkipDryRunOnMissingResource=true on the {needing}, with syncPolicy.retry")
            }
            NeedKind::Project => format!("bring project {} with something outside of it", what.name),
            NeedKind::ClusterCredential | NeedKind::RepositoryCredential => {
                format!("bring the Secret of {} with something that stands above", what.name)
            }
            NeedKind::Namespace => {
                format!("CreateNamespace=true, or the namespace {} in an app of its own", what.name)
            }
            NeedKind::SelfWebhook => {
                format!("take namespace {} out of the webhook's namespaceSelector", what.namespace)
            }
            NeedKind::Webhook => "failurePolicy: Ignore, or a selector that leaves it out".to_owned(),
            NeedKind::Declared => "take the annotation away".to_owned(),
            _ => format!("bring {} {} with an app of its own", what.kind, what.name),
        }
    }
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
