//! One node: its anchor and tag, and its text if it is a scalar.

use super::analysis::analyze;
use super::emitter::{Context, Emitter, Nesting, Node, State, Step};
use super::scalar::{self, Folding};
use super::writer::Indicator;
use crate::yaml::event::{CollectionStyle, ScalarStyle};

impl Emitter<'_> {
    pub(super) fn node(&mut self, node: &Node<'_>, context: Context) {
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

    /// Writes a scalar of data within a level that is indented by `indent`; not if it is to be a simple key and cannot be one.
    pub(super) fn data(
        &mut self,
        text: &str,
        style: ScalarStyle,
        indent: Option<usize>,
        context: Context,
    ) -> bool {
        let analysis = analyze(text, self.layout.dialect);
        let step = Step::Scalar { text, style };
        let node = Node { step, anchor: "", tag_handle: "", tag_suffix: "", analysis };
        if context == Context::SimpleKey && !is_simple_key(&node) {
            return false;
        }
        (self.indent, self.context) = (indent, context);
        self.scalar(&node, text, style);
        true
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
}

/// Whether a key is short and plain enough to stand without `?`.
pub(super) fn is_simple_key(node: &Node<'_>) -> bool {
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
