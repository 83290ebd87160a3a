//! Which policies reach which Applications.
//!
//! Along the tree, an Application inherits what reaches its parent; mostly nothing is added, and both share one set. What
//! targets ask of Applications themselves (project, cluster, namespace, owner) is worked out once for each value.
//! Applications with the same answer share one effective policy.

mod filters;
mod tree;

use std::collections::HashMap;

use super::target::Target;
use crate::fleet::{AppId, Fleet, Parent};
use filters::Filters;
use tree::Tree;

type Hashed<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Something with a target: a policy, or an exception of one.
pub(super) struct Aimed<'p> {
    pub(super) target: &'p Target,
    /// The Application that delivers it: what is not below it is out of reach.
    pub(super) bringer: Option<AppId>,
}

/// Through what something reaches an Application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Its number among what is aimed.
    pub(super) aimed: usize,
    /// Through what: the fleet, or a node of the tree.
    pub(super) through: Parent,
    /// How far that is below the fleet.
    pub(super) depth: u32,
    /// How far what delivers it is below the fleet; 0 for a file.
    pub(super) authority: u32,
}

/// Applications that are reached alike: the ways, in order of depth and number.
pub(super) type Alike = Vec<Way>;

/// What reaches whom.
pub(super) struct Reached {
    /// The distinct answers.
    pub(super) alike: Vec<Alike>,
    /// By number of the Application, one of them.
    pub(super) of_app: Vec<u32>,
    /// How many Applications each thing that is aimed reaches.
    pub(super) counts: Vec<usize>,
}

pub(super) fn reach(fleet: &Fleet, aimed: &[Aimed<'_>]) -> Reached {
    let tree = Tree::of(fleet, aimed);
    let mut filters = Filters::new(fleet, aimed);
    let mut alike: Vec<Alike> = Vec::new();
    let mut known: Hashed<u32, Hashed<Box<[u64]>, u32>> = HashMap::default();
    let mut of_app = vec![0; fleet.data.apps.len()];
    let mut counts = vec![0; aimed.len()];
    let mut sizes: Vec<usize> = Vec::new();
    let mut bits = Vec::new();
    for app in fleet.apps() {
        let at = app.id().0 as usize;
        let inherited = tree.own.get(at).copied().unwrap_or_default();
        let Some(set) = tree.sets.get(inherited as usize) else { continue };
        bits.clear();
        bits.extend_from_slice(&set.bits);
        filters.apply(app, &mut bits);
        let of_set = known.entry(inherited).or_default();
        let number = match of_set.get(bits.as_slice()) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(alike.len()).unwrap_or(u32::MAX);
                let has = |way: &&Way| bit(&bits, way.aimed);
                let mut ways: Alike = set.ways.iter().filter(has).copied().collect();
                ways.sort_by_key(|way| (way.depth, way.aimed));
                alike.push(ways);
                sizes.push(0);
                of_set.insert(bits.as_slice().into(), number);
                number
            }
        };
        if let Some(of_app) = of_app.get_mut(at) {
            *of_app = number;
        }
        if let Some(size) = sizes.get_mut(number as usize) {
            *size += 1;
        }
    }
    for (ways, size) in alike.iter().zip(&sizes) {
        for way in ways {
            if let Some(count) = counts.get_mut(way.aimed) {
                *count += size;
            }
        }
    }
    Reached { alike, of_app, counts }
}

fn bit(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

fn set_bit(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word |= 1 << (at % 64);
    }
}
