//! Any bytes: both readers, the splitter, the emitters, and places.
#![no_main]

use aoa_fuzz::{assert_same, checked};
use aoa_lang::value::Value;
use aoa_lang::yaml::{self, Dialect, EventKind, Node, Parser, Source, Step};
use aoa_lang::{ErrorKind, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    events(input, Dialect::V2);
    events(input, Dialect::V3);
    values(input);
    streams(input);
    nodes(input);
    if let Some(values) = checked(yaml::load_helm_values(input)) {
        let merged = yaml::merge_values(values.clone(), values.clone());
        assert_same(&Value::Map(merged), &Value::Map(values), "values merged with themselves");
    }
});

/// Events end, lie in the text, and close what they open.
fn events(input: &[u8], dialect: Dialect) {
    let Some(source) = checked(Source::new(input, &Limits::default())) else { return };
    let mut parser = Parser::new(&source, dialect);
    let mut depth = 0u32;
    // More events than bytes would be a loop.
    for _ in 0..=4 * input.len() + 16 {
        let Some(event) = checked(parser.next_event()) else { return };
        let span = event.span();
        assert!(span.start <= span.end && span.end as usize <= source.text().len(), "{span:?}");
        match event.kind {
            EventKind::SequenceStart(_) | EventKind::MappingStart(_) => depth += 1,
            EventKind::SequenceEnd | EventKind::MappingEnd => {
                depth = depth.checked_sub(1).expect("it was opened")
            }
            EventKind::StreamEnd => return assert_eq!(depth, 0),
            _ => {}
        }
    }
    panic!("the events do not end");
}

/// What is read can be written, and reads back equal.
fn values(input: &[u8]) {
    let strict = checked(yaml::load_strict(input));
    let Some(value) = checked(yaml::load(input)) else {
        assert!(strict.is_none(), "only the strict reader reads it");
        return;
    };
    if let Some(strict) = strict {
        assert_same(&strict, &value, "the strict reader");
    }
    if let Some(text) = checked(yaml::emit(&value)).filter(|_| !is_lost(&json(&value))) {
        let again = yaml::load(text.as_bytes()).expect("what is emitted is read");
        // Floats that are whole become integers.
        assert_eq!(json(&again), json(&value), "{text}");
        assert_eq!(yaml::emit(&again).expect("it was written before"), text);
        let strict = yaml::load_strict(text.as_bytes()).expect("no key is written twice");
        assert_same(&strict, &again, &text);
    }
    let _ = (checked(yaml::emit_kyaml(&value)), checked(yaml::emit_pretty(&value)));
    if let (Value::Map(map), Some(place)) = (&value, yaml::locate(input, &[])) {
        assert!(place.value.end as usize <= input.len());
        for key in map.keys().filter_map(|key| key.as_str()) {
            let place = yaml::locate(input, &[Step::Key(key)]).expect("the document is there");
            assert!(input.get(place.value.range()).is_some(), "{place:?}");
        }
    }
}

/// What go-yaml v2 writes so that it does not come back: the line breaks of Unicode, keys `<<`, and negative zero.
fn is_lost(json: &str) -> bool {
    let lost = ["\u{85}", r"\u2028", r"\u2029", r"\u003c\u003c", "-0,", "-0]", "-0}"];
    lost.iter().any(|text| json.contains(text)) || json == "-0"
}

fn json(value: &Value) -> String {
    aoa_lang::json::to_string(value).expect("what was read can be written")
}

/// Documents lie in the stream, in order; all of them are given if none is broken.
fn streams(input: &[u8]) {
    let split = yaml::split(input);
    let mut last = 0;
    for document in &split.documents {
        assert!(document.line >= 1 && input.get(document.span.range()).is_some(), "{:?}", document.span);
        assert!(last <= document.span.start);
        last = document.span.start;
    }
    for error in &split.errors {
        assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
        if let Some(span) = error.span() {
            assert!(input.get(span.range()).is_some(), "{error}: {span:?}");
        }
    }
    let (objects, broken) = (split.documents.len(), !split.errors.is_empty());
    match split.all() {
        Ok(all) => assert!(!broken && all.len() == objects),
        Err(_) => assert!(broken),
    }
}

/// The editable tree prints what can be read, and printing changes nothing any more.
fn nodes(input: &[u8]) {
    let limits = Limits::default();
    let Some(Some(node)) = checked(Node::parse_within(input, &limits)) else { return };
    let value = checked(node.decode(&limits));
    let mut resolved = node.clone();
    let _ = checked(resolved.resolve_aliases(&limits));
    let _ = checked(yaml::read_resources(input, &limits));
    let _ = checked(yaml::print_resource_file(input, &limits));
    if let Some(text) = value.and_then(|value| checked(yaml::emit_kyaml(&value))) {
        assert!(Node::parse(&text).is_ok(), "{text}");
    }
    let _ = checked(node.to_text());
}
