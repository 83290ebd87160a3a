//! Looking into nodes, and changing them.

use super::{Node, NodeKind};
use crate::value::Text;

impl Node {
    /// The node of a document; any other node itself.
    #[must_use]
    pub fn root(&self) -> &Node {
        match (self.kind, self.content.as_slice()) {
            (NodeKind::Document, [root, ..]) => root,
            _ => self,
        }
    }

    /// [`Node::root`], for changes; an empty document gets a null.
    pub fn root_mut(&mut self) -> &mut Node {
        if self.kind == NodeKind::Document { self.content.first_mut() } else { self }
    }

    /// Whether the node is a null, by its tag.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.tag == "!!null"
    }

    /// Whether the node is a null, or a list or map without children.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_collection = matches!(self.kind, NodeKind::List | NodeKind::Map);
        self.is_null() || (is_collection && self.content.as_slice().is_empty())
    }

    /// The text of a scalar that is not null.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if self.kind == NodeKind::Scalar && !self.is_null() { self.text.as_str() } else { None }
    }

    /// The keys and values of a map; nothing for any other node.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&Node, &Node)> {
        let content = if self.kind == NodeKind::Map { self.content.as_slice() } else { &[] };
        content.chunks_exact(2).filter_map(|pair| match pair {
            [key, value] => Some((key, value)),
            _ => None,
        })
    }

    /// The items of a list; nothing for any other node.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        if self.kind == NodeKind::List { self.content.as_slice() } else { &[] }
    }

    /// The items of a list, for changes; `None` for any other node.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Node>> {
        if self.kind == NodeKind::List { Some(self.content.to_mut()) } else { None }
    }

    /// The value of the first key with this text.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Node> {
        self.content.as_slice().get(self.value_index(name)?)
    }

    /// [`Node::field`], for changes.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut Node> {
        let at = self.value_index(name)?;
        self.content.to_mut().get_mut(at)
    }

    /// The value behind `names`, one map inside another.
    #[must_use]
    pub fn at(&self, names: &[&str]) -> Option<&Node> {
        names.iter().try_fold(self, |node, name| node.field(name))
    }

    /// Sets the value of the first key with this text, or appends an entry; returns the value that stood there.
    pub fn set_field(&mut self, name: impl Into<Text>, value: Node) -> Option<Node> {
        let name = name.into();
        let index = name.as_str().and_then(|name| self.value_index(name));
        let content = self.content.to_mut();
        if let Some(old) = index.and_then(|at| content.get_mut(at)) {
            return Some(std::mem::replace(old, value));
        }
        content.extend([Node::string(name), value]);
        None
    }

    /// Removes the first entry with this key, and returns its value.
    pub fn remove_field(&mut self, name: &str) -> Option<Node> {
        let at = self.value_index(name)?;
        let content = self.content.to_mut();
        content.drain(at.saturating_sub(1)..=at).next_back()
    }

    /// Whether both are the same in all that go-yaml keeps of a node: tags, styles, texts, anchors, comments, and where they were read.
    ///
    /// ```
    /// use aoa_lang::yaml::Node;
    /// let parse = |text: &str| Node::parse(text).unwrap().unwrap();
    /// assert!(parse("a: [b]").is_identical(&parse("a: [b]")));
    /// assert!(!parse("a: [b]").is_identical(&parse("a: ['b']")));
    /// ```
    #[must_use]
    pub fn is_identical(&self, other: &Node) -> bool {
        let mut pending = vec![(self, other)];
        while let Some((a, b)) = pending.pop() {
            let (a_children, b_children) = (a.content.as_slice(), b.content.as_slice());
            let is_same = a.kind == b.kind
                && a.tag == b.tag
                && a.is_tagged == b.is_tagged
                && a.scalar_style == b.scalar_style
                && a.collection_style == b.collection_style
                && a.text == b.text
                && a.origin == b.origin
                && a.anchor() == b.anchor()
                && a.comments() == b.comments()
                && a_children.len() == b_children.len();
            if !is_same {
                return false;
            }
            if !a.content.is_shared_with(&b.content) {
                pending.extend(a_children.iter().zip(b_children));
            }
        }
        true
    }

    fn value_index(&self, name: &str) -> Option<usize> {
        self.entries().position(|(key, _)| key.text == *name).map(|at| at * 2 + 1)
    }
}
