//! The states of lists and maps in brackets.

use super::emitter::{Context, Emitter, Nesting, Node, Place, State, Step};
use super::node::is_simple_key;
use super::writer::Indicator;

impl Emitter<'_> {
    pub(super) fn flow_list_item(&mut self, node: &Node<'_>, place: Place) {
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

    pub(super) fn flow_map_key(&mut self, node: &Node<'_>, place: Place) {
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

    pub(super) fn flow_map_value(&mut self, node: &Node<'_>, simple: bool) {
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
}
