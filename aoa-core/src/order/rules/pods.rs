//! Where kinds keep the Pods that they make.

use aoa_lang::Value;

use crate::order::index::{Object, items};

/// The spec of the Pods that an object makes.
pub(in crate::order) fn spec<'f>(object: &Object<'f>) -> Option<&'f Value> {
    let path: &[&str] = match (object.group, object.kind) {
        ("", "Pod") => &["spec"],
        ("", "ReplicationController")
        | ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("batch", "Job")
        | ("argoproj.io", "Rollout")
        | ("serving.knative.dev", "Service") => &["spec", "template", "spec"],
        ("batch", "CronJob") => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => return None,
    };
    object.value.at(path)
}

/// The labels of the Pods that an object makes.
pub(in crate::order) fn labels<'f>(object: &Object<'f>) -> Option<&'f Value> {
    let path: &[&str] = match object.kind {
        "Pod" => &["metadata", "labels"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
        _ => &["spec", "template", "metadata", "labels"],
    };
    object.value.at(path)
}

/// All containers of a Pod.
pub(in crate::order) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    items(pod, &["initContainers"]).iter().chain(items(pod, &["containers"]))
}

/// Whether nobody ever refers to an object of this kind.
pub(in crate::order) fn is_plain(object: &Object<'_>) -> bool {
    match object.group {
        "apps" | "batch" | "policy" | "autoscaling" | "networking.k8s.io" | "rbac.authorization.k8s.io" => {
            object.kind != "IngressClass"
        }
        "" => matches!(object.kind, "Pod" | "LimitRange" | "ResourceQuota" | "Endpoints"),
        "monitoring.coreos.com" => true,
        _ => false,
    }
}
