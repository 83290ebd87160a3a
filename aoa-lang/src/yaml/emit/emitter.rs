//! From events to text: the state machine of libyaml's emitter, as go-yaml v2 and v3 have it.

use super::analysis::{Analysis, analyze};
use super::scalar::{self, Folding};
use super::writer::{Indicator, Writer};
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
enum State {
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
enum Context {
    Root,
    Item,
    SimpleKey,
    Key,
    Value,
}

/// What deepens the indentation.
#[derive(Clone, Copy, PartialEq)]
enum Nesting {
    Flow,
    Block,
    /// A list whose `- ` counts as indentation.
    CompactList,
}

/// A node that is about to be written.
struct Node<'e> {
    step: Step<'e>,
    anchor: &'e str,
    tag_handle: &'static str,
    tag_suffix: &'e str,
    analysis: Analysis,
}

/// Writes steps as text. Comments are kept between steps, so they live longer.
pub(crate) struct Emitter<'c> {
    pub(super) out: Writer,
    layout: Layout,
    state: State,
    /// Where to go on when a node has ended.
    states: Vec<State>,
    /// `None` in front of the first level.
    pub(super) indent: Option<usize>,
    indents: Vec<Option<usize>>,
    flow_level: usize,
    context: Context,
    pub(super) comments: StepComments<'c>,
    /// A line comment of a key, written behind the `:`.
    key_line_comment: &'c str,
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

    fn flow_list_item(&mut self, node: &Node<'_>, place: Place) {
        if place == Place::First {
            self.out.put_indicator("[", Indicator::Opening);
            self.increase_indent(Nesting::Flow);
            self.flow_level += 1;
        }
        if matches!(node.step, Step::ListEnd) {
            self.leave_flow();
            if self.out.column() == 0 {
                self.put_indent();
            }
            self.out.put_indicator("]", Indicator::Glued);
            self.write_line_comment();
            self.write_foot_comment();
            self.return_to_parent();
            return;
        }
        self.separate_flow(place);
        let next = if self.has_trailing_comment() { State::FlowListTrail } else { State::FlowListItem };
        self.states.push(next);
        self.node(node, Context::Item);
        self.finish_flow_entry();
    }

    fn flow_map_key(&mut self, node: &Node<'_>, place: Place) {
        if place == Place::First {
            self.out.put_indicator("{", Indicator::Opening);
            self.increase_indent(Nesting::Flow);
            self.flow_level += 1;
        }
        if matches!(node.step, Step::MapEnd) {
            let comments = &self.comments;
            let has_comment =
                !(comments.head.is_empty() && comments.foot.is_empty() && comments.tail.is_empty());
            if has_comment && place == Place::Later {
                self.out.put_indicator(",", Indicator::Glued);
            }
            self.write_head_comment();
            self.leave_flow();
            self.out.put_indicator("}", Indicator::Glued);
            self.write_line_comment();
            self.write_foot_comment();
            self.return_to_parent();
            return;
        }
        self.separate_flow(place);
        if is_simple_key(node) {
            self.states.push(State::FlowMapSimpleValue);
            self.node(node, Context::SimpleKey);
        } else {
            self.out.put_indicator("?", Indicator::Spaced);
            self.states.push(State::FlowMapValue);
            self.node(node, Context::Key);
        }
    }

    fn flow_map_value(&mut self, node: &Node<'_>, simple: bool) {
        if simple {
            self.out.put_indicator(":", Indicator::Glued);
        } else {
            if self.is_past_width() {
                self.put_indent();
            }
            self.out.put_indicator(":", Indicator::Spaced);
        }
        let next = if self.has_trailing_comment() { State::FlowMapTrail } else { State::FlowMapKey };
        self.states.push(next);
        self.node(node, Context::Value);
        self.finish_flow_entry();
    }

    fn separate_flow(&mut self, place: Place) {
        if place == Place::Later {
            self.out.put_indicator(",", Indicator::Glued);
        }
        self.write_head_comment();
        if self.out.column() == 0 {
            self.put_indent();
        }
        if self.is_past_width() {
            self.put_indent();
        }
    }

    /// Behind a value with comments the comma goes in front of them.
    fn finish_flow_entry(&mut self) {
        if self.has_trailing_comment() {
            self.out.put_indicator(",", Indicator::Glued);
        }
        self.write_line_comment();
        self.write_foot_comment();
    }

    fn leave_flow(&mut self) {
        self.flow_level = self.flow_level.saturating_sub(1);
        self.indent = self.indents.pop().flatten();
    }

    fn block_list_item(&mut self, node: &Node<'_>, first: bool) {
        if first {
            let in_map = matches!(self.context, Context::SimpleKey | Context::Key | Context::Value);
            let compact = match self.layout.dialect {
                Dialect::V2 => in_map && !self.out.indention(),
                Dialect::V3 => {
                    in_map && (self.out.column() == 0 || !self.out.indention()) && self.layout.compact_lists
                }
            };
            self.increase_indent(if compact { Nesting::CompactList } else { Nesting::Block });
        }
        if matches!(node.step, Step::ListEnd) {
            self.indent = self.indents.pop().flatten();
            self.return_to_parent();
            return;
        }
        self.write_head_comment();
        self.put_indent();
        self.out.put_indicator("-", Indicator::Indenting);
        self.states.push(State::BlockListItem);
        self.node(node, Context::Item);
        self.write_line_comment();
        self.write_foot_comment();
    }

    fn block_map_key(&mut self, node: &Node<'_>, first: bool) {
        if first {
            self.increase_indent(Nesting::Block);
        }
        self.write_head_comment();
        if matches!(node.step, Step::MapEnd) {
            self.indent = self.indents.pop().flatten();
            self.return_to_parent();
            return;
        }
        self.put_indent();
        if !self.comments.line.is_empty() {
            self.key_line_comment = std::mem::take(&mut self.comments.line);
        }
        if is_simple_key(node) {
            self.states.push(State::BlockMapSimpleValue);
            self.node(node, Context::SimpleKey);
        } else {
            self.out.put_indicator("?", Indicator::Indenting);
            self.states.push(State::BlockMapValue);
            self.node(node, Context::Key);
        }
    }

    fn block_map_value(&mut self, node: &Node<'_>, simple: bool) {
        if simple {
            self.out.put_indicator(":", Indicator::Glued);
        } else {
            self.put_indent();
            self.out.put_indicator(":", Indicator::Indenting);
        }
        if !self.key_line_comment.is_empty() {
            self.place_key_line_comment(node);
        }
        self.states.push(State::BlockMapKey);
        self.node(node, Context::Value);
        self.write_line_comment();
        self.write_foot_comment();
    }

    /// A scalar takes the line comment of its key over, unless it has one itself; in front of an indented block it
    /// is written at once.
    fn place_key_line_comment(&mut self, node: &Node<'_>) {
        match node.step {
            Step::Scalar { .. } => {
                if self.comments.line.is_empty() {
                    self.comments.line = std::mem::take(&mut self.key_line_comment);
                }
            }
            Step::ListStart { style: CollectionStyle::Block, .. }
            | Step::MapStart { style: CollectionStyle::Block, .. } => {
                std::mem::swap(&mut self.comments.line, &mut self.key_line_comment);
                self.write_line_comment();
                std::mem::swap(&mut self.comments.line, &mut self.key_line_comment);
            }
            _ => {}
        }
    }

    fn node(&mut self, node: &Node<'_>, context: Context) {
        self.context = context;
        match node.step {
            Step::Alias(_) => {
                self.write_anchor(node, "*");
                self.return_to_parent();
            }
            Step::Scalar { text, style } => self.scalar(node, text, style),
            Step::ListStart { style, is_empty } => {
                self.write_anchor(node, "&");
                self.write_tag(node);
                self.state = if self.starts_flow(style, is_empty) {
                    State::FlowListFirst
                } else {
                    State::BlockListFirst
                };
            }
            Step::MapStart { style, is_empty } => {
                self.write_anchor(node, "&");
                self.write_tag(node);
                self.state = if self.starts_flow(style, is_empty) {
                    State::FlowMapFirst
                } else {
                    State::BlockMapFirst
                };
            }
            // Steps come from trees, which have a node in each of these places.
            Step::DocumentStart | Step::DocumentEnd | Step::ListEnd | Step::MapEnd => {}
        }
    }

    fn starts_flow(&self, style: CollectionStyle, is_empty: bool) -> bool {
        self.flow_level > 0 || style == CollectionStyle::Flow || is_empty
    }

    fn scalar(&mut self, node: &Node<'_>, text: &str, style: ScalarStyle) {
        let style = self.select_style(node, text, style);
        self.write_anchor(node, "&");
        self.write_tag(node);
        self.increase_indent(Nesting::Flow);
        let indent = self.indent.unwrap_or(0);
        let width = self.layout.width.filter(|_| self.context != Context::SimpleKey);
        let folding = Folding { width, indent };
        match style {
            ScalarStyle::Plain => scalar::write_plain(&mut self.out, text, folding),
            ScalarStyle::SingleQuoted => scalar::write_single_quoted(&mut self.out, text, folding),
            ScalarStyle::DoubleQuoted => scalar::write_double_quoted(&mut self.out, text, folding),
            ScalarStyle::Literal => {
                self.start_block_scalar("|", text);
                scalar::write_literal(&mut self.out, text, indent);
            }
            ScalarStyle::Folded => {
                self.start_block_scalar(">", text);
                let width = self.layout.width;
                scalar::write_folded(&mut self.out, text, Folding { width, indent });
            }
        }
        self.indent = self.indents.pop().flatten();
        self.return_to_parent();
    }

    fn start_block_scalar(&mut self, indicator: &str, text: &str) {
        self.out.put_indicator(indicator, Indicator::Spaced);
        scalar::write_block_hints(&mut self.out, text, self.layout.indent);
        if self.comments.line.is_empty() {
            self.out.put_newline();
        } else {
            self.write_line_comment();
        }
    }

    fn select_style(&self, node: &Node<'_>, text: &str, wanted: ScalarStyle) -> ScalarStyle {
        let analysis = &node.analysis;
        let is_simple_key = self.context == Context::SimpleKey;
        let mut style = wanted;
        if is_simple_key && analysis.multiline {
            style = ScalarStyle::DoubleQuoted;
        }
        if style == ScalarStyle::Plain {
            let allowed =
                if self.flow_level > 0 { analysis.flow_plain_allowed } else { analysis.block_plain_allowed };
            let vanishes = text.is_empty() && (self.flow_level > 0 || is_simple_key);
            if !allowed || vanishes {
                style = ScalarStyle::SingleQuoted;
            }
        }
        if style == ScalarStyle::SingleQuoted && !analysis.single_quoted_allowed {
            style = ScalarStyle::DoubleQuoted;
        }
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if is_block && (!analysis.block_allowed || self.flow_level > 0 || is_simple_key) {
            style = ScalarStyle::DoubleQuoted;
        }
        style
    }

    fn write_anchor(&mut self, node: &Node<'_>, indicator: &str) {
        if !node.anchor.is_empty() {
            self.out.put_indicator(indicator, Indicator::Spaced);
            self.out.put_str(node.anchor);
            self.out.end_token();
        }
    }

    fn write_tag(&mut self, node: &Node<'_>) {
        if !node.tag_handle.is_empty() {
            self.out.put_indicator(node.tag_handle, Indicator::Spaced);
            self.write_tag_content(node.tag_suffix);
        } else if !node.tag_suffix.is_empty() {
            self.out.put_indicator("!<", Indicator::Spaced);
            self.write_tag_content(node.tag_suffix);
            self.out.put_indicator(">", Indicator::Glued);
        }
    }

    fn write_tag_content(&mut self, text: &str) {
        for byte in text.bytes() {
            let as_it_is = byte.is_ascii_alphanumeric() || b"-_;/?:@&=+$,.~*'()[]".contains(&byte);
            if as_it_is {
                self.out.put(char::from(byte));
            } else {
                self.out.put_str(&format!("%{byte:02X}"));
            }
        }
        self.out.end_token();
    }

    fn increase_indent(&mut self, nesting: Nesting) {
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

    fn is_past_width(&self) -> bool {
        self.layout.width.is_some_and(|width| self.out.column() > width)
    }

    fn return_to_parent(&mut self) {
        self.state = self.states.pop().unwrap_or(State::DocumentEnd);
    }
}

/// Where an entry of a flow collection stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    First,
    Later,
    /// The comma was written already, in front of a comment.
    AfterTrail,
}

/// Whether a key is short and plain enough to stand without `?`.
fn is_simple_key(node: &Node<'_>) -> bool {
    let length = match node.step {
        Step::Alias(_) => node.anchor.len(),
        Step::Scalar { .. } if node.analysis.multiline => return false,
        Step::Scalar { text, .. } => {
            node.anchor.len() + node.tag_handle.len() + node.tag_suffix.len() + text.len()
        }
        Step::ListStart { is_empty: true, .. } | Step::MapStart { is_empty: true, .. } => {
            node.anchor.len() + node.tag_handle.len() + node.tag_suffix.len()
        }
        _ => return false,
    };
    length <= 128
}
