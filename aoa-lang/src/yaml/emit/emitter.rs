//! From events to text: the state machine of libyaml's emitter, as go-yaml v2 and v3 have it.

use super::analysis::{Analysis, analyze};
use super::writer::Writer;
use crate::yaml::event::{CollectionStyle, Dialect, ScalarStyle};
use crate::{Error, Result};

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Whose rules are followed.
    pub(crate) dialect: Dialect,
    /// By how much a level is indented.
    pub(crate) indent: usize,
    /// Whether the `- ` of a list in a map counts as indentation (v3; v2 always writes it so).
    pub(crate) compact_lists: bool,
    /// The column behind which lines are folded.
    pub(crate) width: Option<usize>,
}

impl Layout {
    /// `sigs.k8s.io/yaml`
    pub(crate) const KUBERNETES: Layout =
        Layout { dialect: Dialect::V2, indent: 2, compact_lists: true, width: Some(80) };
    /// `kyaml`
    pub(crate) const KYAML: Layout =
        Layout { dialect: Dialect::V3, indent: 2, compact_lists: true, width: None };
    /// go-yaml v3 with an indent of 2
    pub(crate) const WIDE: Layout =
        Layout { dialect: Dialect::V3, indent: 2, compact_lists: false, width: None };
}

/// One step of the stream.
#[derive(Clone, Copy)]
pub(crate) enum Step<'e> {
    DocumentStart,
    DocumentEnd,
    Alias(&'e str),
    Scalar { text: &'e str, style: ScalarStyle },
    ListStart { style: CollectionStyle, is_empty: bool },
    ListEnd,
    MapStart { style: CollectionStyle, is_empty: bool },
    MapEnd,
}

/// Anchor and tag of a node; empty texts stand for none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Properties<'e> {
    pub(crate) anchor: &'e str,
    /// In its long form.
    pub(crate) tag: &'e str,
}

/// The comments of one step; empty texts stand for none.
#[derive(Clone, Copy, Default)]
pub(crate) struct StepComments<'c> {
    pub(crate) head: &'c str,
    pub(crate) line: &'c str,
    pub(crate) foot: &'c str,
    /// The foot comment of the entry before, which could not be written before its value had ended.
    pub(crate) tail: &'c str,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    FlowListFirst,
    FlowListItem,
    FlowListTrail,
    FlowMapFirst,
    FlowMapKey,
    FlowMapTrail,
    FlowMapSimpleValue,
    FlowMapValue,
    BlockListFirst,
    BlockListItem,
    BlockMapFirst,
    BlockMapKey,
    BlockMapSimpleValue,
    BlockMapValue,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Context {
    Root,
    Item,
    SimpleKey,
    Key,
    Value,
}

/// Where an entry of a flow collection stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    First,
    Later,
    /// The comma was written already, in front of a comment.
    AfterTrail,
}

/// What deepens the indentation.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Nesting {
    Flow,
    Block,
    /// A list whose `- ` counts as indentation.
    CompactList,
}

/// A node that is about to be written.
pub(super) struct Node<'e> {
    pub(super) step: Step<'e>,
    pub(super) anchor: &'e str,
    pub(super) tag_handle: &'static str,
    pub(super) tag_suffix: &'e str,
    pub(super) analysis: Analysis,
}

/// Writes steps as text. Comments are kept between steps, so they live longer.
pub(crate) struct Emitter<'c> {
    pub(super) out: Writer,
    pub(super) layout: Layout,
    pub(super) state: State,
    /// Where to go on when a node has ended.
    pub(super) states: Vec<State>,
    /// `None` in front of the first level.
    pub(super) indent: Option<usize>,
    pub(super) indents: Vec<Option<usize>>,
    pub(super) flow_level: usize,
    pub(super) context: Context,
    pub(super) comments: StepComments<'c>,
    /// A line comment of a key, written behind the `:`.
    pub(super) key_line_comment: &'c str,
}

impl<'c> Emitter<'c> {
    /// An emitter of one stream that may write up to `limit` bytes.
    pub(crate) fn new(layout: Layout, limit: usize) -> Self {
        Emitter {
            out: Writer::new(limit),
            layout,
            state: State::DocumentStart,
            states: Vec::new(),
            indent: None,
            indents: Vec::new(),
            flow_level: 0,
            context: Context::Root,
            comments: StepComments::default(),
            key_line_comment: "",
        }
    }

    /// Writes a step without properties and comments.
    pub(crate) fn emit(&mut self, step: Step<'_>) -> Result<()> {
        self.emit_with(step, Properties::default(), StepComments::default())
    }

    /// Writes a step.
    ///
    /// # Errors
    /// If an anchor has other characters than ASCII letters, digits, `_` and `-`, or the text gets too long.
    pub(crate) fn emit_with<'e>(
        &mut self,
        step: Step<'e>,
        properties: Properties<'e>,
        comments: StepComments<'c>,
    ) -> Result<()> {
        let node = self.analyze(step, properties)?;
        self.take_comments(comments);
        match self.state {
            State::DocumentStart => self.start_document(&node),
            State::DocumentContent => self.document_content(&node),
            State::DocumentEnd => self.end_document(),
            State::FlowListFirst => self.flow_list_item(&node, Place::First),
            State::FlowListItem => self.flow_list_item(&node, Place::Later),
            State::FlowListTrail => self.flow_list_item(&node, Place::AfterTrail),
            State::FlowMapFirst => self.flow_map_key(&node, Place::First),
            State::FlowMapKey => self.flow_map_key(&node, Place::Later),
            State::FlowMapTrail => self.flow_map_key(&node, Place::AfterTrail),
            State::FlowMapSimpleValue => self.flow_map_value(&node, true),
            State::FlowMapValue => self.flow_map_value(&node, false),
            State::BlockListFirst => self.block_list_item(&node, true),
            State::BlockListItem => self.block_list_item(&node, false),
            State::BlockMapFirst => self.block_map_key(&node, true),
            State::BlockMapKey => self.block_map_key(&node, false),
            State::BlockMapSimpleValue => self.block_map_value(&node, true),
            State::BlockMapValue => self.block_map_value(&node, false),
        }
        if self.out.is_over_limit() {
            return Err(Error::limit("the YAML text to write is too long"));
        }
        Ok(())
    }

    /// The text that waits to be taken.
    pub(super) fn writer(&mut self) -> &mut Writer {
        &mut self.out
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.out.into_text()
    }

    fn analyze<'e>(&self, step: Step<'e>, properties: Properties<'e>) -> Result<Node<'e>> {
        let anchor = match step {
            Step::Alias("") => return Err(Error::invalid("yaml: alias value must not be empty")),
            Step::Alias(name) => name,
            _ => properties.anchor,
        };
        if !anchor.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            let what = if matches!(step, Step::Alias(_)) { "alias" } else { "anchor" };
            return Err(Error::invalid(format!(
                "yaml: {what} value must contain alphanumerical characters only"
            )));
        }
        let (tag_handle, tag_suffix) = match properties.tag {
            "" => ("", ""),
            tag => match (tag.strip_prefix('!'), tag.strip_prefix("tag:yaml.org,2002:")) {
                (Some(suffix), _) => ("!", suffix),
                (None, Some(suffix)) => ("!!", suffix),
                (None, None) => ("", tag),
            },
        };
        let analysis = match step {
            Step::Scalar { text, .. } => analyze(text, self.layout.dialect),
            _ => Analysis::default(),
        };
        Ok(Node { step, anchor, tag_handle, tag_suffix, analysis })
    }

    fn start_document(&mut self, _node: &Node<'_>) {
        if !self.comments.head.is_empty() {
            self.write_head_comment();
            self.out.put_newline();
        }
        self.state = State::DocumentContent;
    }

    fn document_content(&mut self, node: &Node<'_>) {
        self.states.push(State::DocumentEnd);
        self.write_head_comment();
        self.node(node, Context::Root);
        self.write_line_comment();
        self.write_foot_comment();
    }

    fn end_document(&mut self) {
        // The foot of the document is always set off.
        self.out.foot_indent = Some(0);
        self.write_foot_comment();
        self.out.foot_indent = None;
        self.put_indent();
        self.state = State::DocumentStart;
    }

    pub(super) fn increase_indent(&mut self, nesting: Nesting) {
        self.indents.push(self.indent);
        let step = self.layout.indent;
        self.indent = Some(match (self.indent, self.layout.dialect) {
            (None, _) if nesting == Nesting::Flow => step,
            (None, _) => 0,
            (Some(indent), Dialect::V2) if nesting == Nesting::CompactList => indent,
            (Some(indent), Dialect::V2) => indent + step,
            // Behind a `- ` the content begins two columns on, whatever the indent.
            (Some(indent), Dialect::V3) if self.states.last() == Some(&State::BlockListItem) => indent + 2,
            (Some(indent), Dialect::V3) => {
                let level = (indent + step) / step.max(1) * step;
                if nesting == Nesting::CompactList { level.saturating_sub(2) } else { level }
            }
        });
    }

    pub(super) fn put_indent(&mut self) {
        self.out.put_indent(self.indent.unwrap_or(0));
    }

    pub(super) fn is_past_width(&self) -> bool {
        self.layout.width.is_some_and(|width| self.out.column() > width)
    }

    pub(super) fn return_to_parent(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }
}
