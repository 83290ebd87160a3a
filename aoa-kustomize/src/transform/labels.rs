//! `labels`, `commonLabels` and `commonAnnotations`

use aoa_lang::patch::kustomize::{put_field, put_scalar};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use crate::config::FieldSpec;
use crate::error::Result;
use crate::node::{Made, expect_kind, set_fields};
use crate::resource::{ResMap, Resource};

/// Sets labels or annotations in the maps that fields name.
pub(crate) struct LabelTransformer {
    /// Sorted by key.
    pub(crate) pairs: Vec<(Text, Text)>,
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) meta: MetaField,
}

/// Whether annotations may be changed, in which the notes of the build stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetaField {
    Labels,
    Annotations,
}

const MAP: Made = Made { kind: NodeKind::Map, tag: "!!map" };

impl LabelTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if self.pairs.is_empty() {
            return Ok(());
        }
        // Labels never change what a resource is called, unless a field says so.
        let is_usual = self.meta == MetaField::Labels && !self.fields.iter().any(touches_names);
        if is_usual {
            map.bodies_mut().iter_mut().try_for_each(|resource| self.change(resource))
        } else {
            map.list_mut().iter_mut().try_for_each(|resource| {
                resource.write_notes()?;
                resource.root_mut();
                self.change(resource)
            })
        }
    }

    fn change(&self, resource: &mut Resource) -> Result<()> {
        let gvk = resource.id().gvk.clone();
        let fields: Vec<&FieldSpec> =
            self.fields.iter().filter(|field| gvk.is_selected(&field.gvk)).collect();
        for (key, value) in &self.pairs {
            let mut new = Node::string(value.clone());
            if fields.len() > 1 {
                resource.share(&mut new);
            }
            let mut has_replaced = false;
            for field in &fields {
                set_fields(resource.body_mut(), field, Some(MAP), &mut |labels| {
                    has_replaced |= set(labels, key, &new)?;
                    Ok(())
                })?;
            }
            if has_replaced {
                resource.settle_shared();
            }
        }
        Ok(())
    }
}

fn touches_names(field: &FieldSpec) -> bool {
    let first = field.parts.first().map(String::as_str);
    let second = field.parts.get(1).map(String::as_str);
    match first {
        Some("metadata") => second != Some("labels"),
        Some("kind" | "apiVersion") | None => true,
        Some(_) => false,
    }
}

/// Sets one label; says whether one was there. A new one is the very same in all maps that it is put into.
fn set(labels: &mut Node, key: &Text, new: &Node) -> Result<bool> {
    if key.is_empty() {
        // kyaml takes no name for the place itself.
        expect_kind(labels, NodeKind::Scalar)?;
        put_scalar(labels, new.clone());
        return Ok(true);
    }
    expect_kind(labels, NodeKind::Map)?;
    let is_there = labels.entries().any(|(own, _)| own.text == *key);
    if is_there {
        put_field(labels, key, new.clone());
    } else {
        labels.content.to_mut().extend([Node::scalar(Text::EMPTY, key.clone()), new.clone()]);
    }
    Ok(is_there)
}
