//! What the tree hands down: to a node itself, and to all below it.

use std::collections::HashMap;

use aoa_lang::value::Text;

use super::{Aimed, Hashed, Way, bit, set_bit};
use crate::fleet::{AppId, Fleet, FleetData, Parent, SetId};
use crate::policy::own::target::TreeTarget;

/// What the tree hands down.
pub(super) struct Tree {
    pub(super) sets: Vec<TreeSet>,
    /// By number of the Application: what reaches it.
    pub(super) own: Vec<u32>,
}

#[derive(Clone)]
pub(super) struct TreeSet {
    pub(super) ways: Vec<Way>,
    pub(super) bits: Box<[u64]>,
}

/// What is aimed at nodes of the tree, by name.
struct Aims<'p> {
    aimed: &'p [Aimed<'p>],
    apps: Hashed<&'p str, Vec<usize>>,
    sets: Hashed<&'p str, Vec<usize>>,
    /// What an Application delivers to all below it.
    brought: Hashed<AppId, Vec<usize>>,
}

/// A node of the tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    App(AppId),
    Set(SetId),
}

/// What reaches a node, and what reaches all below it.
#[derive(Clone, Copy, Default)]
struct Handed {
    own: u32,
    below: u32,
    depth: u32,
}

impl Tree {
    pub(super) fn of(fleet: &Fleet, aimed: &[Aimed<'_>]) -> Self {
        let data = &fleet.data;
        let aims = Aims::new(aimed);
        let words = aimed.len().div_ceil(64);
        let mut everywhere = TreeSet { ways: Vec::new(), bits: vec![0; words].into() };
        for (at, aim) in aimed.iter().enumerate() {
            if aim.target.tree.is_none() && aim.bringer.is_none() {
                everywhere.add(Way { aimed: at, through: Parent::Root, depth: 0, authority: 0 });
            }
        }
        let mut sets = vec![everywhere];
        let mut of_apps: Vec<Option<Handed>> = vec![None; data.apps.len()];
        let mut of_sets: Vec<Option<Handed>> = vec![None; data.sets.len()];
        let mut open = Vec::new();
        for at in 0..data.apps.len() {
            // Up to what is known, and down again.
            let mut node = u32::try_from(at).ok().map(|at| Node::App(AppId(at)));
            let mut above = Handed::default();
            while let Some(next) = node {
                if let Some(known) = handed(next, &of_apps, &of_sets) {
                    above = known;
                    break;
                }
                if open.len() > data.apps.len() + data.sets.len() {
                    break;
                }
                open.push(next);
                node = parent(data, next);
            }
            while let Some(next) = open.pop() {
                above = aims.hand_down(data, next, above, &mut sets);
                match next {
                    Node::App(id) => of_apps.get_mut(id.0 as usize).map(|slot| *slot = Some(above)),
                    Node::Set(id) => of_sets.get_mut(id.0 as usize).map(|slot| *slot = Some(above)),
                };
            }
        }
        let own = of_apps.iter().map(|handed| handed.map_or(0, |handed| handed.own)).collect();
        Tree { sets, own }
    }
}

fn handed(node: Node, of_apps: &[Option<Handed>], of_sets: &[Option<Handed>]) -> Option<Handed> {
    match node {
        Node::App(id) => *of_apps.get(id.0 as usize)?,
        Node::Set(id) => *of_sets.get(id.0 as usize)?,
    }
}

fn parent(data: &FleetData, node: Node) -> Option<Node> {
    let parent = match node {
        Node::App(id) => data.apps.get(id)?.parent,
        Node::Set(id) => data.sets.get(id.0 as usize)?.parent,
    };
    match parent {
        Parent::Root => None,
        Parent::App(id) => Some(Node::App(id)),
        Parent::Set(id) => Some(Node::Set(id)),
    }
}

impl<'p> Aims<'p> {
    fn new(aimed: &'p [Aimed<'p>]) -> Self {
        let mut aims =
            Aims { aimed, apps: HashMap::default(), sets: HashMap::default(), brought: HashMap::default() };
        for (at, aim) in aimed.iter().enumerate() {
            match (&aim.target.tree, aim.bringer) {
                (Some(TreeTarget::App(name) | TreeTarget::Below(name)), _) => {
                    aims.apps.entry(last_part(name.as_str().unwrap_or_default())).or_default().push(at);
                }
                (Some(TreeTarget::Set(name)), _) => {
                    aims.sets.entry(last_part(name.as_str().unwrap_or_default())).or_default().push(at);
                }
                (None, Some(bringer)) => aims.brought.entry(bringer).or_default().push(at),
                (None, None) => {}
            }
        }
        aims
    }

    /// What reaches a node and all below it, when `above` is what its parent hands down.
    fn hand_down(&self, data: &FleetData, node: Node, above: Handed, sets: &mut Vec<TreeSet>) -> Handed {
        let depth = above.depth.saturating_add(1);
        let (namespace, name, list) = match node {
            Node::App(id) => {
                let (namespace, name) = data.app_key(id);
                (namespace, name, self.apps.get(name))
            }
            Node::Set(id) => {
                let (namespace, name) = set_key(data, id);
                (namespace, name, self.sets.get(name))
            }
        };
        let (mut own, mut below) = (Vec::new(), Vec::new());
        for at in list.into_iter().flatten() {
            let Some(aim) = self.aimed.get(*at) else { continue };
            let Some(target) = aim.target.tree.as_ref().filter(|t| names(t.name(), namespace, name)) else {
                continue;
            };
            let Some(authority) = authority(data, node, depth, aim.bringer) else { continue };
            let way = Way { aimed: *at, through: as_parent(node), depth, authority };
            match target {
                TreeTarget::App(_) => own.push(way),
                TreeTarget::Below(_) | TreeTarget::Set(_) => below.push(way),
            }
        }
        if let Node::App(id) = node {
            let brought = self.brought.get(&id).into_iter().flatten();
            let through = as_parent(node);
            below.extend(brought.map(|at| Way { aimed: *at, through, depth, authority: depth }));
        }
        let own = extended(above.below, own, sets);
        Handed { own, below: extended(own, below, sets), depth }
    }
}

fn set_key(data: &FleetData, id: SetId) -> (&str, &str) {
    let Some(set) = data.sets.get(id.0 as usize) else { return ("", "") };
    (set.namespace.as_str().unwrap_or_default(), set.name.as_str().unwrap_or_default())
}

fn as_parent(node: Node) -> Parent {
    match node {
        Node::App(id) => Parent::App(id),
        Node::Set(id) => Parent::Set(id),
    }
}

/// How far `bringer` is below the fleet; `None` if it is neither `node` nor above it.
fn authority(data: &FleetData, node: Node, depth: u32, bringer: Option<AppId>) -> Option<u32> {
    let Some(bringer) = bringer else { return Some(0) };
    let (mut at, mut depth) = (Some(node), depth);
    while let Some(node) = at {
        if node == Node::App(bringer) {
            return Some(depth);
        }
        depth = depth.checked_sub(1)?;
        at = parent(data, node);
    }
    None
}

/// The set `base` with `more`; the same one if that is nothing.
fn extended(base: u32, more: Vec<Way>, sets: &mut Vec<TreeSet>) -> u32 {
    if more.is_empty() {
        return base;
    }
    let Some(mut set) = sets.get(base as usize).cloned() else { return base };
    for way in more {
        set.add(way);
    }
    sets.push(set);
    u32::try_from(sets.len() - 1).unwrap_or(base)
}

impl TreeSet {
    /// What reaches already from further up stays as it is.
    fn add(&mut self, way: Way) {
        if !bit(&self.bits, way.aimed) {
            set_bit(&mut self.bits, way.aimed);
            self.ways.push(way);
        }
    }
}

/// Whether a written name, with or without namespace, means a thing.
fn names(written: &Text, namespace: &str, name: &str) -> bool {
    match written.as_str().and_then(|written| written.split_once('/')) {
        Some((of, written)) => of == namespace && written == name,
        None => *written == *name,
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}
