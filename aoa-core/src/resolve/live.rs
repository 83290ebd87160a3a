//! Exported state among the inputs: the fleet begins with what nothing else of it brings.

use std::collections::HashSet;

use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::run::Run;
use crate::fleet::Parent;
use crate::inputs::{Inputs, Settings};
use crate::model::{Kind, Manifest, ObjectRef};
use crate::render::bringer_of;

/// The objects of the inventory that another one of it does not bring: an Application by the mark that Argo CD left, a set as its
/// owner.
pub(super) fn beginnings(inputs: &Inputs) -> Vec<&Value> {
    let known: HashSet<ObjectRef> =
        inputs.objects.iter().filter_map(|object| reference(object, &inputs.settings)).collect();
    let is_brought = |object: &&Value| {
        let Some(own) = reference(object, &inputs.settings) else { return false };
        let home = inputs.settings.namespace.to_str_lossy();
        bringer_of(object, &own, &home).is_some_and(|bringer| known.contains(&bringer))
    };
    inputs.objects.iter().filter(|object| !is_brought(object)).collect()
}

fn reference(object: &Value, settings: &Settings) -> Option<ObjectRef> {
    let text = |key| object.str_at(&["metadata", key]).filter(|text| !text.is_empty()).map(Text::from);
    let namespace = text("namespace").unwrap_or_else(|| settings.namespace.clone());
    Some(ObjectRef { kind: Kind::of(object)?, namespace, name: text("name")? })
}

impl Run<'_> {
    /// Admits what the inventory holds besides the repositories: these are roots too.
    pub(super) fn admit_inventory(&mut self) -> Result<()> {
        let inputs = self.data.inputs.clone();
        for object in beginnings(&inputs) {
            let manifest = Manifest { object: object.clone(), place: None };
            let namespace = self.data.inputs.settings.namespace.clone();
            self.admit(&manifest, Parent::Root, &namespace)?;
        }
        Ok(())
    }
}
