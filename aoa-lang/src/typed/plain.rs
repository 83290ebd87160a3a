//! Changing the scalars of a value, however deep they stand, without recursion.

use crate::value::{List, Map, Text};
use crate::{Result, Value};

/// A list or map whose items are being rewritten.
struct Frame<'v> {
    source: Source<'v>,
    done: Vec<Value>,
}

enum Source<'v> {
    List(&'v List),
    Map(&'v Map),
}

impl<'v> Source<'v> {
    fn item(&self, at: usize) -> Option<&'v Value> {
        match self {
            Source::List(list) => list.get(at),
            Source::Map(map) => map.as_slice().get(at).map(|(_, value)| value),
        }
    }

    fn build(&self, items: Vec<Value>) -> Value {
        match self {
            Source::List(_) => Value::list(items),
            Source::Map(map) => {
                let entries: Vec<(Text, Value)> = map.keys().cloned().zip(items).collect();
                Value::Map(Map::of(crate::value::MapKind::Any, entries))
            }
        }
    }
}

/// `value` as a tree of `[]any` and `map[string]any`, every scalar replaced by what `scalar` makes of it.
pub fn rewrite(value: &Value, scalar: &mut impl FnMut(&Value) -> Result<Value>) -> Result<Value> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut next = value;
    loop {
        let mut finished = match next {
            Value::List(list) if !list.is_nil() => {
                frames.push(Frame { source: Source::List(list), done: Vec::with_capacity(list.len()) });
                None
            }
            Value::Map(map) if !map.is_nil() => {
                frames.push(Frame { source: Source::Map(map), done: Vec::with_capacity(map.len()) });
                None
            }
            Value::List(_) | Value::Map(_) => Some(Value::Null),
            leaf => Some(scalar(leaf)?),
        };
        loop {
            let Some(frame) = frames.last_mut() else { return Ok(finished.unwrap_or_default()) };
            if let Some(value) = finished.take() {
                frame.done.push(value);
            }
            if let Some(item) = frame.source.item(frame.done.len()) {
                next = item;
                break;
            }
            let done = std::mem::take(&mut frame.done);
            finished = Some(frame.source.build(done));
            frames.pop();
        }
    }
}
