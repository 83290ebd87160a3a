//! Where workloads hold their Pods.

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use crate::model::Manifest;

/// A container of a workload (or another item of a list of its Pods), with the way to it.
pub(crate) struct Container<'m> {
    pub(crate) value: &'m Value,
    pub(crate) steps: Vec<Step<'static>>,
}

/// The keys that lead to the spec of a workload's Pods.
pub(crate) fn pod_spec_keys(manifest: &Manifest) -> Option<&'static [&'static str]> {
    const TEMPLATE: &[&str] = &["spec", "template", "spec"];
    match (manifest.group(), manifest.kind()) {
        ("", "Pod") => Some(&["spec"]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => Some(TEMPLATE),
        ("", "ReplicationController") | ("batch", "Job") | ("argoproj.io", "Rollout") => Some(TEMPLATE),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

/// The items of the lists `lists` (`containers`, `initContainers`, `volumes`) of a workload's Pods.
pub(crate) fn containers<'m>(manifest: &'m Manifest, lists: &[&'static str]) -> Vec<Container<'m>> {
    let Some(keys) = pod_spec_keys(manifest) else { return Vec::new() };
    let Some(spec) = manifest.object.at(keys) else { return Vec::new() };
    let mut all = Vec::new();
    for list in lists {
        let items = spec.get(list).and_then(Value::as_list);
        for (at, value) in items.into_iter().flatten().enumerate() {
            let way = keys.iter().copied().chain([*list]).map(Step::Key);
            all.push(Container { value, steps: way.chain([Step::Index(at)]).collect() });
        }
    }
    all
}

/// Of `cpu` and `memory`, what a container neither requests nor limits.
pub(crate) fn missing_requests(container: &Value) -> Vec<&'static str> {
    let says = |list: &str, what: &str| {
        container.at(&["resources", list, what]).is_some_and(|amount| !amount.is_null())
    };
    let is_missing = |what: &&str| !says("requests", what) && !says("limits", what);
    ["cpu", "memory"].into_iter().filter(is_missing).collect()
}

/// `Deployment web/api`, for messages.
pub(crate) fn name_of(manifest: &Manifest) -> String {
    match manifest.namespace() {
        "" => format!("{} {}", manifest.kind(), manifest.name()),
        namespace => format!("{} {namespace}/{}", manifest.kind(), manifest.name()),
    }
}
