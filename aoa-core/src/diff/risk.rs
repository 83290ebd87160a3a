//! Changes that a cluster does not take, or that mean an outage.

use aoa_lang::Value;
use aoa_lang::cel::Quantity;

use super::fields::FieldChange;
use crate::model::ObjectKey;
use crate::sync::{annotation_option, is_hook};

/// What is dangerous about a change of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Risk {
    /// The field cannot be changed: the API server refuses the object, and the sync fails.
    Immutable {
        /// The field.
        field: String,
    },
    /// The object is deleted and made again (`Replace=true` or `Force=true`), since a field of it cannot be changed.
    Recreated {
        /// The field.
        field: String,
    },
    /// A claim asks for less than it has: the API server refuses it.
    Shrinks {
        /// What it asked for.
        before: String,
        /// What it asks for.
        after: String,
    },
}

impl Risk {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Risk::Immutable { .. } => "immutable",
            Risk::Recreated { .. } => "recreated",
            Risk::Shrinks { .. } => "shrinks",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Risk::Immutable { field } => format!("`{field}` cannot be changed: the sync fails"),
            Risk::Recreated { field } => {
                format!("`{field}` cannot be changed: the object is deleted and made again")
            }
            Risk::Shrinks { before, after } => format!("a claim cannot shrink from {before} to {after}"),
        }
    }
}

/// Fields that the API server does not let change, by kind (validation of Kubernetes 1.36).
const IMMUTABLE: [(&str, &str, &[&str]); 12] = [
    ("apps", "Deployment", &["spec.selector"]),
    ("apps", "DaemonSet", &["spec.selector"]),
    ("apps", "ReplicaSet", &["spec.selector"]),
    (
        "apps",
        "StatefulSet",
        &["spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"],
    ),
    ("batch", "Job", &["spec.selector", "spec.template", "spec.completionMode", "spec.podFailurePolicy"]),
    (
        "",
        "PersistentVolumeClaim",
        &["spec.storageClassName", "spec.accessModes", "spec.volumeName", "spec.selector"],
    ),
    ("", "Service", &["spec.clusterIP"]),
    ("", "Secret", &["type"]),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &["roleRef"]),
    ("storage.k8s.io", "StorageClass", &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]),
    ("storage.k8s.io", "CSIDriver", &["spec.attachRequired"]),
];

pub(super) fn risks(key: &ObjectKey<'_>, before: &Value, after: &Value, fields: &[FieldChange]) -> Vec<Risk> {
    let mut found = Vec::new();
    // A hook is made anew each time that it runs.
    if is_hook(after) {
        return found;
    }
    let fixed = IMMUTABLE.iter().find(|(group, kind, _)| (*group, *kind) == (key.group, key.kind));
    for top in fixed.map(|(_, _, fields)| *fields).unwrap_or_default() {
        if let Some(change) = fields.iter().find(|change| is_below(&change.path, top)) {
            found.push(of_field(change.path.clone(), after));
        }
    }
    if matches!(key.kind, "ConfigMap" | "Secret") && before.get("immutable") == Some(&Value::Bool(true)) {
        let data = fields.iter().find(|change| {
            ["data", "stringData", "binaryData", "immutable"].iter().any(|top| is_below(&change.path, top))
        });
        found.extend(data.map(|change| of_field(change.path.clone(), after)));
    }
    found.extend(shrinking(key, before, after));
    found
}

fn of_field(field: String, after: &Value) -> Risk {
    let asks = |option| annotation_option(after, "argocd.argoproj.io/sync-options", option) == Some("true");
    if asks("Replace") || asks("Force") { Risk::Recreated { field } } else { Risk::Immutable { field } }
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn shrinking(key: &ObjectKey<'_>, before: &Value, after: &Value) -> Option<Risk> {
    if key.kind != "PersistentVolumeClaim" || !key.group.is_empty() {
        return None;
    }
    let storage = |object: &Value| -> Option<(String, Quantity)> {
        let text = object.str_at(&["spec", "resources", "requests", "storage"])?;
        Some((text.to_owned(), Quantity::parse(text).ok()?))
    };
    let ((before, old), (after, new)) = (storage(before)?, storage(after)?);
    (new.compare(&old).is_lt()).then_some(Risk::Shrinks { before, after })
}
