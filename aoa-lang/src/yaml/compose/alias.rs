//! Anchors, and go-yaml's bound on what aliases may expand to.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::Node;

/// The anchors of one document.
#[derive(Default)]
pub(super) struct Anchors<'a>(HashMap<&'a str, Anchor, FixedState>);

pub(super) enum Anchor {
    /// Of a collection that is not complete: an alias here would contain itself.
    Open,
    Complete {
        size: u64,
        node: Box<Node>,
    },
}

impl Anchor {
    pub(super) fn complete(node: &Node, size: u64) -> Anchor {
        Anchor::Complete { size, node: Box::new(node.as_alias(node.line)) }
    }
}

impl<'a> Anchors<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Anchor> {
        self.0.get(name)
    }

    pub(super) fn insert(&mut self, name: &'a str, anchor: Anchor) {
        self.0.insert(name, anchor);
    }

    /// Completes an anchor, unless its name was taken by a node inside.
    pub(super) fn close(&mut self, name: &'a str, node: &Node, size: u64) {
        if let Some(place @ Anchor::Open) = self.0.get_mut(name) {
            *place = Anchor::complete(node, size);
        }
    }
}

/// How many nodes go-yaml would have decoded, and how many of them through aliases (`decode.go`).
#[derive(Default)]
pub(in crate::yaml) struct Counter {
    decoded: u64,
    aliased: u64,
}

impl Counter {
    #[inline]
    pub(in crate::yaml) fn count(&mut self) {
        self.decoded = self.decoded.saturating_add(1);
    }

    pub(in crate::yaml) fn count_aliased(&mut self, size: u64) {
        self.decoded = self.decoded.saturating_add(size);
        self.aliased = self.aliased.saturating_add(size);
    }

    pub(in crate::yaml) fn decoded(&self) -> u64 {
        self.decoded
    }

    #[inline]
    pub(in crate::yaml) fn aliased(&self) -> u64 {
        self.aliased
    }

    /// Whether too many of the nodes come from aliases: 99 % up to 400,000 nodes, down to 10 % from 4,000,000 on.
    #[expect(clippy::cast_precision_loss, reason = "Go computes the ratio in float64")]
    pub(in crate::yaml) fn is_excessive(&self) -> bool {
        const LOW: u64 = 400_000;
        const HIGH: u64 = 4_000_000;
        let allowed = match self.decoded {
            ..=LOW => 0.99,
            HIGH.. => 0.10,
            n => 0.99 - 0.89 * ((n - LOW) as f64 / (HIGH - LOW) as f64),
        };
        self.aliased > 100 && self.decoded > 1000 && self.aliased as f64 / self.decoded as f64 > allowed
    }
}
