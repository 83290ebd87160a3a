//! What the targets share: how an input is read, and the laws that hold for every error and every value.

use std::collections::BTreeMap;
use std::panic::Location;

use aoa_lang::value::Value;
use aoa_lang::{Error, ErrorKind, json};

/// The parts of an input, which newlines separate; the last one takes the rest. Those that are missing are empty.
pub fn parts<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |byte| *byte == b'\n');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// As [`parts`], for inputs that are UTF-8.
pub fn texts<const N: usize>(input: &[u8]) -> Option<[&str; N]> {
    let text = std::str::from_utf8(input).ok()?;
    let mut parts = text.splitn(N, '\n');
    Some(std::array::from_fn(|_| parts.next().unwrap_or_default()))
}

/// What stands before the first line `=== path`, and the files behind such lines by path.
pub fn files(input: &[u8]) -> (&[u8], BTreeMap<&str, &[u8]>) {
    let mut starts = vec![];
    let mut at = 0;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(path) = line.strip_prefix(b"=== ").and_then(|path| std::str::from_utf8(path).ok()) {
            starts.push((at, at + line.len(), path.trim_end_matches('\n')));
        }
        at += line.len();
    }
    let inventory = &input[..starts.first().map_or(input.len(), |(start, _, _)| *start)];
    let ends = starts.iter().skip(1).map(|(start, _, _)| *start).chain([input.len()]);
    let files = starts.iter().zip(ends).map(|((_, start, path), end)| (*path, &input[*start..end])).collect();
    (inventory, files)
}

/// What a result holds. An error is of a kind that is about the input: we never have to blame ourselves.
#[track_caller]
pub fn checked<T>(result: aoa_lang::Result<T>) -> Option<T> {
    let place = Location::caller();
    result.inspect_err(|error| check_error(error, place)).ok()
}

fn check_error(error: &Error, place: &Location<'_>) {
    assert_ne!(error.kind(), ErrorKind::Internal, "{place}: {error}");
    assert!(!error.message().is_empty(), "{place}: an error without words");
}

/// JSON text as Go's decoder reads it.
pub fn data(text: &str) -> Option<Value> {
    checked(json::read(text.as_bytes(), json::Numbers::PreserveInts))
}

/// Fails with both values if they differ.
#[track_caller]
pub fn assert_same(left: &Value, right: &Value, of: &str) {
    assert!(left == right, "{of}: {} is not {}", text(left), text(right));
}

fn text(value: &Value) -> String {
    json::to_string(value).unwrap_or_else(|error| error.to_string())
}
