//! Which kinds are known to have no namespace.

use std::collections::HashMap;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use crate::resource::{Gvk, Scope};

/// What is known about kinds and namespaces: the built-in kinds of Kubernetes 1.21, then those of an OpenAPI document.
#[derive(Default)]
pub(crate) struct Scopes {
    /// By `apiVersion/kind`; takes the place of nothing built in.
    own: HashMap<String, Scope>,
}

impl Scopes {
    /// Reads the paths of an OpenAPI document: those with a namespace in them have one (`findNamespaceability`).
    ///
    /// # Errors
    /// If the paths are no map.
    pub(crate) fn from_openapi(document: &Value) -> Result<Self> {
        let paths = match document.get("paths") {
            None | Some(Value::Null) => return Ok(Scopes::default()),
            Some(Value::Map(paths)) => paths,
            Some(_) => return Err(Error::invalid("the OpenAPI schema: `paths` is not a map")),
        };
        let mut own = HashMap::new();
        for (path, operations) in paths.iter() {
            let Some(kind) = operations.at(&["get", "x-kubernetes-group-version-kind"]) else { continue };
            let text = |name: &str| kind.get(name).and_then(Value::as_str).unwrap_or_default();
            let slash = if text("group").is_empty() { "" } else { "/" };
            let key = [text("group"), slash, text("version"), "/", text("kind")].concat();
            if path.as_str().is_some_and(|path| path.contains("namespaces/{namespace}")) {
                own.insert(key, Scope::Namespaced);
            } else {
                own.entry(key).or_insert(Scope::Cluster);
            }
        }
        Ok(Scopes { own })
    }

    pub(crate) fn of(&self, gvk: &Gvk) -> Scope {
        let text = |text: &'_ Text| text.to_str_lossy().into_owned();
        let is_listed = CLUSTER.iter().any(|(group, versions, kinds)| {
            gvk.group == **group
                && versions.iter().any(|version| gvk.version == **version)
                && kinds.iter().any(|kind| gvk.kind == **kind)
        });
        if is_listed {
            return Scope::Cluster;
        }
        if self.own.is_empty() {
            return Scope::Namespaced;
        }
        let slash = if gvk.group.is_empty() { "" } else { "/" };
        let key = [&text(&gvk.group), slash, &text(&gvk.version), "/", &text(&gvk.kind)].concat();
        self.own.get(&key).copied().unwrap_or_default()
    }
}

/// Group, versions, kinds.
type Listed = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The kinds of Kubernetes 1.21 without a namespace (`precomputedIsNamespaceScoped` of kyaml 0.21.1).
const CLUSTER: [Listed; 14] = [
    ("", &["v1"], &["ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &["v1", "v1beta1"],
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    ),
    ("apiextensions.k8s.io", &["v1", "v1beta1"], &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["v1", "v1beta1"], &["APIService"]),
    ("certificates.k8s.io", &["v1", "v1beta1"], &["CertificateSigningRequest"]),
    ("flowcontrol.apiserver.k8s.io", &["v1beta1"], &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["v1", "v1beta1"], &["IngressClass"]),
    ("node.k8s.io", &["v1", "v1beta1"], &["RuntimeClass"]),
    ("policy", &["v1beta1"], &["PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["v1", "v1beta1"], &["ClusterRole", "ClusterRoleBinding"]),
    ("scheduling.k8s.io", &["v1", "v1beta1"], &["PriorityClass"]),
    ("storage.k8s.io", &["v1", "v1beta1"], &["CSIDriver", "CSINode"]),
    ("storage.k8s.io", &["v1", "v1beta1"], &["StorageClass"]),
    ("storage.k8s.io", &["v1", "v1beta1"], &["VolumeAttachment"]),
];
