//! Values that stand in several places at once.
//!
//! Kustomize puts one and the same YAML node into labels, selectors and templates where it adds a label. A later layer that
//! changes it in one place changes it in all.

use aoa_lang::yaml::Node;

use super::Resource;

/// The values by their number, as they were last seen.
#[derive(Clone, Default)]
pub(super) struct Twins(Vec<Node>);

/// How many values may be shared in one resource.
const MOST: usize = 10_000;

impl Resource {
    /// Makes `value` one that is shared by all places that it is put into.
    pub(crate) fn share(&mut self, value: &mut Node) {
        if self.twins.0.len() < MOST
            && let Ok(number) = u32::try_from(self.twins.0.len())
        {
            value.set_twin(Some(number));
            self.twins.0.push(value.clone());
        }
    }

    /// Lets all places of a shared value have what one of them was given.
    pub(crate) fn settle_shared(&mut self) {
        if self.twins.0.is_empty() {
            return;
        }
        let mut changed: Vec<Option<Node>> = Vec::new();
        visit(&self.root, &mut |node, number| {
            if self.twins.0.get(number).is_some_and(|seen| !is_same(seen, node)) {
                changed.resize(self.twins.0.len(), None);
                if let Some(slot) = changed.get_mut(number) {
                    *slot = Some(node.clone());
                }
            }
        });
        if changed.is_empty() {
            return;
        }
        for (seen, new) in self.twins.0.iter_mut().zip(&changed) {
            if let Some(new) = new {
                seen.clone_from(new);
            }
        }
        replace(self.root_mut(), &changed);
    }
}

fn is_same(a: &Node, b: &Node) -> bool {
    a.text == b.text && a.tag == b.tag && a.kind == b.kind && a.scalar_style == b.scalar_style
}

/// Calls `see` with all shared values, in the order in which patches go through fields.
fn visit(root: &Node, see: &mut impl FnMut(&Node, usize)) {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if let Some(number) = node.twin().and_then(|number| usize::try_from(number).ok()) {
            see(node, number);
        }
        let from = pending.len();
        if node.entries().next().is_some() {
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by(|a, b| b.0.text.cmp(&a.0.text));
            pending.extend(entries.into_iter().map(|(_, value)| value));
        } else {
            pending.extend(node.items());
            if let Some(new) = pending.get_mut(from..) {
                new.reverse();
            }
        }
    }
}

/// Puts the changed values into all their places. Subtrees without any are not copied.
fn replace(root: &mut Node, changed: &[Option<Node>]) {
    let mut places = Vec::new();
    let mut pending: Vec<(Vec<usize>, &Node)> = vec![(Vec::new(), root)];
    while let Some((at, node)) = pending.pop() {
        let number = node.twin().and_then(|number| usize::try_from(number).ok());
        if let Some(new) = number.and_then(|number| changed.get(number)).and_then(Option::as_ref) {
            places.push((at, new.clone()));
            continue;
        }
        for (index, child) in node.content.as_slice().iter().enumerate() {
            if child.twin().is_some() || !child.content.as_slice().is_empty() {
                let mut at = at.clone();
                at.push(index);
                pending.push((at, child));
            }
        }
    }
    for (at, new) in places {
        if let Some(place) = crate::node::at_mut(root, &at) {
            *place = new;
        }
    }
}
