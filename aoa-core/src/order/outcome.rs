//! What becomes of each need: Argo CD keeps the order, the need heals while syncs are tried again, or it is stuck.

use super::edges::Need;
use super::graph::{Graph, Stopped};
use super::need::{Outcome, Strength};
use super::rules::Severity;
use super::waits::Waits;
use super::world::{NONE, World};
use crate::sync::{SyncPhase, sync_phases, sync_wave};

/// Judges all needs.
pub(super) fn judge(world: &World<'_>, waits: &Waits, graph: &Graph, needs: &mut [Need<'_>]) {
    for knot in &graph.deadlocks {
        for at in &knot.needs {
            if let Some(need) = needs.get_mut(*at as usize) {
                need.outcome = Outcome::Deadlock;
                need.comes_later |= precedence(world, waits, need) == Precedence::After;
            }
        }
    }
    let rounds = rounds(world, waits, graph, needs);
    for need in needs.iter_mut().filter(|need| need.outcome != Outcome::Deadlock) {
        need.outcome = outcome(world, waits, graph, &rounds, need);
    }
}

fn outcome(world: &World<'_>, waits: &Waits, graph: &Graph, rounds: &[u32], need: &Need<'_>) -> Outcome {
    let stopped = |at: u32| graph.stopped.get(at as usize).copied().unwrap_or(Stopped::No);
    match precedence(world, waits, need) {
        Precedence::Before => return Outcome::InOrder,
        Precedence::After if need.strength != Strength::Declared => return Outcome::ItsTurnComesLater,
        Precedence::After | Precedence::None => {}
    }
    let Some(from) = world.node(need.from) else { return Outcome::Heals };
    if need.strength == Strength::Declared {
        return Outcome::NotEnforced;
    }
    if world.fails(need.to) {
        return Outcome::ProviderFails;
    }
    if stopped(need.to) != Stopped::No {
        return Outcome::BehindDeadlock;
    }
    let is_synced =
        |at: u32| waits.steps.contains_key(&at) || world.node(at).is_some_and(|node| node.facts.is_automated);
    if !is_synced(need.to) || !is_synced(need.from) {
        return Outcome::ByHand;
    }
    if need.severity == Severity::Waits {
        // Controllers never give up.
        return Outcome::Heals;
    }
    let round = rounds.get(need.to as usize).copied().unwrap_or_default().saturating_add(1);
    let retries = from.facts.retries;
    if retries < 0 || i64::from(round) <= retries { Outcome::Heals } else { Outcome::GivesUp { retries } }
}

/// How many times each Application has to try until it is there, if all begin at once: the length of the chain of needs that nothing
/// puts in order.
fn rounds(world: &World<'_>, waits: &Waits, graph: &Graph, needs: &[Need<'_>]) -> Vec<u32> {
    let mut rounds = vec![0u32; world.nodes.len()];
    let stage = |at: u32| graph.stages.get(at as usize).copied().unwrap_or_default();
    // What is needed stands in an earlier stage, so its rounds are known; loops heal and are not counted.
    let mut open: Vec<&Need<'_>> = needs
        .iter()
        .filter(|n| n.severity != Severity::Waits && stage(n.to) < stage(n.from))
        .filter(|n| n.outcome != Outcome::Deadlock)
        .collect();
    open.sort_by_key(|need| stage(need.from));
    for need in open {
        if precedence(world, waits, need) == Precedence::None {
            let of = rounds.get(need.to as usize).copied().unwrap_or_default().saturating_add(1);
            if let Some(slot) = rounds.get_mut(need.from as usize) {
                *slot = (*slot).max(of);
            }
        }
    }
    rounds
}

/// What Argo CD does about two Applications.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precedence {
    /// What is needed is there before.
    Before,
    /// What is needed comes only after.
    After,
    /// They begin as they like.
    None,
}

fn precedence(world: &World<'_>, waits: &Waits, need: &Need<'_>) -> Precedence {
    if need.from == need.to {
        return Precedence::None;
    }
    let Some((one, other)) = branches(world, need.from, need.to) else { return Precedence::None };
    match (one, other) {
        // It is brought by what it needs: what comes in an earlier wave, or with the kinds that go first, is there.
        (Some(branch), None) => {
            let entry = world.node(branch).map_or(0, |node| node.entry_wave);
            let (phase, wave) = match world.manifests(need.to).get(need.by as usize) {
                Some(manifest) => (
                    sync_phases(&manifest.object).first().copied().unwrap_or(SyncPhase::Sync),
                    sync_wave(&manifest.object),
                ),
                None => (SyncPhase::PreSync, 0),
            };
            let is_applied = (phase, wave) <= (SyncPhase::Sync, entry);
            let is_healthy = (phase, wave) < (SyncPhase::Sync, entry) || need.by == NONE;
            let met = if need.severity == Severity::Waits || need.kind.needs_health() {
                is_healthy
            } else {
                is_applied
            };
            if met { Precedence::Before } else { Precedence::None }
        }
        (None, Some(_)) => Precedence::None,
        (Some(one), Some(other)) => {
            let (Some(a), Some(b)) = (world.node(one), world.node(other)) else { return Precedence::None };
            let steps = (waits.steps.get(&one), waits.steps.get(&other));
            if let (Some((set, mine)), Some((same, its))) = steps
                && set == same
                && mine != its
            {
                return if its < mine { Precedence::Before } else { Precedence::After };
            }
            let siblings = a.creator.is_some() && a.creator == b.creator && world.waits();
            match b.entry_wave.cmp(&a.entry_wave) {
                std::cmp::Ordering::Less if siblings && b.set.is_none() => Precedence::Before,
                std::cmp::Ordering::Greater if siblings && a.set.is_none() => Precedence::After,
                _ => Precedence::None,
            }
        }
        (None, None) => Precedence::None,
    }
}

/// Where the ways up from two nodes meet: the node below the meeting point on either side, `None` for the side that is the meeting
/// point itself. Without a common creator the topmost of each.
fn branches(world: &World<'_>, one: u32, other: u32) -> Option<(Option<u32>, Option<u32>)> {
    let (mut a, mut b) = (one, other);
    let (mut below_a, mut below_b) = (None, None);
    let depth = |at: u32| world.node(at).map(|node| node.depth);
    loop {
        if a == b {
            return Some((below_a, below_b));
        }
        let (deep_a, deep_b) = (depth(a)?, depth(b)?);
        let mut climb_a = deep_a >= deep_b;
        let climb_b = deep_b >= deep_a;
        if climb_a && climb_b && (deep_a, deep_b) == (0, 0) {
            return Some((Some(a), Some(b)));
        }
        if climb_a && climb_b {
            // Both are equally deep.
            let (up_a, up_b) = (world.node(a)?.creator?, world.node(b)?.creator?);
            (below_a, below_b) = (Some(a), Some(b));
            (a, b) = (up_a, up_b);
            continue;
        }
        climb_a = climb_a && !climb_b;
        if climb_a {
            below_a = Some(a);
            a = world.node(a)?.creator?;
        } else {
            below_b = Some(b);
            b = world.node(b)?.creator?;
        }
    }
}
