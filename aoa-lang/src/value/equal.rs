//! Equality of values; iterative, so that deep values do not overflow a stack.

use std::collections::HashSet;
use std::sync::Arc;

use super::Value;

/// Equal as Go's `reflect.DeepEqual` sees it, but lists and maps that are nil equal empty ones.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        are_equal(self, other, How::NilIsEmpty)
    }
}

impl Value {
    /// Go's `reflect.DeepEqual`: as `==`, but lists and maps that are nil differ from empty ones.
    #[must_use]
    pub fn deep_equals(&self, other: &Value) -> bool {
        are_equal(self, other, How::Deep)
    }

    /// Whether nobody can tell them apart: as [`Value::deep_equals`], but negative zero is none.
    #[must_use]
    pub fn is_identical(&self, other: &Value) -> bool {
        are_equal(self, other, How::Identical)
    }
}

/// What counts.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// Lists and maps that are nil equal empty ones.
    NilIsEmpty,
    Deep,
    /// Floats are compared by their bits.
    Identical,
}

fn are_equal(a: &Value, b: &Value, how: How) -> bool {
    let mut pending = vec![(a, b)];
    let mut seen = Seen::default();
    while let Some((a, b)) = pending.pop() {
        let same = match (a, b) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(k, a), Value::Int(l, b)) => k == l && a == b,
            (Value::Uint(k, a), Value::Uint(l, b)) => k == l && a == b,
            (Value::Float(k, a), Value::Float(l, b)) if how == How::Identical => {
                k == l && a.to_bits() == b.to_bits()
            }
            (Value::Float(k, a), Value::Float(l, b)) => k == l && a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                if a.shares(b) || seen.before(a.as_slice(), b.as_slice()) {
                    continue;
                }
                pending.extend(a.iter().zip(b.iter()));
                a.kind() == b.kind()
                    && a.len() == b.len()
                    && (how == How::NilIsEmpty || a.is_nil() == b.is_nil())
            }
            (Value::Map(a), Value::Map(b)) => {
                if a.shares(b) || seen.before(a.as_slice(), b.as_slice()) {
                    continue;
                }
                pending.extend(a.values().zip(b.values()));
                a.kind() == b.kind()
                    && a.len() == b.len()
                    && (how == How::NilIsEmpty || a.is_nil() == b.is_nil())
                    && a.keys().eq(b.keys())
            }
            (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b) || a.equals(&**b),
            (Value::Handle(a), Value::Handle(b)) => a == b,
            _ => false,
        };
        if !same {
            return false;
        }
    }
    true
}

/// Pairs of lists or maps that were compared: what is shared many times over must not be compared as often.
#[derive(Default)]
struct Seen {
    compared: usize,
    pairs: HashSet<(usize, usize)>,
}

impl Seen {
    /// Whether the pair was compared before. Small comparisons, which are the most, are not slowed by remembering.
    fn before<T>(&mut self, a: &[T], b: &[T]) -> bool {
        self.compared += 1;
        // Empty ones have no place of their own, and are compared at once.
        let remembers = self.compared > 10_000 && !a.is_empty() && a.len() == b.len();
        remembers && !self.pairs.insert((a.as_ptr().addr(), b.as_ptr().addr()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{List, ListKind};

    #[test]
    fn what_is_shared_many_times_over_is_compared_once() {
        let built = || (0..60).fold(Value::int(1), |v, _| Value::list(vec![v.clone(), v]));
        assert!(built() == built());
        assert!(built() != Value::list(vec![built(), Value::Null]));
    }

    #[test]
    fn nil_is_empty_but_not_deeply_equal() {
        let (nil, empty) = (Value::from(List::nil(ListKind::Any)), Value::list(Vec::new()));
        assert!(nil == empty);
        assert!(!nil.deep_equals(&empty));
    }

    #[test]
    fn negative_zero_is_equal_but_not_identical() {
        let (zero, negative) = (Value::float(0.0), Value::float(-0.0));
        assert!(zero == negative && zero.deep_equals(&negative));
        assert!(!zero.is_identical(&negative) && zero.is_identical(&zero));
    }
}
