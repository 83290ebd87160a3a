//! Which fields hold names, as one tree of paths for each kind, so that a resource is walked once for all of them.

use std::collections::HashMap;

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};
use foldhash::fast::FixedState;

use crate::config::{FieldSpec, NameReference};
use crate::node::is_field;
use crate::resource::Gvk;

const HASHER: FixedState = FixedState::with_seed(13);

/// How deep lists may stand in lists on the way.
const DEPTH: usize = 200;

/// The fields of all kinds.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceFields {
    by_kind: HashMap<Text, KindFields, FixedState>,
    /// Those of kinds that have none of their own.
    of_others: KindFields,
    /// Whether any field may hold notes of the build.
    pub(super) reaches_notes: bool,
}

/// The fields of one kind in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct KindFields {
    pub(super) list: Vec<ReferenceField>,
    /// Their paths; `None` if one of them has other parts than names of fields.
    paths: Option<Vec<Step>>,
}

/// A field, and what it names.
#[derive(Clone, Debug)]
pub(super) struct ReferenceField {
    pub(super) target: Gvk,
    pub(super) spec: FieldSpec,
}

/// A part of paths; the first one is their begin.
#[derive(Clone, Debug, Default)]
struct Step {
    name: Box<str>,
    is_list: bool,
    next: Vec<usize>,
    /// The fields whose path ends here.
    fields: Vec<usize>,
}

/// The place of a field in a resource.
pub(super) struct Found {
    pub(super) field: usize,
    pub(super) place: Vec<usize>,
}

impl ReferenceFields {
    pub(crate) fn of(references: &[NameReference]) -> Self {
        let mut by_kind: HashMap<Text, Vec<ReferenceField>, FixedState> = HashMap::with_hasher(HASHER);
        for reference in references {
            for spec in &reference.referrers {
                let field = ReferenceField { target: reference.target.clone(), spec: spec.clone() };
                by_kind.entry(spec.gvk.kind.clone()).or_default().push(field);
            }
        }
        let of_all = by_kind.remove(&Text::EMPTY).unwrap_or_default();
        let reaches_notes = by_kind.values().flatten().chain(&of_all).any(|field| field.spec.reaches_notes());
        let with_those_of_all = |(kind, mut own): (Text, Vec<ReferenceField>)| {
            own.extend(of_all.iter().cloned());
            (kind, KindFields::of(own))
        };
        let by_kind = by_kind.into_iter().map(with_those_of_all).collect();
        ReferenceFields { by_kind, of_others: KindFields::of(of_all), reaches_notes }
    }

    pub(super) fn of_kind(&self, kind: &Text) -> &KindFields {
        self.by_kind.get(kind).unwrap_or(&self.of_others)
    }
}

impl KindFields {
    fn of(list: Vec<ReferenceField>) -> Self {
        let mut steps = vec![Step::default()];
        let is_plain =
            list.iter().enumerate().all(|(at, field)| add(&mut steps, at, &field.spec.parts).is_some());
        KindFields { list, paths: is_plain.then_some(steps) }
    }

    /// The places of all fields of what is of kind `gvk`, field by field; `None` where it takes a closer look: a path cannot be
    /// followed, or following it changes something.
    pub(super) fn find(&self, root: &Node, gvk: &Gvk) -> Option<Vec<Found>> {
        let mut walk = Walk { steps: self.paths.as_deref()?, list: &self.list, gvk, found: Vec::new() };
        walk.visit(root, walk.steps.first()?, &mut Vec::new(), 0)?;
        let mut found = walk.found;
        found.sort_by_key(|found| found.field);
        Some(found)
    }
}

/// Adds a path; `None` if it has other parts than names of fields.
fn add(steps: &mut Vec<Step>, field: usize, parts: &[String]) -> Option<()> {
    let mut here = 0;
    for part in parts {
        let (name, is_list) = part.strip_suffix("[]").map_or((part.as_str(), false), |name| (name, true));
        if !is_field(name) {
            return None;
        }
        let is_known = |at: &&usize| {
            steps.get(**at).is_some_and(|step| *step.name == *name.trim() && step.is_list == is_list)
        };
        let known = steps.get(here)?.next.iter().find(is_known).copied();
        here = match known {
            Some(at) => at,
            None => {
                let at = steps.len();
                steps.push(Step { name: name.trim().into(), is_list, ..Step::default() });
                steps.get_mut(here)?.next.push(at);
                at
            }
        };
    }
    steps.get_mut(here)?.fields.push(field);
    Some(())
}

struct Walk<'w> {
    steps: &'w [Step],
    list: &'w [ReferenceField],
    gvk: &'w Gvk,
    found: Vec<Found>,
}

impl<'w> Walk<'w> {
    /// Notes the fields that end here, and follows all paths that go on. Recursion is capped.
    fn visit(&mut self, node: &Node, step: &'w Step, at: &mut Vec<usize>, depth: usize) -> Option<()> {
        for field in &step.fields {
            if self.list.get(*field).is_some_and(|own| self.gvk.is_selected(&own.spec.gvk)) {
                self.found.push(Found { field: *field, place: at.clone() });
            }
        }
        if step.next.is_empty() { Some(()) } else { self.descend(node, step, at, depth) }
    }

    /// Follows the paths that go on behind a step: in a map, or in each item of a list.
    fn descend(&mut self, node: &Node, step: &'w Step, at: &mut Vec<usize>, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match node.kind {
            _ if node.is_null() => {}
            NodeKind::Map => {
                for next in &step.next {
                    self.field(node, self.steps.get(*next)?, at, depth)?;
                }
            }
            NodeKind::List => {
                for (index, item) in node.items().iter().enumerate() {
                    at.push(index);
                    self.descend(item, step, at, depth + 1)?;
                    at.pop();
                }
            }
            // An error, if the field is one of this resource.
            NodeKind::Document | NodeKind::Scalar | NodeKind::Alias => return None,
        }
        Some(())
    }

    fn field(&mut self, map: &Node, step: &'w Step, at: &mut Vec<usize>, depth: usize) -> Option<()> {
        let Some(entry) = map.entries().position(|(key, _)| key.text == *step.name) else { return Some(()) };
        let index = entry * 2 + 1;
        let child = map.content.as_slice().get(index)?;
        if step.is_list && child.is_null() {
            return None;
        }
        at.push(index);
        self.visit(child, step, at, depth + 1)?;
        at.pop();
        Some(())
    }
}
