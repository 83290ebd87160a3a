//! Names, labels and annotations of a resource, as kyaml's `RNode` reads and writes them.

use std::collections::BTreeMap;

use aoa_lang::patch::kustomize::put_field;
use aoa_lang::text::selector::Labels;
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind, ScalarStyle};

use super::Resource;
use super::annotations::{BUILD, ENABLED};
use crate::error::Result;
use crate::node::lookup_or_make;

/// Labels or annotations, sorted; of equal keys the last counts.
pub(crate) type Texts = BTreeMap<Text, Text>;

/// One of the maps in the metadata that selectors look at.
pub(crate) struct MetaMap<'r>(Option<&'r Node>);

impl Labels for MetaMap<'_> {
    fn label(&self, key: &str) -> Option<&str> {
        let found = self.0?.entries().rev().find(|(name, _)| name.text == *key)?;
        found.1.text.as_str()
    }
}

pub(super) fn metadata_of(root: &Node) -> Option<&Node> {
    root.field("metadata").filter(|node| !node.is_empty())
}

pub(super) fn map_of<'r>(root: &'r Node, field: &str) -> Option<&'r Node> {
    metadata_of(root)?.field(field)
}

impl Resource {
    pub(crate) fn labels(&self) -> MetaMap<'_> {
        MetaMap(map_of(&self.root, "labels"))
    }

    /// The labels or annotations that selectors see.
    pub(super) fn meta_pairs(&self, field: &str) -> Texts {
        let entries = map_of(&self.root, field).into_iter().flat_map(Node::entries);
        entries.map(|(key, value)| (key.text.clone(), value.text.clone())).collect()
    }

    pub(crate) fn annotations(&self) -> MetaMap<'_> {
        MetaMap(map_of(&self.root, "annotations"))
    }

    /// The value of an annotation; of equal keys the last counts.
    pub(crate) fn annotation(&self, key: &str) -> Option<&Text> {
        let annotations = map_of(&self.root, "annotations")?;
        annotations.entries().rev().find(|(name, _)| name.text == *key).map(|(_, value)| &value.text)
    }

    pub(crate) fn is_enabled(&self, key: &str) -> bool {
        self.annotation(key).is_some_and(|value| *value == *ENABLED)
    }

    /// Labels or annotations, the notes among them.
    ///
    /// # Errors
    /// Those of [`Resource::write_notes`].
    pub(crate) fn texts(&mut self, field: &str) -> Result<Texts> {
        self.write_notes()?;
        Ok(self.meta_pairs(field))
    }

    /// Writes labels or annotations anew (`setMapInMetadata`): sorted, as strings; the keys without a tag, so that one that
    /// looks like a number becomes one.
    pub(crate) fn set_texts(&mut self, field: &str, texts: Texts) -> Result<()> {
        let root = self.root_mut();
        let Some(metadata) = lookup_or_make(root, NodeKind::Map, &["metadata"])? else { return Ok(()) };
        crate::node::expect_kind(metadata, NodeKind::Map)?;
        metadata.remove_field(field);
        if texts.is_empty() {
            return Ok(());
        }
        texts.keys().try_for_each(expect_name)?;
        if let Some(second) = metadata.field_mut(field) {
            // Of two with the same name, the second takes in what the first had.
            if second.is_null() {
                *second = Node::new(NodeKind::Map, Text::EMPTY);
            }
            let Some(map) = lookup_or_make(metadata, NodeKind::Map, &[field])? else { return Ok(()) };
            crate::node::expect_kind(map, NodeKind::Map)?;
            texts.into_iter().for_each(|(key, value)| put_field(map, &key, Node::string(value)));
            return Ok(());
        }
        let entries =
            texts.into_iter().map(|(key, value)| (Node::scalar(Text::EMPTY, key), Node::string(value)));
        let mut map = Node::map(entries);
        map.tag = Text::EMPTY;
        let key = Node::scalar(Text::EMPTY, field);
        metadata.content.to_mut().extend([key, map]);
        Ok(())
    }

    /// Adds one annotation to those that are there, all written anew.
    pub(crate) fn add_annotation(&mut self, key: &'static str, value: impl Into<Text>) -> Result<()> {
        let mut annotations = self.texts("annotations")?;
        annotations.insert(Text::from_static(key), value.into());
        self.set_texts("annotations", annotations)
    }

    /// Sets one annotation in its place (`SetAnnotation`).
    pub(crate) fn put_annotation(&mut self, key: &'static str, value: impl Into<Text>) -> Result<()> {
        self.put_meta("annotations", &Text::from_static(key), value.into())
    }

    /// Sets one label or annotation in its place.
    pub(crate) fn put_meta(&mut self, field: &str, key: &Text, value: Text) -> Result<()> {
        expect_name(key)?;
        let mut node = Node::string(value);
        node.scalar_style = ScalarStyle::SingleQuoted;
        let root = self.root_mut();
        if field == "annotations" {
            clear_empty_annotations(root)?;
        }
        if let Some(map) = lookup_or_make(root, NodeKind::Map, &["metadata", field])? {
            crate::node::expect_kind(map, NodeKind::Map)?;
            put_field(map, key, node);
        }
        Ok(())
    }

    /// Sets the name (`SetName`).
    pub(crate) fn set_name(&mut self, name: Text) -> Result<()> {
        let root = self.root_mut();
        if let Some(metadata) = lookup_or_make(root, NodeKind::Map, &["metadata"])? {
            crate::node::expect_kind(metadata, NodeKind::Map)?;
            put_field(metadata, &Text::from_static("name"), Node::scalar(Text::EMPTY, name));
        }
        Ok(())
    }

    /// Takes out the notes of the build, and what else is not wanted; all annotations are written anew.
    pub(crate) fn remove_annotations(&mut self, also: &[&str]) -> Result<()> {
        let maps = metadata_of(&self.root).into_iter().flat_map(Node::entries);
        let count = maps.filter(|(key, _)| key.text == "annotations").count();
        if count < 2 {
            // They would be taken out.
            self.unwritten.clear();
        }
        if count == 0 && metadata_of(&self.root).is_some_and(|metadata| metadata.kind == NodeKind::Map) {
            return Ok(());
        }
        if count < 2 {
            return self.retain_annotations(|key| !BUILD.contains(&key) && !also.contains(&key));
        }
        // Upstream takes them out one after the other. Each time, the first of several maps goes into the next one.
        if !self.texts("annotations")?.is_empty() {
            self.retain_annotations(|key| !BUILD.contains(&key))?;
        }
        also.iter().try_for_each(|also| self.retain_annotations(|key| key != *also))
    }

    fn retain_annotations(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        let mut annotations = self.texts("annotations")?;
        annotations.retain(|key, _| is_wanted(key.as_str().unwrap_or_default()));
        self.set_texts("annotations", annotations)
    }
}

/// Refuses the empty name of a field, which kyaml takes for the map itself.
pub(crate) fn expect_name(name: &Text) -> Result<()> {
    if name.is_empty() {
        return Err(crate::error::Error::invalid("wrong node kind: expected ScalarNode but got MappingNode"));
    }
    Ok(())
}

/// `ClearEmptyAnnotations` of kyaml
fn clear_empty_annotations(root: &mut Node) -> Result<()> {
    let Some(metadata) = root.field("metadata") else { return Ok(()) };
    crate::node::expect_kind(metadata, NodeKind::Map)?;
    let has_empty = metadata.field("annotations").is_some_and(|node| node.content.as_slice().is_empty());
    if has_empty && let Some(metadata) = root.field_mut("metadata") {
        metadata.remove_field("annotations");
    }
    if root.field("metadata").is_some_and(|node| node.content.as_slice().is_empty()) {
        root.remove_field("metadata");
    }
    Ok(())
}

impl Resource {
    /// Sets the namespace, or takes it away (`SetNamespace`).
    pub(crate) fn set_namespace(&mut self, namespace: &Text) -> Result<()> {
        let root = self.root_mut();
        if namespace.is_empty() {
            if let Some(metadata) = root.field_mut("metadata") {
                crate::node::expect_kind(metadata, NodeKind::Map)?;
                metadata.remove_field("namespace");
            }
            return Ok(());
        }
        if let Some(metadata) = lookup_or_make(root, NodeKind::Map, &["metadata"])? {
            crate::node::expect_kind(metadata, NodeKind::Map)?;
            let value = Node::scalar(Text::EMPTY, namespace.clone());
            put_field(metadata, &Text::from_static("namespace"), value);
        }
        Ok(())
    }
}
