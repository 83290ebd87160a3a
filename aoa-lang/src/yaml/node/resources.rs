//! Files of resources, as Kustomize 5.8.1 reads and prints them.

use std::collections::{HashSet, VecDeque};

use super::anchors::Resolver;
use super::identity::Identity;
use super::{Node, NodeKind};
use crate::value::{Text, Value};
use crate::yaml::emit_data;
use crate::{Error, ErrorKind, Limits, Result, json};

/// Reads the resources of one file, as kyaml 0.21.1 `kio.FromBytes` and Kustomize's `RNodesFromBytes` do.
///
/// The text is split at lines that begin with `---`, wherever they stand; only the first YAML document of each part
/// counts. Aliases are resolved; empty documents are left out; the items of lists (`List`, `ConfigMapList`) take the
/// place of the list, behind the other resources where there are several documents.
///
/// # Errors
/// If a part is not YAML, a separator is followed by something else than a comment, or a resource has no kind, or
/// no name and is no list.
pub fn read_resources(text: &[u8], limits: &Limits) -> Result<Vec<Node>> {
    let mut pending: VecDeque<Node> = valid_resources(text, limits)?.into();
    let mut resources = Vec::new();
    while let Some(node) = pending.pop_front() {
        let is_list = kind_of(&node).ends_with("List");
        if !is_list || node.root().field("items").is_none() {
            resources.push(node);
            continue;
        }
        // What JSON cannot say matters in the items only.
        node.decode_for_go(limits)?;
        match node.root().field("items").map(|items| items.decode(limits)).transpose()? {
            Some(Value::List(items)) => {
                // Kustomize writes each item as JSON and reads it again, so that styles and comments are lost.
                for item in &items {
                    pending.extend(valid_resources(json::to_string(item)?.as_bytes(), limits)?);
                }
            }
            None | Some(Value::Null) => {}
            Some(_) => {
                let kind = kind_of(&node);
                return Err(Error::invalid(format!("expected array in {kind}/items")));
            }
        }
    }
    Ok(resources)
}

/// The text that `kustomize build` prints for a kustomization that lists this one file, and nothing else.
///
/// Resources are sorted in Kustomize's legacy order and written by [`emit`](crate::yaml::emit()); those with the annotation
/// `config.kubernetes.io/local-config` are left out.
///
/// # Errors
/// As [`read_resources`]; and if two resources have one identity, or a resource cannot be written.
pub fn print_resource_file(text: &[u8], limits: &Limits) -> Result<String> {
    let mut seen = HashSet::new();
    let mut resources = Vec::new();
    for mut resource in read_resources(text, limits)? {
        let identity = Identity::of(&resource);
        if !seen.insert(identity.clone().with_default_namespace()) {
            let message = format!("may not add resource with an already registered id: {identity}");
            return Err(Error::invalid(message));
        }
        let local = resource.root().at(&["metadata", "annotations", "config.kubernetes.io/local-config"]);
        if local.is_none_or(|local| local.text == "false") {
            rewrite_annotations(resource.root_mut());
            resources.push((identity, resource));
        }
    }
    resources.sort_by(|(a, _), (b, _)| a.legacy_order(b));
    let mut out = String::new();
    for (at, (_, resource)) in resources.iter().enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        out.push_str(&emit_data(resource, limits)?);
        if out.len() > limits.output_bytes {
            return Err(Error::limit("the YAML text to write is too long"));
        }
    }
    Ok(out)
}

/// The resources of a text, lists not yet taken apart (`Read` of byteio_reader.go, `dropBadNodes` of factory.go).
fn valid_resources(text: &[u8], limits: &Limits) -> Result<Vec<Node>> {
    let text = without_carriage_returns(text);
    let parts = split(&text)?;
    let count = parts.len();
    let mut resources = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let mut part = part.to_vec();
        if at + 1 < count {
            part.push(b'\n');
        }
        let malformed = |error: Error| match error.kind() {
            ErrorKind::Limit => error,
            _ => error.prefixed("MalformedYAMLError: "),
        };
        let Some(mut document) = Node::parse_within(&part, limits).map_err(malformed)? else {
            continue;
        };
        if document.root().is_null() {
            continue;
        }
        let is_wrapper = matches!(kind_of(&document).as_str(), "List" | "ResourceList");
        let has_field = |name: &str| document.root().field(name).is_some();
        if count == 1 && is_wrapper && (has_field("items") || has_field("functionConfig")) {
            // Only the items are looked at, but their aliases may be of nodes beside them.
            let mut resolver = Resolver::new(&mut document, limits);
            let items = document.root().field("items").map_or(&[][..], |items| items.content.as_slice());
            for item in items {
                resources.push(resolver.resolve(item.clone())?);
            }
        } else {
            document.resolve_aliases(limits)?;
            resources.push(document);
        }
    }
    resources.retain(|resource| !resource.root().is_empty());
    resources.iter().try_for_each(check_resource)?;
    Ok(resources)
}

fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\r' || bytes.peek() != Some(&b'\n') {
            out.push(byte);
        }
    }
    out
}

/// The parts between `---` lines; the first line is none, and a separator needs a line break behind it.
fn split(text: &[u8]) -> Result<Vec<&[u8]>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.windows(4).position(|w| w == b"\n---")) {
        let begin = at + found;
        let behind = text.get(begin + 4..).unwrap_or_default();
        let Some(length) = behind.iter().position(|b| *b == b'\n') else {
            break;
        };
        let tail = String::from_utf8_lossy(behind.get(..length).unwrap_or_default());
        if !matches!(tail.trim().chars().next(), None | Some('#')) {
            return Err(Error::invalid(format!("invalid document separator: ---{}", tail.trim_end())));
        }
        parts.push(text.get(start..begin).unwrap_or_default());
        start = begin + 4 + length + 1;
        at = start;
    }
    if !text.is_empty() {
        parts.push(text.get(start..).unwrap_or_default());
    }
    Ok(parts)
}

/// Refuses a resource without a kind, or without a name where its kind is no list: `GetValidatedMetadata` of kyaml 0.21.1.
///
/// # Errors
/// `Invalid`, if it is one.
pub fn check_resource(resource: &Node) -> Result<()> {
    let root = resource.root();
    let field = |name: &str| root.field(name).filter(|node| !node.is_empty());
    let meta =
        |name: &str| field("metadata").and_then(|meta| meta.field(name)).filter(|node| !node.is_empty());
    let is_text = |node: Option<&Node>| node.is_some_and(|node| !node.text.is_empty());
    let is_list = field("kind").is_some_and(|kind| kind.text.as_bytes().ends_with(b"List"));
    let missing = match (field("kind"), meta("name")) {
        (kind, name) if is_text(kind) && (is_text(name) || is_list) => return Ok(()),
        (kind, _) if is_text(kind) => "metadata.name",
        _ => "kind",
    };
    let is_known = field("apiVersion").is_some()
        || field("kind").is_some()
        || ["name", "namespace", "labels", "annotations"].iter().any(|name| meta(name).is_some());
    if !is_known {
        return Err(Error::invalid("missing Resource metadata"));
    }
    let text = |node: Option<&Node>| node.map_or_else(String::new, |node| node.text.to_string());
    let (api_version, kind) = (text(field("apiVersion")), text(field("kind")));
    let (name, namespace) = (text(meta("name")), text(meta("namespace")));
    Err(Error::invalid(format!("missing {missing} in object `{api_version} {kind} {namespace}/{name}`")))
}

fn kind_of(resource: &Node) -> String {
    let kind = resource.root().field("kind").filter(|node| !node.is_empty());
    kind.map_or_else(String::new, |kind| kind.text.to_string())
}

/// Kustomize removes its own annotations in the end, and so writes all others anew: sorted, as strings; the keys
/// without a tag, so that one that looks like a number becomes one (`setMapInMetadata` of rnode.go).
fn rewrite_annotations(root: &mut Node) {
    if root.field("metadata").is_none() {
        root.set_field("metadata", Node::map([]));
    }
    let Some(metadata) = root.field_mut("metadata").filter(|node| node.kind == NodeKind::Map) else {
        return;
    };
    let mut annotations: Vec<(Text, Text)> = Vec::new();
    if let Some(old) = metadata.field("annotations") {
        for (key, value) in old.entries() {
            annotations.push((key.text.clone(), value.text.clone()));
        }
    }
    metadata.remove_field("annotations");
    // Of equal keys the last counts.
    annotations.reverse();
    annotations.sort_by(|a, b| a.0.cmp(&b.0));
    annotations.dedup_by(|b, a| a.0 == b.0);
    if !annotations.is_empty() {
        let entries =
            annotations.into_iter().map(|(key, value)| (Node::scalar(Text::EMPTY, key), Node::string(value)));
        metadata.set_field("annotations", Node::map(entries.collect::<Vec<_>>()));
    }
}
