//! The fleet as a tree: who brings whom, where it lands, from which source.
//!
//! Applications that differ only in their cluster share a line; what differs beside it stands in brackets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::fleet::{App, AppId, AppSet, Fleet, Parent, SetId, SetOutcome, SourceType, State};

/// How much of the tree is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeOptions {
    /// How many levels; `None`: as many as fit on some screens.
    pub depth: Option<usize>,
    /// Whether Applications that differ only in their cluster have a line each.
    pub unfold: bool,
}

impl TreeOptions {
    /// With a bound on the levels shown.
    #[must_use]
    pub fn with_depth(mut self, depth: Option<usize>) -> Self {
        self.depth = depth;
        self
    }

    /// With a line for each Application.
    #[must_use]
    pub fn with_unfold(mut self, unfold: bool) -> Self {
        self.unfold = unfold;
        self
    }
}

/// Most lines that a tree has of itself; deeper levels are folded beyond it.
const LINES: usize = 60;

/// The tree of `fleet`, under a line that says what it is and above one that says what to do next.
#[must_use]
pub fn tree_text(fleet: &Fleet, options: TreeOptions) -> Text {
    let builder = Builder::new(fleet, options);
    let mut depth = options.depth.unwrap_or(usize::MAX);
    let mut rows = builder.rows(depth);
    if options.depth.is_none() && rows.len() > LINES {
        depth = rows.iter().map(|row| row.level + 1).max().unwrap_or(1);
        while depth > 2 && rows.len() > LINES {
            depth -= 1;
            rows = builder.rows(depth);
        }
    }
    let mut out = headline(fleet);
    if rows.is_empty() {
        out.push(Role::Warning, "no Application found").end_line();
        return out;
    }
    let headings = [
        ("NAME", Align::Left),
        ("APPS", Align::Right),
        ("CLUSTERS", Align::Left),
        ("PROJECT", Align::Left),
        ("SOURCE", Align::Left),
    ];
    let cells =
        rows.into_iter().map(|row| vec![row.name, row.apps, row.clusters, row.project, row.source]).collect();
    out.append(table(&headings, cells));
    out.append(next_steps(fleet));
    out
}

/// `acme/fleet @ 4f1c2e9 · 40 apps · 3 appsets · 5 clusters · 39 known, 1 unknown`
fn headline(fleet: &Fleet) -> Text {
    let mut out = Text::default();
    if let Some(repository) = fleet.data.inputs.repositories.first() {
        let url = repository.url.to_str_lossy();
        let parts: Vec<&str> = url.trim_end_matches('/').trim_end_matches(".git").split(['/', ':']).collect();
        let short = parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().join("/");
        out.push(Role::Name, if short.is_empty() { "fleet" } else { &short });
        let commit =
            repository.checkouts.first().map(|c| c.commit.to_str_lossy().into_owned()).unwrap_or_default();
        if !commit.is_empty() {
            out.push(Role::Faint, " @ ").push(Role::Plain, commit.get(..7).unwrap_or(&commit));
        }
        out.push(Role::Faint, " · ");
    }
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let clusters = fleet.clusters().count();
    out.push(Role::Plain, count(fleet.apps().len(), "app"));
    out.push(Role::Faint, " · ").push(Role::Plain, count(fleet.sets().len(), "appset"));
    out.push(Role::Faint, " · ").push(Role::Plain, count(clusters, "cluster"));
    let mut states = BTreeMap::new();
    for content in fleet.apps().filter_map(|app| app.content()) {
        *states.entry(content.state.name()).or_insert(0usize) += 1;
    }
    let parts = [
        ("rendered", "known", Role::Plain),
        ("unknown", "unknown", Role::Warning),
        ("error", "failed", Role::Error),
    ];
    let mut separator = " · ";
    for (state, word, role) in parts {
        if let Some(n) = states.get(state) {
            out.push(Role::Faint, separator).push(role, format!("{n} {word}"));
            separator = ", ";
        }
    }
    let frozen = fleet.sets().filter(|s| s.is_frozen()).count();
    if frozen > 0 {
        out.push(Role::Faint, " · ").push(Role::Error, format!("{} frozen", count(frozen, "appset")));
    }
    out.end_line();
    out
}

fn next_steps(fleet: &Fleet) -> Text {
    let mut out = Text::default();
    let unknown = fleet.needs().len();
    let errors = fleet.findings().iter().filter(|f| f.severity() == crate::finding::Severity::Error).count();
    if fleet.clusters().count() == 0 {
        out.push(Role::Help, "no inventory: kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters -");
        out.end_line();
    }
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(format!("{errors} error{}", if errors == 1 { "" } else { "s" }));
    }
    if unknown > 0 {
        parts.push(format!("{unknown} unknown for lack of input"));
    }
    if !parts.is_empty() {
        out.push(Role::Help, format!("{}: aoa check", parts.join(", "))).end_line();
    }
    out
}

struct Row {
    level: usize,
    name: Text,
    apps: Text,
    clusters: Text,
    project: Text,
    source: Text,
}

/// What stands on one line.
enum Node {
    /// One Application, with whatever it brings.
    App(AppId),
    /// Applications that differ only in their cluster.
    Group(Vec<AppId>),
    /// An ApplicationSet.
    Set(SetId),
}

struct Builder<'f> {
    fleet: &'f Fleet,
    options: TreeOptions,
    children: HashMap<Key, Vec<Node>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Root,
    App(AppId),
    Set(SetId),
}

impl<'f> Builder<'f> {
    fn new(fleet: &'f Fleet, options: TreeOptions) -> Self {
        let mut builder = Builder { fleet, options, children: HashMap::new() };
        let key = |parent: Parent| match parent {
            Parent::Root => Key::Root,
            Parent::App(id) => Key::App(id),
            Parent::Set(id) => Key::Set(id),
        };
        let data = &fleet.data;
        let mut apps: HashMap<Key, Vec<AppId>> = HashMap::new();
        let mut sets: HashMap<Key, Vec<SetId>> = HashMap::new();
        for id in &data.sorted {
            if let Some(record) = data.apps.get(id.0 as usize) {
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

    fn app(&self, id: AppId) -> App<'f> {
        App::new(self.fleet, id)
    }

    fn set(&self, id: SetId) -> AppSet<'f> {
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

    fn group_name(&self, ids: &[AppId]) -> String {
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

    fn rows(&self, depth: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        // (node, level, lines before its name); the last in the list is the next.
        let mut pending: Vec<(&Node, usize, String, String)> = Vec::new();
        let roots = self.children.get(&Key::Root).map(Vec::as_slice).unwrap_or_default();
        pending.extend(roots.iter().rev().map(|node| (node, 0, String::new(), String::new())));
        while let Some((node, level, own, below)) = pending.pop() {
            let children = self.children_of(node);
            let shown = level + 1 < depth;
            rows.push(self.row(
                node,
                level,
                &own,
                (!shown && !children.is_empty()).then(|| self.below(node)),
            ));
            if !shown {
                continue;
            }
            let last = children.len().saturating_sub(1);
            for (at, child) in children.iter().enumerate().rev() {
                let (tee, line) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                pending.push((child, level + 1, format!("{below}{tee}"), format!("{below}{line}")));
            }
        }
        rows
    }

    /// The nodes under `node`; a set whose Applications all stand on one line shows them on its own.
    fn children_of(&self, node: &Node) -> &[Node] {
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
    fn below(&self, node: &Node) -> usize {
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

    fn apps_of_set(&self, id: SetId) -> Vec<AppId> {
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

    fn row(&self, node: &Node, level: usize, lines: &str, folded: Option<usize>) -> Row {
        let mut name = Text::default();
        name.push(Role::Faint, lines);
        let ids = match node {
            Node::App(id) => {
                name.push(Role::Name, self.shown_name(*id));
                vec![*id]
            }
            Node::Group(ids) => {
                name.push(Role::Name, self.group_name(ids));
                ids.clone()
            }
            Node::Set(id) => {
                name.push(Role::Faint, "◇ ").push(Role::Name, self.set(*id).name());
                return self.set_row(*id, level, name, !self.children_of(node).is_empty(), folded);
            }
        };
        let mut row = self.app_cells(&ids, level, name);
        if let Some(below) = folded {
            row.apps = plain(format!("{}+{below}", ids.len()));
            row.source.push(Role::Faint, format!(" (--depth {})", level + 2));
        }
        row
    }

    fn set_row(&self, id: SetId, level: usize, name: Text, has_children: bool, folded: Option<usize>) -> Row {
        let ids = self.apps_of_set(id);
        let mut row = if ids.is_empty() || has_children {
            Row {
                level,
                name,
                apps: Text::default(),
                clusters: Text::default(),
                project: Text::default(),
                source: Text::default(),
            }
        } else {
            self.app_cells(&ids, level, name)
        };
        row.apps = plain(ids.len().to_string());
        if let Some(below) = folded.filter(|below| *below > ids.len()) {
            row.apps = plain(format!("{}+{}", ids.len(), below - ids.len()));
        }
        match self.set(id).outcome() {
            SetOutcome::Failed(error) => {
                row.source
                    .push(Role::Error, "✗ frozen: ")
                    .push(Role::Plain, first_line(&error.to_str_lossy()));
            }
            SetOutcome::Unknown { gap, .. } => {
                row.source.push(Role::Warning, format!("? {gap}"));
            }
            SetOutcome::Generated { rejected, .. } if !rejected.is_empty() => {
                row.source.push(Role::Error, format!(" ✗ {} not created", rejected.len()));
            }
            SetOutcome::Generated { .. } | SetOutcome::Pending => {}
        }
        row
    }

    fn app_cells(&self, ids: &[AppId], level: usize, name: Text) -> Row {
        let projects: BTreeSet<String> = ids.iter().map(|id| self.app(*id).project()).collect();
        Row {
            level,
            name,
            apps: plain(ids.len().to_string()),
            clusters: self.clusters(ids),
            project: plain(projects.into_iter().collect::<Vec<_>>().join(" ")),
            source: self.source(ids),
        }
    }

    fn shown_name(&self, id: AppId) -> String {
        let app = self.app(id);
        let home = &self.fleet.data.inputs.settings.namespace;
        if *home == *app.namespace() {
            app.name().to_owned()
        } else {
            format!("{}/{}", app.namespace(), app.name())
        }
    }

    /// The clusters of some Applications: their names, `all`, or how many.
    fn clusters(&self, ids: &[AppId]) -> Text {
        let mut names: Vec<String> = Vec::new();
        let mut unknown = BTreeSet::new();
        for id in ids {
            let app = self.app(*id);
            match app.cluster() {
                Some(_) => names.push(cluster_name(app)),
                None => {
                    unknown.insert(cluster_name(app));
                }
            }
        }
        names.sort();
        names.dedup();
        let mut out = Text::default();
        let all = self.fleet.clusters().count();
        let joined = names.join(" ");
        if names.len() > 1 && names.len() >= all {
            out.push(Role::Plain, "all");
        } else if names.len() > 5 || joined.chars().count() > 40 {
            out.push(Role::Plain, format!("{} clusters", names.len()));
        } else {
            out.push(Role::Plain, joined);
        }
        for name in unknown {
            if out.width() > 0 {
                out.push(Role::Plain, " ");
            }
            out.push(Role::Error, format!("✗ {}", if name.is_empty() { "no destination" } else { &name }));
        }
        out
    }

    /// The source of most of some Applications; other versions follow in brackets.
    fn source(&self, ids: &[AppId]) -> Text {
        let mut by_text: indexmap::IndexMap<(Role, String), Vec<AppId>> = indexmap::IndexMap::new();
        for id in ids {
            by_text.entry(self.source_of(*id)).or_default().push(*id);
        }
        by_text.sort_by(|_, a, _, b| b.len().cmp(&a.len()));
        let mut out = Text::default();
        let mut entries = by_text.into_iter();
        if let Some(((role, text), _)) = entries.next() {
            out.push(role, text);
        }
        let others: Vec<String> = entries
            .map(|((_, text), ids)| {
                let names: Vec<String> = ids.iter().map(|id| cluster_name(self.app(*id))).collect();
                let who = if names.len() > 3 { format!("{} others", names.len()) } else { names.join(" ") };
                let what = text.rsplit(' ').next().unwrap_or(&text);
                format!("{who} {what}")
            })
            .collect();
        match others.as_slice() {
            [] => {}
            some if some.len() <= 3 => {
                out.push(Role::Faint, format!(" ({})", some.join(", ")));
            }
            many => {
                out.push(Role::Faint, format!(" ({} variants)", many.len() + 1));
            }
        }
        out
    }

    fn source_of(&self, id: AppId) -> (Role, String) {
        let app = self.app(id);
        let Some(content) = app.content() else { return (Role::Faint, "not rendered".to_owned()) };
        let mut words = Vec::new();
        for source in &content.sources {
            if source.path.is_empty() && source.chart.is_empty() && !source.reference.is_empty() {
                continue;
            }
            let kind = match source.source_type {
                Some(SourceType::Directory) => "directory ",
                Some(SourceType::Helm) => "helm ",
                Some(SourceType::Kustomize) => "kustomize ",
                Some(SourceType::Plugin) => "plugin ",
                None if !source.chart.is_empty() => "helm ",
                None => "",
            };
            words.push(if source.chart.is_empty() {
                format!("{kind}{}", source.path)
            } else {
                format!("{kind}{} {}", source.chart, source.target_revision)
            });
        }
        let what = words.join(" + ");
        match &content.state {
            State::Rendered | State::Skipped => (Role::Plain, what),
            State::Unknown(gap) => (Role::Warning, format!("? {what}: {gap}")),
            State::Failed(error) => (Role::Error, format!("✗ {}", first_line(&error.to_str_lossy()))),
        }
    }
}

/// The name of the cluster that an Application goes to; what is written, if no such cluster is registered.
fn cluster_name(app: App<'_>) -> String {
    let destination = app.destination();
    match app.cluster() {
        Some(cluster) if !cluster.name.is_empty() => cluster.name.to_str_lossy().into_owned(),
        _ if !destination.name.is_empty() => destination.name,
        _ => destination.server,
    }
}

fn plain(text: impl AsRef<str>) -> Text {
    let mut out = Text::default();
    out.push(Role::Plain, text);
    out
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 100 {
        line.to_owned()
    } else {
        line.chars().take(97).chain("...".chars()).collect()
    }
}
