//! Generated Applications as what they share and the texts in which they differ.
//!
//! What is made of an Application mostly does not depend on what its texts say, only on which of them are empty. An
//! outline is the Application with a mark in place of every text that parameters are filled into: whoever works on
//! outlines does so once for all Applications that have the same one.

use std::collections::BTreeSet;

use aoa_lang::value::Text;
use aoa_lang::{Value, json};

use super::filling::Filling;
use super::generated::{Branch, GeneratedSet};
use super::set::ApplicationSet;

/// Stands around the number of a slot in the texts of an outline. No template that holds it has an outline.
pub(crate) const MARK: char = '\u{10FFFE}';

/// Most outlines of one template.
const MOST: usize = 64;

/// Names an outline of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OutlineId {
    branch: u32,
    /// A bit for each slot whose text is empty.
    empty: u64,
}

/// The outlines of a set's Applications.
pub(crate) struct Outlines<'g> {
    generated: &'g GeneratedSet,
    branches: Vec<Option<BranchOutlines<'g>>>,
}

struct BranchOutlines<'g> {
    branch: &'g Branch,
    filling: Filling<'g>,
    slots: BTreeSet<usize>,
    known: Vec<u64>,
}

impl<'g> Outlines<'g> {
    pub(crate) fn new(generated: &'g GeneratedSet) -> Self {
        let branches = generated.branches.iter().map(|branch| BranchOutlines::new(&generated.set, branch));
        Outlines { generated, branches: branches.collect() }
    }

    /// The outline of Application `at`, and the text of each of its slots. `None` where only the whole Application
    /// tells.
    pub(crate) fn texts(&mut self, at: usize) -> Option<(OutlineId, Vec<Text>)> {
        let app = self.generated.apps.get(at)?;
        let branch = self.branches.get_mut(usize::try_from(app.branch).ok()?)?.as_mut()?;
        let row = branch.branch.sets.row(usize::try_from(app.row).ok()?)?;
        if row.is_empty() {
            return None;
        }
        let texts = branch.filling.row(&row, &branch.slots).ok()?.into_texts();
        let mut empty = 0;
        for (slot, text) in texts.iter().enumerate() {
            text.as_str()?;
            empty |= u64::from(text.is_empty()) << slot;
        }
        if !branch.known.contains(&empty) {
            if branch.known.len() >= MOST {
                return None;
            }
            branch.known.push(empty);
        }
        Some((OutlineId { branch: app.branch, empty }, texts))
    }

    /// The Application with marks.
    pub(crate) fn object(&self, id: &OutlineId) -> Option<Value> {
        let branch = self.branches.get(usize::try_from(id.branch).ok()?)?.as_ref()?.branch;
        let texts = (0..branch.tree.slots().len()).map(|slot| {
            if id.empty >> slot & 1 == 1 { Text::EMPTY } else { format!("{MARK}{slot}{MARK}").into() }
        });
        Some(self.generated.set.complete(branch.tree.build(&texts.collect::<Vec<Text>>())))
    }
}

impl<'g> BranchOutlines<'g> {
    /// `None` if the Applications of this branch have no outlines: patches read what was filled in.
    fn new(set: &'g ApplicationSet, branch: &'g Branch) -> Option<Self> {
        let count = branch.tree.slots().len();
        if count > 64 || set.is_patched() {
            return None;
        }
        let fixed = set.complete(branch.tree.build(&vec![Text::EMPTY; count]));
        if json::to_string(&fixed).ok()?.contains(MARK) {
            return None;
        }
        let slots: BTreeSet<usize> = (0..count).collect();
        let filling = Filling::new(&branch.tree, &branch.sets, &slots, set.budget());
        Some(BranchOutlines { branch, filling, slots, known: Vec::new() })
    }
}

/// `text` with what belongs to its marks.
pub(crate) fn filled_text(text: &Text, texts: &[Text]) -> Text {
    let Some(whole) = text.as_str().filter(|t| t.contains(MARK)) else { return text.clone() };
    let mut parts = whole.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    // Marks come in pairs around a number.
    while let (Some(number), Some(rest)) = (parts.next(), parts.next()) {
        let slot = number.parse::<usize>().ok().and_then(|at| texts.get(at));
        out.push_str(slot.and_then(Text::as_str).unwrap_or_default());
        out.push_str(rest);
    }
    Text::from(out)
}
