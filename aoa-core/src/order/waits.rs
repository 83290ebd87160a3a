//! What Argo CD itself makes wait: waves of Applications inside a parent, steps of a rollout, and that an Application does not exist
//! before whoever brings it syncs.
//!
//! Waves and steps are written with a node between each and the next, so that their number of arcs stays that of their members.

use std::collections::{BTreeMap, HashMap};

use super::world::{World, number};
use crate::fleet::{AppSet, SetId};
use crate::sets::is_rolling_sync;

/// Arcs between nodes; numbers from `world.nodes.len()` on are turns between waves or steps, and the health of parents.
pub(super) struct Waits {
    /// `(who, creator)`
    pub(super) creations: Vec<(u32, u32)>,
    /// `(who, for whom)`
    pub(super) turns: Vec<(u32, u32)>,
    /// How many nodes there are in all.
    pub(super) nodes: usize,
    /// The step of each Application that an enabled rollout syncs: its set's number, and the step from 0.
    pub(super) steps: HashMap<u32, (SetId, u32)>,
}

impl Waits {
    pub(super) fn of(world: &World<'_>) -> Self {
        let mut waits = Waits {
            creations: Vec::new(),
            turns: Vec::new(),
            nodes: world.nodes.len(),
            steps: HashMap::new(),
        };
        for (at, node) in world.nodes.iter().enumerate() {
            if let Some(creator) = node.creator {
                waits.creations.push((number(at), creator));
            }
        }
        if world.waits() {
            waits.waves(world);
        }
        if world.settings.rolls == Some(true) {
            waits.rollouts(world);
        }
        waits
    }

    fn node(&mut self) -> u32 {
        let node = number(self.nodes);
        self.nodes += 1;
        node
    }

    /// A parent is healthy once its children are, and a wave begins once the one before it is.
    fn waves(&mut self, world: &World<'_>) {
        let mut children: BTreeMap<u32, BTreeMap<i64, Vec<u32>>> = BTreeMap::new();
        for (at, node) in world.nodes.iter().enumerate() {
            if let Some(creator) = node.creator {
                children.entry(creator).or_default().entry(node.entry_wave).or_default().push(number(at));
            }
        }
        let health: BTreeMap<u32, u32> = children.keys().map(|parent| (*parent, self.node())).collect();
        let health_of = |node: u32| health.get(&node).copied().unwrap_or(node);
        for (parent, waves) in &children {
            let own = health_of(*parent);
            self.turns.push((own, *parent));
            let mut before: Option<u32> = None;
            for members in waves.values() {
                let turn = self.node();
                for member in members {
                    if let Some(before) = before {
                        self.turns.push((*member, before));
                    }
                    // A set is healthy once it has generated, so nobody waits for what it generated.
                    if world.node(*member).is_some_and(|node| node.set.is_none()) {
                        self.turns.push((turn, health_of(*member)));
                    }
                }
                if let Some(before) = before {
                    self.turns.push((turn, before));
                }
                before = Some(turn);
            }
            self.turns.extend(before.map(|last| (own, last)));
        }
    }

    /// A step begins once the one before it is healthy.
    fn rollouts(&mut self, world: &World<'_>) {
        let data = &world.fleet.data;
        for id in &data.sorted_sets {
            let set = AppSet::new(world.fleet, *id);
            if !is_rolling_sync(set.object()) {
                continue;
            }
            let Some(rollout) = set.rollout() else { continue };
            let mut before: Option<u32> = None;
            for (step, names) in rollout.steps.iter().enumerate() {
                let turn = self.node();
                for name in names {
                    let app = world.fleet.app(set.namespace(), name);
                    let Some(node) = app.and_then(|app| world.node_of(app.id())) else { continue };
                    if self.steps.contains_key(&node) {
                        continue;
                    }
                    self.steps.insert(node, (*id, number(step)));
                    self.turns.extend(before.map(|before| (node, before)));
                    self.turns.push((turn, node));
                }
                self.turns.extend(before.map(|before| (turn, before)));
                before = Some(turn);
            }
        }
    }
}
