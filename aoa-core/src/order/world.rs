//! Which Applications take part, on which clusters they land, who creates them and how they sync.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::answer::Scope;
use super::facts::{Facts, FactsReader};
use super::settings::{Settings, Waiting};
use crate::fleet::{App, Content, Fleet, Parent, SetId, State};
use crate::model::{Cluster, ManifestList};

/// No node.
pub(super) const NONE: u32 = u32::MAX;

/// What the order is worked out from.
pub(super) struct World<'f> {
    pub(super) fleet: &'f Fleet,
    /// By namespace and name.
    pub(super) nodes: Vec<Node<'f>>,
    pub(super) clusters: Vec<Landing<'f>>,
    /// The nodes of each cluster.
    pub(super) on_cluster: Vec<Vec<u32>>,
    /// Namespaces and names of all AppProjects, be they outside of what is looked at.
    pub(super) projects: HashSet<(&'f str, &'f str)>,
    pub(super) settings: Settings,
    /// By number of the Application: its node.
    by_id: Vec<u32>,
}

/// One Application that takes part.
pub(super) struct Node<'f> {
    pub(super) app: App<'f>,
    /// A number of `clusters`.
    pub(super) cluster: u32,
    /// The namespace that it goes to.
    pub(super) namespace: &'f str,
    pub(super) facts: Facts,
    /// The Application that brings it, itself or through its set.
    pub(super) creator: Option<u32>,
    pub(super) set: Option<SetId>,
    /// The wave in which its creator brings it, or its set.
    pub(super) entry_wave: i64,
    /// How many creators stand above it.
    pub(super) depth: u32,
}

/// Where Applications land.
#[derive(Clone)]
pub(super) struct Landing<'f> {
    /// `None`: no such cluster is registered.
    pub(super) cluster: Option<&'f Cluster>,
    /// Its name, or what destinations say.
    pub(super) name: String,
}

impl<'f> World<'f> {
    pub(super) fn of(fleet: &'f Fleet, scope: &Scope) -> Self {
        let mut landings = Landings::default();
        let mut reader = FactsReader::default();
        let mut world = World {
            fleet,
            nodes: Vec::new(),
            clusters: Vec::new(),
            on_cluster: Vec::new(),
            projects: fleet
                .data
                .projects
                .iter()
                .filter_map(|project| Some((project.namespace.as_str()?, project.name.as_str()?)))
                .collect(),
            settings: Settings::of(fleet),
            by_id: vec![NONE; fleet.data.apps.len()],
        };
        for app in fleet.apps() {
            let cluster = landings.of(app);
            if !landings.is_in(cluster, scope) {
                continue;
            }
            let number = number(world.nodes.len());
            if let Some(slot) = world.by_id.get_mut(app.id().0 as usize) {
                *slot = number;
            }
            let facts = reader.of(app);
            let set = match app.record().map(|record| record.parent) {
                Some(Parent::Set(set)) => Some(set),
                _ => None,
            };
            world.nodes.push(Node {
                app,
                cluster,
                namespace: app.destination_namespace().unwrap_or_default(),
                entry_wave: facts.wave,
                facts,
                creator: None,
                set,
                depth: 0,
            });
        }
        world.on_cluster = vec![Vec::new(); landings.all.len()];
        for (at, node) in (0..).zip(&world.nodes) {
            world.on_cluster.get_mut(node.cluster as usize).into_iter().for_each(|nodes| nodes.push(at));
        }
        world.clusters = landings.all;
        world.link();
        world
    }

    pub(super) fn node(&self, at: u32) -> Option<&Node<'f>> {
        self.nodes.get(at as usize)
    }

    /// The node of an Application; `None` if it does not take part.
    pub(super) fn node_of(&self, app: crate::fleet::AppId) -> Option<u32> {
        self.by_id.get(app.0 as usize).copied().filter(|node| *node != NONE)
    }

    /// The manifests of a node.
    pub(super) fn manifests(&self, at: u32) -> &'f ManifestList {
        self.content(at).map(|content| content.manifests()).unwrap_or_default()
    }

    pub(super) fn content(&self, at: u32) -> Option<&'f Content> {
        self.node(at)?.app.content()
    }

    /// Whether not all of its content could be seen.
    pub(super) fn is_unknown(&self, at: u32) -> bool {
        matches!(self.content(at).map(|content| &content.state), Some(State::Unknown(_)))
    }

    /// Whether Argo CD fails on its content: it never syncs.
    pub(super) fn fails(&self, at: u32) -> bool {
        matches!(self.content(at).map(|content| &content.state), Some(State::Failed(_)))
    }

    /// Whether it lands on the cluster that Argo CD runs on.
    pub(super) fn is_on_control_plane(&self, cluster: u32) -> bool {
        let landing = self.clusters.get(cluster as usize);
        landing.and_then(|landing| landing.cluster).is_some_and(Cluster::is_control_plane)
    }

    /// Whether the waves of Applications in a parent wait for each other.
    pub(super) fn waits(&self) -> bool {
        self.settings.waiting == Waiting::Waits
    }

    /// Whoever is above a node, nearest first.
    pub(super) fn creators(&self, of: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.node(of).and_then(|node| node.creator), |at| {
            self.node(*at).and_then(|node| node.creator)
        })
    }

    fn link(&mut self) {
        let data = &self.fleet.data;
        let mut set_waves: HashMap<SetId, i64> = HashMap::new();
        for at in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(at) else { break };
            let parent = match node.app.record().map(|record| record.parent) {
                Some(Parent::Set(set)) => data.sets.get(set.0 as usize).map(|record| record.parent),
                other => other,
            };
            let creator = match parent {
                Some(Parent::App(id)) => self.node_of(id).filter(|creator| *creator as usize != at),
                _ => None,
            };
            let entry_wave = node.set.map(|set| {
                *set_waves.entry(set).or_insert_with(|| {
                    data.sets.get(set.0 as usize).map_or(0, |record| crate::sync::sync_wave(&record.object))
                })
            });
            if let Some(node) = self.nodes.get_mut(at) {
                node.creator = creator;
                node.entry_wave = entry_wave.unwrap_or(node.entry_wave);
            }
        }
        self.measure();
    }

    /// The first parent of an object is kept and came before it, so chains end; each is climbed up to what is known.
    fn measure(&mut self) {
        let mut known = vec![false; self.nodes.len()];
        for at in 0..self.nodes.len() {
            let mut chain = Vec::new();
            let mut next = Some(number(at));
            let mut depth = 0;
            while let Some(here) = next {
                if known.get(here as usize).copied().unwrap_or(true) {
                    depth = self.node(here).map_or(0, |node| node.depth.saturating_add(1));
                    break;
                }
                if let Some(seen) = known.get_mut(here as usize) {
                    *seen = true;
                }
                chain.push(here);
                next = self.node(here).and_then(|node| node.creator);
            }
            for here in chain.into_iter().rev() {
                if let Some(node) = self.nodes.get_mut(here as usize) {
                    node.depth = depth;
                }
                depth = depth.saturating_add(1);
            }
        }
    }
}

/// A number of things that options bound far below what it can hold.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}

/// Numbers clusters as they are met.
#[derive(Default)]
struct Landings<'f> {
    all: Vec<Landing<'f>>,
    known: HashMap<Cow<'f, str>, u32>,
}

impl<'f> Landings<'f> {
    fn of(&mut self, app: App<'f>) -> u32 {
        let cluster = app.cluster();
        let key: Cow<'f, str> = match cluster {
            Some(cluster) => Cow::Borrowed(cluster.server_key()),
            None => {
                let destination = app.destination_of();
                Cow::Owned(if destination.name.is_empty() {
                    destination.server.clone()
                } else {
                    destination.name.clone()
                })
            }
        };
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let name = match cluster {
            Some(cluster) if !cluster.name.is_empty() => cluster.name.to_str_lossy().into_owned(),
            _ => key.clone().into_owned(),
        };
        let number = number(self.all.len());
        self.known.insert(key, number);
        self.all.push(Landing { cluster, name });
        number
    }

    fn is_in(&self, cluster: u32, scope: &Scope) -> bool {
        match scope {
            Scope::Fleet => true,
            Scope::Cluster(name) => self.all.get(cluster as usize).is_some_and(|landing| {
                let server = landing.cluster.map(Cluster::server_key);
                landing.name == *name || server == Some(name.trim_end_matches('/'))
            }),
        }
    }
}
