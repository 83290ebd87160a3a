//! Filling the texts of a template for all parameter sets of a generator.
//!
//! A text that looks at one pool only is filled in once per element of that pool; one that no parameter set can make
//! fail and that nobody asked for is not filled in at all. What remains is done row by row.

use std::collections::{BTreeSet, HashMap};

use aoa_lang::template::SharedBudget;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use super::dialect::{CompiledText, Touches};
use super::params::{ParamSets, Row};
use super::tree::{Slot, Tree};

/// How the slots of a tree are filled in for the rows of a generator.
pub(super) struct Filling<'t> {
    tree: &'t Tree,
    sets: &'t ParamSets,
    budget: &'t SharedBudget,
    plans: Vec<Plan>,
    /// The parameters that texts filled in row by row look at; `None`: perhaps all.
    row_keys: Option<Vec<Text>>,
    /// Whether texts change parameters for those behind them.
    mutates: bool,
}

enum Plan {
    /// Nothing can go wrong, and the text is not needed now.
    Skip,
    /// Once per element of one pool.
    PerElement {
        pool: usize,
        filled: Vec<Option<Once>>,
    },
    PerRow,
}

/// A text that was filled in once for many rows.
#[derive(Clone)]
struct Once {
    /// Empty if nobody asked for it.
    text: Result<Text>,
    /// What it took, and takes again for every Application that is built.
    steps: u64,
    output: u64,
}

/// The texts of one row that were asked for.
pub(super) struct Filled {
    texts: Vec<(usize, Text)>,
}

impl Filled {
    /// The text of a slot.
    pub(super) fn get(&self, slot: usize) -> Option<&Text> {
        self.texts.iter().find(|(at, _)| *at == slot).map(|(_, text)| text)
    }
}

impl Filled {
    /// All texts, in the order of their slots.
    pub(super) fn into_texts(self) -> Vec<Text> {
        self.texts.into_iter().map(|(_, text)| text).collect()
    }
}

impl<'t> Filling<'t> {
    /// Plans for a tree and the parameter sets; the texts of the slots in `wanted` are kept for the caller.
    pub(super) fn new(
        tree: &'t Tree,
        sets: &'t ParamSets,
        wanted: &BTreeSet<usize>,
        budget: &'t SharedBudget,
    ) -> Self {
        let slots = tree.slots();
        let may_skip = skipped_output(slots, sets, wanted) <= budget.output();
        let mutates = slots.iter().any(|slot| slot.text.mutates());
        let plans: Vec<Plan> = slots
            .iter()
            .enumerate()
            .map(|(at, slot)| plan(slot, sets, wanted.contains(&at) || !may_skip, mutates))
            .collect();
        let mut keys = BTreeSet::new();
        let mut all = mutates;
        for (slot, plan) in slots.iter().zip(&plans) {
            match (plan, slot.text.touches()) {
                (Plan::PerRow, Touches::Keys(touched)) => keys.extend(touched),
                (Plan::PerRow, Touches::Anything) => all = true,
                (Plan::Skip | Plan::PerElement { .. }, _) => {}
            }
        }
        let row_keys = (!all).then(|| keys.into_iter().collect());
        Filling { tree, sets, budget, plans, row_keys, mutates }
    }

    /// Fills in one row; gives the texts of the `wanted` slots.
    ///
    /// # Errors
    ///
    /// The first error, in the order of the slots.
    pub(super) fn row(&mut self, row: &Row<'_>, wanted: &BTreeSet<usize>) -> Result<Filled> {
        let mut texts = Vec::with_capacity(wanted.len());
        let mut params: Option<Map> = None;
        for (at, (slot, plan)) in self.tree.slots().iter().zip(&mut self.plans).enumerate() {
            let keep = wanted.contains(&at);
            match plan {
                Plan::Skip => {}
                Plan::PerElement { pool, filled } => {
                    let place =
                        row.cells.get(*pool).and_then(|cell| filled.get_mut(usize::try_from(*cell).ok()?));
                    let Some(place) = place else { return Err(out_of_range()) };
                    let once = match place {
                        Some(once) => {
                            self.budget.spend(once.steps, once.output)?;
                            once
                        }
                        None => {
                            let element = row.element(*pool).ok_or_else(out_of_range)?;
                            place.insert(fill_once(slot, &element.params, self.budget, keep))
                        }
                    };
                    match &once.text {
                        Ok(text) if keep => texts.push((at, text.clone())),
                        Ok(_) => {}
                        Err(error) => return Err(error.clone()),
                    }
                }
                Plan::PerRow => {
                    let text = match slot.text.fill_from(row) {
                        Some(filled) => slot.judge(filled)?,
                        None => {
                            let params = match &mut params {
                                Some(params) => params,
                                None => params.insert(row_params(row, self.sets, self.row_keys.as_deref())?),
                            };
                            let filled = if self.mutates {
                                slot.text.fill_changing(params)
                            } else {
                                slot.text.fill(params)
                            };
                            slot.judge(filled)?
                        }
                    };
                    if keep {
                        texts.push((at, text));
                    }
                }
            }
        }
        Ok(Filled { texts })
    }
}

fn fill_once(slot: &Slot, params: &Map, budget: &SharedBudget, keep: bool) -> Once {
    let (steps, output) = (budget.steps(), budget.output());
    let text = slot.fill(params);
    Once {
        text: if keep { text } else { text.map(|_| Text::EMPTY) },
        steps: steps.saturating_sub(budget.steps()),
        output: output.saturating_sub(budget.output()),
    }
}

/// The most that the texts can come to, for all rows, that nothing can go wrong with and that nobody asked for: they are
/// made when an Application is built.
fn skipped_output(slots: &[Slot], sets: &ParamSets, wanted: &BTreeSet<usize>) -> u64 {
    let skipped = || {
        let is_skipped = |at: &usize, slot: &Slot| slot.text.never_fails() && !wanted.contains(at);
        slots.iter().enumerate().filter(move |(at, slot)| is_skipped(at, slot)).map(|(_, slot)| slot)
    };
    let mut longest: HashMap<Text, usize> = HashMap::new();
    for slot in skipped() {
        let Touches::Keys(keys) = slot.text.touches() else { continue };
        for key in keys {
            longest.entry(key.clone()).or_insert_with(|| sets.longest_text(&key));
        }
    }
    let per_row = skipped().fold(0usize, |sum, slot| {
        sum.saturating_add(slot.text.longest_with(|key| longest.get(key).copied().unwrap_or(0)))
    });
    u64::try_from(per_row.saturating_mul(sets.len())).unwrap_or(u64::MAX)
}

fn out_of_range() -> Error {
    Error::new(aoa_lang::ErrorKind::Internal, "a row points beyond its pool")
}

fn plan(slot: &Slot, sets: &ParamSets, wanted: bool, mutates: bool) -> Plan {
    if slot.text.never_fails() && !wanted {
        return Plan::Skip;
    }
    if mutates || sets.pools.len() < 2 {
        return Plan::PerRow;
    }
    let Touches::Keys(keys) = slot.text.touches() else { return Plan::PerRow };
    let mut pools = sets
        .pools
        .iter()
        .enumerate()
        .filter(|(_, pool)| keys.iter().any(|key| pool.keys().contains(key)))
        .map(|(at, _)| at);
    match (pools.next(), pools.next()) {
        (pool, None) => {
            let pool = pool.unwrap_or(0);
            let count = sets.pools.get(pool).map_or(0, |pool| pool.elements.len());
            if count > sets.len() / 2 {
                // Hardly any element comes again.
                return Plan::PerRow;
            }
            Plan::PerElement { pool, filled: vec![None; count] }
        }
        (_, Some(_)) => Plan::PerRow,
    }
}

/// The parameters of a row that its texts look at.
fn row_params(row: &Row<'_>, sets: &ParamSets, keys: Option<&[Text]>) -> Result<Map> {
    match keys {
        Some(keys) if sets.pools.len() > 1 => {
            let entries = keys.iter().filter_map(|key| {
                let value: Value = row.top_level(key.as_str()?)?.into_owned();
                Some((key.clone(), value))
            });
            Ok(entries.collect())
        }
        _ => row.combined(),
    }
}

/// One text for one row, filled in by itself.
///
/// # Errors
///
/// It cannot be filled in.
pub(super) fn fill_one(text: &CompiledText, row: &Row<'_>) -> Result<Text> {
    match text.fill_from(row) {
        Some(filled) => filled,
        None => text.fill(&row.combined()?),
    }
}
