//! The nodes of the tree: Applications, sets, and Applications that share a line.

use std::collections::{BTreeSet, HashMap};

use super::TreeOptions;
use crate::fleet::{App, AppId, AppSet, Fleet, Parent, SetId};

/// What stands on one line.
pub(super) enum Node {
    /// One Application, with whatever it brings.
    App(AppId),
    /// Applications that differ only in their cluster.
    Group(Vec<AppId>),
    /// An ApplicationSet.
    Set(SetId),
}

pub(super) struct Builder<'f> {
    pub(super) fleet: &'f Fleet,
    pub(super) options: TreeOptions,
    pub(super) children: HashMap<Key, Vec<Node>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Root,
    App(AppId),
    Set(SetId),
}
impl<'f> Builder<'f> {
    pub(super) fn new(fleet: &'f Fleet, options: TreeOptions) -> Self {
        let mut builder = Builder { fleet, options, children: HashMap::new() };
        let key = |parent: Parent| match parent {
            Parent::Root => Key::Root,
            Parent::App(id) => Key::App(id),
            Parent::Set(id) => Key::Set(id),
        };
        let data = &fleet.data;
        let mut apps: HashMap<Key, Vec<AppId>> = HashMap::new();
        let mut sets: HashMap<Key, Vec<SetId>> = HashMap::new();
        for id in data.sorted.iter() {
            if let Some(record) = data.apps.get(*id) {
                apps.entry(key(record.parent)).or_default().push(*id);
            }
        }
        for id in &data.sorted_sets {
            if let Some(record) = data.sets.get(id.0 as usize) {
                sets.entry(key(record.parent)).or_default().push(*id);
            }
        }
        let parents: BTreeSet<AppId> = apps
            .keys()
            .chain(sets.keys())
            .filter_map(|k| if let Key::App(id) = k { Some(*id) } else { None })
            .collect();
        let all: Vec<Key> = apps.keys().chain(sets.keys()).copied().collect();
        for parent in all {
            let mut nodes: Vec<Node> =
                sets.remove(&parent).unwrap_or_default().into_iter().map(Node::Set).collect();
            let (folders, leaves): (Vec<AppId>, Vec<AppId>) =
                apps.remove(&parent).unwrap_or_default().into_iter().partition(|id| parents.contains(id));
            nodes.extend(folders.into_iter().map(Node::App));
            nodes.extend(builder.grouped(leaves));
            nodes.sort_by_cached_key(|node| builder.sort_key(node));
            builder.children.entry(parent).or_default().extend(nodes);
        }
        builder
    }

    pub(super) fn app(&self, id: AppId) -> App<'f> {
        App::new(self.fleet, id)
    }

    pub(super) fn set(&self, id: SetId) -> AppSet<'f> {
        AppSet::new(self.fleet, id)
    }

    fn sort_key(&self, node: &Node) -> (String, String) {
        match node {
            Node::App(id) => (self.app(*id).name().to_owned(), self.app(*id).namespace().to_owned()),
            Node::Group(ids) => (self.group_name(ids), String::new()),
            Node::Set(id) => (self.set(*id).name().to_owned(), self.set(*id).namespace().to_owned()),
        }
    }

    /// Leaves that differ only in the cluster, put together; order is kept.
    fn grouped(&self, leaves: Vec<AppId>) -> Vec<Node> {
        if self.options.unfold {
            return leaves.into_iter().map(Node::App).collect();
        }
        let mut groups: indexmap::IndexMap<String, Vec<AppId>> = indexmap::IndexMap::new();
        for id in leaves {
            groups.entry(self.group_key(id)).or_default().push(id);
        }
        let into_node = |(_, ids): (String, Vec<AppId>)| match ids.as_slice() {
            [one] => Node::App(*one),
            _ => Node::Group(ids),
        };
        groups.into_iter().map(into_node).collect()
    }

    /// What Applications of one line have in common: project, sources without versions, the name and paths without
    /// the name of the cluster.
    fn group_key(&self, id: AppId) -> String {
        let app = self.app(id);
        let cluster = cluster_name(app);
        let mask =
            |text: &str| if cluster.is_empty() { text.to_owned() } else { text.replace(&cluster, "*") };
        let mut key = format!("{}|{}|", app.project(), mask(app.name()));
        for source in app.sources().iter() {
            key.push_str(&format!(
                "{}|{}|{}|",
                source.repo_url,
                mask(&source.path.to_str_lossy()),
                source.chart
            ));
        }
        key
    }

    pub(super) fn group_name(&self, ids: &[AppId]) -> String {
        let names: Vec<&str> = ids.iter().map(|id| self.app(*id).name()).collect();
        let Some((first, rest)) = names.split_first() else { return String::new() };
        let cluster = ids.first().map(|id| cluster_name(self.app(*id))).unwrap_or_default();
        let masked = if cluster.is_empty() { (*first).to_owned() } else { first.replace(&cluster, "*") };
        let plain = masked.replace("-*", "").replace("*-", "").replace('*', "");
        if !plain.is_empty() && plain != **first {
            return plain;
        }
        let shared = rest.iter().fold(*first, |shared, name| {
            let same = shared.char_indices().zip(name.chars()).take_while(|((_, a), b)| a == b).last();
            same.map_or("", |((at, c), _)| shared.get(..at + c.len_utf8()).unwrap_or_default())
        });
        format!("{}*", shared.trim_end_matches(['-', '.']))
    }

    /// The nodes under `node`; a set whose Applications all stand on one line shows them on its own.
    pub(super) fn children_of(&self, node: &Node) -> &[Node] {
        let key = match node {
            Node::App(id) => Key::App(*id),
            Node::Set(id) => Key::Set(*id),
            Node::Group(_) => return &[],
        };
        let children = self.children.get(&key).map(Vec::as_slice).unwrap_or_default();
        match (node, children) {
            (Node::Set(_), [Node::Group(_)]) => &[],
            (Node::Set(_), [Node::App(id)]) if !self.children.contains_key(&Key::App(*id)) => &[],
            _ => children,
        }
    }

    /// How many Applications hang below `node`.
    pub(super) fn below(&self, node: &Node) -> usize {
        let mut pending: Vec<&Node> = self.children_of(node).iter().collect();
        let mut count = 0;
        while let Some(node) = pending.pop() {
            count += match node {
                Node::App(_) => 1,
                Node::Group(ids) => ids.len(),
                Node::Set(id) => self.apps_of_set(*id).len() * usize::from(self.children_of(node).is_empty()),
            };
            pending.extend(self.children_of(node));
        }
        count
    }

    pub(super) fn apps_of_set(&self, id: SetId) -> Vec<AppId> {
        let nodes = self.children.get(&Key::Set(id)).map(Vec::as_slice).unwrap_or_default();
        nodes
            .iter()
            .flat_map(|node| match node {
                Node::App(id) => vec![*id],
                Node::Group(ids) => ids.clone(),
                Node::Set(_) => Vec::new(),
            })
            .collect()
    }
}

/// The name of the cluster that an Application goes to; what is written, if no such cluster is registered.
pub(super) fn cluster_name(app: App<'_>) -> String {
    let destination = app.destination();
    match app.cluster() {
        Some(cluster) if !cluster.name.is_empty() => cluster.name.to_str_lossy().into_owned(),
        _ if !destination.name.is_empty() => destination.name,
        _ => destination.server,
    }
}
