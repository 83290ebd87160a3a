//! Who waits in a later wave for an Application that nobody syncs by itself.

use std::collections::BTreeMap;

use super::trouble::Held;
use super::waits::Waits;
use super::world::{World, number};

/// Where waves wait, an Application that is synced by hand is not healthy until somebody comes, and a sync has no time limit unless
/// one is set (`sync.timeout` of Argo CD 3.5.7).
pub(super) fn held<'f>(world: &World<'f>, waits: &Waits) -> Vec<Held<'f>> {
    if !world.waits() {
        return Vec::new();
    }
    let mut waves: BTreeMap<u32, BTreeMap<i64, Vec<u32>>> = BTreeMap::new();
    for (at, node) in world.nodes.iter().enumerate() {
        if let Some(creator) = node.creator {
            waves.entry(creator).or_default().entry(node.entry_wave).or_default().push(number(at));
        }
    }
    let app = |at: &u32| world.node(*at).map(|node| node.app);
    // Nobody waits for what a set generates.
    let is_by_hand = |at: &&u32| {
        let node = world.node(**at);
        let is_synced = waits.steps.contains_key(*at) || node.is_some_and(|node| node.facts.is_automated);
        !is_synced && node.is_some_and(|node| node.set.is_none())
    };
    let mut found = Vec::new();
    for waves in waves.values() {
        for (wave, members) in waves {
            let later = || waves.range(wave.saturating_add(1)..).flat_map(|(_, members)| members);
            if later().next().is_none() {
                continue;
            }
            let by_hand = members.iter().filter(is_by_hand).filter_map(app);
            found.extend(by_hand.map(|by| Held { by, wave: *wave, apps: later().filter_map(app).collect() }));
        }
    }
    found
}
