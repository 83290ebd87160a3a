//! The checks of `metadata` that the API server makes when an object is written, with its texts.
//!
//! `validation.ValidateObjectMetaAccessor` of apimachinery 0.36.1. Where it goes through a Go map, whose order is
//! random, the order here is that of the keys.

use aoa_lang::Value;
use aoa_lang::strconv::quote;
use aoa_lang::text::selector::{label_key_problems, label_value_problems, subdomain_problems};

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

const MAX_ANNOTATIONS: usize = 256 << 10;

fn check(object: &Value, add: &mut impl FnMut(String)) {
    match name(object) {
        "" => add("metadata.name: Required value: name or generateName is required".into()),
        name => not_subdomain(name).into_iter().for_each(|e| add(invalid("name", name, &e))),
    }
    match namespace(object) {
        "" => add("metadata.namespace: Required value".into()),
        namespace => {
            not_dns_label(namespace).into_iter().for_each(|e| add(invalid("namespace", namespace, &e)))
        }
    }
    for (key, value) in texts_of(object, &["metadata", "labels"]) {
        let key = key.to_str_lossy();
        label_key_problems(&key).into_iter().for_each(|e| add(invalid("labels", &key, &e)));
        label_value_problems(value).into_iter().for_each(|e| add(invalid("labels", value, &e)));
    }
    let mut size = 0usize;
    for (key, value) in texts_of(object, &["metadata", "annotations"]) {
        let key = key.to_str_lossy();
        label_key_problems(&key.to_lowercase())
            .into_iter()
            .for_each(|e| add(invalid("annotations", &key, &e)));
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
        label_key_problems(finalizer).into_iter().for_each(|e| add(invalid("finalizers", finalizer, &e)));
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

/// A name is measured in other words than the prefix of a label's key.
fn not_subdomain(text: &str) -> Vec<String> {
    let problems = subdomain_problems(text).into_iter();
    problems
        .map(|p| if p.ends_with(" bytes") { "must be no more than 253 characters".into() } else { p })
        .collect()
}

fn not_dns_label(text: &str) -> Vec<String> {
    const WRONG: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
        start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    let mut problems = Vec::new();
    if text.len() > 63 {
        problems.push("must be no more than 63 characters".into());
    }
    let is_subdomain = subdomain_problems(text).iter().all(|p| p.ends_with(" bytes"));
    match (is_subdomain, text.contains('.')) {
        (true, false) => {}
        (true, true) => problems.push("must not contain dots".into()),
        (false, _) => problems.push(WRONG.into()),
    }
    problems
}
