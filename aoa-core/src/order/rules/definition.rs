//! A kind has to be defined before there can be objects of it: a sync that meets an unknown kind applies nothing at all
//! (`getSyncTasks` of gitops-engine), unless the option `SkipDryRunOnMissingResource=true` puts the failure off until the object's turn.

use super::{Severity, Wants};
use crate::order::facts::skips_missing;
use crate::order::index::{Key, Object, items};
use crate::order::need::NeedKind;
use crate::order::world::World;
use aoa_lang::Value;

/// Whether every cluster of Kubernetes 1.36 serves the kinds of a group, or served them.
pub(in crate::order) fn is_built_in(group: &str) -> bool {
    matches!(
        group,
        "" | "admissionregistration.k8s.io"
            | "apiextensions.k8s.io"
            | "apiregistration.k8s.io"
            | "apps"
            | "authentication.k8s.io"
            | "authorization.k8s.io"
            | "autoscaling"
            | "batch"
            | "certificates.k8s.io"
            | "coordination.k8s.io"
            | "discovery.k8s.io"
            | "events.k8s.io"
            | "extensions"
            | "flowcontrol.apiserver.k8s.io"
            | "imagepolicy.k8s.io"
            | "internal.apiserver.k8s.io"
            | "networking.k8s.io"
            | "node.k8s.io"
            | "policy"
            | "rbac.authorization.k8s.io"
            | "resource.k8s.io"
            | "scheduling.k8s.io"
            | "storage.k8s.io"
    )
}

pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    if object.is("apiextensions.k8s.io", "CustomResourceDefinition") {
        let (group, kind) = (object.text(&["spec", "group"]), object.text(&["spec", "names", "kind"]));
        add(Key::kind(object.cluster, group, kind));
    }
}

pub(super) fn wants<'f>(world: &World<'f>, object: &Object<'f>, wants: &mut Wants<'f>) {
    if is_built_in(object.group) || object.kind.is_empty() || is_argo_cd(world, object) {
        return;
    }
    let skips =
        skips_missing(object.value) || world.node(object.node).is_some_and(|node| node.facts.skips_missing);
    let severity = if skips { Severity::FailsThere } else { Severity::StopsAll };
    wants.add(object, NeedKind::Definition, Key::kind(object.cluster, object.group, object.kind), severity);
}

/// Argo CD runs on its own cluster, so its own kinds are there.
fn is_argo_cd(world: &World<'_>, object: &Object<'_>) -> bool {
    object.group == "argoproj.io"
        && matches!(object.kind, "Application" | "ApplicationSet" | "AppProject")
        && world.is_on_control_plane(object.cluster)
}

/// Whether a definition serves a version of its kind; what defines kinds otherwise is not asked.
pub(in crate::order) fn serves(definition: &Object<'_>, version: &str) -> bool {
    if !definition.is("apiextensions.k8s.io", "CustomResourceDefinition") {
        return true;
    }
    let versions = definition.items(&["spec", "versions"]);
    let is_served = |v: &Value| {
        v.str_at(&["name"]) == Some(version) && v.get("served").and_then(Value::as_bool) != Some(false)
    };
    versions.is_empty() || versions.iter().any(is_served)
}

/// The versions that a definition serves.
pub(in crate::order) fn served<'f>(definition: &Object<'f>) -> Vec<&'f str> {
    items(definition.value, &["spec", "versions"])
        .iter()
        .filter(|v| v.get("served").and_then(Value::as_bool) != Some(false))
        .filter_map(|v| v.str_at(&["name"]))
        .collect()
}
