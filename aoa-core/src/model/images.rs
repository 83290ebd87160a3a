//! The images that a manifest runs.

use aoa_lang::Value;

/// Where containers stand: in Pods and what looks like them, in templates, in CronJobs.
const PATHS: [&[&str]; 3] = [
    &["spec", "containers"],
    &["spec", "template", "spec", "containers"],
    &["spec", "jobTemplate", "spec", "template", "spec", "containers"],
];

/// The images of the first list of containers that `manifest` has, in its order, repeated ones too (`GetResourceImages` of
/// gitops-engine). Init containers are not looked at.
#[must_use]
pub fn images_of(manifest: &Value) -> Vec<&str> {
    let containers = PATHS.iter().find_map(|path| manifest.at(path).and_then(Value::as_list));
    containers.into_iter().flatten().filter_map(|container| container.str_at(&["image"])).collect()
}
