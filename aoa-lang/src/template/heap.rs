//! The mutable lists and maps of one run.
//!
//! In Go, maps and slices are references: `set` changes a map for everybody who holds it. Data is frozen here, so a
//! program that can mutate works on this heap: a frozen list or map that it touches is copied there, one level deep,
//! and the place where it stood then holds its handle, so that all who come that way share it. Programs that
//! cannot mutate never come here.

use crate::value::{List, ListKind, Map, MapBuilder, MapKind, Text};
use crate::{Error, Value};

/// Whether a value is a list, a map or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A slice.
    List {
        /// The element type.
        kind: ListKind,
        /// The number of items.
        len: usize,
        /// Whether it is Go's nil slice.
        nil: bool,
    },
    /// A map with string keys.
    Map {
        /// The type.
        kind: MapKind,
        /// The number of entries.
        len: usize,
        /// Whether it is Go's nil map.
        nil: bool,
    },
    /// Anything else.
    Other,
}

/// The lists and maps of one run that can change: those that it holds are named by [`Value::Handle`]s.
///
/// ```
/// use aoa_lang::Value;
/// use aoa_lang::template::Heap;
///
/// let mut heap = Heap::new(true);
/// let outer = heap.thaw(Value::map([("inner", Value::map([("a", Value::int(1))]))]));
/// let inner = heap.entry(&outer, b"inner").unwrap();
/// heap.set_entry(&inner, "a".into(), Value::int(2)).unwrap();
/// let frozen = heap.freeze(&outer, 100)?;
/// assert_eq!(frozen.at(&["inner", "a"]).and_then(Value::as_i64), Some(2));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Default)]
pub struct Heap {
    nodes: Vec<Node>,
    /// What slices look into; several can share one.
    arrays: Vec<Vec<Value>>,
    /// Counts changes, so that frozen copies can be kept.
    epoch: u64,
    /// Whether the program can mutate, so that composites are to be thawed.
    pub(super) active: bool,
    /// How many items were copied since this was last asked.
    copied: usize,
}

enum Node {
    List {
        kind: ListKind,
        nil: bool,
        array: usize,
        start: usize,
        len: usize,
        frozen: Option<(u64, Value)>,
    },
    Map {
        kind: MapKind,
        nil: bool,
        entries: MapBuilder,
        frozen: Option<(u64, Value)>,
    },
    /// The map of another node as one of this type.
    Named {
        of: usize,
        kind: MapKind,
    },
}

impl Heap {
    /// The heap of a program that can mutate, or of one that cannot: that one leaves all values as they are.
    #[must_use]
    pub fn new(active: bool) -> Self {
        Heap { active, ..Heap::default() }
    }

    /// A list or map as a handle; other values, and all values of programs that cannot mutate, as they are.
    #[inline]
    pub fn thaw(&mut self, value: Value) -> Value {
        if self.active { self.thaw_active(value) } else { value }
    }

    fn thaw_active(&mut self, value: Value) -> Value {
        match value {
            Value::List(list) => {
                let (kind, nil, len, capacity) = (list.kind(), list.is_nil(), list.len(), list.capacity());
                let mut items = list.into_vec();
                items.resize(capacity.max(len), kind.element().zero());
                self.add_list(kind, nil, items, len)
            }
            Value::Map(map) => {
                let (kind, nil) = (map.kind(), map.is_nil());
                self.add_map(kind, nil, map.into_builder())
            }
            other => other,
        }
    }

    fn add_list(&mut self, kind: ListKind, nil: bool, items: Vec<Value>, len: usize) -> Value {
        let array = self.arrays.len();
        self.copied += items.len();
        self.arrays.push(items);
        self.add(Node::List { kind, nil, array, start: 0, len, frozen: None })
    }

    fn add_map(&mut self, kind: MapKind, nil: bool, entries: MapBuilder) -> Value {
        self.copied += entries.len();
        self.add(Node::Map { kind, nil, entries, frozen: None })
    }

    /// How many items were copied since this was last asked.
    pub(super) fn take_copied(&mut self) -> usize {
        std::mem::take(&mut self.copied)
    }

    fn add(&mut self, node: Node) -> Value {
        let Ok(id) = u32::try_from(self.nodes.len()) else { return Value::Null };
        self.nodes.push(node);
        Value::Handle(id)
    }

    /// The place of the node of a handle.
    fn place(&self, value: &Value) -> Option<usize> {
        let Value::Handle(id) = value else { return None };
        let at = usize::try_from(*id).ok()?;
        match self.nodes.get(at) {
            Some(Node::Named { of, .. }) => Some(*of),
            _ => Some(at),
        }
    }

    fn node(&self, value: &Value) -> Option<&Node> {
        self.nodes.get(self.place(value)?)
    }

    fn node_mut(&mut self, value: &Value) -> Option<&mut Node> {
        let at = self.place(value)?;
        self.nodes.get_mut(at)
    }

    /// The type that a handle gives the map of another one.
    fn name(&self, value: &Value) -> Option<MapKind> {
        let Value::Handle(id) = value else { return None };
        match self.nodes.get(usize::try_from(*id).ok()?) {
            Some(Node::Named { kind, .. }) => Some(*kind),
            _ => None,
        }
    }

    /// The same map as a value of another type: what changes in one changes in both.
    pub fn with_kind(&mut self, map: Value, kind: MapKind) -> Value {
        match map {
            Value::Map(map) => Value::Map(map.with_kind(kind)),
            handle => match self.place(&handle) {
                Some(of) => self.add(Node::Named { of, kind }),
                None => handle,
            },
        }
    }

    /// A new list: a handle where the program can mutate.
    pub(super) fn new_list(&mut self, kind: ListKind, items: Vec<Value>) -> Value {
        let len = items.len();
        if self.active { self.add_list(kind, false, items, len) } else { Value::List(List::of(kind, items)) }
    }

    /// A new map: a handle where the program can mutate.
    pub fn new_map(&mut self, map: Map) -> Value {
        self.thaw(Value::Map(map))
    }

    /// Whether `value` is a list or a map.
    #[must_use]
    pub fn shape(&self, value: &Value) -> Shape {
        match value {
            Value::List(list) => Shape::List { kind: list.kind(), len: list.len(), nil: list.is_nil() },
            Value::Map(map) => Shape::Map { kind: map.kind(), len: map.len(), nil: map.is_nil() },
            handle => match self.node(handle) {
                Some(Node::List { kind, nil, len, .. }) => Shape::List { kind: *kind, len: *len, nil: *nil },
                Some(Node::Map { kind, nil, entries, .. }) => {
                    Shape::Map { kind: self.name(handle).unwrap_or(*kind), len: entries.len(), nil: *nil }
                }
                Some(Node::Named { .. }) | None => Shape::Other,
            },
        }
    }

    /// Item `at` of a list.
    pub(super) fn item(&mut self, list: &Value, at: usize) -> Option<Value> {
        if let Value::List(list) = list {
            return list.get(at).cloned();
        }
        let (array, start) = match self.node(list)? {
            Node::List { array, start, len, .. } if at < *len => (*array, *start),
            _ => return None,
        };
        let place = self.arrays.get_mut(array)?.get_mut(start + at)?;
        if !is_composite(place) {
            return Some(place.clone());
        }
        let handle = {
            let child = std::mem::take(place);
            self.thaw(child)
        };
        *self.arrays.get_mut(array)?.get_mut(start + at)? = handle.clone();
        Some(handle)
    }

    /// The entry `key` of a map.
    pub fn entry(&mut self, map: &Value, key: &[u8]) -> Option<Value> {
        if let Value::Map(map) = map {
            return map.get_bytes(key).cloned();
        }
        let Node::Map { entries, .. } = self.node_mut(map)? else { return None };
        let place = entries.get_bytes_mut(key)?;
        if !is_composite(place) {
            return Some(place.clone());
        }
        let child = std::mem::take(place);
        let handle = self.thaw(child);
        if let Some(Node::Map { entries, .. }) = self.node_mut(map) {
            *entries.get_bytes_mut(key)? = handle.clone();
        }
        Some(handle)
    }

    /// The items of a list.
    pub fn items(&mut self, list: &Value) -> Vec<Value> {
        let len = match self.shape(list) {
            Shape::List { len, .. } => len,
            _ => 0,
        };
        (0..len).filter_map(|at| self.item(list, at)).collect()
    }

    /// The keys of a map, sorted.
    #[must_use]
    pub fn keys(&self, map: &Value) -> Vec<Text> {
        match (map, self.node(map)) {
            (Value::Map(map), _) => map.keys().cloned().collect(),
            (_, Some(Node::Map { entries, .. })) => entries.iter().map(|(k, _)| k.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of a map, sorted by key.
    pub fn entries(&mut self, map: &Value) -> Vec<(Text, Value)> {
        let keys = self.keys(map);
        keys.into_iter().filter_map(|k| self.entry(map, k.as_bytes()).map(|v| (k, v))).collect()
    }

    /// The entry `key` of a map as it stands there, a list or map that nothing has touched yet frozen.
    #[must_use]
    pub fn peek(&self, map: &Value, key: &[u8]) -> Option<&Value> {
        match (map, self.node(map)) {
            (_, Some(Node::Map { entries, .. })) => entries.get_bytes(key),
            _ => None,
        }
    }

    /// Sets an entry.
    ///
    /// # Errors
    /// If the map is nil, or not of this heap.
    pub fn set_entry(&mut self, map: &Value, key: Text, value: Value) -> Result<(), NotMutable> {
        self.epoch += 1;
        match self.node_mut(map) {
            Some(Node::Map { nil: false, entries, .. }) => {
                entries.insert(key, value);
                Ok(())
            }
            Some(Node::Map { .. }) => Err(NotMutable::Nil),
            _ => Err(NotMutable::Frozen),
        }
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// If the map is not of this heap.
    pub fn remove_entry(&mut self, map: &Value, key: &[u8]) -> Result<Option<Value>, NotMutable> {
        self.epoch += 1;
        match self.node_mut(map) {
            Some(Node::Map { entries, .. }) => Ok(entries.remove_bytes(key)),
            _ => Err(NotMutable::Frozen),
        }
    }

    /// Sets an item.
    pub(super) fn set_item(&mut self, list: &Value, at: usize, value: Value) -> Result<(), NotMutable> {
        self.epoch += 1;
        let place = match self.node(list) {
            Some(Node::List { array, start, len, .. }) if at < *len => (*array, start + at),
            _ => return Err(NotMutable::Frozen),
        };
        let items = self.arrays.get_mut(place.0).ok_or(NotMutable::Frozen)?;
        *items.get_mut(place.1).ok_or(NotMutable::Frozen)? = value;
        Ok(())
    }

    /// How many items a list has room for.
    pub(super) fn capacity(&self, list: &Value) -> usize {
        match (list, self.node(list)) {
            (Value::List(list), _) => list.capacity(),
            (_, Some(Node::List { array, start, .. })) => {
                self.arrays.get(*array).map_or(0, |a| a.len().saturating_sub(*start))
            }
            _ => 0,
        }
    }

    /// The items `from..to` as a list that shares its memory, as Go's `x[from:to]`; `None` if out of its capacity.
    pub(super) fn sub_list(&mut self, list: &Value, from: usize, to: usize) -> Option<Value> {
        if from > to || to > self.capacity(list) {
            return None;
        }
        if let Value::List(frozen) = list {
            let kind = frozen.kind();
            if frozen.is_nil() {
                return Some(Value::List(List::nil(kind)));
            }
            let mut items: Vec<Value> = frozen.iter().take(to).skip(from).cloned().collect();
            items.resize(to - from, kind.element().zero());
            // Behind the last item there is room; where others follow, what they are is not kept.
            let room = if to < frozen.len() { to - from } else { frozen.capacity().saturating_sub(from) };
            return Some(Value::List(List::of(kind, items).appended_to(room)));
        }
        let node = match self.node(list)? {
            Node::List { kind, nil, array, start, .. } => Node::List {
                kind: *kind,
                nil: *nil,
                array: *array,
                start: start + from,
                len: to - from,
                frozen: None,
            },
            Node::Map { .. } | Node::Named { .. } => return None,
        };
        Some(self.add(node))
    }

    /// `value` without any handle, as it is now.
    ///
    /// # Errors
    /// If it is nested deeper than `depth`, as a map that contains itself is.
    pub fn freeze(&mut self, value: &Value, depth: usize) -> Result<Value, Error> {
        let Value::Handle(root) = value else { return Ok(value.clone()) };
        // Children first, on a list instead of the call stack.
        let mut path: Vec<Visit> = vec![Visit { id: *root, next: 0 }];
        while let Some(visit) = path.last_mut() {
            if self.is_fresh(visit.id) {
                path.pop();
                continue;
            }
            match self.stale_child(visit.id, visit.next) {
                Some((child, next)) => {
                    visit.next = next;
                    if path.len() >= depth {
                        return Err(Error::limit(format!("a value nests deeper than {depth} levels")));
                    }
                    path.push(Visit { id: child, next: 0 });
                }
                None => {
                    let id = visit.id;
                    self.freeze_node(id);
                    path.pop();
                }
            }
        }
        Ok(self.frozen(*root).unwrap_or_default())
    }

    fn is_fresh(&self, id: u32) -> bool {
        let stamp = match self.node(&Value::Handle(id)) {
            Some(Node::List { frozen, .. } | Node::Map { frozen, .. }) => frozen.as_ref().map(|f| f.0),
            Some(Node::Named { .. }) | None => return true,
        };
        stamp == Some(self.epoch)
    }

    fn frozen(&self, id: u32) -> Option<Value> {
        let handle = Value::Handle(id);
        let frozen = match self.node(&handle)? {
            Node::List { frozen, .. } | Node::Map { frozen, .. } => frozen.as_ref().map(|f| f.1.clone()),
            Node::Named { .. } => None,
        };
        match (frozen, self.name(&handle)) {
            (Some(Value::Map(map)), Some(kind)) => Some(Value::Map(map.with_kind(kind))),
            (frozen, _) => frozen,
        }
    }

    /// The next child of a node, from place `from` on, that has to be frozen, and the place behind it.
    fn stale_child(&self, id: u32, from: usize) -> Option<(u32, usize)> {
        let stale = |(at, value): (usize, &Value)| match value {
            Value::Handle(child) if !self.is_fresh(*child) => Some((*child, at + 1)),
            _ => None,
        };
        match self.node(&Value::Handle(id))? {
            Node::List { array, start, len, .. } => {
                let items = self.arrays.get(*array)?.get(*start..start + len)?;
                items.iter().enumerate().skip(from).find_map(stale)
            }
            Node::Map { entries, .. } => entries.iter().map(|e| e.1).enumerate().skip(from).find_map(stale),
            Node::Named { .. } => None,
        }
    }

    fn freeze_node(&mut self, id: u32) {
        let child = |value: &Value| match value {
            Value::Handle(child) => self.frozen(*child).unwrap_or_default(),
            other => other.clone(),
        };
        let value = match self.node(&Value::Handle(id)) {
            Some(Node::List { kind, nil: true, .. }) => Value::List(List::nil(*kind)),
            Some(Node::List { kind, array, start, len, .. }) => {
                let items = self.arrays.get(*array).and_then(|a| a.get(*start..start + len));
                let list = List::of(*kind, items.unwrap_or_default().iter().map(child).collect());
                let room = self.arrays.get(*array).map_or(0, |a| a.len().saturating_sub(*start));
                Value::List(list.appended_to(room))
            }
            Some(Node::Map { kind, nil: true, .. }) => Value::Map(Map::nil(*kind)),
            Some(Node::Map { kind, entries, .. }) => {
                Value::Map(Map::of(*kind, entries.iter().map(|(k, v)| (k.clone(), child(v))).collect()))
            }
            Some(Node::Named { .. }) | None => return,
        };
        let epoch = self.epoch;
        self.copied += match &value {
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            _ => 0,
        };
        if let Some(Node::List { frozen, .. } | Node::Map { frozen, .. }) = self.node_mut(&Value::Handle(id))
        {
            *frozen = Some((epoch, value));
        }
    }
}

/// Why a change was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMutable {
    /// Go's nil map takes no entries.
    Nil,
    /// The value is not on the heap, or not of that shape.
    Frozen,
}

struct Visit {
    id: u32,
    next: usize,
}

fn is_composite(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}
