//! The order of keys: go-yaml sorts them as people sort names with numbers in them.

use std::borrow::Borrow;
use std::cmp::Ordering;

use crate::unicode::{is_digit, is_letter};
use crate::value::Text;
use crate::yaml::event::Dialect;

/// The order in which to write `entries`, which are sorted by the bytes of their keys, as indices; `None` if they stand in it already.
///
/// go-yaml's comparison is circular for some sets of keys (`v2` < `v10` < `v1beta1` < `v2`), and it sorts Go's
/// random map order, so that its result for them is random. Here keys that stand in order one by one are left as they
/// are, and others are merge sorted from the order of their bytes: always the same, and equal to go-yaml's order
/// wherever that is one.
pub(super) fn key_order<K: Borrow<Text>, V>(entries: &[(K, V)], dialect: Dialect) -> Option<Vec<usize>> {
    let is_before = |a: &K, b: &K| compare_keys(a.borrow(), b.borrow(), dialect) == Ordering::Less;
    if entries.windows(2).all(|pair| !matches!(pair, [a, b] if is_before(&b.0, &a.0))) {
        return None;
    }
    let less = |a: usize, b: usize| match (entries.get(a), entries.get(b)) {
        (Some(a), Some(b)) => is_before(&a.0, &b.0),
        _ => false,
    };
    Some(merge_sort((0..entries.len()).collect(), less))
}

/// Sorts from the bottom up. The standard library's sort may panic when the comparison is circular.
fn merge_sort(mut items: Vec<usize>, less: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width.saturating_mul(2)) {
            let (mut left, mut right) = pair.split_at_checked(width).unwrap_or((pair, &[]));
            while let ([a, left_tail @ ..], [b, right_tail @ ..]) = (left, right) {
                if less(*b, *a) {
                    merged.push(*b);
                    right = right_tail;
                } else {
                    merged.push(*a);
                    left = left_tail;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        items = merged;
        width = width.saturating_mul(2);
    }
    items
}

/// `keyList.Less` of sorter.go, for strings.
fn compare_keys(a: &Text, b: &Text, dialect: Dialect) -> Ordering {
    let (a_bytes, b_bytes) = (a.as_bytes(), b.as_bytes());
    let common = a_bytes.iter().zip(b_bytes).take_while(|(a, b)| a == b).count();
    match (a_bytes.get(common), b_bytes.get(common)) {
        (Some(x), Some(y)) if x.is_ascii_alphabetic() && y.is_ascii_alphabetic() => x.cmp(y),
        (Some(_), Some(_)) => compare_behind(&a.to_str_lossy(), &b.to_str_lossy(), common, dialect),
        _ => a_bytes.len().cmp(&b_bytes.len()),
    }
}

/// Compares keys that are equal up to the byte `common`.
fn compare_behind(a: &str, b: &str, common: usize, dialect: Dialect) -> Ordering {
    // Go back to the begin of the character in which they first differ.
    let is_boundary = |at: &usize| a.is_char_boundary(*at) && b.is_char_boundary(*at);
    let start = (0..=common).rev().find(is_boundary).unwrap_or(0);
    let (before, a_rest) = a.split_at_checked(start).unwrap_or(("", a));
    let b_rest = b.get(start..).unwrap_or_default();
    let (Some(x), Some(y)) = (a_rest.chars().next(), b_rest.chars().next()) else {
        return a.len().cmp(&b.len());
    };
    match (is_letter(x), is_letter(y)) {
        (true, true) => return x.cmp(&y),
        (false, false) => {}
        (x_is_letter, _) => {
            // v3 sorts letters first behind a digit, otherwise last.
            let letter_first = dialect == Dialect::V3 && before.chars().next_back().is_some_and(is_digit);
            return if x_is_letter == letter_first { Ordering::Less } else { Ordering::Greater };
        }
    }
    compare_numbers(before, a_rest, b_rest).then(x.cmp(&y))
}

/// Compares the numbers that `a` and `b` begin with, which continue a number in `before`.
fn compare_numbers(before: &str, a: &str, b: &str) -> Ordering {
    let continues = (a.starts_with('0') || b.starts_with('0'))
        && before.chars().rev().take_while(|c| is_digit(*c)).any(|c| c != '0');
    let number = |text: &str| {
        let digits = text.chars().take_while(|c| is_digit(*c));
        digits.fold((i64::from(continues), 0_usize), |(number, count), c| {
            // Go's int64 wraps around in long numbers.
            let digit = i64::from(u32::from(c)) - i64::from(u32::from('0'));
            (number.wrapping_mul(10).wrapping_add(digit), count + 1)
        })
    };
    number(a).cmp(&number(b))
}
