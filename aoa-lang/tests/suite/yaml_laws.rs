//! Laws of reading YAML: agreement with an independent reader where both mean the same, and with our own JSON.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_lang::{Value, json, yaml};
use proptest::prelude::*;

/// Data that YAML 1.1 and 1.2 write and read alike.
fn data() -> impl Strategy<Value = serde_yaml::Value> {
    let text = prop_oneof!["[a-z][a-z ]{0,8}[a-z]", "[ -~\u{e9}\u{4e2d}\u{1F600}]{0,12}"];
    let leaf = prop_oneof![
        Just(serde_yaml::Value::Null),
        any::<bool>().prop_map(serde_yaml::Value::from),
        any::<i32>().prop_map(serde_yaml::Value::from),
        text.prop_map(serde_yaml::Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_yaml::Value::from),
            prop::collection::btree_map("k[a-z]{1,6}", inner, 0..6).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| (serde_yaml::Value::from(key), value));
                serde_yaml::Value::from(entries.collect::<serde_yaml::Mapping>())
            }),
        ]
    })
}

/// The same data as a value of ours.
fn ours(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(b) => Value::Bool(*b),
        serde_yaml::Value::Number(n) => Value::int64(n.as_i64().unwrap()),
        serde_yaml::Value::String(text) => Value::string(text.as_str()),
        serde_yaml::Value::Sequence(items) => Value::list(items.iter().map(ours).collect()),
        serde_yaml::Value::Mapping(map) => {
            Value::map(map.iter().map(|(k, v)| (k.as_str().unwrap(), ours(v))))
        }
        serde_yaml::Value::Tagged(tagged) => ours(&tagged.value),
    }
}

/// Words that serde_yaml writes plain and YAML 1.1 takes for booleans or numbers.
fn is_old_word(value: &serde_yaml::Value) -> bool {
    match value {
        serde_yaml::Value::String(text) => {
            let word = text.to_ascii_lowercase();
            matches!(&*word, "y" | "n" | "yes" | "no" | "on" | "off" | "~")
                || text.contains('_')
                || text.starts_with(|c: char| c.is_ascii_digit() || "+-.=<".contains(c))
        }
        serde_yaml::Value::Sequence(items) => items.iter().any(is_old_word),
        serde_yaml::Value::Mapping(map) => map.values().any(is_old_word),
        _ => false,
    }
}

proptest! {
    #[test]
    fn what_serde_yaml_writes_is_read_alike(data in data().prop_filter("YAML 1.1 differs", |d| !is_old_word(d))) {
        let text = serde_yaml::to_string(&data).unwrap();
        prop_assert!(yaml::load(text.as_bytes()).unwrap() == ours(&data), "{text}");
    }

    #[test]
    fn json_is_yaml(data in data()) {
        let value = ours(&data);
        let text = json::to_string(&value).unwrap();
        prop_assert!(yaml::load(text.as_bytes()).unwrap() == value, "{text}");
        prop_assert!(json::read(text.as_bytes(), json::Numbers::PreserveInts).unwrap() == value, "{text}");
    }

    #[test]
    fn what_is_emitted_is_read_again(data in data()) {
        let value = ours(&data);
        let text = yaml::emit(&value).unwrap();
        prop_assert!(yaml::load(text.as_bytes()).unwrap() == value, "{text}");
        prop_assert!(yaml::load_strict(text.as_bytes()).unwrap() == value, "{text}");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c:\\-?#&*!|>'\"\\[\\]{},\\n \\t%@~<.0-9\u{85}\u{feff}\u{e9}]{0,60}") {
        let _ = yaml::load(text.as_bytes());
        let _ = yaml::split(text.as_bytes());
        let _ = yaml::load_helm_values(text.as_bytes());
        let _ = yaml::Node::parse(&text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = yaml::load(&bytes);
        let _ = yaml::split(&bytes);
        let _ = json::read(&bytes, json::Numbers::Float64);
    }
}
