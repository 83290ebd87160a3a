//! What a resource is called, and the order in which Kustomize prints resources.

use std::cmp::Ordering;
use std::fmt;

use super::Node;

/// Group, version, kind, name and namespace of a resource: kyaml's `resid.ResId`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version of the group.
    pub version: String,
    /// The kind.
    pub kind: String,
    /// `metadata.name`
    pub name: String,
    /// `metadata.namespace`, as it is written.
    pub namespace: String,
}

impl Identity {
    /// The identity of a resource; what it does not say is empty.
    #[must_use]
    pub fn of(resource: &Node) -> Self {
        let root = resource.root();
        let text =
            |node: Option<&Node>| node.map_or_else(String::new, |n| n.text.to_str_lossy().into_owned());
        let meta = |name: &str| text(root.at(&["metadata", name]).filter(|node| !node.is_empty()));
        let api_version = text(root.field("apiVersion"));
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        Identity {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: text(root.field("kind")),
            name: meta("name"),
            namespace: meta("namespace"),
        }
    }

    /// The same with the namespace that no namespace stands for.
    #[must_use]
    pub fn with_default_namespace(mut self) -> Self {
        if self.namespace.is_empty() {
            "default".clone_into(&mut self.namespace);
        }
        self
    }

    /// Kustomize's legacy order, which it uses unless it is told otherwise: some kinds first, webhooks last, then by
    /// group, version, kind, namespace and name (`SortOrderTransformer.go` of Kustomize 5.8.1).
    #[must_use]
    pub fn legacy_order(&self, other: &Identity) -> Ordering {
        let kinds = |id: &Identity| (id.group.clone(), id.version.clone(), id.kind.clone());
        if kinds(self) == kinds(other) {
            return self.legacy_name().cmp(&other.legacy_name());
        }
        let by_text = self.legacy_kind().cmp(&other.legacy_kind());
        let is_namespace = |id: &Identity| id.kind == "Namespace";
        let reversed =
            is_namespace(self) && is_namespace(other) && (self.group.is_empty() || other.group.is_empty());
        self.rank().cmp(&other.rank()).then(if reversed { by_text.reverse() } else { by_text })
    }

    fn rank(&self) -> usize {
        let first = FIRST_KINDS.iter().position(|kind| *kind == self.kind);
        let last = LAST_KINDS.iter().position(|kind| *kind == self.kind);
        match (first, last) {
            (Some(at), _) => at,
            (None, None) => FIRST_KINDS.len(),
            (None, Some(at)) => FIRST_KINDS.len() + 1 + at,
        }
    }

    fn legacy_kind(&self) -> String {
        let [group, version, kind] =
            [(&self.group, "~G"), (&self.version, "~V"), (&self.kind, "~K")].map(or_placeholder);
        format!("{group}_{version}_{kind}")
    }

    fn legacy_name(&self) -> String {
        let [namespace, name] = [(&self.namespace, "~X"), (&self.name, "~N")].map(or_placeholder);
        format!("{namespace}|{name}")
    }
}

impl fmt::Display for Identity {
    /// As Kustomize's messages show it: `Deployment.v1.apps/web.shop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, version, kind] =
            [(&self.group, "[noGrp]"), (&self.version, "[noVer]"), (&self.kind, "[noKind]")]
                .map(or_placeholder);
        let [name, namespace] = [(&self.name, "[noName]"), (&self.namespace, "[noNs]")].map(or_placeholder);
        write!(f, "{kind}.{version}.{group}/{name}.{namespace}")
    }
}

fn or_placeholder<'a>((text, placeholder): (&'a String, &'a str)) -> &'a str {
    if text.is_empty() { placeholder } else { text }
}

/// Kinds that Kustomize puts first, in this order.
pub const FIRST_KINDS: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that Kustomize puts last, in this order.
pub const LAST_KINDS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
