//! Annotations as gitops-engine reads them.

use aoa_lang::Value;
use aoa_lang::value::Map;

/// The annotations of an object; `None` if there are none, or if one of them is neither text nor null: then none of them
/// count (`Unstructured.GetAnnotations` of apimachinery 0.36.1).
#[must_use]
pub fn annotations(object: &Value) -> Option<&Map> {
    let map = object.at(&["metadata", "annotations"])?.as_map()?;
    map.values().all(|value| matches!(value, Value::String(_) | Value::Null)).then_some(map)
}

/// One annotation; null is the empty text.
pub(super) fn annotation<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    annotations(object)?.get(key).map(|value| value.as_str().unwrap_or_default())
}

/// The values of an annotation between commas: without blanks around them, empty and repeated ones left out.
#[must_use]
pub fn annotation_values<'v>(object: &'v Value, key: &str) -> Vec<&'v str> {
    let mut values: Vec<&str> = Vec::new();
    for value in annotation(object, key).unwrap_or_default().split(',').map(str::trim) {
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// What `option=` is set to among the values of an annotation; the first one counts.
#[must_use]
pub fn annotation_option<'v>(object: &'v Value, key: &str, option: &str) -> Option<&'v str> {
    annotation_values(object, key).into_iter().find_map(|value| value.strip_prefix(option)?.strip_prefix('='))
}
