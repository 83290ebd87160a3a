//! Live objects that were synced under tracking by labels, compared under tracking by annotations (`resourceTracking.Normalize`).

use aoa_lang::Value;
use aoa_lang::value::Map;

use crate::model::GroupVersionKind;
use crate::render::{Tracking, TrackingMethod};

const ANNOTATION: &str = "argocd.argoproj.io/tracking-id";

/// `live` with the annotation of `desired` where it has only the label, and without a label that `desired` has not.
pub(super) fn adopted(tracking: &Tracking, desired: &Value, live: &Value) -> Value {
    let label = tracking.label.to_str_lossy();
    let has_label = |object: &Value| {
        let value = object.at(&["metadata", "labels"]).and_then(|labels| labels.get(&label));
        value.and_then(Value::as_str).is_some_and(|value| !value.is_empty())
    };
    if tracking.method == TrackingMethod::Label || !has_label(live) || GroupVersionKind::of(live).is_crd() {
        return live.clone();
    }
    let annotation = |object: &Value| {
        let found = object.at(&["metadata", "annotations"]).and_then(|a| a.get(ANNOTATION));
        found.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut adopted = live.clone();
    if annotation(live).is_empty() {
        let value = annotation(desired);
        adopted = with_metadata(&adopted, "annotations", |map| map.with(ANNOTATION, value.into()));
    }
    if !has_label(desired) {
        adopted = with_metadata(&adopted, "labels", |map| map.without(&label));
    }
    adopted
}

/// A map of the metadata changed; an empty one goes.
fn with_metadata(object: &Value, key: &str, change: impl FnOnce(Map) -> Map) -> Value {
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let changed = change(metadata.get(key).and_then(Value::as_map).cloned().unwrap_or_default());
    let metadata =
        if changed.is_empty() { metadata.without(key) } else { metadata.with(key, Value::Map(changed)) };
    Value::Map(object.as_map().cloned().unwrap_or_default().with("metadata", Value::Map(metadata)))
}
