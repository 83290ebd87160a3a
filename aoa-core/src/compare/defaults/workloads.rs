//! Workloads: what makes Pods, and Pods themselves.

use aoa_lang::Value;
use aoa_lang::value::MapBuilder;

use super::others::volume_claim;
use super::pods::{pod_spec_of_pod, template};
use super::{default, edit_at, empty, inside, is_empty_map, is_unset};

/// Fills in a workload; whether it is one.
pub(super) fn fill(api_version: &str, kind: &str, object: &mut Value) -> bool {
    let path: &[&str] = match (api_version, kind) {
        ("apps/v1", "Deployment") => {
            edit_at(object, &[], &deployment);
            &["spec", "template", "spec"]
        }
        ("apps/v1", "DaemonSet") => {
            edit_at(object, &[], &daemon_set);
            &["spec", "template", "spec"]
        }
        ("apps/v1", "StatefulSet") => {
            edit_at(object, &[], &stateful_set);
            edit_at(object, &["spec", "volumeClaimTemplates", "*"], &volume_claim);
            &["spec", "template", "spec"]
        }
        ("apps/v1", "ReplicaSet") => {
            edit_at(object, &["spec"], &|spec| default(spec, "replicas", Value::int64(1)));
            &["spec", "template", "spec"]
        }
        ("v1", "ReplicationController") => {
            edit_at(object, &[], &replication_controller);
            &["spec", "template", "spec"]
        }
        ("batch/v1", "Job") => {
            edit_at(object, &[], &job);
            &["spec", "template", "spec"]
        }
        ("batch/v1", "CronJob") => {
            edit_at(object, &["spec"], &cron_job);
            &["spec", "jobTemplate", "spec", "template", "spec"]
        }
        ("v1", "Pod") => &["spec"],
        ("v1", "PodTemplate") => &["template", "spec"],
        _ => return false,
    };
    template(object, path);
    if kind == "Pod" {
        edit_at(object, path, &pod_spec_of_pod);
    }
    true
}

fn deployment(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "replicas", Value::int64(1));
        inside(spec, "strategy", &|strategy| {
            default(strategy, "type", "RollingUpdate".into());
            if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "maxUnavailable", "25%".into());
                    default(rolling, "maxSurge", "25%".into());
                });
            }
        });
        default(spec, "revisionHistoryLimit", Value::int64(10));
        default(spec, "progressDeadlineSeconds", Value::int64(600));
    });
}

fn daemon_set(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        inside(spec, "updateStrategy", &|strategy| {
            default(strategy, "type", "RollingUpdate".into());
            if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "maxUnavailable", Value::int64(1));
                    default(rolling, "maxSurge", Value::int64(0));
                });
            }
        });
        default(spec, "revisionHistoryLimit", Value::int64(10));
    });
}

fn stateful_set(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "podManagementPolicy", "OrderedReady".into());
        inside(spec, "updateStrategy", &|strategy| {
            if is_unset(strategy, "type") {
                strategy.insert("type", "RollingUpdate".into());
                default(strategy, "rollingUpdate", empty());
            }
            let rolls = strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate");
            if rolls && !is_unset(strategy, "rollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "partition", Value::int64(0));
                });
            }
        });
        inside(spec, "persistentVolumeClaimRetentionPolicy", &|policy| {
            default(policy, "whenDeleted", "Retain".into());
            default(policy, "whenScaled", "Retain".into());
        });
        default(spec, "replicas", Value::int64(1));
        default(spec, "revisionHistoryLimit", Value::int64(10));
    });
}

fn replication_controller(object: &mut MapBuilder) {
    let labels = labels_of_template(object);
    inside(object, "spec", &|spec| {
        default(spec, "replicas", Value::int64(1));
        if let Some(labels) = labels.as_ref().filter(|_| is_empty_map(spec.get("selector"))) {
            spec.insert("selector", labels.clone());
        }
    });
    adopt_labels(object, labels);
}

/// Labels of the template where the object has none.
fn adopt_labels(object: &mut MapBuilder, labels: Option<Value>) {
    let Some(labels) = labels else { return };
    inside(object, "metadata", &|metadata| {
        if is_empty_map(metadata.get("labels")) {
            metadata.insert("labels", labels.clone());
        }
    });
}

fn job(object: &mut MapBuilder) {
    let labels = labels_of_template(object);
    inside(object, "spec", &|spec| {
        if is_unset(spec, "completions") && is_unset(spec, "parallelism") {
            spec.insert("completions", Value::int64(1));
        }
        default(spec, "parallelism", Value::int64(1));
        let limit = if is_unset(spec, "backoffLimitPerIndex") { 6 } else { i64::from(i32::MAX) };
        default(spec, "backoffLimit", Value::int64(limit));
        default(spec, "completionMode", "NonIndexed".into());
        default(spec, "suspend", false.into());
        let policy = if is_unset(spec, "podFailurePolicy") { "TerminatingOrFailed" } else { "Failed" };
        default(spec, "podReplacementPolicy", policy.into());
        default(spec, "manualSelector", false.into());
    });
    adopt_labels(object, labels);
}

fn cron_job(spec: &mut MapBuilder) {
    default(spec, "concurrencyPolicy", "Allow".into());
    default(spec, "suspend", false.into());
    default(spec, "successfulJobsHistoryLimit", Value::int64(3));
    default(spec, "failedJobsHistoryLimit", Value::int64(1));
}

fn labels_of_template(object: &MapBuilder) -> Option<Value> {
    object.get("spec")?.at(&["template", "metadata", "labels"]).filter(|labels| !labels.is_null()).cloned()
}
