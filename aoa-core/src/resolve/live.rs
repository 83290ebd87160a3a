//! Exported state among the inputs: the fleet begins with what nothing else of it brings.

use std::collections::{HashMap, HashSet};

use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::run::Run;
use crate::fleet::Parent;
use crate::inputs::{Inputs, Settings};
use crate::model::{Kind, Manifest, ObjectRef};
use crate::render::bringer_of;

/// The objects of the inventory that another one of it does not bring: an Application by the mark that Argo CD left, a set as its
/// owner. Of those that bring each other in a circle the first by name.
pub(super) fn beginnings(inputs: &Inputs) -> Vec<&Value> {
    let settings = &inputs.settings;
    let home = settings.namespace.to_str_lossy();
    let named = |object| Some((reference(object, settings)?, object));
    let known: HashMap<ObjectRef, &Value> = inputs.objects.iter().filter_map(named).collect();
    let bringer = |own: &ObjectRef| {
        let object = known.get(own)?;
        bringer_of(object, own, &home).filter(|bringer| known.contains_key(bringer))
    };
    let circles = first_of_circles(known.keys(), bringer);
    let begins = |object: &&Value| {
        reference(object, settings).is_none_or(|own| bringer(&own).is_none() || circles.contains(&own))
    };
    inputs.objects.iter().filter(begins).collect()
}

/// The first by name of each circle that following `next` leads into.
fn first_of_circles<'o>(
    objects: impl Iterator<Item = &'o ObjectRef>,
    next: impl Fn(&ObjectRef) -> Option<ObjectRef>,
) -> HashSet<ObjectRef> {
    let mut firsts = HashSet::new();
    // By which walk each was come by.
    let mut seen: HashMap<ObjectRef, usize> = HashMap::new();
    for (walk, start) in objects.enumerate() {
        let mut at = Some(start.clone());
        while let Some(object) = at {
            match seen.get(&object) {
                Some(known) if *known == walk => {
                    let circle =
                        std::iter::successors(next(&object), |one| next(one).filter(|_| *one != object));
                    firsts.extend(circle.min());
                    break;
                }
                Some(_) => break,
                None => at = next(&object),
            }
            seen.insert(object, walk);
        }
    }
    firsts
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
