//! What a resource is called: kyaml's `resid`.

use std::fmt;
use std::hash::BuildHasher;

use aoa_lang::value::Text;
use aoa_lang::yaml::{FIRST_KINDS, LAST_KINDS, Node};

use crate::config::Scopes;

/// Group, version and kind; what is not said is empty.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Gvk {
    pub(crate) group: Text,
    pub(crate) version: Text,
    pub(crate) kind: Text,
}

/// What tells resources apart.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Id {
    pub(crate) gvk: Gvk,
    pub(crate) name: Text,
    /// As it is written.
    pub(crate) namespace: Text,
    /// Only of what a resource is called now; earlier names do not know of it.
    pub(crate) scope: Scope,
}

/// Whether a kind is known to have no namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    #[default]
    Namespaced,
    Cluster,
}

/// Stands for the namespace of what has none.
pub(crate) const NO_NAMESPACE: &str = "_non_namespaceable_";
const DEFAULT_NAMESPACE: &str = "default";

impl Gvk {
    pub(crate) fn of_text(api_version: &Text, kind: &Text) -> Self {
        let (group, version) = match api_version.as_str().and_then(|text| text.split_once('/')) {
            Some((group, version)) => (Text::from(group), Text::from(version)),
            None => (Text::EMPTY, api_version.clone()),
        };
        Gvk { group, version, kind: kind.clone() }
    }

    pub(crate) fn of(root: &Node) -> Self {
        let text = |name: &str| root.field(name).map_or(Text::EMPTY, |node| node.text.clone());
        Gvk::of_text(&text("apiVersion"), &text("kind"))
    }

    /// Whether it has all that the selector names (`IsSelected`).
    pub(crate) fn is_selected(&self, selector: &Gvk) -> bool {
        let fits = |own: &Text, wanted: &Text| wanted.is_empty() || own == wanted;
        fits(&self.kind, &selector.kind)
            && fits(&self.group, &selector.group)
            && fits(&self.version, &selector.version)
    }

    /// The position of the kind in Kustomize's order, and a text that orders what is there alike (`IsLessThan`).
    pub(crate) fn sort_key(&self) -> (i32, String) {
        (rank_of(&self.kind), self.joined())
    }

    fn joined(&self) -> String {
        let [group, version, kind] =
            [(&self.group, "~G"), (&self.version, "~V"), (&self.kind, "~K")].map(or_placeholder);
        format!("{group}_{version}_{kind}")
    }
}

impl fmt::Display for Gvk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [group, version, kind] =
            [(&self.group, "[noGrp]"), (&self.version, "[noVer]"), (&self.kind, "[noKind]")]
                .map(or_placeholder);
        write!(f, "{kind}.{version}.{group}")
    }
}

impl Id {
    /// What the resource is called now.
    pub(crate) fn of(root: &Node, scopes: &Scopes) -> Self {
        let gvk = Gvk::of(root);
        let scope = scopes.of(&gvk);
        let (name, namespace) = Id::name_and_namespace(root);
        Id { gvk, name, namespace, scope }
    }

    pub(super) fn name_and_namespace(root: &Node) -> (Text, Text) {
        let metadata = root.field("metadata").filter(|node| !node.is_empty());
        let meta = |name: &str| {
            let value = metadata.and_then(|node| node.field(name)).filter(|node| !node.is_empty());
            value.map_or(Text::EMPTY, |node| node.text.clone())
        };
        (meta("name"), meta("namespace"))
    }

    pub(crate) fn is_cluster_scoped(&self) -> bool {
        self.scope == Scope::Cluster
    }

    pub(crate) fn effective_namespace(&self) -> &[u8] {
        match self.scope {
            Scope::Cluster => NO_NAMESPACE.as_bytes(),
            Scope::Namespaced => self.namespace_or_default(),
        }
    }

    /// The namespace for those who do not know of scopes.
    fn namespace_or_default(&self) -> &[u8] {
        if self.namespace.is_empty() { DEFAULT_NAMESPACE.as_bytes() } else { self.namespace.as_bytes() }
    }

    pub(crate) fn has_namespace_of(&self, other: &Id) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// Whether kind and name are the same, whatever the namespace (`GvknEquals`).
    pub(crate) fn is_named_as(&self, other: &Id) -> bool {
        self.name == other.name && self.gvk == other.gvk
    }

    /// Whether both name one thing (`Equals`).
    pub(crate) fn is_same(&self, other: &Id) -> bool {
        self.is_named_as(other) && self.has_namespace_of(other)
    }

    /// Equal for ids that are the same.
    pub(crate) fn digest(&self, hasher: &foldhash::fast::FixedState) -> u64 {
        hasher.hash_one((&self.gvk, self.name.as_bytes(), self.effective_namespace()))
    }

    /// Whether it is what a replacement's source names (`IsSelectedBy`).
    pub(crate) fn is_selected_by(&self, selector: &Id) -> bool {
        (selector.name.is_empty() || selector.name == self.name)
            && (selector.namespace.is_empty()
                || selector.namespace_or_default() == self.namespace_or_default())
            && self.gvk.is_selected(&selector.gvk)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [name, namespace] = [(&self.name, "[noName]"), (&self.namespace, "[noNs]")].map(or_placeholder);
        write!(f, "{}/{name}.{namespace}", self.gvk)
    }
}

fn or_placeholder<'t>((text, placeholder): (&'t Text, &'static str)) -> std::borrow::Cow<'t, str> {
    if text.is_empty() { placeholder.into() } else { text.to_str_lossy() }
}

/// The kinds that come first, and the two that come last.
pub(crate) fn rank_of(kind: &Text) -> i32 {
    let Some(kind) = kind.as_str() else { return 0 };
    if let Some(at) = LAST_KINDS.iter().position(|last| *last == kind) {
        return i32::try_from(at).map_or(0, |at| at + 1);
    }
    match FIRST_KINDS.iter().rev().position(|first| *first == kind) {
        Some(from_end) => i32::try_from(from_end).map_or(0, |at| -at - 1),
        None => 0,
    }
}
