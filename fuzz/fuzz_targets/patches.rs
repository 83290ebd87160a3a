//! `type\npatch\ndocument`, both JSON or YAML: JSON patches, merge patches, and the two strategic merges.
#![no_main]

use aoa_fuzz::{assert_same, checked, data, texts};
use aoa_lang::patch::kustomize::{self, IdentityPart, MergeSchemas, Merged};
use aoa_lang::patch::{JsonPatch, create_merge, merge, strategic_merge};
use aoa_lang::value::Value;
use aoa_lang::yaml::Node;
use aoa_lang::{json, typed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([kind, patch, document]) = texts(input) else { return };
    for_kustomize(patch, document);
    let (Some(patch_value), Some(value)) = (data(patch), data(document)) else { return };
    by_operations(patch, &patch_value, document, &value);
    by_merging(&patch_value, &value);
    if let Some(of) = kind.rsplit_once('/').and_then(|(version, kind)| typed::schema(version, kind)) {
        let _ = checked(strategic_merge(of, &value, &patch_value));
        if let Value::Map(_) = &value {
            let same = strategic_merge(of, &value, &Value::map::<&str>([])).expect("nothing is patched");
            assert_same(&same, &value, "an empty patch");
        }
    }
});

/// Text and data are patched alike.
fn by_operations(patch: &str, patch_value: &Value, document: &str, value: &Value) {
    let parsed = checked(JsonPatch::parse(patch.as_bytes()));
    let of_data = checked(JsonPatch::from_value(patch_value));
    assert_eq!(parsed.is_some(), of_data.is_some());
    let (Some(parsed), Some(of_data)) = (parsed, of_data) else { return };
    let from_text = checked(parsed.apply_text(document.as_bytes()));
    let from_data = checked(of_data.apply(value));
    // `test` looks at how scalars are spelt, which data do not know.
    if patch.contains("test") {
        return;
    }
    assert_eq!(from_text.is_some(), from_data.is_some());
    if let (Some(text), Some(from_data)) = (from_text, from_data) {
        assert_same(&data(&text).expect("JSON"), &from_data, &text);
    }
}

/// A merge patch that is applied again changes nothing; the patch between two documents leads from one to the other.
fn by_merging(patch: &Value, document: &Value) {
    let Some(merged) = checked(merge(document, patch)) else { return };
    if let (Value::Map(_), Value::Map(_)) = (patch, document) {
        let again = merge(&merged, patch).expect("it was merged before");
        assert_same(&again, &merged, "merged twice");
    }
    let _ = checked(create_merge(document, patch));
    let Some(difference) = checked(create_merge(document, &merged)) else { return };
    if let (Value::Map(_), Value::Map(_)) = (document, &merged)
        && !has_null(&merged)
    {
        let reached = merge(document, &difference).expect("a difference can be merged");
        assert_eq!(as_floats(&reached), as_floats(&merged));
    }
}

/// Differences hold numbers as floats.
fn as_floats(value: &Value) -> String {
    let text = json::to_string(value).expect("it was read from JSON");
    let floats = json::read(text.as_bytes(), json::Numbers::Float64).expect("it was written");
    json::to_string(&floats).expect("it was read from JSON")
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.iter().any(has_null),
        Value::Map(map) => map.values().any(has_null),
        _ => false,
    }
}

/// What is patched can be printed and read.
fn for_kustomize(patch: &str, document: &str) {
    let (Some(Some(patch)), Some(Some(resource))) =
        (checked(Node::parse(patch)), checked(Node::parse(document)))
    else {
        return;
    };
    for patch in [patch.clone(), kustomize::for_target(&patch, &resource)] {
        let mut patched = resource.clone();
        let (kind, name) = (IdentityPart::Kept, IdentityPart::Changeable);
        let outcome = checked(kustomize::merge(&mut patched, &patch, MergeSchemas::built_in(), kind, name));
        if outcome == Some(Merged::Kept) {
            let _ = checked(patched.to_text());
        }
    }
}
