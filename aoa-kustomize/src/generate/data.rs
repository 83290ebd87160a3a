//! `configMapGenerator` and `secretGenerator` (`generators/configmap.go`, `generators/secret.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_lang::base64;
use aoa_lang::patch::kustomize::put_field;
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind, ScalarStyle};

use super::key_values;
use crate::config::Scopes;
use crate::error::{Error, Result};
use crate::file::GeneratorArgs;
use crate::load::Loader;
use crate::node::lookup_or_make;
use crate::resource::annotations::{BEHAVIOR, ENABLED, NEEDS_HASH};
use crate::resource::{Behavior, Resource, expect_name};

/// Makes a ConfigMap.
///
/// # Errors
/// If it has no name, or its data cannot be loaded.
pub(crate) fn make_config_map(
    args: &GeneratorArgs,
    loader: &Loader,
    scopes: &Arc<Scopes>,
) -> Result<Resource> {
    let mut root = base("ConfigMap", args)?;
    for (key, value) in &key_values::load(args, loader)? {
        put_data(&mut root, key, value, Place::ByContent)?;
    }
    finish(root, args, scopes)
}

/// Makes a Secret.
///
/// # Errors
/// As [`make_config_map`].
pub(crate) fn make_secret(args: &GeneratorArgs, loader: &Loader, scopes: &Arc<Scopes>) -> Result<Resource> {
    let mut root = base("Secret", args)?;
    let kind =
        if args.secret_type.is_empty() { Text::from_static("Opaque") } else { args.secret_type.clone() };
    put_field(&mut root, &Text::from_static("type"), Node::string(kind));
    let data = key_values::load(args, loader)?;
    lookup_or_make(&mut root, NodeKind::Map, &["data"])?;
    for (key, value) in &data {
        if let Some(map) = lookup_or_make(&mut root, NodeKind::Map, &["data"])? {
            put_field(map, key, text_node(Text::from(encode(value.as_bytes()))));
        }
    }
    finish(root, args, scopes)
}

fn base(kind: &'static str, args: &GeneratorArgs) -> Result<Node> {
    if args.name.is_empty() {
        return Err(Error::invalid("a configmap must have a name"));
    }
    let text = |text: &'static str| Node::string(Text::from_static(text));
    let mut metadata = Node::map([]);
    put_field(&mut metadata, &Text::from_static("name"), Node::string(args.name.clone()));
    if !args.namespace.is_empty() {
        put_field(&mut metadata, &Text::from_static("namespace"), Node::string(args.namespace.clone()));
    }
    Ok(Node::map([
        (text("apiVersion"), text("v1")),
        (text("kind"), text(kind)),
        (text("metadata"), metadata),
    ]))
}

/// Labels, annotations, `immutable` and the notes of the generator.
fn finish(root: Node, args: &GeneratorArgs, scopes: &Arc<Scopes>) -> Result<Resource> {
    let mut resource = Resource::new(root, scopes);
    if let Some(options) = &args.options {
        for (key, value) in &options.labels {
            resource.put_meta("labels", key, value.clone())?;
        }
        for (key, value) in &options.annotations {
            resource.put_meta("annotations", key, value.clone())?;
        }
        if options.immutable {
            put_field(resource.root_mut(), &Text::from_static("immutable"), Node::bool(true));
        }
    }
    if args.options.as_ref().is_none_or(|options| !options.disable_hash) {
        resource.add_annotation(NEEDS_HASH, Text::from_static(ENABLED))?;
    }
    let behavior = Behavior::read(&args.behavior.to_str_lossy());
    resource.add_annotation(BEHAVIOR, Text::from_static(behavior.name()))?;
    Ok(resource)
}

/// Which field a value goes to.
#[derive(Clone, Copy)]
enum Place {
    /// `data` for text, `binaryData` for what is no UTF-8.
    ByContent,
    Binary,
}

fn put_data(root: &mut Node, key: &Text, value: &Text, place: Place) -> Result<()> {
    expect_name(key)?;
    let (by_content, node) = match value.as_str() {
        Some(_) => ("data", text_node(value.clone())),
        None => ("binaryData", text_node(Text::from(encode(value.as_bytes())))),
    };
    let field = match place {
        Place::ByContent => by_content,
        Place::Binary => "binaryData",
    };
    if let Some(map) = lookup_or_make(root, NodeKind::Map, &[field])? {
        crate::node::expect_kind(map, NodeKind::Map)?;
        put_field(map, key, node);
    }
    Ok(())
}

fn text_node(text: Text) -> Node {
    let has_lines = text.as_bytes().contains(&b'\n');
    let mut node = Node::string(text);
    if has_lines {
        node.scalar_style = ScalarStyle::Literal;
    }
    node
}

/// Base64 in lines of 70 characters, where there is more than one line (`encodeBase64` of kyaml).
fn encode(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let encoded = base64::encode(bytes);
    if encoded.len() < LINE {
        return encoded;
    }
    let mut out = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for line in encoded.as_bytes().chunks(LINE) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out
}

impl Resource {
    /// Takes the data of `old` in; own data wins (`MergeDataMapFrom`, `MergeBinaryDataMapFrom`).
    pub(crate) fn merge_data_from(&mut self, old: &Resource) -> Result<()> {
        for (field, place) in [("data", Place::ByContent), ("binaryData", Place::Binary)] {
            let mut merged = data_of(old.root(), field);
            merged.extend(data_of(self.root(), field));
            self.root_mut().remove_field(field);
            for (key, value) in &merged {
                put_data(self.root_mut(), key, value, place)?;
            }
        }
        Ok(())
    }
}

fn data_of(root: &Node, field: &str) -> BTreeMap<Text, Text> {
    let text = |node: &Node| if node.is_null() { Text::EMPTY } else { node.text.clone() };
    let entries = root.field(field).into_iter().flat_map(Node::entries);
    entries.map(|(key, value)| (text(key), text(value))).collect()
}
