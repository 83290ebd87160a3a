//! Changing values however deep they nest, without recursion; what does not change stays shared.

use super::{List, ListKind, Map, MapKind, Text, Value};
use crate::Result;

/// Where a value stands in its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'v> {
    /// It is the whole.
    Root,
    /// It is the entry of a map with this key.
    Entry(&'v Text),
    /// It is an item of a list.
    Item,
}

/// What becomes of a value.
#[derive(Clone, Debug)]
pub enum Rewrite {
    /// It stays; lists and maps are looked into.
    Keep,
    /// It stays, a list as `[]any`, a map as `map[string]any`, and is looked into.
    Untyped,
    /// Another value takes its place.
    Replace(Value),
    /// It is taken out of its parent; a root becomes null.
    Remove,
}

impl Value {
    /// This value, each part of it replaced or removed as `decide` says, from the outside to the inside.
    ///
    /// # Errors
    ///
    /// The first error of `decide`.
    ///
    /// ```
    /// use aoa_lang::Value;
    /// use aoa_lang::value::{Place, Rewrite};
    /// let value = Value::map([("a", Value::Null), ("b", Value::list(vec![Value::Null]))]);
    /// let pruned = value.rewrite(&mut |value, place| {
    ///     Ok(if value.is_null() && place != Place::Item { Rewrite::Remove } else { Rewrite::Keep })
    /// })?;
    /// assert!(pruned == Value::map([("b", Value::list(vec![Value::Null]))]));
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    pub fn rewrite(&self, decide: &mut impl FnMut(&Value, Place<'_>) -> Result<Rewrite>) -> Result<Value> {
        let mut frames: Vec<Frame<'_>> = Vec::new();
        let (mut next, mut place) = (self, Place::Root);
        loop {
            let mut finished = match decide(next, place)? {
                Rewrite::Replace(value) => Some(Done::Changed(value)),
                Rewrite::Remove => Some(Done::Removed),
                Rewrite::Keep => match Frame::open(next) {
                    Some(frame) => {
                        frames.push(frame);
                        None
                    }
                    None => Some(Done::Same),
                },
                Rewrite::Untyped => match Frame::open(next) {
                    Some(frame) => {
                        frames.push(Frame { untyped: true, ..frame });
                        None
                    }
                    None => untyped(next).map_or(Some(Done::Same), |value| Some(Done::Changed(value))),
                },
            };
            loop {
                let Some(frame) = frames.last_mut() else {
                    return Ok(match finished {
                        Some(Done::Changed(value)) => value,
                        Some(Done::Removed) => Value::Null,
                        Some(Done::Same) | None => self.clone(),
                    });
                };
                if let Some(done) = finished.take() {
                    frame.accept(done);
                }
                if let Some((item, at)) = frame.source.item(frame.at) {
                    (next, place) = (item, at);
                    break;
                }
                finished = frames.pop().map(Frame::close);
            }
        }
    }
}

enum Done {
    Same,
    Changed(Value),
    Removed,
}

/// A list or map whose items are being rewritten.
struct Frame<'v> {
    source: Source<'v>,
    /// The item that is being rewritten.
    at: usize,
    /// What the items before it have become, once one has changed.
    changed: Option<Vec<(Text, Value)>>,
    /// Whether the element type goes.
    untyped: bool,
}

/// The list or map without its element type, if it has one.
fn untyped(value: &Value) -> Option<Value> {
    match value {
        Value::List(list) if list.kind() != ListKind::Any => Some(if list.is_nil() {
            Value::List(List::nil(ListKind::Any))
        } else {
            Value::list(list.as_slice().to_vec())
        }),
        Value::Map(map) if !matches!(map.kind(), MapKind::Any | MapKind::HelmValues) => {
            Some(Value::Map(map.clone().with_kind(MapKind::Any)))
        }
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Source<'v> {
    List(&'v List),
    Map(&'v Map),
}

impl<'v> Source<'v> {
    fn item(self, at: usize) -> Option<(&'v Value, Place<'v>)> {
        match self {
            Source::List(list) => list.get(at).map(|item| (item, Place::Item)),
            Source::Map(map) => map.as_slice().get(at).map(|(key, value)| (value, Place::Entry(key))),
        }
    }

    fn copy(self, at: usize) -> Option<(Text, Value)> {
        match self {
            Source::List(list) => list.get(at).map(|item| (Text::EMPTY, item.clone())),
            Source::Map(map) => map.as_slice().get(at).cloned(),
        }
    }
}

impl<'v> Frame<'v> {
    fn open(value: &'v Value) -> Option<Frame<'v>> {
        let source = match value {
            Value::List(list) if !list.is_empty() => Source::List(list),
            Value::Map(map) if !map.is_empty() => Source::Map(map),
            _ => return None,
        };
        Some(Frame { source, at: 0, changed: None, untyped: false })
    }

    fn accept(&mut self, done: Done) {
        let at = self.at;
        self.at += 1;
        let source = self.source;
        if self.changed.is_none() {
            if matches!(done, Done::Same) {
                return;
            }
            self.changed = Some((0..at).filter_map(|at| source.copy(at)).collect());
        }
        let entry = source.copy(at).and_then(|(key, old)| match done {
            Done::Same => Some((key, old)),
            Done::Changed(value) => Some((key, value)),
            Done::Removed => None,
        });
        if let Some(changed) = &mut self.changed {
            changed.extend(entry);
        }
    }

    fn close(self) -> Done {
        let value = match (self.changed, self.source) {
            (None, source) => {
                let whole = || match source {
                    Source::List(list) => Value::List(list.clone()),
                    Source::Map(map) => Value::Map(map.clone()),
                };
                return if self.untyped {
                    untyped(&whole()).map_or(Done::Same, Done::Changed)
                } else {
                    Done::Same
                };
            }
            (Some(entries), Source::List(list)) => {
                let items = entries.into_iter().map(|(_, value)| value).collect();
                Value::List(List::of(if self.untyped { ListKind::Any } else { list.kind() }, items))
            }
            (Some(entries), Source::Map(map)) => {
                Value::Map(Map::of(if self.untyped { MapKind::Any } else { map.kind() }, entries))
            }
        };
        Done::Changed(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_parts_are_shared() {
        let kept = Value::map([("x", Value::int(1))]);
        let value = Value::map([("a", kept.clone()), ("b", Value::list(vec![Value::int(2), Value::Null]))]);
        let same = value.rewrite(&mut |_, _| Ok(Rewrite::Keep)).unwrap();
        assert!(same.as_map().unwrap().shares(value.as_map().unwrap()));
        let changed = value
            .rewrite(&mut |v, _| Ok(if v.is_null() { Rewrite::Replace("n".into()) } else { Rewrite::Keep }))
            .unwrap();
        assert!(changed.get("a").unwrap().as_map().unwrap().shares(kept.as_map().unwrap()));
        assert!(changed.get("b") == Some(&Value::list(vec![Value::int(2), Value::from("n")])));
    }

    #[test]
    fn deep_values_do_not_overflow() {
        let deep = (0..300_000).fold(Value::Null, |inner, _| Value::list(vec![inner]));
        let run = move || {
            let mut count = 0;
            let out = deep.rewrite(&mut |v, _| {
                count += 1;
                Ok(if v.is_null() { Rewrite::Replace(true.into()) } else { Rewrite::Keep })
            });
            assert!(out.is_ok() && count == 300_001);
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }
}
