//! The indices of a list of resources: each is made when it is asked for, follows what is appended and changed one by one, and is
//! forgotten when anything may have changed.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::text::selector::{Operator, Requirement};
use aoa_lang::value::Text;
use foldhash::fast::FixedState;

use super::index::{HASHER, Index, digest};
use super::metadata::Texts;
use super::values::{Values, union};
use super::{Id, Names, Resource, Selector};
use crate::error::Result;

/// Places of resources by what they are called and by what their metadata say. What an index names may be too much, and never is
/// too little.
#[derive(Clone, Default)]
pub(super) struct Indices {
    current: Option<Index<u64>>,
    any: Option<Index<u64>>,
    names: Option<Values>,
    kinds: Option<Values>,
    namespaces: Option<Values>,
    labels: Option<MetaIndex>,
    /// As long as there is one, all notes are written.
    annotations: Option<MetaIndex>,
}

/// Places by the values of each key of labels or annotations.
type MetaIndex = HashMap<Text, Values, FixedState>;

/// What the indices have of a resource before it changes.
pub(super) struct Before {
    names: Arc<Names>,
    labels: Option<Texts>,
    annotations: Option<Texts>,
}

/// Something that restricts what a selector selects.
#[derive(Clone, Copy)]
enum Part<'s> {
    Name(&'s Selector),
    Kind(&'s Selector),
    Namespace(&'s Selector),
    Label(&'s Requirement),
    Annotation(&'s Requirement),
}

/// So few resources are all looked at.
const FEW: usize = 8;

impl Indices {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Indices::default();
    }

    /// Forgets labels and annotations.
    pub(super) fn clear_meta(&mut self) {
        (self.labels, self.annotations) = (None, None);
    }

    /// The places that may have a present id.
    pub(super) fn with_current_id(&mut self, list: &[Resource], id: &Id) -> &[usize] {
        let make = || Index::of(list, |names, add| add(digest(&names.current)));
        self.current.get_or_insert_with(make).get(&digest(id))
    }

    /// The places that may have or have had an id.
    pub(super) fn with_any_id(&mut self, list: &[Resource], id: &Id) -> &[usize] {
        let make = || Index::of(list, |names, add| names.all().for_each(|id| add(digest(id))));
        self.any.get_or_insert_with(make).get(&digest(id))
    }

    /// The places that have or have had a name.
    pub(super) fn with_any_name(&mut self, list: &[Resource], name: &Text) -> &[usize] {
        self.names(list).get(name.as_bytes()).unwrap_or_default()
    }

    /// The places that have or have had a kind.
    pub(super) fn with_any_kind(&mut self, list: &[Resource], kind: &Text) -> &[usize] {
        self.kinds(list).get(kind.as_bytes()).unwrap_or_default()
    }

    /// The places that a selector may select, in order.
    pub(super) fn candidates(&mut self, list: &[Resource], selector: &Selector) -> Vec<usize> {
        if let Some(name) = selector.name().plain() {
            return self.with_any_name(list, name).to_vec();
        }
        let best = if list.len() <= FEW { None } else { self.best_part(list, selector) };
        best.map_or_else(|| (0..list.len()).collect(), |part| self.places(list, part))
    }

    /// The part of a selector that leaves the fewest places.
    fn best_part<'s>(&mut self, list: &[Resource], selector: &'s Selector) -> Option<Part<'s>> {
        let ids = [
            (selector.kind(), Part::Kind(selector)),
            (selector.namespace(), Part::Namespace(selector)),
            (selector.name(), Part::Name(selector)),
        ];
        let ids = ids.into_iter().filter(|(pattern, _)| !pattern.is_open()).map(|(_, part)| part);
        let labels = selector.labels().iter().map(Part::Label);
        let annotations = selector.annotations().iter().map(Part::Annotation);
        let (mut best, mut fewest) = (None, list.len());
        for part in labels.chain(annotations).chain(ids) {
            if fewest <= FEW {
                break;
            }
            let count = self.count(list, part);
            if count < fewest {
                (best, fewest) = (Some(part), count);
            }
        }
        best
    }

    fn count(&mut self, list: &[Resource], part: Part<'_>) -> usize {
        match part {
            Part::Name(selector) => self.names(list).count(selector.name()),
            Part::Kind(selector) => self.kinds(list).count(selector.kind()),
            Part::Namespace(selector) => self.namespaces(list).count(selector.namespace()),
            Part::Label(requirement) => count_meta(self.labels(list), requirement, list.len()),
            Part::Annotation(requirement) => count_meta(self.annotations(list), requirement, list.len()),
        }
    }

    fn places(&mut self, list: &[Resource], part: Part<'_>) -> Vec<usize> {
        match part {
            Part::Name(selector) => self.names(list).matching(selector.name()),
            Part::Kind(selector) => self.kinds(list).matching(selector.kind()),
            Part::Namespace(selector) => self.namespaces(list).matching(selector.namespace()),
            Part::Label(requirement) => places_of_meta(self.labels(list), requirement, list.len()),
            Part::Annotation(requirement) => places_of_meta(self.annotations(list), requirement, list.len()),
        }
    }

    fn names(&mut self, list: &[Resource]) -> &mut Values {
        self.names.get_or_insert_with(|| values_of(list, names_of))
    }

    fn kinds(&mut self, list: &[Resource]) -> &mut Values {
        self.kinds.get_or_insert_with(|| values_of(list, kinds_of))
    }

    fn namespaces(&mut self, list: &[Resource]) -> &mut Values {
        self.namespaces.get_or_insert_with(|| values_of(list, namespaces_of))
    }

    fn labels(&mut self, list: &[Resource]) -> &mut MetaIndex {
        self.labels.get_or_insert_with(|| meta_of(list, "labels"))
    }

    /// All notes must be written.
    pub(super) fn annotations(&mut self, list: &[Resource]) -> &mut MetaIndex {
        self.annotations.get_or_insert_with(|| meta_of(list, "annotations"))
    }

    /// Whether annotations are known, so that all notes are written.
    pub(super) fn has_annotations(&self) -> bool {
        self.annotations.is_some()
    }
}

impl Indices {
    /// What [`Indices::follow`] wants to know of a resource before it changes.
    pub(super) fn before(&self, resource: &Resource) -> Before {
        let pairs = |index: &Option<MetaIndex>, field| index.as_ref().map(|_| resource.meta_pairs(field));
        Before {
            names: resource.names().clone(),
            labels: pairs(&self.labels, "labels"),
            annotations: pairs(&self.annotations, "annotations"),
        }
    }

    /// Follows a change of a resource. Whether it now has another id.
    ///
    /// # Errors
    /// If its notes cannot be written.
    pub(super) fn follow(&mut self, at: usize, before: Before, resource: &mut Resource) -> Result<bool> {
        if self.annotations.is_some() {
            resource.write_notes()?;
        }
        let now = self.before(resource);
        for (index, before, now) in [
            (&mut self.labels, before.labels, now.labels),
            (&mut self.annotations, before.annotations, now.annotations),
        ] {
            if let (Some(index), Some(before), Some(now)) = (index, before, now)
                && before != now
            {
                rename_meta(index, at, &before, now);
            }
        }
        let (before, after) = (&*before.names, &*now.names);
        if before.current == after.current && before.previous == after.previous {
            return Ok(false);
        }
        self.rename(at, before, after);
        Ok(before.current != after.current)
    }

    fn rename(&mut self, at: usize, before: &Names, after: &Names) {
        if let Some(index) = &mut self.current {
            index.rename(at, digest(&before.current), digest(&after.current));
        }
        // What was noted long before stays; only the end of the notes is another one.
        let kept = before.all().zip(after.all()).take_while(|(a, b)| a == b).count();
        if let Some(index) = &mut self.any {
            index.rename_ends(at, kept, before.all().map(digest), after.all().map(digest));
        }
        if let Some(values) = &mut self.names {
            values.rename(at, kept, names_of(before), names_of(after));
        }
        if let Some(values) = &mut self.kinds {
            values.rename(at, kept, kinds_of(before), kinds_of(after));
        }
        if let Some(values) = &mut self.namespaces {
            values.rename(at, kept.saturating_mul(2), namespaces_of(before), namespaces_of(after));
        }
    }

    /// Follows a resource that is appended.
    ///
    /// # Errors
    /// If its notes cannot be written.
    pub(super) fn append(&mut self, at: usize, resource: &mut Resource) -> Result<()> {
        if self.annotations.is_some() {
            resource.write_notes()?;
        }
        let names = resource.names();
        if let Some(index) = &mut self.current {
            index.add(digest(&names.current), at);
        }
        if let Some(index) = &mut self.any {
            names.all().for_each(|id| index.add(digest(id), at));
        }
        if let Some(values) = &mut self.names {
            names_of(names).for_each(|name| values.add(name, at));
        }
        if let Some(values) = &mut self.kinds {
            kinds_of(names).for_each(|kind| values.add(kind, at));
        }
        if let Some(values) = &mut self.namespaces {
            namespaces_of(names).for_each(|namespace| values.add(namespace, at));
        }
        for (index, field) in [(&mut self.labels, "labels"), (&mut self.annotations, "annotations")] {
            if let Some(index) = index {
                resource.meta_pairs(field).into_iter().for_each(|pair| add_meta(index, pair, at));
            }
        }
        Ok(())
    }
}

fn names_of(names: &Names) -> impl Iterator<Item = Text> + Clone {
    names.all().map(|id| id.name.clone())
}

fn kinds_of(names: &Names) -> impl Iterator<Item = Text> + Clone {
    names.all().map(|id| id.gvk.kind.clone())
}

/// As they are written, which is what replacements look at, and as they are in force, which is what patches look at.
fn namespaces_of(names: &Names) -> impl Iterator<Item = Text> + Clone {
    names.all().flat_map(|id| [id.namespace.clone(), Text::from_bytes(id.effective_namespace())])
}

fn values_of<'r, I: Iterator<Item = Text>>(list: &'r [Resource], of: impl Fn(&'r Names) -> I) -> Values {
    let mut values = Values::new();
    for (at, resource) in list.iter().enumerate() {
        of(resource.names()).for_each(|value| values.add(value, at));
    }
    values
}

fn meta_of(list: &[Resource], field: &'static str) -> MetaIndex {
    let mut index = MetaIndex::with_hasher(HASHER);
    for (at, resource) in list.iter().enumerate() {
        resource.meta_pairs(field).into_iter().for_each(|pair| add_meta(&mut index, pair, at));
    }
    index
}

fn add_meta(index: &mut MetaIndex, (key, value): (Text, Text), at: usize) {
    index.entry(key).or_insert_with(Values::new).add(value, at);
}

fn rename_meta(index: &mut MetaIndex, at: usize, before: &Texts, after: Texts) {
    for (key, value) in before.iter().filter(|(key, value)| after.get(*key) != Some(*value)) {
        if let Some(values) = index.get_mut(key) {
            values.remove(value, at);
        }
    }
    let new = after.into_iter().filter(|(key, value)| before.get(key) != Some(value));
    new.for_each(|pair| add_meta(index, pair, at));
}

/// The values that a requirement names: those that it wants, or those that it does not want.
fn named<'i>(index: &'i MetaIndex, requirement: &'i Requirement) -> impl Iterator<Item = &'i [usize]> {
    let values = index.get(requirement.key().as_bytes());
    let listed = requirement.values().iter();
    let is_list = lists_values(requirement.operator());
    let listed = listed.filter_map(move |value| values.filter(|_| is_list)?.get(value.as_bytes()));
    let is_wanted = !is_negative(requirement.operator());
    let all = values.filter(|_| !is_list).into_iter().flat_map(Values::iter);
    let all = all.filter(move |(value, _)| requirement.holds(value.as_str()) == is_wanted);
    listed.chain(all.map(|(_, places)| places))
}

fn lists_values(operator: Operator) -> bool {
    match operator {
        Operator::Equals | Operator::DoubleEquals | Operator::In | Operator::NotEquals | Operator::NotIn => {
            true
        }
        Operator::Exists | Operator::DoesNotExist | Operator::GreaterThan | Operator::LessThan => false,
    }
}

/// Whether it holds where the key is missing.
fn is_negative(operator: Operator) -> bool {
    matches!(operator, Operator::NotEquals | Operator::NotIn | Operator::DoesNotExist)
}

fn count_meta(index: &MetaIndex, requirement: &Requirement, all: usize) -> usize {
    let count = named(index, requirement).map(<[usize]>::len).sum();
    if is_negative(requirement.operator()) { all.saturating_sub(count) } else { count }
}

fn places_of_meta(index: &MetaIndex, requirement: &Requirement, all: usize) -> Vec<usize> {
    if !is_negative(requirement.operator()) {
        return union(named(index, requirement));
    }
    let mut is_wanted = vec![true; all];
    let mut set = |places: &[usize], wanted| {
        for at in places {
            if let Some(place) = is_wanted.get_mut(*at) {
                *place = wanted;
            }
        }
    };
    named(index, requirement).for_each(|places| set(places, false));
    is_wanted.iter().enumerate().filter_map(|(at, wanted)| wanted.then_some(at)).collect()
}
