//! The answer: Applications by stage, needs with what becomes of them, deadlocks with the smallest cut.

use std::collections::{BTreeMap, VecDeque};

use super::cut::CutNeeds;
use super::edges::Need;
use super::graph::{Graph, Stopped};
use super::need::{Edge, Named, named};
use super::rules::Severity;
use super::settings::Waiting;
use super::trouble::{Cut, Deadlock, Deletion, Held, IdleWaves, Loop, Unseen};
use super::waits::Waits;
use super::world::{NONE, World};
use super::{deletion, held, idle};
use crate::fleet::{App, Fleet};

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
    /// Applications that wait for one that nobody syncs by itself.
    pub held: Vec<Held<'f>>,
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
            held: held::held(world, waits),
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
        order.held.retain(|held| has(&held.by) || held.apps.iter().any(has));
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
