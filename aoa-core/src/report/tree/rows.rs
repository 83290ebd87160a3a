//! A line for each node: name, count, clusters, project, source.

use std::collections::BTreeSet;

use super::nodes::{Builder, Key, Node, cluster_name};
use crate::fleet::{AppId, SetId, SetOutcome, SourceType, State};
use crate::load::is_commit;
use crate::report::style::{Role, Text};

pub(super) struct Row {
    pub(super) level: usize,
    pub(super) name: Text,
    pub(super) apps: Text,
    pub(super) clusters: Text,
    pub(super) project: Text,
    pub(super) source: Text,
}
impl Builder<'_> {
    pub(super) fn rows(&self, depth: usize) -> Vec<Row> {
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
            SetOutcome::Failed(error) | SetOutcome::Limited(error) => {
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
    pub(super) fn clusters(&self, ids: &[AppId]) -> Text {
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
            let (path, chart) = (&source.path, &source.chart);
            let (revision, resolved) = (&source.target_revision, &source.resolved);
            words.push(match (chart.is_empty(), resolved.is_empty()) {
                (true, true) => format!("{kind}{path}"),
                (true, false) => format!("{kind}{path} at {}", short(&revision.to_str_lossy())),
                (false, true) => format!("{kind}{chart} {revision}"),
                (false, false) => format!("{kind}{chart} {resolved}"),
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

fn plain(text: impl AsRef<str>) -> Text {
    let mut out = Text::default();
    out.push(Role::Plain, text);
    out
}

/// A revision; of a commit as many digits as people read.
fn short(revision: &str) -> &str {
    if is_commit(revision) { revision.get(..7).unwrap_or(revision) } else { revision }
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= 100 {
        line.to_owned()
    } else {
        line.chars().take(97).chain("...".chars()).collect()
    }
}
