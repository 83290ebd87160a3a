//! The children of a node: shared by clones, copied level by level when they are changed, dropped without recursion.

use std::sync::Arc;

use super::Node;

/// The children of a [`Node`]: the items of a list, the keys and values of a map in turn, the one node of a document.
#[derive(Clone, Default)]
pub struct Content(Option<Arc<Children>>);

#[derive(Clone)]
struct Children(Vec<Node>);

impl Content {
    /// The children.
    #[must_use]
    pub fn as_slice(&self) -> &[Node] {
        self.0.as_ref().map_or(&[], |children| &children.0)
    }

    /// The children, for changes; those that are shared with another node are copied first, one level deep.
    pub fn to_mut(&mut self) -> &mut Vec<Node> {
        let shared = self.0.get_or_insert_with(|| Arc::new(Children(Vec::new())));
        &mut Arc::make_mut(shared).0
    }

    /// The first child, for changes; a null is put there if there is none.
    #[expect(clippy::indexing_slicing, reason = "there is a first child by then")]
    pub(super) fn first_mut(&mut self) -> &mut Node {
        let children = self.to_mut();
        if children.is_empty() {
            children.push(Node::null());
        }
        &mut children[0]
    }

    /// Whether these are the very same children, or both have none.
    pub(super) fn is_shared_with(&self, other: &Content) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(theirs)) => Arc::ptr_eq(own, theirs),
            (None, None) => true,
            _ => false,
        }
    }

    /// Takes the children out, copying them only if they are shared.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Node> {
        match self.0.take().map(Arc::try_unwrap) {
            None => Vec::new(),
            Some(Ok(mut children)) => std::mem::take(&mut children.0),
            Some(Err(shared)) => shared.0.clone(),
        }
    }

    fn take_unique(&mut self) -> Option<Vec<Node>> {
        let mut children = Arc::into_inner(self.0.take()?)?;
        Some(std::mem::take(&mut children.0))
    }
}

impl From<Vec<Node>> for Content {
    fn from(children: Vec<Node>) -> Self {
        Content(if children.is_empty() { None } else { Some(Arc::new(Children(children))) })
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        // The children of a node are moved out before it is dropped, so that its own drop finds nothing to do.
        let mut pending: Vec<Node> = std::mem::take(&mut self.0);
        while let Some(mut node) = pending.pop() {
            if let Some(children) = node.content.take_unique() {
                pending.extend(children);
            }
        }
    }
}
