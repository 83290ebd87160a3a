//! Any bytes: JSON as Go reads and writes it, beside `serde_json` and our YAML.
#![no_main]

use aoa_fuzz::{assert_same, checked};
use aoa_lang::json::{self, Html, Layout, Numbers};
use aoa_lang::{Limits, yaml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let read = checked(json::read(input, Numbers::PreserveInts));
    let other = serde_json::from_slice::<serde_json::Value>(input);
    if other.is_ok() {
        assert!(read.is_some() || has_huge_number(input), "serde_json reads it");
    }
    let Some(value) = read else { return };
    let floats = json::read(input, Numbers::Float64).expect("numbers that fit one way fit the other");
    // Lone surrogates, bytes that are no text, and depth are what the two do not agree on.
    if let (Err(error), Ok(text)) = (&other, std::str::from_utf8(input)) {
        assert!(text.contains("\\u") || error.to_string().contains("recursion limit"), "{error}");
    }
    for html in [Html::Escaped, Html::Plain] {
        for layout in [Layout::Compact, Layout::Indented("  ")] {
            let text = json::to_string_with(&floats, html, layout).expect("what was read can be written");
            let again = json::read(text.as_bytes(), Numbers::Float64).expect("what was written is read");
            assert_same(&again, &floats, &text);
        }
    }
    let literal = json::read(input, Numbers::Text);
    assert!(literal.is_ok(), "literals are read where numbers are");
    let (first, rest) =
        json::read_first(input, Numbers::PreserveInts, &Limits::default()).expect("it is all of it");
    assert_same(&first, &value, "the first of the stream");
    assert!(rest.trim_ascii().is_empty());
    let text = json::to_string(&value).expect("what was read can be written");
    // YAML refuses keys of more than 1024 characters and some control characters; and it reads numbers its own way.
    if let Some(from_yaml) = checked(yaml::load(text.as_bytes())) {
        let again = json::to_string(&from_yaml).expect("what was read can be written");
        let twice = yaml::load(again.as_bytes()).expect("it was read before");
        assert_same(&twice, &from_yaml, &text);
    }
});

fn has_huge_number(input: &[u8]) -> bool {
    input.iter().any(|byte| matches!(byte, b'e' | b'E')) || input.len() > 300
}
