//! The plugin `ValueAddTransformer`

use aoa_lang::value::Text;
use aoa_lang::yaml::NodeKind;

use super::{NamespaceTransformer, SubjectMode, set_scalar};
use crate::error::{Error, Result};
use crate::node::{expect_kind, lookup_or_make};
use crate::resource::{ResMap, Resource, Selector};

/// Puts a value into a field, or into a part of the path that stands there.
pub(crate) struct ValueAddTransformer {
    pub(crate) value: Text,
    pub(crate) targets: Vec<ValueAddTarget>,
}

/// Where the value goes.
pub(crate) struct ValueAddTarget {
    pub(crate) selector: Option<Selector>,
    pub(crate) field_path: String,
    /// Counted from 1; 0 for the whole field.
    pub(crate) position: usize,
}

impl ValueAddTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        map.write_notes()?;
        for target in &self.targets {
            let selected = match &target.selector {
                Some(selector) => map.select(selector)?,
                None => (0..map.len()).collect(),
            };
            for at in selected {
                map.change(at, |resource| self.change(resource, target))?;
            }
        }
        Ok(())
    }

    fn change(&self, resource: &mut Resource, target: &ValueAddTarget) -> Result<()> {
        if target.field_path == "metadata/namespace" {
            let transformer = NamespaceTransformer {
                namespace: self.value.clone(),
                fields: Vec::new(),
                unset_only: false,
                subjects: SubjectMode::NamedDefault,
            };
            return transformer.change(resource);
        }
        let parts = split(&target.field_path);
        let place = lookup_or_make(resource.root_mut(), NodeKind::Scalar, &parts)?;
        let Some(place) = place else {
            return Err(Error::invalid(format!("the field '{}' cannot be made", target.field_path)));
        };
        expect_kind(place, NodeKind::Scalar)?;
        let value = match target.position.checked_sub(1) {
            None => self.value.clone(),
            Some(at) => Text::from(insert_part(&place.text.to_str_lossy(), at, &self.value.to_str_lossy())),
        };
        if !value.is_empty() {
            set_scalar(place, "", value)?;
        }
        resource.settle_shared();
        Ok(())
    }
}

/// Splits at slashes; a backslash in front keeps one.
fn split(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('/');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// Puts a part into a path (`filesys.InsertPathPart`).
fn insert_part(path: &str, at: usize, part: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let parts = if at >= parts.len() {
        parts.push(part);
        parts
    } else {
        parts.insert(at, part);
        parts
    };
    let root = if is_absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
