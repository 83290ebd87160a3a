//! Which kinds have no namespace: built-in ones, and those of CustomResourceDefinitions that the fleet brings.

use std::collections::HashSet;

use aoa_lang::Value;

use crate::model::Manifest;

/// What is known about the scope of kinds.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    /// `(group, kind)` of custom resources without namespace.
    cluster_scoped: HashSet<(String, String)>,
}

/// Kinds without namespace that need no definition from the fleet.
const CLUSTER_SCOPED: [(&str, &str); 24] = [
    ("", "Namespace"),
    ("", "Node"),
    ("", "PersistentVolume"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "VolumeAttributesClass"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("networking.k8s.io", "IngressClass"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("cert-manager.io", "ClusterIssuer"),
    ("policy", "PodSecurityPolicy"),
    ("project.openshift.io", "Project"),
    ("security.openshift.io", "SecurityContextConstraints"),
    ("user.openshift.io", "Group"),
];

impl Scopes {
    /// Learns from the CustomResourceDefinitions among `manifests`.
    pub fn learn(&mut self, manifests: &[Manifest]) {
        for object in manifests.iter().filter(|m| m.kind() == "CustomResourceDefinition").map(|m| &m.object) {
            let text = |keys: &[&str]| object.str_at(keys).unwrap_or_default().to_owned();
            if object.at(&["spec", "scope"]).and_then(Value::as_str) == Some("Cluster") {
                self.cluster_scoped.insert((text(&["spec", "group"]), text(&["spec", "names", "kind"])));
            }
        }
    }

    /// Whether objects of this kind live in a namespace.
    #[must_use]
    pub fn is_namespaced(&self, group: &str, kind: &str) -> bool {
        !CLUSTER_SCOPED.contains(&(group, kind))
            && (self.cluster_scoped.is_empty()
                || !self.cluster_scoped.contains(&(group.to_owned(), kind.to_owned())))
    }
}
