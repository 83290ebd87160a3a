//! Inputs that were made to hurt: each ends quickly, on a small stack, in a value or a typed error.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_lang::yaml::{self, Dialect, EventKind, LoadOptions, Parser, Source};
use aoa_lang::{ErrorKind, Limits, Result, Value, json};

/// Runs on a stack of 512 KiB, so that recursion over the input would show.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap().join().unwrap();
}

fn message(result: Result<Value>) -> String {
    result.map_or_else(|error| error.message().to_owned(), |_| "a value".to_owned())
}

#[test]
fn nested_brackets_stop_at_go_yamls_depth() {
    on_small_stack(|| {
        for open in ["[", "{a: ", "[{", "{? "] {
            let text = open.repeat(100_000);
            let error = yaml::load(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Syntax);
            assert!(error.message().ends_with("exceeded max depth of 10000"), "{open}: {error}");
            assert!(yaml::Node::parse(&text).is_err());
            assert_eq!(yaml::split(text.as_bytes()).errors.len(), 1);
        }
        let deep = "- ".repeat(100_000) + "x";
        assert!(message(yaml::load(deep.as_bytes())).ends_with("exceeded max depth of 10000"));
        let steps: String = (0..20_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
        assert!(message(yaml::load(steps.as_bytes())).ends_with("exceeded max depth of 10000"));
    });
}

#[test]
fn what_yaml_allows_and_json_does_not_is_refused() {
    on_small_stack(|| {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(yaml::load(nested(10_000).as_bytes()).is_ok());
        // Block and flow levels count separately.
        let both = "- ".repeat(5_000) + &nested(5_001);
        assert!(message(yaml::load(both.as_bytes())).ends_with("exceeded max depth"));
    });
}

#[test]
fn alias_bombs_cost_nothing() {
    on_small_stack(|| {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..30 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
        }
        assert!(message(yaml::load(bomb.as_bytes())).ends_with("document contains excessive aliasing"));

        let mut maps = String::from("m0: &m0 {a: 1, b: 2}\n");
        for level in 1..40 {
            maps.push_str(&format!(
                "m{level}: &m{level} {{<<: *m{}, k{level}: *m{}}}\n",
                level - 1,
                level - 1
            ));
        }
        assert!(message(yaml::load(maps.as_bytes())).ends_with("document contains excessive aliasing"));

        assert!(message(yaml::load(b"&a [*a]")).ends_with("anchor 'a' value contains itself"));
        assert!(message(yaml::load(b"a: &a {<<: *a}")).ends_with("anchor 'a' value contains itself"));
    });
}

#[test]
fn aliases_keep_within_the_limit_of_the_caller() {
    let text = "a: &a [1, 2, 3]\nb: [*a, *a, *a]\n";
    let mut limits = Limits::default();
    limits.alias_values = 8;
    let error = yaml::load_with(text.as_bytes(), &LoadOptions::new().with_limits(limits)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn texts_and_depths_keep_within_the_limits_of_the_caller() {
    let mut limits = Limits::default();
    limits.input_bytes = 10;
    limits.depth = 3;
    let options = LoadOptions::new().with_limits(limits);
    assert_eq!(yaml::load_with(b"a: 1234567890", &options).unwrap_err().kind(), ErrorKind::Limit);
    assert_eq!(yaml::load_with(b"[[[[]]]]", &options).unwrap_err().kind(), ErrorKind::Limit);
    assert!(yaml::load_with(b"[[[]]]", &options).is_ok());
}

#[test]
fn many_equal_keys_are_no_quadratic_matter() {
    let text: String = (0..100_000).map(|i| format!("k{}: {i}\n", i % 50_000)).collect();
    let value = yaml::load(text.as_bytes()).unwrap();
    assert_eq!(value.as_map().map(aoa_lang::value::Map::len), Some(50_000));
    assert_eq!(value.get("k7").and_then(Value::as_i64), Some(50_007));
    let error = yaml::load_strict(text.as_bytes()).unwrap_err();
    assert_eq!(error.message().lines().count(), 50_001);
}

#[test]
fn long_lines_and_large_lists_are_read() {
    let list = format!("[{}]", vec!["1"; 300_000].join(","));
    assert_eq!(yaml::load(list.as_bytes()).unwrap().as_list().map(aoa_lang::value::List::len), Some(300_000));
    let line = format!("a: {}\n", "x y ".repeat(500_000));
    assert_eq!(yaml::load(line.as_bytes()).unwrap().str_at(&["a"]).map(str::len), Some(1_999_999));
    let wide = format!("a: \"{}\"\n", "\u{1F600}\\n".repeat(100_000));
    assert_eq!(yaml::load(wide.as_bytes()).unwrap().str_at(&["a"]).map(str::len), Some(500_000));
    let key = "k".repeat(1_000_000);
    assert!(message(yaml::load(format!("{key}: 1").as_bytes())).ends_with("not allowed in this context"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    for (bytes, words) in [
        (&b"a: \0b"[..], "control characters are not allowed"),
        (b"a: \xFF", "invalid leading UTF-8 octet"),
        (b"\xFF\xFEa", "incomplete UTF-16 character"),
        (b"a: \"\\uD800\"", "found invalid Unicode character escape code"),
    ] {
        let error = yaml::load(bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Syntax);
        assert!(error.message().ends_with(words), "{error}");
    }
}

#[test]
fn errors_come_again_instead_of_going_on() {
    let source = Source::new(b"a: [", &Limits::default()).unwrap();
    let mut parser = Parser::new(&source, Dialect::V2);
    let first = loop {
        match parser.next_event() {
            Ok(event) => assert_ne!(event.kind, EventKind::StreamEnd),
            Err(error) => break error,
        }
    };
    assert_eq!(parser.next_event().unwrap_err().message(), first.message());
}

#[test]
fn broken_documents_do_not_hide_the_others() {
    let mut text = String::new();
    for i in 0..1_000 {
        text.push_str(if i % 10 == 0 { "a: [\n---\n" } else { "kind: A\n---\n" });
    }
    let split = yaml::split(text.as_bytes());
    assert_eq!((split.documents.len(), split.errors.len()), (900, 100));
    for error in &split.errors {
        let span = error.span().unwrap();
        assert!(text.get(..span.start as usize).unwrap().ends_with("a: [\n"), "{error} at {span:?}");
    }
    assert!(split.all().is_err());
}

#[test]
fn json_stops_where_go_stops() {
    on_small_stack(|| {
        let deep = "[".repeat(1_000_000);
        let error = json::read(deep.as_bytes(), json::Numbers::Float64).unwrap_err();
        assert_eq!(error.message(), "exceeded max depth");
    });
}
