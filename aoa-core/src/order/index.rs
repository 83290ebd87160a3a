//! Who brings what to which cluster: found by what others ask for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use aoa_lang::Value;
use foldhash::fast::FixedState;

use super::rules::{self, pods};
use super::world::{NONE, World, number};
use crate::model::GroupVersionKind;

/// An object of an Application, as rules look at it.
#[derive(Clone, Copy)]
pub(super) struct Object<'f> {
    pub(super) node: u32,
    /// Its number among the manifests of the Application.
    pub(super) at: u32,
    pub(super) cluster: u32,
    pub(super) value: &'f Value,
    pub(super) group: &'f str,
    pub(super) version: &'f str,
    pub(super) kind: &'f str,
    /// As written.
    pub(super) written: &'f str,
    /// Where it lands, if it is namespaced.
    pub(super) namespace: &'f str,
    pub(super) name: &'f str,
}

impl<'f> Object<'f> {
    pub(super) fn of(world: &World<'f>, node: u32, at: u32) -> Option<Self> {
        let value = &world.manifests(node).get(at as usize)?.object;
        let lands = world.node(node)?;
        let GroupVersionKind { group, version, kind } = GroupVersionKind::of(value);
        let metadata = value.get("metadata");
        let text = |key| metadata.and_then(|m| m.get(key)).and_then(Value::as_str).unwrap_or_default();
        let written = text("namespace");
        Some(Object {
            node,
            at,
            cluster: lands.cluster,
            value,
            group,
            version,
            kind,
            written,
            namespace: if written.is_empty() { lands.namespace } else { written },
            name: text("name"),
        })
    }

    /// The objects of a node.
    pub(super) fn all(world: &World<'f>, node: u32) -> impl Iterator<Item = Self> {
        (0..number(world.manifests(node).len())).filter_map(move |at| Object::of(world, node, at))
    }

    /// A text of the object; empty if there is none.
    pub(super) fn text(&self, path: &[&str]) -> &'f str {
        self.value.str_at(path).unwrap_or_default()
    }

    /// The items of a list.
    pub(super) fn items(&self, path: &[&str]) -> &'f [Value] {
        items(self.value, path)
    }

    /// Whether it is of this group and kind.
    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group == group
    }
}

/// The items of a list; none if there is no list.
pub(super) fn items<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    value.at(path).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum What {
    /// An object.
    Object,
    /// That objects of a kind can be: group and kind.
    Kind,
    /// That an API server answers for a version of a group: group, and the version as name.
    Version,
    /// That Argo CD knows a cluster by its name or address.
    Cluster,
    /// That Argo CD may read a repository: the address, without what is behind the last slash for templates.
    Repository,
}

/// What is asked for, where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key<'f> {
    /// [`NONE`] for what Argo CD itself knows.
    pub(super) cluster: u32,
    pub(super) what: What,
    pub(super) group: &'f str,
    pub(super) kind: &'f str,
    pub(super) namespace: &'f str,
    pub(super) name: &'f str,
}

impl<'f> Key<'f> {
    pub(super) fn object(
        cluster: u32,
        group: &'f str,
        kind: &'f str,
        namespace: &'f str,
        name: &'f str,
    ) -> Self {
        Key { cluster, what: What::Object, group, kind, namespace, name }
    }

    pub(super) fn kind(cluster: u32, group: &'f str, kind: &'f str) -> Self {
        Key { cluster, what: What::Kind, group, kind, namespace: "", name: "" }
    }

    pub(super) fn version(cluster: u32, group: &'f str, version: &'f str) -> Self {
        Key { cluster, what: What::Version, group, kind: "", namespace: "", name: version }
    }

    pub(super) fn namespace(cluster: u32, name: &'f str) -> Self {
        Key::object(cluster, "", "Namespace", "", name)
    }
}

/// Somebody who brings what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Provider {
    pub(super) node: u32,
    /// The number of the manifest; [`NONE`] for a namespace that Argo CD makes.
    pub(super) at: u32,
    next: u32,
}

/// Who brings what.
#[derive(Default)]
pub(super) struct Bringers<'f> {
    /// The first provider of each thing.
    first: HashMap<Key<'f>, Provider, FixedState>,
    /// Others, linked.
    others: Vec<Provider>,
}

impl<'f> Bringers<'f> {
    /// Who brings what Argo CD itself has to know, wherever Applications land: projects, clusters and repositories.
    pub(super) fn of_argo_cd(world: &World<'f>) -> Self {
        let mut bringers = Bringers::default();
        rules::project::provide(world, &mut |key, node| bringers.add(key, node, NONE));
        for (cluster, nodes) in (0..).zip(&world.on_cluster) {
            let nodes = if world.is_on_control_plane(cluster) { nodes.as_slice() } else { &[] };
            for object in nodes.iter().flat_map(|node| Object::all(world, *node)) {
                let (node, at) = (object.node, object.at);
                rules::credential::provide(world, &object, &mut |key| bringers.add(key, node, at));
            }
        }
        bringers
    }

    fn add(&mut self, key: Key<'f>, node: u32, at: u32) {
        match self.first.entry(key) {
            Entry::Vacant(slot) => {
                slot.insert(Provider { node, at, next: NONE });
            }
            Entry::Occupied(mut slot) => {
                let first = slot.get_mut();
                let next = std::mem::replace(&mut first.next, number(self.others.len()));
                self.others.push(Provider { node, at, next });
            }
        }
    }

    fn providers(&self, key: &Key<'f>) -> impl Iterator<Item = Provider> + '_ {
        std::iter::successors(self.first.get(key).copied(), |provider| {
            self.others.get(provider.next as usize).copied()
        })
    }
}

/// Finds providers for the Applications of one cluster. An index for each cluster is small enough to stay in the processor's cache;
/// nothing that is asked for there comes from another one, but what Argo CD itself knows.
pub(super) struct Index<'f> {
    known_to_argo_cd: Rc<Bringers<'f>>,
    on_cluster: Bringers<'f>,
    /// What services select.
    pub(super) services: HashMap<Key<'f>, &'f Value, FixedState>,
    /// What installs operators, and with them kinds that nobody sees.
    pub(super) installers: Vec<String>,
    pub(super) webhooks: rules::webhook::Webhooks<'f>,
}

impl<'f> Index<'f> {
    /// Of the Applications `nodes` and all their `objects`.
    pub(super) fn of(
        world: &World<'f>,
        nodes: &[u32],
        objects: &[Object<'f>],
        known_to_argo_cd: Rc<Bringers<'f>>,
    ) -> Self {
        let mut index = Index {
            known_to_argo_cd,
            on_cluster: Bringers::default(),
            installers: Vec::new(),
            services: HashMap::default(),
            webhooks: rules::webhook::Webhooks::default(),
        };
        let named = rules::depends_on::named(world, nodes, objects);
        for object in objects {
            if pods::is_plain(object) {
                let key = (!named.is_empty()).then(|| rules::depends_on::key_of(object));
                if let Some(key) = key.filter(|key| named.contains(key)) {
                    index.on_cluster.add(key, object.node, object.at);
                }
                continue;
            }
            rules::provide(object, &mut |key| index.on_cluster.add(key, object.node, object.at));
            index.webhooks.learn(object);
            index.learn_service(object);
            index.learn_installer(object);
        }
        for node in nodes {
            let Some(lands) = world.node(*node) else { continue };
            if lands.facts.creates_namespace && !lands.namespace.is_empty() {
                index.on_cluster.add(Key::namespace(lands.cluster, lands.namespace), *node, NONE);
            }
        }
        index
    }

    fn learn_service(&mut self, object: &Object<'f>) {
        if object.is("", "Service")
            && let Some(selector) = object.value.at(&["spec", "selector"])
        {
            let key = Key::object(object.cluster, "", "Service", object.namespace, object.name);
            self.services.insert(key, selector);
        }
    }

    fn learn_installer(&mut self, object: &Object<'f>) {
        let installs = matches!(
            (object.group, object.kind),
            ("operators.coreos.com", "Subscription") | ("pkg.crossplane.io", "Provider" | "Configuration")
        );
        if installs {
            self.installers.push(format!("{} {}", object.kind, object.name));
        }
    }

    /// Whoever brings it, in no order.
    pub(super) fn providers(&self, key: &Key<'f>) -> impl Iterator<Item = Provider> + '_ {
        self.bringers(key).providers(key)
    }

    pub(super) fn has(&self, key: &Key<'f>) -> bool {
        self.bringers(key).first.contains_key(key)
    }

    fn bringers(&self, key: &Key<'f>) -> &Bringers<'f> {
        if key.cluster == NONE { &self.known_to_argo_cd } else { &self.on_cluster }
    }
}
