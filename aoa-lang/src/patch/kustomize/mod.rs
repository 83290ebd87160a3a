//! Strategic merge patches as Kustomize 5.8.1 applies them (kyaml 0.21.1 `yaml/merge2`, `yaml/walk`).
//!
//! It is another algorithm than [Kubernetes'](super::strategic_merge): it works on YAML that keeps its comments and
//! styles, takes what a list is merged by from the OpenAPI document of Kubernetes 1.21, and knows of the directives only
//! `$patch`. Patched and new items come first. All of the resource is walked, so that a null without text vanishes and a
//! plain `yes` is quoted wherever they stand.

mod elements;
mod fields;
mod schema;
mod untouched;
mod walk;

pub use fields::{put_field, put_scalar, quote_if_ambiguous};
pub use schema::MergeSchemas;

use crate::Result;
use crate::value::Text;
use crate::yaml::{Node, NodeKind};

use untouched::Untouched;
use walk::{Outcome, Source, Walk};

/// What is left of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Merged {
    /// It is there, changed or not.
    Kept,
    /// The patch has deleted it: it has `$patch: delete`, or nothing is left.
    Deleted,
}

/// Whether a patch may change a part of the identity of what it patches: `options` of a patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdentityPart {
    /// What the patch says is not taken over.
    #[default]
    Kept,
    /// What the patch says counts.
    Changeable,
}

/// Merges `patch` into `resource`: Kustomize's `Resource.ApplySmPatch`. Namespace, and as a rule kind and name, stay.
///
/// `$patch: replace` at the root does nothing.
///
/// # Errors
///
/// [`Invalid`](crate::ErrorKind::Invalid) with upstream's message where the two have different kinds of nodes in a place,
/// or for an unknown directive; [`Limit`](crate::ErrorKind::Limit) for data nested too deeply. The resource may be changed in part.
///
/// ```
/// use aoa_lang::patch::kustomize::{self, IdentityPart, MergeSchemas};
/// use aoa_lang::yaml::Node;
/// let parse = |text: &str| Node::parse(text).map(|node| node.unwrap_or_else(Node::null));
/// let mut pod = parse("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: one}]}\n")?;
/// let patch = parse("kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: two}]}\n")?;
/// let (kind, name) = (IdentityPart::Kept, IdentityPart::Kept);
/// let _ = kustomize::merge(&mut pod, &patch, MergeSchemas::built_in(), kind, name)?;
/// assert!(pod.to_text()?.ends_with("spec: {containers: [{name: a, image: two}]}\n"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn merge(
    resource: &mut Node,
    patch: &Node,
    schemas: &MergeSchemas,
    kind: IdentityPart,
    name: IdentityPart,
) -> Result<Merged> {
    let resource = resource.root_mut();
    let old_kind = resource.field("kind").map_or(Text::EMPTY, |node| node.text.clone());
    let old_name = meta_text(resource, "name");
    let old_namespace = meta_text(resource, "namespace");
    let mut patch = patch.root().clone();
    let untouched = if is_hashed(resource) { Untouched::Walked } else { Untouched::Skipped };
    let outcome = Walk { schemas, untouched }.walk(Some(resource), Source::Node(&mut patch), None, 0)?;
    if matches!(outcome, Outcome::Gone) || resource.is_empty() {
        return Ok(Merged::Deleted);
    }
    if kind == IdentityPart::Kept {
        fields::set_text(resource, &[], "kind", old_kind);
    }
    if name == IdentityPart::Kept {
        fields::set_text(resource, &["metadata"], "name", old_name);
    }
    set_namespace(resource, old_namespace);
    Ok(Merged::Kept)
}

/// Merges `patch` into `destination` and nothing more: kyaml's `merge2.Merge`, with which Kustomize also merges the values of charts.
/// Where nothing is left, `destination` becomes a null.
///
/// # Errors
///
/// As [`merge`].
pub fn merge_nodes(destination: &mut Node, patch: &Node, schemas: &MergeSchemas) -> Result<()> {
    let root = destination.root_mut();
    let mut patch = patch.root().clone();
    let walk = Walk { schemas, untouched: Untouched::Walked };
    let outcome = walk.walk(Some(root), Source::Node(&mut patch), None, 0)?;
    match outcome {
        Outcome::Destination => {}
        Outcome::Gone => *root = Node::null(),
        Outcome::Source => *root = patch,
        Outcome::New(node) | Outcome::Null(node) => *root = node,
    }
    Ok(())
}

/// The patch as Kustomize applies it to what a `target` has selected (`resWrangler.ApplySmPatch`): labels and annotations
/// become sorted strings, also nulls, and the API version is that of the resource.
#[must_use]
pub fn for_target(patch: &Node, resource: &Node) -> Node {
    let mut patch = patch.clone();
    let root = patch.root_mut();
    for field in ["labels", "annotations"] {
        let mut entries: Vec<(Text, Text)> = Vec::new();
        if let Some(map) = root.at(&["metadata", field]) {
            entries.extend(map.entries().map(|(key, value)| (key.text.clone(), value.text.clone())));
        }
        // Of equal keys the last counts.
        entries.reverse();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|b, a| a.0 == b.0);
        let Some(metadata) = root.field_mut("metadata").filter(|node| node.kind == NodeKind::Map) else {
            break;
        };
        metadata.remove_field(field);
        if !entries.is_empty() {
            let entries = entries.into_iter().map(|(key, value)| {
                let mut value = Node::string(value);
                fields::quote_if_ambiguous(&mut value);
                (Node::scalar(Text::EMPTY, key), value)
            });
            metadata.set_field(field, Node::map(entries.collect::<Vec<_>>()));
        }
    }
    let (name, namespace) = (meta_text(root, "name"), meta_text(root, "namespace"));
    fields::set_text(root, &["metadata"], "name", name);
    set_namespace(root, namespace);
    let api_version = resource.root().field("apiVersion").map_or(Text::EMPTY, |node| node.text.clone());
    fields::set_text(root, &[], "apiVersion", api_version);
    let kind = root.field("kind").map_or(Text::EMPTY, |node| node.text.clone());
    fields::set_text(root, &[], "kind", kind);
    patch
}

/// Whether the name is to end in a hash: for most kinds it is one of the nodes, their tags and styles included.
fn is_hashed(resource: &Node) -> bool {
    let annotations = resource.at(&["metadata", "annotations"]);
    annotations.is_some_and(|annotations| {
        annotations.field("internal.config.kubernetes.io/needsHashSuffix").is_some()
    })
}

fn meta_text(resource: &Node, field: &str) -> Text {
    let node = resource.at(&["metadata", field]).filter(|node| !node.is_empty());
    node.map_or(Text::EMPTY, |node| node.text.clone())
}

fn set_namespace(resource: &mut Node, namespace: Text) {
    if !namespace.is_empty() {
        fields::set_text(resource, &["metadata"], "namespace", namespace);
    } else if let Some(metadata) = resource.field_mut("metadata") {
        metadata.remove_field("namespace");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn parse(text: &str) -> Node {
        Node::parse(text).unwrap().unwrap()
    }

    fn merged(resource: &str, patch: &str) -> Result<String> {
        let mut resource = parse(resource);
        let (kind, name) = (IdentityPart::Kept, IdentityPart::Kept);
        match merge(&mut resource, &parse(patch), MergeSchemas::built_in(), kind, name)? {
            Merged::Kept => resource.to_text(),
            Merged::Deleted => Ok(String::new()),
        }
    }

    #[test]
    fn comments_and_styles_of_the_resource_stay() {
        let resource =
            "kind: ConfigMap # what\nmetadata:\n  name: a\ndata:\n  # about x\n  x: \"1\"\n  y: no\n  z:\n";
        let patch = "kind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: 3 # new\n  'w': yes\n";
        assert_eq!(
            merged(resource, patch).unwrap(),
            "kind: ConfigMap\nmetadata:\n  name: a\ndata:\n  # about x\n  x: \"3\" # new\n  y: \"no\"\n  'w': \"yes\"\n"
        );
    }

    #[test]
    fn identity_changes_only_where_it_may() {
        let (mut kept, patch) =
            (parse("kind: A\nmetadata: {name: a, namespace: ns}\n"), parse("kind: B\nmetadata: {name: b}\n"));
        let mut changed = kept.clone();
        let schemas = MergeSchemas::built_in();
        assert_eq!(
            merge(&mut kept, &patch, schemas, IdentityPart::Kept, IdentityPart::Kept).unwrap(),
            Merged::Kept
        );
        assert_eq!(kept.to_text().unwrap(), "kind: A\nmetadata: {name: a, namespace: ns}\n");
        let both = IdentityPart::Changeable;
        assert_eq!(merge(&mut changed, &patch, schemas, both, both).unwrap(), Merged::Kept);
        assert_eq!(changed.to_text().unwrap(), "kind: B\nmetadata: {name: b, namespace: ns}\n");
    }

    #[test]
    fn hostile_nesting_is_refused_on_a_small_stack() {
        let deep =
            format!("kind: A\nmetadata: {{name: a}}\nspec: {}1{}\n", "{a: ".repeat(5_000), "}".repeat(5_000));
        let run = move || {
            let error = merged(&deep, "kind: A\nmetadata: {name: a}\n").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit);
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    }
}
