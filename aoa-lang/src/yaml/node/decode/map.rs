//! Maps: their keys, and what merge keys bring into them.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use super::scalar::{resolve_scalar, short_tag};
use super::{Decoder, Entry, LevelKind, Through, behind_alias, line_of};
use crate::value::Text;
use crate::yaml::event::Dialect;
use crate::yaml::node::{Node, NodeKind};
use crate::yaml::resolve::{KnownTag, Resolved};
use crate::{Error, Result, strconv};

/// What the keys of a map are read into.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Keys {
    /// `string`: any scalar is its text.
    Strings,
    /// `interface{}`
    Any,
}

impl<'n> Decoder<'n> {
    /// The entries of a map, those of merged maps behind its own.
    pub(super) fn open_map(&mut self, map: &'n Node, keys: Keys, origin: Through) -> Result<LevelKind<'n>> {
        if keys == Keys::Any {
            self.unsupported.get_or_insert_with(|| "type: map[interface {}]interface {}".to_owned());
        }
        let mut entries = Vec::new();
        let mut merged = self.own_entries((map, origin), keys, None, &mut entries)?;
        if merged.is_some() {
            // The keys that stand already: those of the map itself, then those of each merged map.
            let mut seen = HashSet::new();
            for (key, _) in map.entries() {
                self.count(origin)?;
                seen.extend(self.key_text(key, Keys::Any)?);
            }
            let mut pending = Vec::new();
            loop {
                if let Some(value) = merged.take() {
                    push_merged(value, self.anchored, origin, &mut pending)?;
                }
                let Some((source, origin)) = pending.pop() else { break };
                self.count(origin)?;
                merged = self.own_entries((source, origin), keys, Some(&mut seen), &mut entries)?;
            }
        }
        Ok(LevelKind::Map { rest: entries.into_iter(), key: None, entries: Vec::new() })
    }

    /// Adds the entries of a map and returns the value of its merge key.
    fn own_entries(
        &mut self,
        (map, origin): (&'n Node, Through),
        keys: Keys,
        mut seen: Option<&mut HashSet<Text>>,
        entries: &mut Vec<Entry<'n>>,
    ) -> Result<Option<&'n Node>> {
        self.check_unique(map);
        let mut merged = None;
        for (key, value) in map.entries() {
            if is_merge(key) {
                merged = Some(value);
                continue;
            }
            self.count(origin)?;
            let Some(key) = self.key_text(key, keys)? else {
                continue;
            };
            if seen.as_deref_mut().is_none_or(|seen| seen.insert(key.clone())) {
                entries.push(Entry { key, value, origin });
            }
        }
        Ok(merged)
    }

    /// The key as a string; `None` if it is dropped, refused, or no string where any type may be.
    fn key_text(&mut self, key: &'n Node, keys: Keys) -> Result<Option<Text>> {
        let key = behind_alias(key, self.anchored);
        if key.kind != NodeKind::Scalar {
            if keys == Keys::Any {
                return Err(Error::invalid("yaml: invalid map key"));
            }
            let line = line_of(key);
            self.complaints.push(format!("line {line}: cannot unmarshal {} into string", key.tag));
            return Ok(None);
        }
        Ok(match (resolve_scalar(key)?, keys) {
            (Resolved::Binary, _) => Some(Text::from_bytes(&self.binary(key)?)),
            (Resolved::Str, _) => Some(key.text.clone()),
            (Resolved::Null, _) | (_, Keys::Any) => None,
            (_, Keys::Strings) => Some(key.text.clone()),
        })
    }

    fn check_unique(&mut self, map: &Node) {
        let keys = map.content.as_slice().len() / 2;
        // Most maps are small, and comparing a few keys costs less than a table of them.
        if keys < 2 || keys <= FEW && !has_duplicates(map) {
            return;
        }
        let mut lines: HashMap<(NodeKind, &Text), u32> = HashMap::with_capacity(keys);
        for (key, _) in map.entries() {
            match lines.entry((key.kind, &key.text)) {
                Slot::Vacant(slot) => {
                    slot.insert(line_of(key));
                }
                Slot::Occupied(slot) => {
                    let (line, first) = (line_of(key), slot.get());
                    let name = strconv::quote(key.text.as_bytes());
                    let complaint =
                        format!("line {line}: mapping key {name} already defined at line {first}");
                    self.complaints.push(complaint);
                }
            }
        }
    }
}

/// How many keys are compared with each other.
const FEW: usize = 12;

fn has_duplicates(map: &Node) -> bool {
    let keys = || map.entries().map(|(key, _)| key);
    let is_above =
        |at: usize, key: &Node| keys().take(at).any(|other| other.text == key.text && other.kind == key.kind);
    keys().enumerate().any(|(at, key)| is_above(at, key))
}

/// Puts the maps that a merge key stands for on `pending`, the first on top.
fn push_merged<'n>(
    value: &'n Node,
    anchored: &'n [Node],
    origin: Through,
    pending: &mut Vec<(&'n Node, Through)>,
) -> Result<()> {
    let source = |node: &'n Node| match node.kind {
        NodeKind::Alias => (behind_alias(node, anchored), Through::Alias),
        _ => (node, origin),
    };
    let sources = match value.kind {
        NodeKind::List => value.items(),
        _ => std::slice::from_ref(value),
    };
    for item in sources.iter().rev() {
        let (node, origin) = source(item);
        if node.kind != NodeKind::Map {
            let message = "yaml: map merge requires map or sequence of maps as the value";
            return Err(Error::invalid(message));
        }
        pending.push((node, origin));
    }
    Ok(())
}

/// `isStringMap` of decode.go
pub(super) fn has_string_keys(map: &Node, anchored: &[Node]) -> bool {
    map.entries().all(|(key, _)| {
        let key = behind_alias(key, anchored);
        key.kind == NodeKind::Scalar && matches!(short_tag(key), KnownTag::Str | KnownTag::Merge)
    })
}

fn is_merge(key: &Node) -> bool {
    key.kind == NodeKind::Scalar
        && key.text == "<<"
        && match key.tag.as_str() {
            None | Some("" | "!") => true,
            Some(tag) => KnownTag::of(tag, Dialect::V3) == KnownTag::Merge,
        }
}
