//! Which policies reach which Applications.
//!
//! Along the tree, an Application inherits what reaches its parent; mostly nothing is added, and both share one set. What
//! targets ask of Applications themselves (project, cluster, namespace, owner) is worked out once for each value.
//! Applications with the same answer share one effective policy.

use std::collections::HashMap;
use std::rc::Rc;

use super::permitted::Pattern;
use super::said::{Keys, Said};
use super::target::{Target, TreeTarget};
use crate::fleet::{App, AppId, Fleet, FleetData, Parent, SetId};

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

/// What the tree hands down.
struct Tree {
    sets: Vec<TreeSet>,
    /// By number of the Application: what reaches it.
    own: Vec<u32>,
}

#[derive(Clone)]
struct TreeSet {
    ways: Vec<Way>,
    bits: Box<[u64]>,
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
    fn of(fleet: &Fleet, aimed: &[Aimed<'_>]) -> Self {
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
        Node::App(id) => data.apps.get(id.0 as usize)?.parent,
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
                let set = data.sets.get(id.0 as usize);
                let text = |text: Option<&'static str>| text.unwrap_or_default();
                let (namespace, name) = set.map_or((text(None), ""), |set| {
                    (set.namespace.as_str().unwrap_or_default(), set.name.as_str().unwrap_or_default())
                });
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
fn names(written: &aoa_lang::value::Text, namespace: &str, name: &str) -> bool {
    match written.as_str().and_then(|written| written.split_once('/')) {
        Some((of, written)) => of == namespace && written == name,
        None => *written == *name,
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}

/// What targets ask of Applications themselves.
struct Filters<'p, 'f> {
    aimed: &'p [Aimed<'p>],
    data: &'f FleetData,
    projects: Dimension<&'f str>,
    clusters: Dimension<(&'f str, &'f str)>,
    namespaces: Dimension<&'f str>,
    owners: Dimension<String>,
    owner_of: Option<Said<'f>>,
}

/// For each value that Applications have, what has no objection to it.
struct Dimension<K> {
    is_asked: bool,
    masks: Hashed<K, Rc<[u64]>>,
}

impl<K: std::hash::Hash + Eq> Dimension<K> {
    fn new(is_asked: bool) -> Self {
        Dimension { is_asked, masks: HashMap::default() }
    }

    /// Takes out of `bits` what objects to `value`.
    fn apply(&mut self, bits: &mut [u64], value: K, count: usize, admits: impl Fn(usize, &K) -> bool) {
        let mask = match self.masks.get(&value) {
            Some(mask) => mask,
            None => {
                let mut mask = vec![0; bits.len()];
                (0..count).filter(|at| admits(*at, &value)).for_each(|at| set_bit(&mut mask, at));
                self.masks.entry(value).or_insert(mask.into())
            }
        };
        bits.iter_mut().zip(mask.iter()).for_each(|(word, mask)| *word &= mask);
    }
}

impl<'p, 'f> Filters<'p, 'f> {
    fn new(fleet: &'f Fleet, aimed: &'p [Aimed<'p>]) -> Self {
        let any = |asks: fn(&Target) -> bool| aimed.iter().any(|aim| asks(aim.target));
        let asks_owners = any(|target| target.owners.is_some());
        Filters {
            aimed,
            data: &fleet.data,
            projects: Dimension::new(any(|target| target.projects.is_some())),
            clusters: Dimension::new(any(|target| target.clusters.is_some())),
            namespaces: Dimension::new(any(|target| target.namespaces.is_some())),
            owners: Dimension::new(asks_owners),
            owner_of: asks_owners.then(|| Said::new(fleet, Keys::owner(fleet))),
        }
    }

    fn apply(&mut self, app: App<'f>, bits: &mut [u64]) {
        let (aimed, data, count) = (self.aimed, self.data, self.aimed.len());
        let matches = |patterns: &Option<Vec<Pattern>>, text: &str| {
            patterns.as_ref().is_none_or(|all| all.iter().any(|pattern| pattern.matches(text)))
        };
        let target = |at: usize| aimed.get(at).map(|aim| aim.target);
        if self.projects.is_asked {
            let admits = |at, project: &&str| target(at).is_some_and(|t| matches(&t.projects, project));
            self.projects.apply(bits, app.project_name(), count, admits);
        }
        if self.namespaces.is_asked {
            let namespace = app.destination_namespace().unwrap_or_default();
            let admits = |at, name: &&str| target(at).is_some_and(|t| matches(&t.namespaces, name));
            self.namespaces.apply(bits, namespace, count, admits);
        }
        if self.clusters.is_asked {
            self.clusters.apply(bits, app.destination_texts(), count, |at, _| {
                let Some(clusters) = target(at).map(|target| target.clusters.as_ref()) else { return false };
                let Some(clusters) = clusters else { return true };
                let cluster = data.destination(app.id()).resolve(&data.clusters).ok();
                cluster.is_some_and(|cluster| clusters.selector.matches(&cluster.labels))
            });
        }
        if let Some(owners) = &mut self.owner_of {
            let owner = owners.of(app).unwrap_or_default();
            let admits = |at, owner: &String| target(at).is_some_and(|t| matches(&t.owners, owner));
            self.owners.apply(bits, owner, count, admits);
        }
    }
}
