//! What `range` iterates over.

use super::heap::{Heap, Shape};
use super::program::Slot;
use crate::Value;
use crate::value::{GoType, IntKind, List, Map, Structure, Text, UintKind};

/// An iteration that has begun.
pub(super) enum Iteration {
    List {
        list: List,
        interface: bool,
        at: usize,
    },
    /// A list on the heap: items that change meanwhile are seen, as in Go.
    Handle {
        list: Value,
        len: usize,
        interface: bool,
        at: usize,
    },
    Map {
        map: Map,
        at: usize,
    },
    /// Entries as they were at the beginning.
    Entries {
        entries: std::vec::IntoIter<(Text, Value)>,
        interface: bool,
    },
    Pairs {
        entries: std::vec::IntoIter<(Value, Value)>,
        key: bool,
        element: bool,
    },
    Int {
        kind: IntKind,
        at: i64,
        end: i64,
    },
    Uint {
        kind: UintKind,
        at: u64,
        end: u64,
    },
}

/// Begins to iterate over `value`; `None` if it is empty.
///
/// # Errors
/// Go's message, with `{}` in the place of the value.
pub(super) fn iterate(heap: &mut Heap, value: &Value, two: bool) -> Result<Option<Iteration>, &'static str> {
    match value {
        Value::Int(..) | Value::Uint(..) if two => {
            return Err("can't use {} to iterate over more than one variable");
        }
        Value::Int(kind, end) => {
            return Ok((*end > 0).then_some(Iteration::Int { kind: *kind, at: 0, end: *end }));
        }
        Value::Uint(kind, end) => {
            return Ok((*end > 0).then_some(Iteration::Uint { kind: *kind, at: 0, end: *end }));
        }
        Value::Null => return Ok(None),
        _ => {}
    }
    Ok(match (value, heap.shape(value)) {
        (_, Shape::List { len: 0, .. } | Shape::Map { len: 0, .. }) => None,
        (Value::List(list), _) => {
            let interface = list.kind().element() == GoType::Any;
            Some(Iteration::List { list: list.clone(), interface, at: 0 })
        }
        (Value::Map(map), _) => Some(Iteration::Map { map: map.clone(), at: 0 }),
        (_, Shape::List { kind, len, .. }) => {
            let interface = kind.element() == GoType::Any;
            Some(Iteration::Handle { list: value.clone(), len, interface, at: 0 })
        }
        (_, Shape::Map { kind, .. }) => Some(Iteration::Entries {
            entries: heap.entries(value).into_iter(),
            interface: kind.element() == GoType::Any,
        }),
        (Value::Object(object), _) => match object.structure() {
            Structure::Map { entries, .. } if entries.is_empty() => None,
            Structure::Map { key, element, entries } => Some(Iteration::Pairs {
                entries: entries.into_iter(),
                key: key == GoType::Any,
                element: element == GoType::Any,
            }),
            _ => return Err("range can't iterate over {}"),
        },
        _ => return Err("range can't iterate over {}"),
    })
}

impl Iteration {
    /// The next key and element.
    pub(super) fn next(&mut self, heap: &mut Heap) -> Option<(Slot, Slot)> {
        Some(match self {
            Iteration::List { list, interface, at } => {
                let value = list.get(*at)?.clone();
                *at += 1;
                (position(*at - 1), Slot { value, interface: *interface })
            }
            Iteration::Handle { list, len, interface, at } => {
                let value = (*at < *len).then(|| heap.item(list, *at)).flatten()?;
                *at += 1;
                (position(*at - 1), Slot { value, interface: *interface })
            }
            Iteration::Map { map, at } => {
                let (key, value) = map.as_slice().get(*at)?.clone();
                *at += 1;
                let interface = map.kind().element() == GoType::Any;
                (Slot::of(Value::String(key)), Slot { value, interface })
            }
            Iteration::Entries { entries, interface } => {
                let (key, value) = entries.next()?;
                (Slot::of(Value::String(key)), Slot { value, interface: *interface })
            }
            Iteration::Pairs { entries, key, element } => {
                let (k, v) = entries.next()?;
                (Slot { value: k, interface: *key }, Slot { value: v, interface: *element })
            }
            Iteration::Int { kind, at, end } => {
                let value = (*at < *end).then_some(Value::Int(*kind, *at))?;
                *at += 1;
                (Slot::default(), Slot::of(value))
            }
            Iteration::Uint { kind, at, end } => {
                let value = (*at < *end).then_some(Value::Uint(*kind, *at))?;
                *at += 1;
                (Slot::default(), Slot::of(value))
            }
        })
    }
}

fn position(at: usize) -> Slot {
    Slot::of(Value::int(i64::try_from(at).unwrap_or(i64::MAX)))
}
