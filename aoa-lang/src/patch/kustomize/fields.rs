//! Setting the fields of maps as kyaml's `FieldSetter` does.

use std::collections::HashSet;

use crate::Value;
use crate::value::Text;
use crate::yaml::{self, CollectionStyle, LoadOptions, Node, NodeKind, Numbers, ScalarStyle};

/// go-yaml's `Style` of a node.
#[derive(Clone, Copy)]
pub(super) struct Style {
    scalar: ScalarStyle,
    collection: CollectionStyle,
    is_tagged: bool,
}

impl Style {
    pub(super) const PLAIN: Style =
        Style { scalar: ScalarStyle::Plain, collection: CollectionStyle::Block, is_tagged: false };

    pub(super) fn of(node: &Node) -> Style {
        Style { scalar: node.scalar_style, collection: node.collection_style, is_tagged: node.is_tagged }
    }

    pub(super) fn apply(self, node: &mut Node) {
        node.scalar_style = self.scalar;
        node.collection_style = self.collection;
        node.is_tagged = self.is_tagged;
    }

    fn is_plain(self) -> bool {
        self.scalar == ScalarStyle::Plain && self.collection == CollectionStyle::Block && !self.is_tagged
    }
}

/// Where a field stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position(usize);

/// The first field with this name.
pub(super) fn find(map: &Node, name: &[u8]) -> Option<Position> {
    map.entries().position(|(key, _)| key.text.as_bytes() == name).map(|at| Position(at * 2))
}

/// A name, and where the first field of that name stands in each of two maps.
pub(super) struct Pair {
    pub(super) name: Text,
    pub(super) at: Option<Position>,
    pub(super) from: Option<Position>,
}

/// The fields of one or two maps, sorted by name.
pub(super) fn pair(own: &Node, theirs: Option<&Node>) -> Vec<Pair> {
    let named = |map: &Node, pairs: &mut Vec<Pair>, of: fn(Text, Position) -> Pair| {
        pairs.extend(map.entries().enumerate().map(|(at, (key, _))| of(key.text.clone(), Position(at * 2))));
    };
    let count = own.content.as_slice().len() + theirs.map_or(0, |theirs| theirs.content.as_slice().len());
    let mut pairs = Vec::with_capacity(count / 2);
    named(own, &mut pairs, |name, at| Pair { name, at: Some(at), from: None });
    if let Some(theirs) = theirs {
        named(theirs, &mut pairs, |name, from| Pair { name, at: None, from: Some(from) });
    }
    // Stable, so that the first field of a name comes first.
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs.dedup_by(|later, first| {
        let is_same = later.name == first.name;
        if is_same {
            first.at = first.at.or(later.at);
            first.from = first.from.or(later.from);
        }
        is_same
    });
    pairs
}

/// Removes fields, given in any order.
pub(super) fn remove_all(map: &mut Node, positions: &[Position]) {
    if positions.is_empty() {
        return;
    }
    let gone: HashSet<usize> = positions.iter().flat_map(|at| [at.0, at.0 + 1]).collect();
    if !gone.is_empty() {
        let mut at = 0..;
        map.content.to_mut().retain(|_| !at.next().is_some_and(|at| gone.contains(&at)));
    }
}

impl Position {
    pub(super) fn key(self, map: &Node) -> Option<&Node> {
        map.content.as_slice().get(self.0)
    }

    pub(super) fn value(self, map: &Node) -> Option<&Node> {
        map.content.as_slice().get(self.0 + 1)
    }

    pub(super) fn value_mut(self, map: &mut Node) -> Option<&mut Node> {
        map.content.to_mut().get_mut(self.0 + 1)
    }
}

/// Puts `value` into the field; what stands there keeps its style.
pub(super) fn set(map: &mut Node, name: &Text, key_style: Style, value: Node) {
    let at = find(map, name.as_bytes());
    set_at(map, at, name, key_style, value);
}

/// [`set`] for a field that was looked for.
pub(super) fn set_at(map: &mut Node, at: Option<Position>, name: &Text, key_style: Style, mut value: Node) {
    quote_if_ambiguous(&mut value);
    match at.and_then(|at| at.value_mut(map)) {
        Some(field) => {
            Style::of(field).apply(&mut value);
            value.set_twin(field.twin());
            *field = value;
        }
        None => {
            let mut key = Node::scalar(Text::EMPTY, name.clone());
            key_style.apply(&mut key);
            map.content.to_mut().extend([key, value]);
        }
    }
}

/// Sets a text below `path`, maps on the way created, if they can be: `SetMapField` with a new scalar.
pub(super) fn set_text(root: &mut Node, path: &[&str], name: &str, text: Text) {
    let mut map = root;
    for part in path {
        if map.field(part).is_none_or(Node::is_null) {
            map.set_field(*part, Node::map([]));
        }
        let Some(inner) = map.field_mut(part) else { return };
        map = inner;
    }
    if map.kind == NodeKind::Map {
        set(map, &Text::from(name), Style::PLAIN, Node::scalar(Text::EMPTY, text));
    }
}

/// Puts `value` into the field `name` of a map as kyaml's `FieldSetter` does: what stands there keeps its style, a new plain string
/// that YAML 1.1 would read as something else is quoted.
pub fn put_field(map: &mut Node, name: &Text, value: Node) {
    set(map, name, Style::PLAIN, value);
}

/// Puts `value` into the place of a scalar, which keeps its style: a `FieldSetter` without a name.
pub fn put_scalar(place: &mut Node, mut value: Node) {
    Style::of(place).apply(&mut value);
    value.set_twin(place.twin());
    *place = value;
}

/// Quotes a plain string that YAML 1.1 would read as something else.
pub fn quote_if_ambiguous(node: &mut Node) {
    if is_ambiguous(node) {
        node.scalar_style = ScalarStyle::DoubleQuoted;
    }
}

/// Whether a node is a plain string that YAML 1.1 would read as something else.
pub(super) fn is_ambiguous(node: &Node) -> bool {
    let is_string = node.kind == NodeKind::Scalar && (node.tag == "!!str" || node.tag.is_empty());
    is_string && Style::of(node).is_plain() && is_no_string(&node.text)
}

/// Whether go-yaml v2 reads the text as something else than a string (`IsValueNonString`).
fn is_no_string(text: &Text) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.contains(&b'\n') {
        return false;
    }
    if let Some(word) = text.as_str().filter(|_| is_word(bytes)) {
        return !yaml::is_string_word(word);
    }
    let options = LoadOptions::new().with_numbers(Numbers::BeforeJson);
    !matches!(yaml::load_with(bytes, &options), Err(_) | Ok(Value::String(_)))
}

/// Whether the text is one scalar wherever it stands: letters, digits and a few signs.
fn is_word(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_'))
}
