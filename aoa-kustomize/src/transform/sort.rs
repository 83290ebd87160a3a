//! `sortOptions` and `--reorder`: the order in which resources are printed (`SortOrderTransformer.go`).

use std::cmp::Ordering;
use std::collections::HashMap;

use aoa_lang::value::Text;
use aoa_lang::yaml::{FIRST_KINDS, LAST_KINDS};

use crate::error::{Error, Result};
use crate::file::SortOptions;
use crate::options::Reorder;
use crate::resource::{Id, ResMap, Resource};

/// Sorts resources whose ids were checked.
///
/// # Errors
/// If the options are not consistent.
pub(crate) fn sort(map: ResMap, options: Option<&SortOptions>, reorder: Reorder) -> Result<ResMap> {
    let ranks = match options {
        None if reorder == Reorder::None => return Ok(map),
        None => ranks(&FIRST_KINDS.map(Text::from_static), &LAST_KINDS.map(Text::from_static)),
        Some(options) => match (options.order.as_str(), &options.legacy) {
            (Some("fifo"), None) => return Ok(map),
            (Some("fifo"), Some(_)) => {
                return Err(Error::invalid(
                    "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
                ));
            }
            (Some("legacy"), None) => {
                ranks(&FIRST_KINDS.map(Text::from_static), &LAST_KINDS.map(Text::from_static))
            }
            (Some("legacy"), Some((first, last))) => ranks(first, last),
            _ => return Err(Error::invalid("the field 'sortOptions.order' must be one of [fifo, legacy]")),
        },
    };
    let mut keyed: Vec<(Key, Resource)> =
        map.into_list().into_iter().map(|resource| (Key::of(resource.id(), &ranks), resource)).collect();
    keyed.sort_by(|(a, _), (b, _)| a.compare(b));
    Ok(ResMap::of_checked(keyed.into_iter().map(|(_, resource)| resource).collect()))
}

/// The position of each kind that has one; all others have none.
fn ranks(first: &[Text], last: &[Text]) -> HashMap<Text, i64> {
    let position = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
    let first_of_all = -position(first.len());
    let before = first.iter().enumerate().map(|(at, kind)| (kind.clone(), first_of_all + position(at)));
    let behind = last.iter().enumerate().map(|(at, kind)| (kind.clone(), position(at) + 1));
    before.chain(behind).collect()
}

struct Key {
    rank: i64,
    kind: String,
    name: String,
    /// A namespace of the core group: those are the other way around.
    namespace: Namespace,
}

#[derive(Clone, Copy, PartialEq)]
enum Namespace {
    No,
    Core,
    OtherGroup,
}

impl Key {
    fn of(id: &Id, ranks: &HashMap<Text, i64>) -> Self {
        let or = |text: &Text, placeholder: &str| {
            if text.is_empty() { placeholder.to_owned() } else { text.to_str_lossy().into_owned() }
        };
        let gvk = &id.gvk;
        let namespace = match (gvk.kind == "Namespace", gvk.group.is_empty()) {
            (false, _) => Namespace::No,
            (true, true) => Namespace::Core,
            (true, false) => Namespace::OtherGroup,
        };
        Key {
            rank: ranks.get(&gvk.kind).copied().unwrap_or_default(),
            kind: [or(&gvk.group, "~G"), or(&gvk.version, "~V"), or(&gvk.kind, "~K")].join("_"),
            name: [or(&id.namespace, "~X"), or(&id.name, "~N")].join("|"),
            namespace,
        }
    }

    fn compare(&self, other: &Key) -> Ordering {
        let by_kind = self.kind.cmp(&other.kind);
        let is_reversed = match (self.namespace, other.namespace) {
            (Namespace::No, _) | (_, Namespace::No) | (Namespace::OtherGroup, Namespace::OtherGroup) => false,
            (Namespace::Core, _) | (_, Namespace::Core) => true,
        };
        self.rank
            .cmp(&other.rank)
            .then(if is_reversed { by_kind.reverse() } else { by_kind })
            .then_with(|| self.name.cmp(&other.name))
    }
}
