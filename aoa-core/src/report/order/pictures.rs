//! Order as pictures: Mermaid for pages, DOT for Graphviz.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::values::cut;
use crate::fleet::App;
use crate::order::{Member, Order, Strength};

/// Edges of a picture; with more nobody sees anything.
const MOST: usize = 400;
/// Characters of a name or label.
const LABEL: usize = 60;
/// Bytes of a picture: Mermaid draws none of more than 50,000 characters.
const BYTES: usize = 45_000;

/// The order as a Mermaid flow chart: whoever is needed stands above, hard needs are drawn through.
#[must_use]
pub fn order_mermaid(order: &Order<'_>) -> String {
    let picture = Picture::of(order);
    let mut out = String::from("flowchart TD\n");
    for (id, member) in &picture.nodes {
        let _ = writeln!(
            out,
            "  a{id}[\"{}\"]{}",
            escaped(member.app.name()),
            if member.is_deadlocked { ":::deadlock" } else { "" }
        );
    }
    for ((to, from), (label, is_hard)) in &picture.edges {
        let arrow = if *is_hard { "-->" } else { "-.->" };
        let _ = writeln!(out, "  a{to} {arrow}|\"{}\"| a{from}", escaped(label));
    }
    for (to, from) in &picture.creations {
        let _ = writeln!(out, "  a{to} ==> a{from}");
    }
    if picture.left_out > 0 {
        let _ = writeln!(out, "  %% {} needs are left out", picture.left_out);
    }
    out.push_str("  classDef deadlock stroke:#d00,stroke-width:3px\n");
    out
}

/// The order as a DOT graph.
#[must_use]
pub fn order_dot(order: &Order<'_>) -> String {
    let picture = Picture::of(order);
    let mut out = String::from("digraph order {\n  node [shape=box]\n");
    for (id, member) in &picture.nodes {
        let color = if member.is_deadlocked { ", color=red, penwidth=3" } else { "" };
        let _ = writeln!(out, "  a{id} [label=\"{}\"{color}]", escaped(member.app.name()));
    }
    for ((to, from), (label, is_hard)) in &picture.edges {
        let style = if *is_hard { "solid" } else { "dashed" };
        let _ = writeln!(out, "  a{to} -> a{from} [label=\"{}\", style={style}]", escaped(label));
    }
    for (to, from) in &picture.creations {
        let _ = writeln!(out, "  a{to} -> a{from} [style=bold]");
    }
    if picture.left_out > 0 {
        let _ = writeln!(out, "  // {} needs are left out", picture.left_out);
    }
    out.push_str("}\n");
    out
}

/// Nodes and arrows by number; an arrow for each two, whatever they need of each other.
struct Picture<'o, 'f> {
    nodes: BTreeMap<u32, &'o Member<'f>>,
    edges: BTreeMap<(u32, u32), (String, bool)>,
    creations: BTreeSet<(u32, u32)>,
    left_out: usize,
    /// About how long it is.
    bytes: usize,
}

impl<'o, 'f> Picture<'o, 'f> {
    fn of(order: &'o Order<'f>) -> Self {
        let mut picture = Picture {
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
            creations: BTreeSet::new(),
            left_out: 0,
            bytes: 0,
        };
        for edge in &order.edges {
            let label = match edge.what.kind {
                "" => edge.kind.name(),
                kind => kind,
            };
            picture.add(order, (edge.to, edge.from), label, edge.strength == Strength::Hard);
        }
        for held in &order.held {
            for app in &held.apps {
                picture.add(order, (held.by, *app), "synced by hand", false);
            }
        }
        let id = |app: App<'_>| app.id().0;
        for (at, member) in &picture.nodes {
            if let Some(creator) =
                member.creator.map(id).filter(|creator| picture.nodes.contains_key(creator))
            {
                picture.creations.insert((creator, *at));
            }
        }
        picture
    }

    /// An arrow to who waits from whom it waits for.
    fn add(&mut self, order: &'o Order<'f>, (to, from): (App<'f>, App<'f>), label: &str, is_hard: bool) {
        let key = (to.id().0, from.id().0);
        let is_full = self.edges.len() >= MOST || self.bytes >= BYTES;
        if !self.edges.contains_key(&key) && is_full {
            self.left_out += 1;
            return;
        }
        let label = &*cut(label, LABEL);
        let bytes = &mut self.bytes;
        let known = self.edges.entry(key).or_insert_with(|| {
            // With the words around it.
            *bytes = bytes.saturating_add(label.len().saturating_add(60));
            (label.to_owned(), is_hard)
        });
        known.1 |= is_hard;
        if !known.0.split(", ").any(|other| other == label) && known.0.len() < LABEL {
            known.0 = format!("{}, {label}", known.0);
        }
        for app in [from, to] {
            if let Some(member) = order.member(app.namespace(), app.name())
                && self.nodes.insert(app.id().0, member).is_none()
            {
                // It may be drawn with an arrow from who brings it.
                self.bytes = self.bytes.saturating_add(app.name().len().min(LABEL).saturating_add(90));
            }
        }
    }
}

/// A text within quotes, of which neither format has to know more.
fn escaped(text: &str) -> String {
    cut(text, LABEL)
        .chars()
        .map(
            |c| if matches!(c, '"' | '\\' | '|' | '<' | '>' | '`' | '#') || c.is_control() { '_' } else { c },
        )
        .collect()
}
