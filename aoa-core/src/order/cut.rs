//! The smallest change that undoes a deadlock: the fewest needs without which nothing waits in a circle.
//!
//! Small deadlocks are tried out, so that the answer is the smallest; for large ones a cut is read off an order, and said not to be
//! proven the smallest.

use std::collections::{BTreeMap, HashMap};

use petgraph::algo::{is_cyclic_directed, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::edges::Need;
use super::graph::{Arc, Graph, Knot};
use super::world::World;

/// How many arcs may be looked at while the smallest cut of one deadlock is sought.
const BUDGET: usize = 400_000;

/// The needs to cut, by number, and whether fewer would not do.
pub(super) struct CutNeeds {
    pub(super) needs: Vec<u32>,
    pub(super) is_smallest: bool,
}

/// Deadlocks with their cuts.
pub(super) fn deadlocks(_world: &World<'_>, graph: &Graph, needs: &[Need<'_>]) -> Vec<CutNeeds> {
    graph.deadlocks.iter().map(|knot| cut(graph, knot, needs)).collect()
}

fn cut(graph: &Graph, knot: &Knot, needs: &[Need<'_>]) -> CutNeeds {
    // Needs between the same two are met by the same mend, or not: they are cut together.
    let mut pairs: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for at in &knot.needs {
        if let Some(need) = needs.get(*at as usize) {
            pairs.entry((need.from, need.to)).or_default().push(*at);
        }
    }
    let small = Small::of(graph, knot, &pairs);
    let numbers = |chosen: &[usize]| -> Vec<u32> {
        let all: Vec<&Vec<u32>> = pairs.values().collect();
        chosen.iter().filter_map(|at| all.get(*at)).flat_map(|needs| needs.iter().copied()).collect()
    };
    match small.smallest() {
        Some(chosen) => CutNeeds { needs: numbers(&chosen), is_smallest: true },
        None => CutNeeds { needs: numbers(&small.some()), is_smallest: false },
    }
}

/// A deadlock with its own numbers.
struct Small {
    nodes: usize,
    /// Arcs that cannot be cut.
    fixed: Vec<(u32, u32)>,
    /// Arcs that can, with how many needs each stands for.
    pairs: Vec<(u32, u32, usize)>,
}

impl Small {
    fn of(graph: &Graph, knot: &Knot, pairs: &BTreeMap<(u32, u32), Vec<u32>>) -> Self {
        let own: HashMap<u32, u32> = knot.nodes.iter().copied().zip(0..).collect();
        let number = |node: u32| own.get(&node).copied();
        let mut fixed = Vec::new();
        for node in &knot.nodes {
            for arc in graph.graph.edges(NodeIndex::from(*node)) {
                let to = super::world::number(arc.target().index());
                let is_fixed = !matches!(arc.weight(), Arc::Need(_));
                if let (true, Some(from), Some(to)) = (is_fixed, number(*node), number(to)) {
                    fixed.push((from, to));
                }
            }
        }
        let pairs =
            pairs.iter().filter_map(|((from, to), needs)| Some((number(*from)?, number(*to)?, needs.len())));
        Small { nodes: knot.nodes.len(), fixed, pairs: pairs.collect() }
    }

    /// The fewest needs; `None` if too much would have to be tried.
    fn smallest(&self) -> Option<Vec<usize>> {
        let each = self.fixed.len() + self.pairs.len() + self.nodes;
        let mut left = BUDGET / each.max(1);
        let most: usize = self.pairs.iter().map(|(.., weight)| *weight).sum();
        for weight in 1..=most {
            let mut chosen = Vec::new();
            match self.try_all(0, weight, &mut chosen, &mut left) {
                Tried::Found => return Some(chosen),
                Tried::OutOfBudget => return None,
                Tried::No => {}
            }
        }
        None
    }

    /// Tries all choices of pairs from `from` on that weigh exactly `weight`. As deep as a cut is large, which the budget bounds.
    fn try_all(&self, from: usize, weight: usize, chosen: &mut Vec<usize>, left: &mut usize) -> Tried {
        if *left == 0 || chosen.len() > 12 {
            return Tried::OutOfBudget;
        }
        if weight == 0 {
            *left -= 1;
            return if self.is_free_without(chosen) { Tried::Found } else { Tried::No };
        }
        for (at, (.., own)) in self.pairs.iter().enumerate().skip(from) {
            if *own > weight {
                continue;
            }
            chosen.push(at);
            match self.try_all(at + 1, weight - own, chosen, left) {
                Tried::No => {}
                done => return done,
            }
            chosen.pop();
            *left = left.saturating_sub(1);
            if *left == 0 {
                return Tried::OutOfBudget;
            }
        }
        Tried::No
    }

    fn is_free_without(&self, chosen: &[usize]) -> bool {
        let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(self.nodes, 0);
        for _ in 0..self.nodes {
            graph.add_node(());
        }
        let kept = self.pairs.iter().enumerate().filter(|(at, _)| !chosen.contains(at));
        let kept = kept.map(|(_, (from, to, _))| (*from, *to));
        for (from, to) in self.fixed.iter().copied().chain(kept) {
            graph.add_edge(NodeIndex::from(from), NodeIndex::from(to), ());
        }
        toposort(&graph, None).is_ok()
    }

    /// A cut that need not be the smallest: what goes against an order of the rest.
    fn some(&self) -> Vec<usize> {
        let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(self.nodes, self.fixed.len());
        for _ in 0..self.nodes {
            graph.add_node(());
        }
        for (from, to) in &self.fixed {
            graph.add_edge(NodeIndex::from(*from), NodeIndex::from(*to), ());
        }
        debug_assert!(!is_cyclic_directed(&graph), "creation and waves do not go in circles");
        let order = toposort(&graph, None).unwrap_or_default();
        let mut place = vec![0usize; self.nodes];
        for (at, node) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(node.index()) {
                *slot = at;
            }
        }
        let of = |node: u32| place.get(node as usize).copied().unwrap_or_default();
        let against = self.pairs.iter().enumerate().filter(|(_, (from, to, _))| of(*from) >= of(*to));
        against.map(|(at, _)| at).collect()
    }
}

enum Tried {
    Found,
    No,
    OutOfBudget,
}
