//! Objects as they arrive at a cluster.

use aoa_lang::Value;
use aoa_lang::value::{Map, Text};

use super::Delivered;
use crate::compare::as_admitted;
use crate::policy::Scopes;

/// The object with the namespace that its Application gives it.
pub(super) fn placed(delivered: &Delivered<'_>, scopes: &Scopes) -> Value {
    let manifest = delivered.manifest;
    let object = &manifest.object;
    if !manifest.namespace().is_empty() || !scopes.is_namespaced(manifest.group(), manifest.kind()) {
        return object.clone();
    }
    match delivered.app.destination_namespace() {
        Some(namespace) => with_metadata(object, "namespace", Value::from(namespace)),
        None => object.clone(),
    }
}

/// The object as a server hands it to its policies: read by its type, with defaults. What the server would refuse stays as
/// it is.
pub(super) fn admitted(object: Value) -> Value {
    as_admitted(&object).unwrap_or(object)
}

/// The object with one more field in its metadata.
pub(super) fn with_metadata(object: &Value, key: &str, value: Value) -> Value {
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_else(Map::new);
    let all = object.as_map().cloned().unwrap_or_else(Map::new);
    Value::Map(all.with("metadata", Value::Map(metadata.with(key, value))))
}

/// A namespace with the label that every namespace has.
pub(super) fn labelled(namespace: &Value) -> Value {
    let name = namespace.str_at(&["metadata", "name"]).unwrap_or_default();
    let labels =
        namespace.at(&["metadata", "labels"]).and_then(Value::as_map).cloned().unwrap_or_else(Map::new);
    let labels = labels.with("kubernetes.io/metadata.name", Value::from(name));
    with_metadata(namespace, "labels", Value::Map(labels))
}

/// The Pod that a workload makes.
pub(super) fn pod_of(workload: &Value) -> Option<Value> {
    let group = workload.str_at(&["apiVersion"])?.split_once('/').map_or("", |(group, _)| group);
    let path: &[&str] = match (group, workload.str_at(&["kind"])?) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job")
        | ("argoproj.io", "Rollout") => &["spec", "template"],
        ("batch", "CronJob") => &["spec", "jobTemplate", "spec", "template"],
        _ => return None,
    };
    let template = workload.at(path)?;
    let mut metadata: Vec<(Text, Value)> = Vec::new();
    let own = template.get("metadata").and_then(Value::as_map);
    metadata
        .extend(own.into_iter().flat_map(|map| map.iter()).map(|(key, value)| (key.clone(), value.clone())));
    metadata.retain(|(key, _)| !matches!(key.as_str(), Some("name" | "namespace")));
    let name = workload.str_at(&["metadata", "name"]).unwrap_or_default();
    metadata.push((Text::from("name"), Value::from(name)));
    if let Some(namespace) = workload.str_at(&["metadata", "namespace"]) {
        metadata.push((Text::from("namespace"), Value::from(namespace)));
    }
    Some(admitted(Value::map([
        ("apiVersion", Value::from("v1")),
        ("kind", Value::from("Pod")),
        ("metadata", Value::map(metadata)),
        ("spec", with_service_account(template.get("spec")?)),
    ])))
}

/// As the API server's own plugin completes Pods: without another one they run as `default`.
fn with_service_account(spec: &Value) -> Value {
    const NAME: &str = "serviceAccountName";
    let is_said = spec.str_at(&[NAME]).is_some_and(|name| !name.is_empty());
    match spec.as_map() {
        Some(map) if !is_said => Value::Map(map.clone().with(NAME, Value::from("default"))),
        _ => spec.clone(),
    }
}
