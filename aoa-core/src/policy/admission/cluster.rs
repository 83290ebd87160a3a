//! What is known of the cluster that a request goes to.

use std::collections::BTreeMap;

use aoa_lang::typed::{self, Mode};
use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::request::Resource;
use crate::model::GroupVersionKind;

/// Custom kinds, namespaces and the objects that parametrise policies.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    kinds: Vec<CustomKind>,
    namespaces: BTreeMap<String, Namespace>,
    /// By `apiVersion` and `kind`; sorted by name.
    params: BTreeMap<(String, String), Vec<Value>>,
}

/// A namespace, and what expressions see of it.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    pub(super) object: Value,
    pub(super) shown: Value,
}

/// A kind that a CustomResourceDefinition defines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomKind {
    /// The group.
    pub group: String,
    /// All versions that are served.
    pub versions: Vec<String>,
    /// The kind.
    pub kind: String,
    /// The plural; guessed from the kind if it is empty.
    pub resource: String,
    /// Whether its objects live in namespaces.
    pub scope: KindScope,
}

/// Whether objects live in namespaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KindScope {
    /// They do.
    #[default]
    Namespaced,
    /// They do not.
    Cluster,
}

/// The built-in kinds without a namespace that parametrise policies.
const CLUSTER_SCOPED: [&str; 12] = [
    "Namespace",
    "Node",
    "PersistentVolume",
    "ClusterRole",
    "ClusterRoleBinding",
    "StorageClass",
    "IngressClass",
    "PriorityClass",
    "CustomResourceDefinition",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "RuntimeClass",
];

/// The label that each namespace has.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

impl Cluster {
    /// A cluster of these custom kinds, without namespaces and parameters.
    #[must_use]
    pub fn new(kinds: Vec<CustomKind>) -> Self {
        Cluster { kinds, ..Cluster::default() }
    }

    /// Adds a namespace; it gets the label that every namespace has.
    ///
    /// # Errors
    /// An object that is no Namespace.
    pub fn add_namespace(&mut self, object: &Value) -> Result<()> {
        let object = match typed::schema("v1", "Namespace") {
            Some(type_) => typed::read(type_, object, Mode::Kubernetes)?,
            None => object.clone(),
        };
        let name = object.str_at(&["metadata", "name"]).unwrap_or_default().to_owned();
        let mut labels: BTreeMap<String, Value> = object
            .at(&["metadata", "labels"])
            .and_then(Value::as_map)
            .into_iter()
            .flat_map(|labels| labels.iter())
            .map(|(key, value)| (key.to_str_lossy().into_owned(), value.clone()))
            .collect();
        labels.entry(NAME_LABEL.to_owned()).or_insert_with(|| Value::from(name.as_str()));
        let metadata = with(object.get("metadata"), "labels", Value::map(labels));
        let object = with(Some(&object), "metadata", metadata);
        let shown = shown(&object);
        self.namespaces.insert(name, Namespace { object, shown });
        Ok(())
    }

    /// Adds an object that policies may name as a parameter. Built-in kinds are decoded, custom ones stay as they are.
    ///
    /// # Errors
    /// An object of a built-in kind with a value of a wrong type.
    pub fn add_param(&mut self, object: &Value) -> Result<()> {
        let text = |key| object.str_at(&[key]).unwrap_or_default().to_owned();
        let key = (text("apiVersion"), text("kind"));
        let object = match typed::schema(&key.0, &key.1) {
            Some(type_) => typed::read(type_, object, Mode::KubernetesStrict)?,
            None => object.clone(),
        };
        let list = self.params.entry(key).or_default();
        list.push(object);
        list.sort_by_key(|object| object.str_at(&["metadata", "name"]).unwrap_or_default().to_owned());
        Ok(())
    }

    /// A namespace by its name.
    pub(super) fn namespace(&self, name: &str) -> Option<&Namespace> {
        self.namespaces.get(name)
    }

    /// The objects of a kind, sorted by name.
    pub(super) fn params(&self, api_version: &str, kind: &str) -> &[Value] {
        self.params.get(&(api_version.to_owned(), kind.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Whether objects of a kind live in namespaces; `None` for a kind that is not known.
    pub(super) fn scope(&self, api_version: &str, kind: GroupVersionKind<'_>) -> Option<KindScope> {
        if let Some(custom) = self.custom(kind) {
            return Some(custom.scope);
        }
        typed::schema(api_version, kind.kind)?;
        Some(if CLUSTER_SCOPED.contains(&kind.kind) { KindScope::Cluster } else { KindScope::Namespaced })
    }

    /// The resource of a kind.
    pub(super) fn resource(&self, kind: GroupVersionKind<'_>) -> Resource {
        let custom = self.custom(kind).map(|custom| custom.resource.as_str()).filter(|name| !name.is_empty());
        Resource {
            group: Text::from(kind.group),
            version: Text::from(kind.version),
            name: custom.map_or_else(|| Text::from(plural(kind.kind)), Text::from),
        }
    }

    /// The other versions of a custom resource.
    pub(super) fn equivalents<'c>(
        &'c self,
        resource: &'c Resource,
    ) -> impl Iterator<Item = (Resource, &'c str)> {
        let versions = self.kinds.iter().flat_map(|custom| custom.versions.iter().map(move |v| (custom, v)));
        versions.filter_map(move |(custom, version)| {
            let kind = GroupVersionKind { group: &custom.group, version, kind: &custom.kind };
            let other = self.resource(kind);
            let is_other = other.group == resource.group && other.name == resource.name && other != *resource;
            is_other.then_some((other, custom.kind.as_str()))
        })
    }

    fn custom(&self, kind: GroupVersionKind<'_>) -> Option<&CustomKind> {
        self.kinds.iter().find(|custom| {
            custom.group == kind.group
                && custom.kind == kind.kind
                && custom.versions.iter().any(|version| version == kind.version)
        })
    }
}

/// `object` with the entry `key` set.
pub(super) fn with(object: Option<&Value>, key: &str, value: Value) -> Value {
    let entries = object.and_then(Value::as_map).into_iter().flat_map(|map| map.iter());
    let kept = entries.filter(|(known, _)| **known != *key).map(|(k, v)| (k.clone(), v.clone()));
    Value::map(kept.chain([(key.into(), value)]))
}

/// `namespaceObject`: without type and without what upstream leaves out of its metadata.
pub(super) fn shown(namespace: &Value) -> Value {
    const KEPT: [&str; 12] = [
        "name",
        "generateName",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "labels",
        "annotations",
        "finalizers",
    ];
    let get = |key| namespace.get(key).cloned().unwrap_or_else(|| Value::map::<&str>([]));
    let metadata = namespace.get("metadata").and_then(Value::as_map);
    let kept = metadata
        .into_iter()
        .flat_map(|metadata| metadata.iter())
        .filter(|(key, _)| KEPT.iter().any(|kept| **key == **kept))
        .map(|(key, value)| (key.clone(), value.clone()));
    Value::map([("metadata", Value::map(kept)), ("spec", get("spec")), ("status", get("status"))])
}

/// The guess of apimachinery (`meta.UnsafeGuessKindToResource`).
pub(in crate::policy) fn plural(kind: &str) -> String {
    let mut plural = kind.to_lowercase();
    if plural.ends_with("endpoints") || plural.is_empty() {
        return plural;
    }
    let ending = if plural.ends_with('s') {
        "es"
    } else if plural.ends_with('y') {
        plural.pop();
        "ies"
    } else {
        "s"
    };
    plural.push_str(ending);
    plural
}
