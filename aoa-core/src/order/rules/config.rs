//! Pods that mount a ConfigMap or read it into variables start once it is there. `kube-root-ca.crt` is in every namespace.

use aoa_lang::Value;

use super::secret::is_optional;
use super::{Severity, Wants, pods};
use crate::order::index::{Key, Object, items};
use crate::order::need::NeedKind;

/// Objects from which a controller makes a ConfigMap: bundles of trust-manager, which are in all namespaces that they select.
pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    if object.is("trust.cert-manager.io", "Bundle") && !object.name.is_empty() {
        add(Key::object(object.cluster, object.group, object.kind, "", object.name));
    }
}

pub(super) fn wants<'f>(object: &Object<'f>, pod: &'f Value, wants: &mut Wants<'f>) {
    let mut config = |reference: Option<&'f Value>| {
        let Some(reference) = reference else { return };
        let name = reference.str_at(&["name"]).unwrap_or_default();
        if !name.is_empty() && name != "kube-root-ca.crt" && !is_optional(reference) {
            let key = Key::object(object.cluster, "", "ConfigMap", object.namespace, name);
            wants.add(object, NeedKind::ConfigMap, key, Severity::Waits);
        }
    };
    for volume in items(pod, &["volumes"]) {
        config(volume.get("configMap"));
        for source in items(volume, &["projected", "sources"]) {
            config(source.get("configMap"));
        }
    }
    for container in pods::containers(pod) {
        for variable in items(container, &["env"]) {
            config(variable.at(&["valueFrom", "configMapKeyRef"]));
        }
        for all in items(container, &["envFrom"]) {
            config(all.get("configMapRef"));
        }
    }
}
