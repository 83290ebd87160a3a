//! Which kinds have no namespace: built-in ones, and those of CustomResourceDefinitions that the fleet brings.

use std::collections::HashMap;

use aoa_lang::Value;

use crate::model::Manifest;

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// They do.
    Namespaced,
    /// They belong to the whole cluster.
    Cluster,
}

/// What is known about the scope of kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// Of `(group, kind)`: what definitions and discovery say.
    learned: HashMap<(String, String), Scope>,
    foreign: Foreign,
}

/// Whether kinds of well-known operators are known without their definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    Known,
    Unknown,
}

impl Default for Scopes {
    fn default() -> Self {
        Scopes { learned: HashMap::new(), foreign: Foreign::Known }
    }
}

/// The kinds of Kubernetes 1.35.
const BUILT_IN: [(&str, &[(&str, Scope)]); 19] = {
    use Scope::{Cluster as C, Namespaced as N};
    [
        (
            "",
            &[
                ("Namespace", C),
                ("Node", C),
                ("PersistentVolume", C),
                ("ComponentStatus", C),
                ("ConfigMap", N),
                ("Secret", N),
                ("Service", N),
                ("ServiceAccount", N),
                ("Pod", N),
                ("PodTemplate", N),
                ("Endpoints", N),
                ("Event", N),
                ("LimitRange", N),
                ("ResourceQuota", N),
                ("ReplicationController", N),
                ("PersistentVolumeClaim", N),
                ("Binding", N),
            ],
        ),
        (
            "apps",
            &[
                ("Deployment", N),
                ("StatefulSet", N),
                ("DaemonSet", N),
                ("ReplicaSet", N),
                ("ControllerRevision", N),
            ],
        ),
        ("batch", &[("Job", N), ("CronJob", N)]),
        ("autoscaling", &[("HorizontalPodAutoscaler", N)]),
        ("policy", &[("PodDisruptionBudget", N)]),
        (
            "networking.k8s.io",
            &[
                ("Ingress", N),
                ("NetworkPolicy", N),
                ("IngressClass", C),
                ("IPAddress", C),
                ("ServiceCIDR", C),
            ],
        ),
        (
            "rbac.authorization.k8s.io",
            &[("Role", N), ("RoleBinding", N), ("ClusterRole", C), ("ClusterRoleBinding", C)],
        ),
        (
            "storage.k8s.io",
            &[
                ("StorageClass", C),
                ("CSIDriver", C),
                ("CSINode", C),
                ("VolumeAttachment", C),
                ("VolumeAttributesClass", C),
                ("CSIStorageCapacity", N),
            ],
        ),
        ("apiextensions.k8s.io", &[("CustomResourceDefinition", C)]),
        ("apiregistration.k8s.io", &[("APIService", C)]),
        (
            "admissionregistration.k8s.io",
            &[
                ("MutatingWebhookConfiguration", C),
                ("ValidatingWebhookConfiguration", C),
                ("ValidatingAdmissionPolicy", C),
                ("ValidatingAdmissionPolicyBinding", C),
            ],
        ),
        ("scheduling.k8s.io", &[("PriorityClass", C)]),
        ("node.k8s.io", &[("RuntimeClass", C)]),
        ("certificates.k8s.io", &[("CertificateSigningRequest", C)]),
        ("coordination.k8s.io", &[("Lease", N)]),
        ("discovery.k8s.io", &[("EndpointSlice", N)]),
        ("events.k8s.io", &[("Event", N)]),
        ("flowcontrol.apiserver.k8s.io", &[("FlowSchema", C), ("PriorityLevelConfiguration", C)]),
        ("argoproj.io", &[("Application", N), ("ApplicationSet", N), ("AppProject", N)]),
    ]
};

/// Kinds of well-known operators that have no namespace.
const FOREIGN_CLUSTER_SCOPED: [(&str, &str); 7] = [
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("cert-manager.io", "ClusterIssuer"),
    ("policy", "PodSecurityPolicy"),
    ("project.openshift.io", "Project"),
    ("security.openshift.io", "SecurityContextConstraints"),
    ("user.openshift.io", "Group"),
];

impl Scopes {
    /// What the discovery of a cluster says that serves Kubernetes' own kinds, Argo CD's, and `kinds`: nothing else is known.
    pub fn of_cluster<'k>(kinds: impl IntoIterator<Item = (&'k str, &'k str, Scope)>) -> Self {
        let learned = kinds.into_iter().map(|(group, kind, scope)| ((group.into(), kind.into()), scope));
        Scopes { learned: learned.collect(), foreign: Foreign::Unknown }
    }

    /// Whether Kubernetes itself has this kind.
    #[must_use]
    pub fn is_built_in(group: &str, kind: &str) -> bool {
        let kinds = BUILT_IN.iter().filter(|(of, _)| *of == group && *of != "argoproj.io");
        kinds.flat_map(|(_, kinds)| *kinds).any(|(name, _)| *name == kind)
    }

    /// The group of a kind that Kubernetes itself has; of a name that several groups have, the first.
    pub(crate) fn built_in_group(kind: &str) -> Option<&'static str> {
        let has = |kinds: &[(&str, Scope)]| kinds.iter().any(|(name, _)| *name == kind);
        BUILT_IN.iter().find(|(_, kinds)| has(kinds)).map(|(group, _)| *group)
    }

    /// Learns from the CustomResourceDefinitions among `manifests`.
    pub fn learn<'m>(&mut self, manifests: impl IntoIterator<Item = &'m Manifest>) {
        let kinds = manifests.into_iter().filter_map(Scopes::learned_from);
        self.learned.extend(kinds.map(|kind| (kind, Scope::Cluster)));
    }

    /// The group and the kind that a manifest defines to have no namespace.
    pub(crate) fn learned_from(manifest: &Manifest) -> Option<(String, String)> {
        let object = Some(&manifest.object).filter(|_| Scopes::is_definition(manifest))?;
        let text = |keys: &[&str]| object.str_at(keys).unwrap_or_default().to_owned();
        let scope = object.at(&["spec", "scope"]).and_then(Value::as_str);
        (scope == Some("Cluster")).then(|| (text(&["spec", "group"]), text(&["spec", "names", "kind"])))
    }

    /// Whether a manifest defines a kind.
    pub(crate) fn is_definition(manifest: &Manifest) -> bool {
        manifest.kind() == "CustomResourceDefinition"
    }

    /// The scope of a kind; `None` if the kind is not known.
    #[must_use]
    pub fn scope(&self, group: &str, kind: &str) -> Option<Scope> {
        if !self.learned.is_empty()
            && let Some(scope) = self.learned.get(&(group.to_owned(), kind.to_owned()))
        {
            return Some(*scope);
        }
        let kinds = BUILT_IN.iter().find(|(g, _)| *g == group).map(|(_, kinds)| *kinds).unwrap_or_default();
        if let Some((_, scope)) = kinds.iter().find(|(k, _)| *k == kind) {
            return Some(*scope);
        }
        let foreign = self.foreign == Foreign::Known && FOREIGN_CLUSTER_SCOPED.contains(&(group, kind));
        foreign.then_some(Scope::Cluster)
    }

    /// Whether objects of this kind live in a namespace; those of unknown kinds are taken to.
    #[must_use]
    pub fn is_namespaced(&self, group: &str, kind: &str) -> bool {
        self.scope(group, kind) != Some(Scope::Cluster)
    }
}
