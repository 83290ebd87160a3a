//! YAML that can be edited and printed again: a tree that keeps tags, styles, anchors and comments.
//!
//! A [`Node`] is what go-yaml v3 3.0.4 calls `yaml.Node` and kyaml 0.21.1 wraps as `RNode`: it is read with
//! [`Node::parse`] and printed with [`Node::to_text`] exactly as kyaml's `Parse` and `String` do. Clones share their
//! children, and copy them level by level where they are changed.

mod anchors;
mod content;
mod decode;
mod fields;
mod identity;
mod print;
mod read;
mod resources;

pub(super) use decode::{is_plain_key, resolve_scalar, survives};

pub use content::Content;
pub use identity::{FIRST_KINDS, Identity, LAST_KINDS};
pub use resources::{check_resource, print_resource_file, read_resources};

use super::event::{CollectionStyle, Comments, ScalarStyle};
use crate::value::Text;

/// What a [`Node`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A document, with the one node that it holds.
    Document,
    /// A sequence.
    List,
    /// A mapping; its content is keys and values in turn.
    Map,
    /// A scalar.
    Scalar,
    /// `*name`; the name is the node's text.
    Alias,
}

/// Where a node was read: line and column, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A piece of YAML: what go-yaml v3 calls `yaml.Node`, and kyaml wraps as `RNode`. Clones share their children, and copy
/// them level by level where they are changed.
///
/// ```
/// use aoa_lang::yaml::Node;
/// let mut node = Node::parse("# who\nname: web # as ever\nlabels: {a: b}\n").unwrap().unwrap();
/// node.root_mut().set_field("replicas", Node::int(3));
/// assert_eq!(node.to_text().unwrap(), "# who\nname: web # as ever\nlabels: {a: b}\nreplicas: 3\n");
/// ```
#[derive(Clone)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The tag in its short form (`!!str`, `!mine`), as written or as the text looks.
    pub tag: Text,
    /// Whether the tag is printed even where it is clear.
    pub is_tagged: bool,
    /// How a scalar is written.
    pub scalar_style: ScalarStyle,
    /// How a list or map is written.
    pub collection_style: CollectionStyle,
    /// The text of a scalar, the name of an alias.
    pub text: Text,
    /// The children.
    pub content: Content,
    /// Where it was read, if it was.
    pub origin: Option<Origin>,
    /// What few nodes have.
    extras: Option<Box<Extras>>,
}

#[derive(Clone, Default, PartialEq)]
struct Extras {
    anchor: Text,
    comments: Comments,
    /// Which of the anchored nodes an alias stands for, once that was found out.
    target: Option<usize>,
    twin: Option<u32>,
}

static NO_COMMENTS: Comments = Comments { head: String::new(), line: String::new(), foot: String::new() };

impl Node {
    /// A node of `kind` with a tag, and nothing else.
    #[must_use]
    pub fn new(kind: NodeKind, tag: impl Into<Text>) -> Self {
        Node {
            kind,
            tag: tag.into(),
            is_tagged: false,
            scalar_style: ScalarStyle::Plain,
            collection_style: CollectionStyle::Block,
            text: Text::EMPTY,
            content: Content::default(),
            origin: None,
            extras: None,
        }
    }

    /// A plain scalar with a tag; `!!str` is quoted where the text looks like something else.
    #[must_use]
    pub fn scalar(tag: impl Into<Text>, text: impl Into<Text>) -> Self {
        Node { text: text.into(), ..Node::new(NodeKind::Scalar, tag) }
    }

    /// A string.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Node::scalar(Text::from_static("!!str"), text)
    }

    /// An integer.
    #[must_use]
    pub fn int(number: i64) -> Self {
        Node::scalar(Text::from_static("!!int"), number.to_string())
    }

    /// A boolean.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Node::scalar(Text::from_static("!!bool"), if value { "true" } else { "false" })
    }

    /// A null.
    #[must_use]
    pub fn null() -> Self {
        Node::scalar(Text::from_static("!!null"), "null")
    }

    /// A list.
    #[must_use]
    pub fn list(items: Vec<Node>) -> Self {
        Node { content: items.into(), ..Node::new(NodeKind::List, Text::from_static("!!seq")) }
    }

    /// A map.
    #[must_use]
    pub fn map(entries: impl IntoIterator<Item = (Node, Node)>) -> Self {
        let content: Vec<Node> = entries.into_iter().flat_map(|(key, value)| [key, value]).collect();
        Node { content: content.into(), ..Node::new(NodeKind::Map, Text::from_static("!!map")) }
    }

    /// The anchor's name, empty if there is none.
    #[must_use]
    pub fn anchor(&self) -> &Text {
        self.extras.as_ref().map_or(&Text::EMPTY, |extras| &extras.anchor)
    }

    /// Sets the anchor's name; the empty one removes it.
    pub fn set_anchor(&mut self, name: impl Into<Text>) {
        let name = name.into();
        if !name.is_empty() || self.extras.is_some() {
            self.extras.get_or_insert_default().anchor = name;
        }
    }

    /// The number of the twins that this node is one of.
    ///
    /// Go programs put one node into several places; who then changes it in one place changes it in all. Twins share a number, so that
    /// the one who builds a tree as such programs do can change them all.
    #[must_use]
    pub fn twin(&self) -> Option<u32> {
        self.extras.as_ref().and_then(|extras| extras.twin)
    }

    /// Makes the node one of the twins of this number.
    pub fn set_twin(&mut self, number: Option<u32>) {
        if number.is_some() || self.extras.is_some() {
            self.extras.get_or_insert_default().twin = number;
        }
    }

    /// The comments.
    #[must_use]
    pub fn comments(&self) -> &Comments {
        self.extras.as_ref().map_or(&NO_COMMENTS, |extras| &extras.comments)
    }

    /// Whether there is no comment.
    fn has_no_comments(&self) -> bool {
        self.extras.as_ref().is_none_or(|extras| extras.comments == NO_COMMENTS)
    }

    /// The comments, for changes.
    pub fn comments_mut(&mut self) -> &mut Comments {
        &mut self.extras.get_or_insert_default().comments
    }

    /// Removes all comments of this node.
    pub fn clear_comments(&mut self) {
        if let Some(extras) = &mut self.extras {
            extras.comments = Comments::default();
        }
    }
}

impl std::fmt::Debug for Node {
    /// Short: children are only counted, so that printing cannot overflow a stack.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let children = self.content.as_slice().len();
        write!(f, "{:?} {:?} {:?} with {children} children", self.kind, self.tag, self.text)
    }
}
