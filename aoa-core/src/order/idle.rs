//! Waves of Applications that order nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::Waiting;
use super::trouble::{IdleReason, IdleWaves};
use super::world::World;
use crate::fleet::App;

pub(super) fn idle_waves<'f>(world: &World<'f>) -> Vec<IdleWaves<'f>> {
    let mut waves: BTreeMap<Option<u32>, BTreeSet<i64>> = BTreeMap::new();
    for node in world.nodes.iter().filter(|node| node.set.is_none()) {
        waves.entry(node.creator).or_default().insert(node.entry_wave);
    }
    let mut idle: BTreeMap<IdleReason, Vec<App<'f>>> = BTreeMap::new();
    for node in world.nodes.iter().filter(|node| node.facts.has_wave) {
        let reason = match world.settings.waiting {
            _ if node.set.is_some() => IdleReason::InSet,
            Waiting::Waits => continue,
            // One wave for all would order nothing anyway, and nobody expects it to.
            _ if waves.get(&node.creator).is_none_or(|waves| waves.len() < 2) => continue,
            Waiting::DoesNot => IdleReason::NoHealth,
            Waiting::Unknown => IdleReason::HealthUnknown,
        };
        idle.entry(reason).or_default().push(node.app);
    }
    idle.into_iter().map(|(reason, apps)| IdleWaves { reason, apps }).collect()
}
