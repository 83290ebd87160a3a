//! Parts of a resource that a patch does not speak of: which of them a walk would leave as they are, so that it need not go there and
//! copy what is shared.

use super::fields;
use super::schema::Schema;
use super::walk::{DEPTH, Walk};
use crate::value::Text;
use crate::yaml::{Node, NodeKind};

/// What happens to parts of the destination that the patch does not speak of, and that walking would leave as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Untouched {
    /// They are walked, since even the tags of lists count, which a walk takes away.
    Walked,
    /// They are left alone, and so are not copied where they are shared.
    Skipped,
}

impl Walk<'_> {
    /// Whether walking a node without a source surely leaves it as it is, but for the tags of lists. Each node is looked at once more
    /// at most: who is told no walks it without asking again.
    pub(super) fn is_settled(self, node: &Node, schema: Option<&Schema>, depth: usize) -> bool {
        if depth > DEPTH || node.is_null() || !has_no_comments(node) {
            return false;
        }
        match node.kind {
            NodeKind::Scalar => !fields::is_ambiguous(node),
            NodeKind::Map => {
                let names_its_kind = || node.field("apiVersion").is_some() && node.field("kind").is_some();
                (schema.is_some() || !names_its_kind())
                    && node.entries().all(|(key, value)| {
                        let schema =
                            schema.and_then(|schema| self.schemas.field(schema, key.text.as_bytes()));
                        !key.text.is_empty()
                            && has_no_comments(key)
                            && self.is_settled(value, schema.as_ref(), depth + 1)
                    })
            }
            NodeKind::List => match schema.filter(|schema| schema.merges()) {
                None => true,
                Some(schema) => {
                    let item_schema = self.schemas.item(schema);
                    are_apart(node.items(), schema)
                        && node
                            .items()
                            .iter()
                            .all(|item| self.is_settled(item, item_schema.as_ref(), depth + 1))
                }
            },
            NodeKind::Document | NodeKind::Alias => false,
        }
    }
}

pub(super) fn has_no_comments(node: &Node) -> bool {
    let comments = node.comments();
    comments.head.is_empty() && comments.line.is_empty() && comments.foot.is_empty()
}

/// Most items that are compared with each other.
const FEW: usize = 64;

/// Whether items stay as and where they are when nothing is merged into their list: each has values for all keys, and no two the same.
fn are_apart(items: &[Node], schema: &Schema) -> bool {
    let value = |item: &Node, key: &str| -> Option<Text> {
        let found = if key.is_empty() { Some(item) } else { item.field(key) };
        let is_value =
            |node: &&Node| node.kind == NodeKind::Scalar && !node.is_null() && !node.text.is_empty();
        found.filter(is_value).map(|node| node.text.clone())
    };
    let mut keys: Vec<&str> = schema.keys().iter().map(|key| &**key).collect();
    if keys.is_empty() {
        keys.push("");
    }
    let all: Option<Vec<Vec<Text>>> =
        items.iter().map(|item| keys.iter().map(|key| value(item, key)).collect()).collect();
    all.is_some_and(|all| {
        all.len() <= FEW
            && all.iter().enumerate().all(|(at, values)| !all.iter().take(at).any(|other| other == values))
    })
}
