//! Nodes that are the same data when they are printed and read again, so that this need not be done.

use super::scalar::short_tag;
use crate::yaml::event::{Dialect, ScalarStyle};
use crate::yaml::node::{Node, NodeKind};
use crate::yaml::resolve::{KnownTag, look_of};

/// Whether printing surely changes nothing.
pub(super) fn survives_printing(root: &Node) -> bool {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if !survives(node) || !node.entries().all(|(key, _)| can_stand_in_front(key)) {
            return false;
        }
        pending.extend(node.content.as_slice());
    }
    true
}

/// Whether printing surely changes nothing of this node, whatever its children are. Comments, anchors, tags and folded texts are not
/// looked at closer: each has cases where go-yaml v3 writes something else than it read.
pub(in crate::yaml) fn survives(node: &Node) -> bool {
    let is_bare =
        !node.is_tagged && (node.extras.is_none() || node.anchor().is_empty() && node.has_no_comments());
    is_bare
        && match node.kind {
            NodeKind::Scalar => scalar_survives(node),
            NodeKind::List | NodeKind::Map => true,
            NodeKind::Document | NodeKind::Alias => false,
        }
}

/// Whether a key is a string that printing surely does not change.
pub(in crate::yaml) fn is_plain_key(key: &Node) -> bool {
    can_stand_in_front(key) && survives(key) && short_tag(key) == KnownTag::Str
}

/// Whether a key is printed in front of its value; long ones have another form.
fn can_stand_in_front(key: &Node) -> bool {
    key.kind == NodeKind::Scalar && key.text.len() <= 128
}

fn scalar_survives(node: &Node) -> bool {
    let text = node.text.as_bytes();
    let is_printable = |b: &u8| matches!(b, b' '..=b'~');
    match node.scalar_style {
        ScalarStyle::Folded => false,
        ScalarStyle::Literal => {
            let is_line = |b: &u8| is_printable(b) || *b == b'\n';
            node.tag == "!!str"
                && text.iter().all(is_line)
                && !matches!(text.first(), None | Some(b' ' | b'\n'))
        }
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            node.tag == "!!str" && text.iter().all(is_printable)
        }
        // Where plain text is not allowed it is quoted, and becomes a string; so does an empty one in brackets.
        // Without a tag the text decides, as it will when it is read again.
        ScalarStyle::Plain if node.tag == "!!str" || node.tag.is_empty() && is_string(node) => {
            !text.is_empty() && text.iter().all(is_printable)
        }
        ScalarStyle::Plain => {
            let is_simple =
                |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_' | b'~');
            !text.is_empty() && text.iter().all(is_simple)
        }
    }
}

fn is_string(node: &Node) -> bool {
    node.text.as_str().is_some_and(|text| text != "<<" && look_of(text, Dialect::V3).name() == "!!str")
}
