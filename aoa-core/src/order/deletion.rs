//! The way down: users go before what they stand on, and what hangs if they do not.
//!
//! Objects of a kind need its controller to let go of them, Applications their project, so these go last. A namespace takes along
//! whatever is still in it.

use aoa_lang::Value;

use super::edges::Need;
use super::index::items;
use super::need::{NeedKind, named};
use super::trouble::{Deletion, Hang};
use super::world::World;
use crate::fleet::App;

/// Kinds whose controllers hold objects by finalizers until they have cleaned up outside of the cluster.
const HELD: [&str; 12] = [
    "argoproj.io",
    "cluster.x-k8s.io",
    "constraints.gatekeeper.sh",
    "templates.gatekeeper.sh",
    "crossplane.io",
    "kro.run",
    "longhorn.io",
    "ceph.rook.io",
    "operators.coreos.com",
    "services.k8s.aws",
    "cnrm.cloud.google.com",
    "upbound.io",
];

pub(super) fn deletion<'f>(world: &World<'f>, needs: &[Need<'f>]) -> Deletion<'f> {
    let counts = |need: &&Need<'f>| need.from != need.to && matters(need.kind);
    let hangs = needs.iter().filter(counts).filter(|need| hangs(world, need)).filter_map(|need| {
        Some(Hang {
            app: world.node(need.from)?.app,
            without: world.node(need.to)?.app,
            kind: need.kind,
            what: named(&need.key),
            is_in_order: is_in_order(world, need),
        })
    });
    Deletion { stages: stages(world, needs.iter().filter(counts)), hangs: hangs.collect() }
}

/// Whether the order of a need matters on the way down.
fn matters(kind: NeedKind) -> bool {
    use NeedKind::{
        ApiService, ClusterCredential, Composite, Definition, Graph, Namespace, Project, Template, Webhook,
    };
    matches!(
        kind,
        ApiService
            | ClusterCredential
            | Composite
            | Definition
            | Graph
            | Namespace
            | Project
            | Template
            | Webhook
    )
}

/// Whether a deletion in the wrong order hangs for ever.
fn hangs(world: &World<'_>, need: &Need<'_>) -> bool {
    match need.kind {
        // Without its project the finalizer of an Application is never processed; without its cluster, neither.
        NeedKind::Project | NeedKind::ClusterCredential => true,
        NeedKind::Composite | NeedKind::Graph => true,
        NeedKind::Definition | NeedKind::Template => {
            let Some(manifest) = world.manifests(need.from).get(need.at as usize) else { return false };
            let group = manifest.group();
            let is_of = |held: &&str| {
                group.strip_suffix(*held).is_some_and(|front| front.is_empty() || front.ends_with('.'))
            };
            let is_held = HELD.iter().any(is_of);
            let written = items(&manifest.object, &["metadata", "finalizers"]);
            is_held || written.iter().any(|finalizer| matches!(finalizer, Value::String(_)))
        }
        _ => false,
    }
}

/// Whether one parent deletes both, and users first: waves are gone through backwards.
fn is_in_order(world: &World<'_>, need: &Need<'_>) -> bool {
    match (world.node(need.from), world.node(need.to)) {
        (Some(user), Some(base)) => {
            user.creator.is_some() && user.creator == base.creator && user.entry_wave > base.entry_wave
        }
        _ => false,
    }
}

/// Stages of deletion: whoever nobody needs goes first. What needs each other goes together.
fn stages<'n, 'f: 'n>(world: &World<'f>, needs: impl Iterator<Item = &'n Need<'f>>) -> Vec<Vec<App<'f>>> {
    let mut users: Vec<u32> = vec![0; world.nodes.len()];
    // By user, as needs are.
    let needs: Vec<(u32, u32)> = needs.map(|need| (need.from, need.to)).collect();
    for (_, to) in &needs {
        users.get_mut(*to as usize).into_iter().for_each(|users| *users = users.saturating_add(1));
    }
    let stands_on = |user: u32| {
        let first = needs.partition_point(|(from, _)| *from < user);
        needs.iter().skip(first).take_while(move |(from, _)| *from == user).map(|(_, to)| *to)
    };
    let mut open: Vec<u32> =
        (0u32..).zip(&users).filter(|(_, users)| **users == 0).map(|(at, _)| at).collect();
    let mut stages = Vec::new();
    let mut done = vec![false; world.nodes.len()];
    while !open.is_empty() {
        let mut next = Vec::new();
        for at in &open {
            done.get_mut(*at as usize).into_iter().for_each(|done| *done = true);
            for to in stands_on(*at) {
                if let Some(left) = users.get_mut(to as usize) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        next.push(to);
                    }
                }
            }
        }
        next.sort_unstable();
        stages.push(std::mem::replace(&mut open, next));
    }
    let rest: Vec<u32> = (0u32..).zip(&done).filter(|(_, done)| !**done).map(|(at, _)| at).collect();
    stages.extend((!rest.is_empty()).then_some(rest));
    stages.iter().map(|stage| stage.iter().filter_map(|at| Some(world.node(*at)?.app)).collect()).collect()
}
