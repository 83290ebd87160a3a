//! The fleet as a tree: who brings whom, where it lands, from which source.
//!
//! Applications that differ only in their cluster share a line; what differs beside it stands in brackets.

mod nodes;
mod rows;

use std::collections::BTreeMap;

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::finding::{Finding, Severity};
use crate::fleet::Fleet;
use nodes::Builder;

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
        out.append(nothing(fleet));
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

/// Why there is no tree: roots that cannot be read hide all that they would bring.
fn nothing(fleet: &Fleet) -> Text {
    const SHOWN: usize = 3;
    let mut out = Text::default();
    if errors(fleet).next().is_none() && fleet.needs().is_empty() {
        out.push(Role::Warning, "nothing to show").end_line();
        return out;
    }
    out.push(Role::Warning, "nothing to show: what the fleet begins with cannot be read").end_line();
    for finding in errors(fleet).take(SHOWN) {
        out.push(Role::Error, "✗ ").push(Role::Plain, finding.message()).end_line();
        if let Some(help) = finding.help() {
            out.push(Role::Help, format!("  {help}")).end_line();
        }
    }
    out.append(next_steps(fleet));
    out
}

fn errors(fleet: &Fleet) -> impl Iterator<Item = &Finding> {
    fleet.findings().iter().filter(|finding| finding.severity() == Severity::Error)
}

fn next_steps(fleet: &Fleet) -> Text {
    let mut out = Text::default();
    let unknown = fleet.needs().len();
    let errors = errors(fleet).count();
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
