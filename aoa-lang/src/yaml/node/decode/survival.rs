//! Nodes that are the same data when they are printed and read again, so that this need not be done.

use crate::yaml::event::{Dialect, ScalarStyle};
use crate::yaml::node::{Node, NodeKind};
use crate::yaml::resolve::look_of;

/// Whether printing surely changes nothing. Comments, anchors, tags and folded texts are not looked at closer: each
/// has cases where go-yaml v3 writes something else than it read.
pub(super) fn survives_printing(root: &Node) -> bool {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        let is_bare = !node.is_tagged && node.anchor().is_empty() && node.has_no_comments();
        let survives = match node.kind {
            NodeKind::Scalar => scalar_survives(node),
            NodeKind::List | NodeKind::Map => true,
            NodeKind::Document | NodeKind::Alias => false,
        };
        // Long keys are printed in another form.
        let has_plain_keys =
            node.entries().all(|(key, _)| key.kind == NodeKind::Scalar && key.text.len() <= 128);
        if !is_bare || !survives || !has_plain_keys {
            return false;
        }
        pending.extend(node.content.as_slice());
    }
    true
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
