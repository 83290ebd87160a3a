//! The states of lists and maps by indentation.

use super::emitter::{Context, Emitter, Nesting, Node, State, Step};
use super::node::is_simple_key;
use super::writer::Indicator;
use crate::yaml::event::{CollectionStyle, Dialect};

impl Emitter<'_> {
    pub(super) fn block_list_item(&mut self, node: &Node<'_>, first: bool) {
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

    pub(super) fn block_map_key(&mut self, node: &Node<'_>, first: bool) {
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

    pub(super) fn block_map_value(&mut self, node: &Node<'_>, simple: bool) {
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
            Step::Scalar { .. } if self.comments.line.is_empty() => {
                self.comments.line = std::mem::take(&mut self.key_line_comment);
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
}
