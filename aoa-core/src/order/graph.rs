//! Loops, deadlocks, stages and the longest chain.
//!
//! Components are found by `kosaraju_scc` of petgraph, which walks with stacks of its own; its `tarjan_scc` recurses.

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::edges::Need;
use super::need::Strength;
use super::rules::Severity;
use super::waits::Waits;
use super::world::{NONE, World, number};
use crate::sync::{SyncPhase, sync_phases, sync_wave};

/// What an arc is, by how firmly it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arc {
    /// Does not exist before.
    Creation,
    /// Is made to wait.
    Turn,
    /// A need, by its number.
    Need(u32),
}

/// What follows from needs and waits.
pub(super) struct Graph {
    /// The stage of each Application, from 1.
    pub(super) stages: Vec<u32>,
    /// Applications that wait for each other for ever, and the numbers of the needs between them.
    pub(super) deadlocks: Vec<Knot>,
    /// Applications that wait for each other until they heal.
    pub(super) loops: Vec<Knot>,
    /// Whether an Application is in a deadlock or waits behind one.
    pub(super) stopped: Vec<Stopped>,
    /// The longest chain, first the first.
    pub(super) longest: Vec<u32>,
    /// The arcs that keep a deadlock together beside its needs: creations and turns.
    pub(super) graph: DiGraph<(), Arc, u32>,
}

/// Applications that wait for each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Knot {
    pub(super) apps: Vec<u32>,
    pub(super) needs: Vec<u32>,
    /// All nodes, turns among them.
    pub(super) nodes: Vec<u32>,
}

/// Whether a deadlock stops an Application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    No,
    InDeadlock,
    Behind,
}

impl Graph {
    pub(super) fn of<'f>(world: &World<'f>, waits: &Waits, needs: &mut [Need<'f>]) -> Self {
        let mut graph: DiGraph<(), Arc, u32> =
            DiGraph::with_capacity(waits.nodes, needs.len() + waits.creations.len() + waits.turns.len());
        for _ in 0..waits.nodes {
            graph.add_node(());
        }
        let mut arc =
            |from: u32, to: u32, arc| graph.add_edge(NodeIndex::from(from), NodeIndex::from(to), arc);
        for (from, to) in &waits.creations {
            arc(*from, *to, Arc::Creation);
        }
        for (from, to) in &waits.turns {
            arc(*from, *to, Arc::Turn);
        }
        for (at, need) in needs.iter_mut().enumerate() {
            sharpen(world, need);
            need.strength = strength(need);
            arc(need.from, need.to, Arc::Need(number(at)));
        }
        let mut apps = Applications { world, needs, graph: &mut graph };
        let mut components = apps.components();
        let mut loops = Vec::new();
        // Otherwise only an Application that stands on itself could be meant, and those do not heal.
        if components.members.len() < waits.nodes {
            loops = apps.untie(&components, |need| need.strength != Strength::Hard, Turns::AreIgnored);
            components = apps.components();
            loops.extend(apps.untie(&components, |need| need.severity != Severity::StopsAll, Turns::Hold));
            components = apps.components();
        }
        let deadlocks = apps.knots(&components);
        let (levels, stopped) = levels(world, &graph, needs, &components);
        let longest = longest(world, &graph, &levels);
        let stages = levels.into_iter().take(world.nodes.len()).collect();
        Graph { stages, deadlocks, loops, stopped, longest, graph }
    }
}

/// A need whose failure keeps its provider from ever being created stops all: the sync never gets to the provider's wave.
fn sharpen(world: &World<'_>, need: &mut Need<'_>) {
    if need.severity != Severity::FailsThere || need.at == NONE {
        return;
    }
    let below =
        std::iter::once(need.to).chain(world.creators(need.to)).take_while(|at| *at != need.from).last();
    let Some(branch) = below.and_then(|at| world.node(at)) else { return };
    if branch.creator != Some(need.from) {
        return;
    }
    let Some(manifest) = world.manifests(need.from).get(need.at as usize) else { return };
    let phase = sync_phases(&manifest.object).first().copied().unwrap_or(SyncPhase::Sync);
    if (phase, sync_wave(&manifest.object)) < (SyncPhase::Sync, branch.entry_wave) {
        need.severity = Severity::StopsAll;
        need.comes_later = true;
    }
}

fn strength(need: &Need<'_>) -> Strength {
    match need.severity {
        _ if need.kind.is_declared() => Strength::Declared,
        // Of several who bring it any will do, so none of them is needed for certain.
        _ if need.providers > 1 => Strength::Runtime,
        Severity::StopsAll => Strength::Hard,
        Severity::FailsThere if need.kind.is_hard() && !need.kind.is_definition() => Strength::Hard,
        Severity::FailsThere | Severity::Waits => Strength::Runtime,
    }
}

/// Whether a knot that a turn holds together may be untied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turns {
    AreIgnored,
    Hold,
}

struct Applications<'g, 'f> {
    world: &'g World<'f>,
    needs: &'g mut [Need<'f>],
    graph: &'g mut DiGraph<(), Arc, u32>,
}

impl Applications<'_, '_> {
    /// The component of each node.
    fn components(&self) -> Components {
        let components = kosaraju_scc(&*self.graph);
        let mut of = vec![NONE; self.graph.node_count()];
        for (number_of, component) in components.iter().enumerate() {
            for node in component {
                if let Some(slot) = of.get_mut(node.index()) {
                    *slot = number(number_of);
                }
            }
        }
        Components { of, members: components }
    }

    /// Takes the needs that `may_go` out of components of several nodes, where they cannot be met first: they heal.
    fn untie(
        &mut self,
        components: &Components,
        may_go: impl Fn(&Need<'_>) -> bool,
        turns: Turns,
    ) -> Vec<Knot> {
        let mut held = vec![false; components.members.len()];
        if turns == Turns::Hold {
            for arc in self.graph.edge_references().filter(|arc| *arc.weight() == Arc::Turn) {
                if let Some(within) = components.within(arc.source(), arc.target()) {
                    held.get_mut(within as usize).into_iter().for_each(|held| *held = true);
                }
            }
        }
        let mut knots: std::collections::BTreeMap<u32, Knot> = std::collections::BTreeMap::new();
        let mut gone = Vec::new();
        for arc in self.graph.edge_references() {
            let Arc::Need(at) = *arc.weight() else { continue };
            let Some(within) = components.within(arc.source(), arc.target()) else { continue };
            let is_held = held.get(within as usize).copied().unwrap_or_default();
            let may_go = self.needs.get(at as usize).is_some_and(|need| may_go(need) && need.from != need.to);
            if may_go && !is_held {
                gone.push(arc.id());
                knots.entry(within).or_default().needs.push(at);
            }
        }
        for (within, knot) in &mut knots {
            let members = components.members.get(*within as usize).map(Vec::as_slice).unwrap_or_default();
            knot.apps = self.apps_of(members);
            knot.needs.sort_unstable();
        }
        let is_gone: std::collections::HashSet<_> = gone.into_iter().collect();
        self.graph.retain_edges(|_, edge| !is_gone.contains(&edge));
        for need in knots.values().flat_map(|knot| &knot.needs) {
            if let Some(need) = self.needs.get_mut(*need as usize)
                && need.strength == Strength::Hard
            {
                need.strength = Strength::Runtime;
            }
        }
        knots.into_values().collect()
    }

    /// The components of several nodes, and the Applications that stand on themselves.
    fn knots(&self, components: &Components) -> Vec<Knot> {
        let mut knots: std::collections::BTreeMap<u32, Knot> = std::collections::BTreeMap::new();
        for arc in self.graph.edge_references() {
            let Some(within) = components.within(arc.source(), arc.target()) else { continue };
            let knot = knots.entry(within).or_default();
            if let Arc::Need(need) = *arc.weight() {
                knot.needs.push(need);
            }
        }
        for (within, knot) in &mut knots {
            let members = components.members.get(*within as usize).map(Vec::as_slice).unwrap_or_default();
            knot.apps = self.apps_of(members);
            knot.nodes = members.iter().map(|node| number(node.index())).collect();
            knot.nodes.sort_unstable();
            knot.needs.sort_unstable();
        }
        let mut knots: Vec<Knot> = knots.into_values().collect();
        knots.sort_by(|a, b| a.apps.cmp(&b.apps));
        knots
    }

    fn apps_of(&self, members: &[NodeIndex<u32>]) -> Vec<u32> {
        let nodes = members.iter().map(|node| number(node.index()));
        let mut apps: Vec<u32> = nodes.filter(|node| (*node as usize) < self.world.nodes.len()).collect();
        apps.sort_unstable();
        apps
    }
}

struct Components {
    of: Vec<u32>,
    members: Vec<Vec<NodeIndex<u32>>>,
}

impl Components {
    /// The component that both are in.
    fn within(&self, one: NodeIndex<u32>, other: NodeIndex<u32>) -> Option<u32> {
        let of = |node: NodeIndex<u32>| self.of.get(node.index()).copied();
        of(one).filter(|component| Some(*component) == of(other))
    }
}

/// The stage of each node, and what a deadlock stops. Components come in the order in which they can come up.
fn levels(
    world: &World<'_>,
    graph: &DiGraph<(), Arc, u32>,
    needs: &[Need<'_>],
    components: &Components,
) -> (Vec<u32>, Vec<Stopped>) {
    let apps = world.nodes.len();
    let mut levels = vec![0u32; graph.node_count()];
    let mut stopped = vec![Stopped::No; graph.node_count()];
    for component in &components.members {
        let mut level = 0;
        let mut state = Stopped::No;
        for node in component {
            for arc in graph.edges_directed(*node, Direction::Outgoing) {
                let to = arc.target().index();
                if components.within(*node, arc.target()).is_some() {
                    state = Stopped::InDeadlock;
                    continue;
                }
                level = level.max(levels.get(to).copied().unwrap_or_default());
                let is_firm = match arc.weight() {
                    Arc::Creation | Arc::Turn => true,
                    Arc::Need(at) => needs.get(*at as usize).is_some_and(|n| n.strength == Strength::Hard),
                };
                let is_stopped = stopped.get(to).is_some_and(|s| *s != Stopped::No);
                if state == Stopped::No && is_firm && is_stopped {
                    state = Stopped::Behind;
                }
            }
        }
        for node in component {
            let own = u32::from(node.index() < apps);
            if let (Some(slot), Some(stop)) = (levels.get_mut(node.index()), stopped.get_mut(node.index())) {
                *slot = level.saturating_add(own);
                *stop = state;
            }
        }
    }
    stopped.truncate(apps);
    (levels, stopped)
}

/// The longest chain of Applications, each of which waits for the one before it.
fn longest(world: &World<'_>, graph: &DiGraph<(), Arc, u32>, levels: &[u32]) -> Vec<u32> {
    let apps = world.nodes.len();
    let level = |node: usize| levels.get(node).copied().unwrap_or_default();
    let Some(last) = (0..apps).rev().max_by_key(|node| level(*node)) else { return Vec::new() };
    let mut chain = vec![number(last)];
    let mut here = last;
    let mut left = graph.node_count();
    while level(here) > 0 && left > 0 {
        left -= 1;
        let wanted = level(here) - u32::from(here < apps);
        let next = graph
            .neighbors(NodeIndex::from(number(here)))
            .map(NodeIndex::index)
            .filter(|to| *to != here && level(*to) == wanted && wanted > 0)
            .min();
        let Some(next) = next else { break };
        if next < apps {
            chain.push(number(next));
        }
        here = next;
    }
    chain.reverse();
    chain
}
