//! From the parser's events to nodes, as go-yaml v3's decoder builds them (`parser` of decode.go).

use std::collections::HashSet;

use super::super::emit_kyaml;
use super::super::event::{CollectionStyle, Comments, Dialect, Event, EventKind, ScalarStyle};
use super::super::resolve::look_of;
use super::super::{Parser, Source};
use super::print::LONG_PREFIX;
use super::{Node, NodeKind, Origin};
use crate::value::{Text, Value};
use crate::{Error, Limits, Result};

impl Node {
    /// Reads the first document of `text`; `None` if there is none.
    ///
    /// The result is a [`NodeKind::Document`]; what stands behind the document is not looked at.
    ///
    /// # Errors
    /// If the text is not YAML as go-yaml v3 3.0.4 reads it, an alias has no anchor, or a limit is passed.
    pub fn parse(text: &str) -> Result<Option<Node>> {
        Node::parse_within(text.as_bytes(), &Limits::default())
    }

    /// [`Node::parse`] of bytes in any encoding that go-yaml reads, within `limits`.
    ///
    /// # Errors
    /// As [`Node::parse`].
    pub fn parse_within(text: &[u8], limits: &Limits) -> Result<Option<Node>> {
        let source = Source::new(text, limits)?;
        let mut parser = Parser::new(&source, Dialect::V3);
        let mut builder = Builder::default();
        loop {
            let event = parser.next_event()?;
            if event.kind == EventKind::StreamEnd {
                return Ok(None);
            }
            if let Some(document) = builder.push(event)? {
                return Ok(Some(document));
            }
        }
    }

    /// The node that `value` becomes when it is written and read again, as kyaml's `FromMap` makes it.
    ///
    /// # Errors
    /// If the value cannot be written, or is too large.
    pub fn from_value(value: &Value) -> Result<Node> {
        let document = Node::parse(&emit_kyaml(value)?)?;
        Ok(document.map_or_else(Node::null, |document| document.root().clone()))
    }
}

/// Builds the nodes of a stream.
#[derive(Default)]
pub(crate) struct Builder {
    /// The nodes that are open, outermost first.
    open: Vec<Open>,
    anchors: HashSet<String>,
}

struct Open {
    node: Node,
    children: Vec<Node>,
}

impl Builder {
    /// Takes an event; a document is returned when it is complete.
    ///
    /// # Errors
    /// If an alias has no anchor.
    pub(crate) fn push(&mut self, event: Event<'_>) -> Result<Option<Node>> {
        let origin = Origin { line: event.start.line + 1, column: event.start.column + 1 };
        let span = event.span();
        let comments = event.comments;
        match event.kind {
            EventKind::StreamStart | EventKind::StreamEnd => {}
            EventKind::DocumentStart => {
                self.start(Node::new(NodeKind::Document, Text::EMPTY), origin, comments);
            }
            EventKind::SequenceStart(collection) => {
                let mut node = tagged(NodeKind::List, collection.tag(), "!!seq");
                node.collection_style = collection.style;
                self.name(&mut node, collection.anchor());
                self.start(node, origin, comments);
            }
            EventKind::MappingStart(collection) => {
                let mut node = tagged(NodeKind::Map, collection.tag(), "!!map");
                node.collection_style = collection.style;
                self.name(&mut node, collection.anchor());
                self.start(node, origin, comments);
            }
            EventKind::Alias(name) => {
                if !self.anchors.contains(name) {
                    let message = format!("yaml: unknown anchor '{name}' referenced");
                    return Err(Error::invalid(message).at(span));
                }
                let mut node = Node::new(NodeKind::Alias, Text::EMPTY);
                node.text = name.into();
                self.add(node, origin, comments);
            }
            EventKind::Scalar(scalar) => {
                let looks_like = match scalar.style {
                    ScalarStyle::Plain if scalar.value == "<<" => "!!merge",
                    ScalarStyle::Plain => look_of(&scalar.value, Dialect::V3).name(),
                    _ => "!!str",
                };
                let mut node = tagged(NodeKind::Scalar, scalar.tag(), looks_like);
                node.scalar_style = scalar.style;
                self.name(&mut node, scalar.anchor());
                node.text = Text::from(scalar.value);
                self.add(node, origin, comments);
            }
            EventKind::DocumentEnd | EventKind::SequenceEnd | EventKind::MappingEnd => {
                return Ok(self.end(comments));
            }
        }
        Ok(None)
    }

    fn name(&mut self, node: &mut Node, anchor: Option<&str>) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor.to_owned());
            node.set_anchor(anchor);
        }
    }

    fn start(&mut self, mut node: Node, origin: Origin, comments: Option<Box<Comments>>) {
        node.origin = Some(origin);
        set_comments(&mut node, comments);
        self.open.push(Open { node, children: Vec::new() });
    }

    fn add(&mut self, mut node: Node, origin: Origin, comments: Option<Box<Comments>>) {
        node.origin = Some(origin);
        set_comments(&mut node, comments);
        self.append(node);
    }

    /// Puts a complete node into its parent. In a block map foot comments go to the key that they belong to.
    fn append(&mut self, node: Node) {
        let Some(Open { node: parent, children }) = self.open.last_mut() else {
            return;
        };
        children.push(node);
        if parent.kind != NodeKind::Map {
            return;
        }
        if children.len() % 2 == 1 {
            // The foot comment of a key comes from a dedent, so it is that of the entry before.
            if let [.., earlier, _, key] = children.as_mut_slice()
                && parent.collection_style == CollectionStyle::Block
                && !key.comments().foot.is_empty()
            {
                earlier.comments_mut().foot = std::mem::take(&mut key.comments_mut().foot);
            }
        } else if let [.., key, value] = children.as_mut_slice()
            && key.comments().foot.is_empty()
            && !value.comments().foot.is_empty()
        {
            key.comments_mut().foot = std::mem::take(&mut value.comments_mut().foot);
        }
    }

    fn end(&mut self, comments: Option<Box<Comments>>) -> Option<Node> {
        let Open { mut node, mut children } = self.open.pop()?;
        let Comments { line, mut foot, .. } = comments.map_or_else(Comments::default, |comments| *comments);
        if let [.., key, _] = children.as_mut_slice()
            && node.kind == NodeKind::Map
            && node.collection_style == CollectionStyle::Block
            && !foot.is_empty()
        {
            key.comments_mut().foot = std::mem::take(&mut foot);
        }
        if node.extras.is_some() || !line.is_empty() || !foot.is_empty() {
            node.comments_mut().foot = foot;
            if node.kind != NodeKind::Document {
                node.comments_mut().line = line;
            }
        }
        node.content = children.into();
        if node.kind == NodeKind::Document {
            return Some(node);
        }
        self.append(node);
        None
    }
}

fn set_comments(node: &mut Node, comments: Option<Box<Comments>>) {
    if let Some(comments) = comments {
        *node.comments_mut() = *comments;
    }
}

/// A node with the tag as written, or the one that it has by its look.
fn tagged(kind: NodeKind, written: Option<&str>, looks_like: &'static str) -> Node {
    match written {
        None | Some("" | "!") => Node::new(kind, Text::from_static(looks_like)),
        Some(tag) => {
            let short = tag.strip_prefix(LONG_PREFIX).map(|name| Text::from(format!("!!{name}")));
            Node { is_tagged: true, ..Node::new(kind, short.unwrap_or_else(|| Text::from(tag))) }
        }
    }
}
