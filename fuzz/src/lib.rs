//! What the targets share: how an input is read, and the laws that hold for every error and every value.

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
