//! Merging lists whose items are told apart by keys, or are scalars (`associative_sequence.go`, `ElementSetter`).
//!
//! The items of both lists live in one arena and are handled by number, because upstream keeps pointers to them: an item
//! that was merged in place has changed in every list that it stands in.

use super::fields::{self, Style};
use super::schema::Schema;
use super::untouched::Untouched;
use super::walk::{Outcome, Source, Walk, wrong_kind};
use crate::value::Text;
use crate::yaml::{Node, NodeKind};
use crate::{Error, Result};

/// The list that is merged into another.
pub(super) enum Other<'n> {
    Absent,
    List(&'n mut Node),
    /// The very list it is merged into.
    Same,
}

/// Values of the merge keys; empty where an item has none.
type Values = Vec<Text>;

/// The most different items of a list: each is compared with all others.
const ITEMS: usize = 4_000;

/// Merges `other` into `list`, or `list` with itself if there is none; gives the new list. `None`: there are no items, and `list` stays.
pub(super) fn merge(
    walk: Walk<'_>,
    list: &mut Node,
    other: Option<Other<'_>>,
    schema: &Schema,
    depth: usize,
) -> Result<Option<Node>> {
    let other = match other {
        None | Some(Other::Same) => Sources::Same,
        Some(Other::Absent) => Sources::One,
        Some(Other::List(other)) => Sources::Two(std::mem::take(&mut other.content).into_vec()),
    };
    let mut arena = Arena::default();
    let keys: Vec<Text> = match schema.keys() {
        [] => vec![Text::EMPTY],
        keys => keys.iter().map(|key| Text::from(&**key)).collect(),
    };
    let own = arena.add(std::mem::take(&mut list.content).into_vec());
    let other = match other {
        Sources::Two(items) => Sources::Two(arena.add(items)),
        Sources::One => Sources::One,
        Sources::Same => Sources::Same,
    };
    let mut all = arena.values_of_all(&own, &other, &keys);
    if keys.len() > 1 {
        fill_gaps(&mut all);
    }
    if all.is_empty() {
        list.content = arena.build(&own).content;
        return Ok(None);
    }
    let item_schema = walk.schemas.item(schema);
    if all.len() > ITEMS {
        return Err(Error::limit(format!("a list of more than {ITEMS} items cannot be merged")));
    }
    let used = used_keys(&all, &keys);
    let mut merging = Merging { walk, arena, list: own, other, schema: item_schema, depth };
    let mut new = Vec::new();
    let mut last_keys = Vec::new();
    for values in &all {
        let (keys, values) = valid_keys(&used, values, &keys);
        merging.merge_one(&mut new, &keys, &values)?;
        last_keys = keys;
    }
    let Merging { arena, list, .. } = merging;
    arena.append_all(&mut new, &list, &last_keys)?;
    Ok(Some(arena.build(&new)))
}

/// The second source.
enum Sources<T> {
    One,
    Two(T),
    Same,
}

/// Which keys any item has a value for.
fn used_keys(all: &[Values], keys: &[Text]) -> Vec<bool> {
    let has = |at: usize| all.iter().any(|values| values.get(at).is_some_and(|value| !value.is_empty()));
    (0..keys.len()).map(has).collect()
}

/// The keys that are used, and the values of this item for them; all keys if none is.
fn valid_keys(used: &[bool], values: &Values, keys: &[Text]) -> (Vec<Text>, Values) {
    if !used.contains(&true) {
        return (keys.to_vec(), values.clone());
    }
    let both = keys.iter().zip(values).zip(used).filter(|(_, is_used)| **is_used);
    both.map(|((key, value), _)| (key.clone(), value.clone())).unzip()
}

/// Items that differ only in that one lacks a value are the same: it gets the other's (`mergeValues`).
fn fill_gaps(all: &mut [Values]) {
    for i in 0..all.len() {
        let Some(own) = all.get(i).cloned() else { return };
        for j in 0..all.len() {
            let Some(merged) = all.get(j).and_then(|other| matched(&own, other)) else { continue };
            for at in [i, j] {
                if let Some(values) = all.get_mut(at) {
                    values.clone_from(&merged);
                }
            }
        }
    }
}

fn matched(a: &Values, b: &Values) -> Option<Values> {
    let mut has_common = false;
    let mut merged = Vec::with_capacity(a.len());
    for (a, b) in a.iter().zip(b) {
        has_common |= a == b;
        if a != b && !a.is_empty() && !b.is_empty() {
            return None;
        }
        merged.push(if a.is_empty() { b.clone() } else { a.clone() });
    }
    has_common.then_some(merged)
}

/// The items of the lists that are merged.
#[derive(Default)]
struct Arena(Vec<Node>);

impl Arena {
    fn add(&mut self, nodes: Vec<Node>) -> Vec<usize> {
        let first = self.0.len();
        self.0.extend(nodes);
        (first..self.0.len()).collect()
    }

    fn get(&self, item: usize) -> Option<&Node> {
        self.0.get(item)
    }

    /// A list of these items.
    fn build(&self, items: &[usize]) -> Node {
        let mut list = Node::new(NodeKind::List, Text::EMPTY);
        list.content = items.iter().filter_map(|item| self.get(*item).cloned()).collect::<Vec<_>>().into();
        list
    }

    /// The values of all items, each once: first those of the patch.
    fn values_of_all(&self, own: &[usize], other: &Sources<Vec<usize>>, keys: &[Text]) -> Vec<Values> {
        let patch: &[usize] = match other {
            Sources::Two(items) => items,
            Sources::One | Sources::Same => &[],
        };
        let mut seen = std::collections::HashSet::new();
        let items = patch.iter().chain(own).filter_map(|item| self.get(*item));
        items.map(|item| values_of(item, keys)).filter(|values| seen.insert(values.clone())).collect()
    }

    /// The first item with these values.
    fn find(&self, items: &[usize], keys: &[Text], values: &Values) -> Option<usize> {
        items.iter().copied().find(|item| {
            let Some(node) = self.get(*item) else { return false };
            match (keys, values.as_slice()) {
                ([key], [value]) if key.is_empty() => node.text == *value,
                _ => {
                    node.kind == NodeKind::Map
                        && keys.iter().zip(values).all(|(key, value)| {
                            let at = fields::find(node, key.as_bytes());
                            at.and_then(|at| at.value(node)).is_some_and(|found| found.text == *value)
                        })
                }
            }
        })
    }

    /// Replaces what has these values by `element`, or appends it; without it removes them (`ElementSetter`).
    ///
    /// Nulls and empty maps go on the way; an empty value matches any; without values all maps go.
    fn set(
        &self,
        items: &mut Vec<usize>,
        element: Option<usize>,
        keys: &[Text],
        values: &[Text],
    ) -> Result<()> {
        let sets_maps = keys.first().is_some_and(|key| !key.is_empty())
            && values.first().is_some_and(|value| !value.is_empty());
        let mut is_found = false;
        let mut kept = Vec::with_capacity(items.len());
        for item in items.iter().copied() {
            let Some(node) = self.get(item).filter(|node| !is_missing(node)) else { continue };
            if node.kind != NodeKind::Map && sets_maps {
                kept.push(item);
                continue;
            }
            if !matches(node, keys, values)? {
                if !values.is_empty() {
                    kept.push(item);
                }
                continue;
            }
            is_found = true;
            kept.extend(element);
        }
        *items = kept;
        if let Some(element) = element.filter(|element| !is_found && !self.is_null(*element)) {
            items.push(element);
        }
        Ok(())
    }

    fn is_null(&self, item: usize) -> bool {
        self.get(item).is_none_or(Node::is_null)
    }

    /// Appends the items of the resource, those that are there already in their place (`appendListNode`).
    fn append_all(&self, new: &mut Vec<usize>, own: &[usize], keys: &[Text]) -> Result<()> {
        for item in own.iter().copied() {
            let Some(node) = self.get(item) else { continue };
            if keys.first().is_none_or(Text::is_empty) {
                self.set(new, Some(item), keys, std::slice::from_ref(&node.text))?;
                continue;
            }
            let mut values = Vec::with_capacity(keys.len());
            for key in keys {
                if node.kind != NodeKind::Map && !node.is_null() {
                    return Err(wrong_kind(NodeKind::Map, node));
                }
                match fields::find(node, key.as_bytes()).and_then(|at| at.value(node)) {
                    Some(value) => values.push(value.text.clone()),
                    // Upstream goes on with the values that are there, and so appends more than once.
                    None => new.push(item),
                }
            }
            if keys.len() > 1 {
                self.set(new, None, keys, &values)?;
            }
            self.set(new, Some(item), keys, &values)?;
        }
        Ok(())
    }
}

/// A null or an empty map, neither of which is an item.
fn is_missing(node: &Node) -> bool {
    node.is_null() || node.kind == NodeKind::Map && node.content.as_slice().is_empty()
}

/// Whether an item has these values.
fn matches(node: &Node, keys: &[Text], values: &[Text]) -> Result<bool> {
    // A key without a value is looked at with the answer for the key before.
    let mut answer = false;
    for (at, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(at) {
            answer = if key.is_empty() {
                if node.kind != NodeKind::Scalar {
                    return Err(wrong_kind(NodeKind::Scalar, node));
                }
                node.text == *value
            } else if node.kind == NodeKind::Map {
                let found = fields::find(node, key.as_bytes()).and_then(|at| at.value(node));
                found.is_some_and(|found| value.is_empty() || found.text == *value)
            } else {
                return Err(wrong_kind(NodeKind::Map, node));
            };
        }
        if !answer {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The values of the keys, empty where there is none; of a scalar its text.
fn values_of(item: &Node, keys: &[Text]) -> Values {
    let value = |key: &Text| {
        if key.is_empty() {
            return item.text.clone();
        }
        let found = fields::find(item, key.as_bytes()).and_then(|at| at.value(item));
        found.filter(|value| !value.is_empty()).map_or(Text::EMPTY, |value| value.text.clone())
    };
    keys.iter().map(value).collect()
}

/// Two lists on the way.
struct Merging<'s> {
    walk: Walk<'s>,
    arena: Arena,
    list: Vec<usize>,
    other: Sources<Vec<usize>>,
    schema: Option<Schema>,
    depth: usize,
}

impl Merging<'_> {
    /// Merges the items with these values, and puts the result into `new`.
    fn merge_one(&mut self, new: &mut Vec<usize>, keys: &[Text], values: &Values) -> Result<()> {
        let used = used_keys(std::slice::from_ref(values), keys);
        let (own_keys, own_values) = valid_keys(&used, values, keys);
        let item = self.arena.find(&self.list, &own_keys, &own_values);
        let merged = match &self.other {
            Sources::Same => self.walk_item(item, None, Kinship::Same)?,
            Sources::One => self.walk_item(item, None, Kinship::Two)?,
            Sources::Two(items) => {
                let other = self.arena.find(items, &own_keys, &own_values);
                self.walk_item(item, other, Kinship::Two)?
            }
        };
        let Some(merged) = merged.filter(|item| self.arena.get(*item).is_some_and(|node| !is_missing(node)))
        else {
            return self.arena.set(&mut self.list, None, keys, values);
        };
        if let Some(node) = self.arena.0.get_mut(merged) {
            keys.iter().zip(values).for_each(|(key, value)| ensure_key(node, key, value));
        }
        self.arena.set(new, Some(merged), keys, values)
    }

    /// Walks the two items; gives the one that stays.
    fn walk_item(
        &mut self,
        item: Option<usize>,
        other: Option<usize>,
        kinship: Kinship,
    ) -> Result<Option<usize>> {
        // Both are taken out of the arena to be changed at once.
        let may_skip = self.walk.untouched == Untouched::Skipped && matches!(self.other, Sources::Two(_));
        if may_skip
            && other.is_none()
            && let Some(own) = item.and_then(|item| self.arena.get(item))
            && self.walk.is_settled(own, self.schema.as_ref(), self.depth + 1)
        {
            return Ok(item);
        }
        let mut take = |at: Option<usize>| {
            at.and_then(|at| self.arena.0.get_mut(at)).map(|node| std::mem::replace(node, Node::null()))
        };
        let (mut destination, mut source) = (take(item), take(other));
        let from = match (kinship, &mut source) {
            (Kinship::Same, _) if destination.is_some() => Source::Same,
            (_, Some(source)) => Source::Node(source),
            (_, None) => Source::Absent,
        };
        let outcome = self.walk.walk(destination.as_mut(), from, self.schema.clone(), self.depth + 1);
        for (at, node) in [(item, destination), (other, source)] {
            if let (Some(place), Some(node)) = (at.and_then(|at| self.arena.0.get_mut(at)), node) {
                *place = node;
            }
        }
        Ok(match outcome? {
            Outcome::Gone => None,
            Outcome::Destination => item,
            Outcome::Source => other,
            Outcome::New(node) | Outcome::Null(node) => self.arena.add(vec![node]).first().copied(),
        })
    }
}

/// Whether an item is merged with itself.
#[derive(Clone, Copy)]
enum Kinship {
    Same,
    Two,
}

/// Writes the key into an item that lacks it; a scalar is written anew, without comments.
fn ensure_key(node: &mut Node, key: &Text, value: &Text) {
    if value.is_empty() || fields::find(node, key.as_bytes()).is_some() {
        return;
    }
    let new = Node::scalar(Text::EMPTY, value.clone());
    if !key.is_empty() {
        fields::set(node, key, Style::PLAIN, new);
    } else if node.kind == NodeKind::Scalar {
        let style = Style::of(node);
        *node = new;
        style.apply(node);
    }
}

/// Takes the directive out of a list, and nulls and empty maps with it.
pub(super) fn remove_directive(list: &mut Node, directive: &Text) {
    let Some(items) = list.items_mut() else { return };
    items.retain(|item| {
        let is_directive =
            item.kind == NodeKind::Map && item.field("$patch").is_some_and(|value| value.text == *directive);
        !is_missing(item) && !is_directive
    });
}
