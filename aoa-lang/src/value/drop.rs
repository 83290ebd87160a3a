//! Dropping deep values without recursion: nesting of any depth must not overflow a stack.

use super::Value;

/// Drops values; what hangs below them is taken apart on a list instead of the call stack.
pub(super) fn drop_flat(values: impl Iterator<Item = Value>) {
    let mut pending: Vec<Value> = Vec::new();
    for value in values {
        if holds_values(&value) {
            pending.push(value);
        }
    }
    // The children are moved out of a node before it is dropped, so that its own drop finds nothing to do.
    while let Some(value) = pending.pop() {
        match value {
            Value::List(mut list) => {
                pending.extend(list.take_unique().into_iter().flatten().filter(holds_values));
            }
            Value::Map(mut map) => {
                let entries = map.take_unique().into_iter().flatten();
                pending.extend(entries.map(|(_, value)| value).filter(holds_values));
            }
            _ => {}
        }
    }
}

fn holds_values(value: &Value) -> bool {
    match value {
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn deep_values_are_dropped_compared_and_printed_on_a_small_stack() {
        let run = || {
            let deep = |n: usize| {
                (0..n).fold(Value::Null, |inner, i| {
                    if i % 2 == 0 { Value::list(vec![inner]) } else { Value::map([("k", inner)]) }
                })
            };
            let (a, b) = (deep(1_000_000), deep(1_000_000));
            assert!(a == b);
            assert_eq!(format!("{a:?}"), "map of 1");
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }
}
