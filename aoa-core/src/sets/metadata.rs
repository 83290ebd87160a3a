//! The checks of `metadata` that the API server makes when an object is written, with its texts.
//!
//! `validation.ValidateObjectMetaAccessor` of apimachinery 0.36.1. Where it goes through a Go map, whose order is
//! random, the order here is that of the keys.

use aoa_lang::Value;
use aoa_lang::strconv::quote;

use super::object::{items_of, list_of, name, namespace, text_at, texts_of};

/// Why the API server refuses to write this Application; `None` if it does not.
///
/// ```
/// use aoa_core::lang::Value;
/// use aoa_core::sets::refusal_of_metadata;
///
/// let metadata = Value::map([("name", Value::from("Web")), ("namespace", Value::from("argocd"))]);
/// let refusal = refusal_of_metadata(&Value::map([("metadata", metadata)])).unwrap_or_default();
/// assert!(refusal.starts_with("Application.argoproj.io \"Web\" is invalid: metadata.name: Invalid value: \"Web\": a lowercase"));
/// ```
#[must_use]
pub fn refusal_of_metadata(application: &Value) -> Option<String> {
    let mut errors: Vec<String> = Vec::new();
    check(application, &mut |error| {
        if !errors.contains(&error) {
            errors.push(error);
        }
    });
    let all = match errors.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Some(format!("Application.argoproj.io {} is invalid: {all}", quote(name(application).as_bytes())))
}

const LABEL_KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const SUBDOMAIN: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const MAX_ANNOTATIONS: usize = 256 << 10;

fn check(object: &Value, add: &mut impl FnMut(String)) {
    match name(object) {
        "" => add("metadata.name: Required value: name or generateName is required".into()),
        name => not_subdomain(name, "characters").into_iter().for_each(|e| add(invalid("name", name, &e))),
    }
    match namespace(object) {
        "" => add("metadata.namespace: Required value".into()),
        namespace => not_dns_label(namespace).into_iter().for_each(|e| add(invalid("namespace", namespace, &e))),
    }
    for (key, value) in texts_of(object, &["metadata", "labels"]) {
        let key = key.to_str_lossy();
        not_label_key(&key).into_iter().for_each(|e| add(invalid("labels", &key, &e)));
        not_label_value(value).into_iter().for_each(|e| add(invalid("labels", value, &e)));
    }
    let mut size = 0usize;
    for (key, value) in texts_of(object, &["metadata", "annotations"]) {
        let key = key.to_str_lossy();
        not_label_key(&key.to_lowercase()).into_iter().for_each(|e| add(invalid("annotations", &key, &e)));
        size = size.saturating_add(key.len()).saturating_add(value.len());
    }
    if size > MAX_ANNOTATIONS {
        add(format!("metadata.annotations: Too long: may not be more than {MAX_ANNOTATIONS} bytes"));
    }
    check_owners(object, add);
    check_finalizers(object, add);
}

fn check_owners(object: &Value, add: &mut impl FnMut(String)) {
    for owner in items_of(object, &["metadata", "ownerReferences"]) {
        let version = text_at(owner, &["apiVersion"]);
        if version.is_empty() || version.ends_with('/') {
            add(invalid("ownerReferences.apiVersion", version, "version must not be empty"));
        }
        for field in ["kind", "name", "uid"] {
            if text_at(owner, &[field]).is_empty() {
                add(invalid(&format!("ownerReferences.{field}"), "", "must not be empty"));
            }
        }
    }
}

fn check_finalizers(object: &Value, add: &mut impl FnMut(String)) {
    let mut kinds = [false, false];
    for finalizer in list_of(object, &["metadata", "finalizers"]) {
        not_label_key(finalizer).into_iter().for_each(|e| add(invalid("finalizers", finalizer, &e)));
        kinds = [kinds[0] || finalizer == "orphan", kinds[1] || finalizer == "foregroundDeletion"];
    }
    if kinds == [true, true] {
        let all = object.at(&["metadata", "finalizers"]).map(aoa_lang::json::to_string);
        let all = all.and_then(Result::ok).unwrap_or_default();
        add(format!(
            "metadata.finalizers: Invalid value: {all}: finalizer orphan and foregroundDeletion cannot be both set"
        ));
    }
}

fn invalid(field: &str, value: &str, reason: &str) -> String {
    format!("metadata.{field}: Invalid value: {}: {reason}", quote(value.as_bytes()))
}

fn with_example(text: &str, expression: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|e| format!("'{e}', ")).collect();
    format!("{text} (e.g. {}regex used for validation is '{expression}')", examples.join(" or "))
}

/// Two functions upstream, which count in `unit`s of different names.
fn not_subdomain(text: &str, unit: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 253 {
        errors.push(format!("must be no more than 253 {unit}"));
    }
    if !text.split('.').all(is_dns_label) {
        errors.push(with_example(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            SUBDOMAIN,
            &["example.com"],
        ));
    }
    errors
}

fn not_dns_label(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push("must be no more than 63 characters".into());
    }
    if !is_dns_label(text) {
        errors.push(if text.split('.').all(is_dns_label) {
            "must not contain dots".into()
        } else {
            with_example(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                DNS_LABEL,
                &["my-name", "123-abc"],
            )
        });
    }
    errors
}

fn is_dns_label(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    begins_and_ends(text, plain, |b| plain(b) || b == b'-')
}

fn is_key_name(text: &str) -> bool {
    begins_and_ends(text, |b| b.is_ascii_alphanumeric(), |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn begins_and_ends(text: &str, ends: impl Fn(u8) -> bool, inside: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let outer = [bytes.first(), bytes.last()];
    outer.into_iter().all(|b| b.is_some_and(|b| ends(*b))) && bytes.iter().all(|b| inside(*b))
}

fn not_label_key(text: &str) -> Vec<String> {
    const REASON: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    let wrong = with_example(REASON, LABEL_KEY, &["MyName", "my.name", "123-abc"]);
    let mut errors = Vec::new();
    let name = match text.split('/').collect::<Vec<_>>()[..] {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".into());
            } else {
                errors.extend(not_subdomain(prefix, "bytes").iter().map(|e| format!("prefix part {e}")));
            }
            name
        }
        _ => {
            let form = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {wrong} {form}")];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        errors.push("name part must be no more than 63 bytes".into());
    }
    if !is_key_name(name) {
        errors.push(format!("name part {wrong}"));
    }
    errors
}

fn not_label_value(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 63 {
        errors.push("must be no more than 63 bytes".into());
    }
    if !text.is_empty() && !is_key_name(text) {
        errors.push(with_example(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            &format!("({LABEL_KEY})?"),
            &["MyValue", "my_value", "12345"],
        ));
    }
    errors
}
