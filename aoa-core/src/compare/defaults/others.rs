//! Kinds that run nothing.

use aoa_lang::Value;
use aoa_lang::value::MapBuilder;

use super::pods::{host_path, protocol, volume_mode};
use super::{adopt, default, each, edit_at, empty, inside, is_unset};

/// Fills in an object that is no workload.
pub(super) fn fill(api_version: &str, kind: &str, object: &mut Value) {
    let mut at = |path: &[&str], edit: &dyn Fn(&mut MapBuilder)| edit_at(object, path, edit);
    match (api_version, kind) {
        ("v1", "Service") => at(&[], &service),
        ("v1", "Secret") => at(&[], &|secret| default(secret, "type", "Opaque".into())),
        ("v1", "Namespace") => at(&[], &namespace),
        ("v1", "PersistentVolumeClaim") => at(&[], &volume_claim),
        ("v1", "PersistentVolume") => {
            at(&[], &volume);
            at(&["spec", "hostPath"], &host_path);
        }
        ("v1", "Endpoints") => at(&["subsets", "*", "ports", "*"], &protocol),
        ("v1", "LimitRange") => at(&["spec", "limits", "*"], &limit_range_item),
        ("networking.k8s.io/v1", "NetworkPolicy") => {
            at(&["spec", "ingress", "*", "ports", "*"], &protocol);
            at(&["spec", "egress", "*", "ports", "*"], &protocol);
            at(&["spec"], &network_policy);
        }
        ("networking.k8s.io/v1", "IngressClass") => {
            at(&["spec", "parameters"], &|parameters| default(parameters, "scope", "Cluster".into()));
        }
        ("rbac.authorization.k8s.io/v1", "RoleBinding" | "ClusterRoleBinding") => {
            at(&["roleRef"], &|reference| default(reference, "apiGroup", RBAC.into()));
            at(&["subjects", "*"], &subject);
        }
        ("admissionregistration.k8s.io/v1", kind) => registration(kind, object),
        ("storage.k8s.io/v1", "StorageClass") => at(&[], &|class| {
            default(class, "reclaimPolicy", "Delete".into());
            default(class, "volumeBindingMode", "Immediate".into());
        }),
        ("storage.k8s.io/v1", "CSIDriver") => at(&["spec"], &csi_driver),
        ("autoscaling/v1" | "autoscaling/v2", "HorizontalPodAutoscaler") => {
            let v2 = api_version.ends_with("v2");
            at(&["spec"], &|spec| autoscaler(spec, v2));
        }
        _ => {}
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

fn service(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "sessionAffinity", "None".into());
        match spec.get("sessionAffinity").and_then(Value::as_str) {
            Some("None") => {
                spec.remove("sessionAffinityConfig");
            }
            Some("ClientIP") => inside(spec, "sessionAffinityConfig", &|config| {
                inside(config, "clientIP", &|client| default(client, "timeoutSeconds", Value::int64(10_800)));
            }),
            _ => {}
        }
        default(spec, "type", "ClusterIP".into());
        each(spec, "ports", &|port| edit_at(port, &[], &service_port));
        let of = spec.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let outside = spec.get("externalIPs").and_then(Value::as_list).is_some_and(|ips| !ips.is_empty());
        let is_reachable = of == "LoadBalancer" || of == "NodePort" || (of == "ClusterIP" && outside);
        if is_reachable {
            default(spec, "externalTrafficPolicy", "Cluster".into());
        }
        if ["NodePort", "LoadBalancer", "ClusterIP"].contains(&of.as_str()) {
            default(spec, "internalTrafficPolicy", "Cluster".into());
        }
        if of == "LoadBalancer" {
            default(spec, "allocateLoadBalancerNodePorts", true.into());
        }
    });
}

fn service_port(port: &mut MapBuilder) {
    protocol(port);
    let is_zero = port.get("targetPort").and_then(Value::as_i64) == Some(0);
    if is_zero || is_unset(port, "targetPort") {
        let number = port.get("port").cloned().unwrap_or(Value::int64(0));
        port.insert("targetPort", number);
    }
}

fn namespace(object: &mut MapBuilder) {
    let name = object.get("metadata").and_then(|m| m.str_at(&["name"])).unwrap_or_default().to_owned();
    if !name.is_empty() {
        inside(object, "metadata", &|metadata| {
            inside(metadata, "labels", &|labels| {
                labels.insert("kubernetes.io/metadata.name", name.as_str().into());
            });
        });
    }
    inside(object, "status", &|status| default(status, "phase", "Active".into()));
}

pub(super) fn volume_claim(object: &mut MapBuilder) {
    inside(object, "spec", &volume_mode);
    inside(object, "status", &|status| default(status, "phase", "Pending".into()));
}

fn volume(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "persistentVolumeReclaimPolicy", "Retain".into());
        volume_mode(spec);
    });
    inside(object, "status", &|status| default(status, "phase", "Pending".into()));
}

fn limit_range_item(item: &mut MapBuilder) {
    if item.get("type").and_then(Value::as_str) != Some("Container") {
        return;
    }
    for (from, to) in [("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest")] {
        let Some(limits) = item.get(from).and_then(Value::as_map).cloned() else { continue };
        inside(item, to, &|defaults| adopt(defaults, &limits));
    }
}

fn network_policy(spec: &mut MapBuilder) {
    let is_empty = |key| spec.get(key).and_then(Value::as_list).is_none_or(|list| list.is_empty());
    if is_empty("policyTypes") {
        let mut types = vec!["Ingress".into()];
        if !is_empty("egress") {
            types.push("Egress".into());
        }
        spec.insert("policyTypes", Value::list(types));
    }
}

fn subject(subject: &mut MapBuilder) {
    if matches!(subject.get("kind").and_then(Value::as_str), Some("User" | "Group")) {
        default(subject, "apiGroup", RBAC.into());
    }
}

/// Webhooks and policies.
fn registration(kind: &str, object: &mut Value) {
    match kind {
        "ValidatingWebhookConfiguration" => webhooks(object, &|_| {}),
        "MutatingWebhookConfiguration" => {
            webhooks(object, &|hook| default(hook, "reinvocationPolicy", "Never".into()));
        }
        "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy" => {
            edit_at(object, &["spec"], &|spec| default(spec, "failurePolicy", "Fail".into()));
            edit_at(object, &["spec", "matchConstraints"], &match_resources);
        }
        "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding" => {
            edit_at(object, &["spec", "matchResources"], &match_resources);
        }
        _ => {}
    }
}

fn webhooks(object: &mut Value, more: &dyn Fn(&mut MapBuilder)) {
    edit_at(object, &["webhooks", "*"], &|hook| {
        default(hook, "failurePolicy", "Fail".into());
        default(hook, "matchPolicy", "Equivalent".into());
        default(hook, "namespaceSelector", empty());
        default(hook, "objectSelector", empty());
        default(hook, "timeoutSeconds", Value::int64(10));
        more(hook);
    });
    edit_at(object, &["webhooks", "*", "clientConfig", "service"], &|service| {
        default(service, "port", Value::int64(443));
    });
    edit_at(object, &["webhooks", "*", "rules", "*"], &|rule| default(rule, "scope", "*".into()));
}

fn match_resources(resources: &mut MapBuilder) {
    default(resources, "matchPolicy", "Equivalent".into());
    default(resources, "namespaceSelector", empty());
    default(resources, "objectSelector", empty());
    for rules in ["resourceRules", "excludeResourceRules"] {
        each(resources, rules, &|rule| edit_at(rule, &[], &|rule| default(rule, "scope", "*".into())));
    }
}

fn csi_driver(spec: &mut MapBuilder) {
    default(spec, "attachRequired", true.into());
    for key in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
        default(spec, key, false.into());
    }
    default(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType".into());
    if spec.get("volumeLifecycleModes").and_then(Value::as_list).is_none_or(|modes| modes.is_empty()) {
        spec.insert("volumeLifecycleModes", Value::list(vec!["Persistent".into()]));
    }
}

fn autoscaler(spec: &mut MapBuilder, v2: bool) {
    default(spec, "minReplicas", Value::int64(1));
    let has_metrics = spec.get("metrics").and_then(Value::as_list).is_some_and(|metrics| !metrics.is_empty());
    if v2 && !has_metrics {
        let target = Value::map([("type", "Utilization".into()), ("averageUtilization", Value::int64(80))]);
        let resource = Value::map([("name", "cpu".into()), ("target", target)]);
        let metric = Value::map([("type", "Resource".into()), ("resource", resource)]);
        spec.insert("metrics", Value::list(vec![metric]));
    }
}
