//! From a [`Node`] to the text of its data, where decoding it first would change nothing: the text of
//! `sigs.k8s.io/yaml` for what [`Node::to_value`] makes of it.

use super::emitter::Context;
use super::order::key_order;
use super::pieces::Pieces;
use super::through_json;
use crate::Limits;
use crate::value::{FloatKind, Text};
use crate::yaml::event::Dialect;
use crate::yaml::node::{Node, NodeKind, is_plain_key, resolve_scalar, survives};
use crate::yaml::resolve::Resolved;

/// The text of one document with the data of `root`; `None` where it has to be decoded to know it, or to know why it has none.
///
/// Looked at on the way is what could make a difference: nodes that would be read otherwise once they were printed
/// (see [`survives`]), keys that stand twice or are no strings, times and bytes, and all that cannot be written.
pub(super) fn write(root: &Node, limits: &Limits) -> Option<String> {
    let mut walk = Walk { out: Pieces::new(limits), levels: Vec::new() };
    if !matches!(root.kind, NodeKind::Map | NodeKind::List) {
        return None;
    }
    walk.node(root, None, Context::Root)?;
    while let Some(level) = walk.levels.last_mut() {
        let indent = level.indent;
        match level.next() {
            Some((None, item)) => {
                walk.out.item(indent);
                walk.node(item, Some(indent), Context::Item)?;
            }
            Some((Some(key), value)) => {
                walk.out.key(key, indent).ok()?;
                walk.node(value, Some(indent), Context::Value)?;
            }
            None => drop(walk.levels.pop()),
        }
        walk.out.check_length().ok()?;
    }
    Some(walk.out.into_text())
}

struct Walk<'l, 'n> {
    out: Pieces<'l>,
    levels: Vec<Level<'n>>,
}

/// A list or map that is being written.
struct Level<'n> {
    rest: Rest<'n>,
    indent: usize,
}

enum Rest<'n> {
    List(std::slice::Iter<'n, Node>),
    Map(std::vec::IntoIter<(&'n Text, &'n Node)>),
}

impl<'n> Level<'n> {
    /// The next key, if it is a map, and the next node.
    fn next(&mut self) -> Option<(Option<&'n Text>, &'n Node)> {
        match &mut self.rest {
            Rest::List(items) => items.next().map(|item| (None, item)),
            Rest::Map(entries) => entries.next().map(|(key, value)| (Some(key), value)),
        }
    }
}

impl<'n> Walk<'_, 'n> {
    /// A node within a level that is indented by `indent`.
    fn node(&mut self, node: &'n Node, indent: Option<usize>, context: Context) -> Option<()> {
        if !survives(node) {
            return None;
        }
        match node.kind {
            NodeKind::Scalar => self.scalar(node, indent, context),
            NodeKind::List => {
                let items = node.items();
                if let Some(indent) =
                    self.out.list(items.is_empty(), self.levels.len(), indent, context).ok()?
                {
                    self.levels.push(Level { rest: Rest::List(items.iter()), indent });
                }
                Some(())
            }
            NodeKind::Map => {
                let is_empty = node.content.as_slice().is_empty();
                if let Some(indent) = self.out.map(is_empty, self.levels.len(), indent).ok()? {
                    let entries = sorted_entries(node)?.into_iter();
                    self.levels.push(Level { rest: Rest::Map(entries), indent });
                }
                Some(())
            }
            NodeKind::Document | NodeKind::Alias => None,
        }
    }

    fn scalar(&mut self, node: &'n Node, indent: Option<usize>, context: Context) -> Option<()> {
        match resolve_scalar(node).ok()? {
            Resolved::Str => return self.out.string(&node.text, indent, context).ok(),
            Resolved::Null => self.out.token("null"),
            Resolved::Bool(value) => self.out.bool(value),
            Resolved::Int(number) => self.out.int(number),
            Resolved::Uint(number) => self.out.int(number),
            Resolved::Float(number) => {
                self.out.token(&through_json::float(number, FloatKind::Float64).ok()?);
            }
            Resolved::Binary | Resolved::Timestamp(_) => return None,
        }
        Some(())
    }
}

/// The entries in the order in which they are written; `None` if a key is no plain string, or stands twice.
fn sorted_entries(map: &Node) -> Option<Vec<(&Text, &Node)>> {
    let mut entries = Vec::with_capacity(map.content.as_slice().len() / 2);
    for (key, value) in map.entries() {
        if !is_plain_key(key) {
            return None;
        }
        entries.push((&key.text, value));
    }
    if !entries.is_sorted_by(|a, b| a.0 < b.0) {
        entries.sort_by(|a, b| a.0.cmp(b.0));
        if entries.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
            return None;
        }
    }
    match key_order(&entries, Dialect::V2) {
        None => Some(entries),
        Some(order) => order.into_iter().map(|at| entries.get(at).copied()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::value as data;
    use super::super::{emit_pretty, emit_within};
    use super::*;
    use crate::Value;

    fn both(root: &Node) -> (Option<String>, Option<String>) {
        let limits = Limits::default();
        let slow = root.to_value().and_then(|value| emit_within(&value, &limits)).ok();
        (write(root, &limits), slow)
    }

    #[test]
    fn it_takes_what_is_plain_and_leaves_the_rest() {
        let plain = "b: [x, 'y', 1.5, 0x1F, true, ~, '2001-01-01']\na10: {z: {}, y: []}\na2: |\n  one\n  two\n\"no\": 1e3\n";
        let node = Node::parse(plain).unwrap().unwrap();
        let (fast, slow) = both(node.root());
        assert!(fast.is_some());
        assert_eq!(fast, slow);
        let others = [
            "a: &x 1\nb: *x\n",
            "a: 1 # c\n",
            "a: 2001-01-01\n",
            "1: a\n",
            "a: 1\na: 2\n",
            "a: !!str 1\n",
            "a: .inf\n",
        ];
        for text in others {
            let node = Node::parse(text).unwrap().unwrap();
            assert_eq!(write(node.root(), &Limits::default()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_writes_what_decoding_leads_to(data in data()) {
            let map = Value::map([("data", data)]);
            let Ok(node) = Node::from_value(&map) else { return Ok(()) };
            let (fast, slow) = both(&node);
            prop_assert!(fast.is_none() || fast == slow);
            let read = emit_pretty(&map).ok().and_then(|text| Node::parse(&text).ok().flatten());
            if let Some(read) = read {
                let (fast, slow) = both(read.root());
                prop_assert!(fast.is_none() || fast == slow);
            }
        }
    }
}
