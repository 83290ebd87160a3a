//! `namePrefix` and `nameSuffix`

use aoa_lang::value::Text;
use aoa_lang::yaml::Node;

use super::{SCALAR, set_scalar};
use crate::config::FieldSpec;
use crate::error::Result;
use crate::node::set_fields;
use crate::resource::{Gvk, ResMap};

/// Puts a text in front of names, or behind them.
pub(crate) struct AffixTransformer {
    pub(crate) affix: Affix,
    pub(crate) text: Text,
    pub(crate) fields: Vec<FieldSpec>,
}

/// On which side of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affix {
    Prefix,
    Suffix,
}

impl AffixTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if self.fields.iter().any(FieldSpec::reaches_notes) {
            map.write_notes()?;
        }
        for resource in map.list_mut() {
            let original = resource.names().original().gvk.clone();
            if keeps_its_name(&original) {
                continue;
            }
            let mut has_twins = false;
            for field in self.fields.iter().filter(|field| original.is_selected(&field.gvk)) {
                let is_name = field.path == "metadata/name";
                if is_name {
                    match self.affix {
                        Affix::Prefix => resource.add_prefix(&self.text)?,
                        Affix::Suffix => resource.add_suffix(&self.text)?,
                    }
                    if !self.text.is_empty() {
                        resource.store_previous_id()?;
                    }
                }
                let set = &mut |place: &mut Node| {
                    has_twins |= place.twin().is_some();
                    self.set(place)
                };
                if is_name {
                    resource.change_name(|root| set_fields(root, field, Some(SCALAR), set))?;
                } else {
                    set_fields(resource.root_mut(), field, Some(SCALAR), set)?;
                }
            }
            if has_twins {
                resource.settle_shared();
            }
        }
        Ok(())
    }

    fn set(&self, place: &mut Node) -> Result<()> {
        let parts = match self.affix {
            Affix::Prefix => [self.text.as_bytes(), place.text.as_bytes()],
            Affix::Suffix => [place.text.as_bytes(), self.text.as_bytes()],
        };
        let name = Text::from_bytes(&parts.concat());
        set_scalar(place, "", name)
    }
}

fn keeps_its_name(gvk: &Gvk) -> bool {
    match gvk.kind.as_str() {
        Some("CustomResourceDefinition" | "Namespace") => true,
        Some("APIService") => gvk.group == "apiregistration.k8s.io",
        _ => false,
    }
}
