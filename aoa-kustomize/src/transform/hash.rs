//! The hash that names of generated ConfigMaps and Secrets end in (`hasher/hasher.go`).

use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::yaml::{CollectionStyle, Node, NodeKind, ScalarStyle};
use aoa_lang::{Limits, Value, json};
use sha2::{Digest, Sha256};

use super::as_floats;
use crate::error::Result;
use crate::resource::annotations::NEEDS_HASH;
use crate::resource::{ResMap, Resource};

/// Appends the hash to the names of all resources that want one.
pub(crate) fn add_hashes(map: &mut ResMap, limits: &Limits) -> Result<()> {
    if !map.list().iter().any(|resource| resource.is_enabled(NEEDS_HASH)) {
        return Ok(());
    }
    for resource in map.list_mut().iter_mut().filter(|resource| resource.is_enabled(NEEDS_HASH)) {
        let hash = hash_of(resource, limits)?;
        resource.store_previous_id()?;
        let name = resource.id().name.to_str_lossy().into_owned();
        resource.set_name(Text::from(format!("{name}-{hash}")))?;
    }
    Ok(())
}

fn hash_of(resource: &Resource, limits: &Limits) -> Result<String> {
    let root = resource.root();
    let encoded = match root.field("kind").and_then(|kind| kind.text.as_str()) {
        Some("ConfigMap") => encode(root, "ConfigMap", &[("data", true), ("binaryData", false)], limits)?,
        Some("Secret") => {
            encode(root, "Secret", &[("type", true), ("data", true), ("stringData", false)], limits)?
        }
        _ => encode_node(root),
    };
    let digest = Sha256::digest(encoded.as_bytes());
    // Vowels and look-alikes are replaced, so that no words come out.
    let hex = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(10);
    Ok(hex.map(|digit| b"gh2k456789mbcdtf".get(usize::from(digit)).map_or('g', |c| char::from(*c))).collect())
}

/// The JSON that is hashed: kind, an always empty name, and these fields; those that are not there are the empty text, or nothing
/// at all if they may be absent.
fn encode(root: &Node, kind: &str, fields: &[(&'static str, bool)], limits: &Limits) -> Result<String> {
    let mut entries = vec![("kind", Value::from(kind)), ("name", Value::from(""))];
    for (field, is_always) in fields {
        let value = match root.field(field) {
            None => Value::from(""),
            Some(node) if node.kind == NodeKind::Scalar => Value::String(node.text.clone()),
            Some(node) => match node.to_value_within(limits)? {
                Value::Map(map) => as_floats(&Value::Map(map))?,
                _ => Value::Map(Map::nil(MapKind::Any)),
            },
        };
        if *is_always || matches!(value, Value::Map(_)) {
            entries.push((*field, value));
        }
    }
    Ok(json::to_string(&Value::map(entries))?)
}

/// Any other resource is hashed as Go prints the nodes of its YAML in JSON.
fn encode_node(root: &Node) -> String {
    enum Step<'n> {
        Node(&'n Node),
        Text(&'static str),
        End(&'n Node),
    }
    let mut out = String::new();
    let mut steps = vec![Step::Node(root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Text(text) => out.push_str(text),
            Step::Node(node) => {
                let kind = match node.kind {
                    NodeKind::Document => 1,
                    NodeKind::List => 2,
                    NodeKind::Map => 4,
                    NodeKind::Scalar => 8,
                    NodeKind::Alias => 16,
                };
                out.push_str(&format!("{{\"Kind\":{kind},\"Style\":{},\"Tag\":", style_of(node)));
                json::write_text(&mut out, node.tag.as_bytes(), json::Html::Escaped);
                out.push_str(",\"Value\":");
                json::write_text(&mut out, node.text.as_bytes(), json::Html::Escaped);
                out.push_str(",\"Anchor\":\"\",\"Alias\":null,\"Content\":");
                steps.push(Step::End(node));
                let children = node.content.as_slice();
                if children.is_empty() {
                    out.push_str("null");
                    continue;
                }
                out.push('[');
                steps.push(Step::Text("]"));
                for (at, child) in children.iter().enumerate().rev() {
                    steps.push(Step::Node(child));
                    if at > 0 {
                        steps.push(Step::Text(","));
                    }
                }
            }
            Step::End(node) => {
                let comments = node.comments();
                for (name, text) in [
                    ("HeadComment", &comments.head),
                    ("LineComment", &comments.line),
                    ("FootComment", &comments.foot),
                ] {
                    out.push_str(&format!(",\"{name}\":"));
                    json::write_text(&mut out, text.as_bytes(), json::Html::Escaped);
                }
                let (line, column) = node.origin.map_or((0, 0), |origin| (origin.line, origin.column));
                out.push_str(&format!(",\"Line\":{line},\"Column\":{column}}}"));
            }
        }
    }
    out
}

/// go-yaml's bits.
fn style_of(node: &Node) -> u8 {
    let scalar = match node.scalar_style {
        ScalarStyle::Plain => 0,
        ScalarStyle::DoubleQuoted => 2,
        ScalarStyle::SingleQuoted => 4,
        ScalarStyle::Literal => 8,
        ScalarStyle::Folded => 16,
    };
    let flow = if node.collection_style == CollectionStyle::Flow { 32 } else { 0 };
    scalar | flow | u8::from(node.is_tagged)
}
