//! Finding and changing places in the YAML of resources, as kyaml's filters do.
//!
//! A place is the way to it: the index of a child on each level. Looking copies nothing; only what lies on the way to a
//! change is copied, and only where it is shared.

mod field_spec;
mod matcher;
mod path;

pub(crate) use field_spec::{Made, considering, edit_fields, set_fields};
pub(crate) use matcher::{Matcher, Place, split_field_path};
pub(crate) use path::{find, is_field, lookup, lookup_or_make};

use aoa_lang::yaml::{Node, NodeKind};

use crate::error::{Error, Result};

/// The node at a place.
pub(crate) fn at<'n>(root: &'n Node, place: &[usize]) -> Option<&'n Node> {
    place.iter().try_fold(root, |node, index| node.content.as_slice().get(*index))
}

/// [`at`], for changes.
pub(crate) fn at_mut<'n>(root: &'n mut Node, place: &[usize]) -> Option<&'n mut Node> {
    place.iter().try_fold(root, |node, index| node.content.to_mut().get_mut(*index))
}

/// Refuses a node that is there and of another kind (`ErrorIfInvalid`).
///
/// # Errors
/// Upstream's message, which shows the node.
pub(crate) fn expect_kind(node: &Node, kind: NodeKind) -> Result<()> {
    if node.is_null() || node.kind == kind {
        return Ok(());
    }
    let contents = node.to_text().map(|text| format!(": node contents:\n{text}")).unwrap_or_default();
    let (expected, got) = (kind_name(kind), kind_name(node.kind));
    Err(Error::invalid(format!("wrong node kind: expected {expected} but got {got}{contents}")))
}

fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Document => "DocumentNode",
        NodeKind::List => "SequenceNode",
        NodeKind::Map => "MappingNode",
        NodeKind::Scalar => "ScalarNode",
        NodeKind::Alias => "AliasNode",
    }
}
