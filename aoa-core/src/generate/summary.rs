//! The few texts that are kept of every generated Application.

use std::collections::BTreeSet;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::tree::{NodeAt, Tree};

/// Where the few texts that are kept of every Application come from.
pub(super) struct Summary {
    pub(super) name: Part,
    pub(super) project: Part,
    pub(super) server: Part,
    pub(super) namespace: Part,
    /// The name of the destination.
    pub(super) cluster: Part,
}

/// Where a text comes from.
pub(super) enum Part {
    Fixed(Text),
    Slot(usize),
}

impl Summary {
    pub(super) fn of(tree: &Tree) -> Summary {
        let part = |path: &[&str]| match tree.root().at(path) {
            NodeAt::Slot(slot) => Part::Slot(slot),
            NodeAt::Fixed(Value::String(text)) => Part::Fixed(text.clone()),
            NodeAt::Fixed(_) | NodeAt::Missing => Part::Fixed(Text::EMPTY),
        };
        Summary {
            name: part(&["metadata", "name"]),
            project: part(&["spec", "project"]),
            server: part(&["spec", "destination", "server"]),
            namespace: part(&["spec", "destination", "namespace"]),
            cluster: part(&["spec", "destination", "name"]),
        }
    }

    /// The slots that it needs.
    pub(super) fn slots(&self) -> BTreeSet<usize> {
        [&self.name, &self.project, &self.server, &self.namespace, &self.cluster]
            .into_iter()
            .filter_map(|part| match part {
                Part::Slot(slot) => Some(*slot),
                Part::Fixed(_) => None,
            })
            .collect()
    }
}
