//! `replicas`

use aoa_lang::yaml::NodeKind;

use super::set_scalar;
use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::file::{Replica, kinds_of};
use crate::node::{Made, set_fields};
use crate::resource::ResMap;

/// Sets the number of replicas of what is or was called so.
pub(crate) struct ReplicaTransformer {
    pub(crate) replica: Replica,
    pub(crate) fields: Vec<FieldSpec>,
}

impl ReplicaTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if self.fields.iter().any(FieldSpec::reaches_notes) {
            map.write_notes()?;
        }
        let mut is_found = false;
        let made = Made { kind: NodeKind::Scalar, tag: "!!int" };
        let candidates = map.with_any_name(&self.replica.name).to_vec();
        for field in &self.fields {
            for at in &candidates {
                let Some(resource) = map.list().get(*at).filter(|resource| !resource.is_gone()) else {
                    continue;
                };
                let is_named =
                    |id: &crate::resource::Id| id.name == self.replica.name && id.gvk.is_selected(&field.gvk);
                if !resource.names().all().any(is_named) {
                    continue;
                }
                is_found = true;
                map.change(*at, |resource| {
                    set_fields(resource.root_mut(), field, Some(made), &mut |place| {
                        set_scalar(place, "!!int", self.replica.count.to_string())
                    })
                })?;
            }
        }
        if is_found {
            return Ok(());
        }
        let (name, kinds) = (&self.replica.name, kinds_of(&self.fields));
        Err(Error::invalid(format!(
            "resource with name {name} does not match a config with the following GVK [{kinds}]"
        )))
    }
}
