//! The Applications of a set with a patch, one after the other: what many of them have in common is done once.

use std::collections::{BTreeSet, HashMap};

use aoa_lang::template::SharedBudget;
use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use super::filling::Filling;
use super::params::{ParamSets, Row};
use super::patch::{Patch, not_filled_in};
use super::set::ApplicationSet;
use super::tree::Tree;

/// Most patches that are kept: the Applications of one cluster or folder mostly have the same.
const KEPT: usize = 1 << 10;

/// Fills in a template and a patch, and applies one to the other.
pub(super) struct PatchedFilling<'t> {
    tree: &'t Tree,
    template: Filling<'t>,
    slots: BTreeSet<usize>,
    patch: Filling<'t>,
    /// By their texts.
    patches: HashMap<Text, Result<Patch>>,
}

impl<'t> PatchedFilling<'t> {
    /// `patch` is the text of a patch.
    pub(super) fn new(
        tree: &'t Tree,
        patch: &'t Tree,
        sets: &'t ParamSets,
        budget: &'t SharedBudget,
    ) -> Self {
        let slots = (0..tree.slots().len()).collect();
        PatchedFilling {
            tree,
            template: Filling::new(tree, sets, &slots, budget),
            slots,
            patch: Filling::new(patch, sets, &BTreeSet::from([0]), budget),
            patches: HashMap::new(),
        }
    }

    /// The Application of a row.
    ///
    /// # Errors
    ///
    /// As [`ApplicationSet::application`].
    pub(super) fn application(&mut self, set: &ApplicationSet, row: &Row<'_>) -> Result<Value> {
        let texts = self.template.row(row, &self.slots)?.into_texts();
        let template = set.finalized(self.tree.build(&texts));
        let filled = self.patch.row(row, &BTreeSet::from([0])).map_err(not_filled_in)?;
        let text = filled.get(0).cloned().unwrap_or_default();
        if !self.patches.contains_key(&text) {
            if self.patches.len() >= KEPT {
                self.patches.clear();
            }
            self.patches.insert(text.clone(), Patch::read(&text));
        }
        match self.patches.get(&text) {
            Some(Ok(patch)) => patch.apply(&template).map(|patched| set.placed(patched)),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(Value::Null),
        }
    }
}
