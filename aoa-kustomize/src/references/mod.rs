//! Names in the fields of other resources, after what they name was renamed (`filters/nameref`).

mod fields;

pub(crate) use fields::ReferenceFields;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use aoa_lang::patch::kustomize::{put_field, put_scalar};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};
use aoa_lang::{Limits, Value};
use foldhash::fast::FixedState;

use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::node::{at, at_mut, considering, edit_fields, expect_kind};
use crate::resource::{EmptyAffixes, Gvk, Id, ResMap, Resource};
use fields::{Found, ReferenceField};

const HASHER: FixedState = FixedState::with_seed(13);

/// Updates all fields that hold the names of renamed resources.
///
/// # Errors
/// If a field could mean more than one resource, or is of the wrong kind.
pub(crate) fn update_references(map: &mut ResMap, fields: &ReferenceFields) -> Result<()> {
    if fields.reaches_notes {
        map.write_notes()?;
    }
    // Fields of the wrong kind are refused even where nothing was renamed.
    let candidates = Candidates::of(map.list());
    let mut changes: Vec<(usize, Change)> = Vec::new();
    for (at, resource) in map.list().iter().enumerate() {
        if let Some(change) = change_of(resource, fields, &candidates)? {
            changes.push((at, change));
        }
    }
    for (at, change) in changes {
        map.change(at, |resource| {
            match change {
                Change::Places(places) => {
                    let root = resource.root_mut();
                    for (place, new) in places {
                        if let Some(node) = at_mut(root, &place) {
                            *node = new;
                        }
                    }
                }
                Change::Root(root) => *resource.root_mut() = root,
            }
            resource.settle_shared();
            Ok(())
        })?;
    }
    Ok(())
}

/// What becomes of a resource.
enum Change {
    /// These nodes are replaced.
    Places(BTreeMap<Vec<usize>, Node>),
    Root(Node),
}

/// Whether a place is, contains or lies within one of those that are replaced, none of which contains another.
fn touches_any(places: &BTreeMap<Vec<usize>, Node>, place: &[usize]) -> bool {
    let before = places.range::<[usize], _>((Bound::Unbounded, Bound::Included(place))).next_back();
    let behind = places.range::<[usize], _>((Bound::Included(place), Bound::Unbounded)).next();
    before.is_some_and(|(other, _)| place.starts_with(other))
        || behind.is_some_and(|(other, _)| other.starts_with(place))
}

fn change_of(
    resource: &Resource,
    fields: &ReferenceFields,
    candidates: &Candidates<'_>,
) -> Result<Option<Change>> {
    check_subjects(resource)?;
    let original = &resource.names().original().gvk;
    let fields = fields.of_kind(&original.kind);
    let filter = |field| Filter { referrer: resource, field, candidates };
    if let Some(found) = fields.find(resource.root(), original) {
        let mut places = BTreeMap::new();
        let mut are_apart = true;
        for Found { field, place } in found {
            let Some(field) = fields.list.get(field) else { continue };
            are_apart = are_apart && !touches_any(&places, &place);
            let Some(node) = at(resource.root(), &place).filter(|_| are_apart) else { break };
            if let Some(new) = filter(field).edited(node).map_err(|e| filter(field).failed_at(e))? {
                // A field behind could stand in what has come into it.
                are_apart = new.content.as_slice().len() == node.content.as_slice().len();
                places.insert(place, new);
            }
        }
        if are_apart {
            return Ok((!places.is_empty()).then_some(Change::Places(places)));
        }
    }
    let mut root = resource.root().clone();
    let mut has_changed = false;
    for field in fields.list.iter().filter(|field| original.is_selected(&field.spec.gvk)) {
        has_changed |= filter(field).run(&mut root)?;
    }
    Ok(has_changed.then_some(Change::Root(root)))
}

/// Refuses a role binding whose subjects are no maps, or whose service accounts have a namespace that is no text
/// (`getNamespacesForRoleBinding`).
fn check_subjects(resource: &Resource) -> Result<()> {
    let root = resource.root();
    let id = resource.id();
    if id.is_cluster_scoped() || root.field("kind").is_none_or(|kind| kind.text != "RoleBinding") {
        return Ok(());
    }
    let is_text = |node: &Node| {
        node.tag != "!!timestamp" && matches!(node.decode(&Limits::default()), Ok(Value::String(_)))
    };
    for subject in root.field("subjects").map_or(&[][..], Node::items) {
        if subject.kind != NodeKind::Map {
            return Err(Error::invalid(format!("a subject of {id} is no map")));
        }
        let (Some(kind), Some(namespace)) = (subject.field("kind"), subject.field("namespace")) else {
            continue;
        };
        if !is_text(kind) {
            return Err(Error::invalid(format!("the kind of a subject of {id} is no text")));
        }
        if kind.text == "ServiceAccount" && !is_text(namespace) {
            return Err(Error::invalid(format!("Invalid Input: namespace is blank for resource \"{id}\"")));
        }
    }
    Ok(())
}

/// What may be referred to.
struct Candidates<'m> {
    /// The resources that had another name before, by those names.
    by_name: HashMap<&'m Text, Vec<&'m Resource>, FixedState>,
    /// All resources, by the namespace that they were in first.
    by_namespace: HashMap<&'m [u8], Vec<&'m Resource>, FixedState>,
}

impl<'m> Candidates<'m> {
    fn of(resources: &'m [Resource]) -> Self {
        let mut by_name: HashMap<&'m Text, Vec<&'m Resource>, FixedState> = HashMap::with_hasher(HASHER);
        for resource in resources {
            let names = resource.names();
            for (at, id) in names.previous.iter().enumerate() {
                let is_first = names.previous.iter().take(at).all(|earlier| earlier.name != id.name);
                if is_first {
                    by_name.entry(&id.name).or_default().push(resource);
                }
            }
        }
        let mut by_namespace: HashMap<&'m [u8], Vec<&'m Resource>, FixedState> = HashMap::with_hasher(HASHER);
        if !by_name.is_empty() {
            for resource in resources {
                let namespace = resource.names().original().effective_namespace();
                by_namespace.entry(namespace).or_default().push(resource);
            }
        }
        Candidates { by_name, by_namespace }
    }
}

/// One field of one resource.
struct Filter<'f> {
    referrer: &'f Resource,
    field: &'f ReferenceField,
    candidates: &'f Candidates<'f>,
}

impl<'f> Filter<'f> {
    fn run(&self, root: &mut Node) -> Result<bool> {
        // The field is that of the referrer's present kind, whatever its kind was.
        let spec = FieldSpec { gvk: self.referrer.id().gvk.clone(), ..self.field.spec.clone() };
        edit_fields(root, &spec, &mut |node| self.edited(node)).map_err(|e| self.failed(e))
    }

    fn failed(&self, error: Error) -> Error {
        let (path, id) = (&self.field.spec.path, self.referrer.id());
        error.prefixed(&format!("updating name reference in '{path}' field of '{id}': "))
    }

    /// The error of a place that was found without [`edit_fields`].
    fn failed_at(&self, error: Error) -> Error {
        self.failed(considering(self.referrer.root(), &self.field.spec, error))
    }

    fn edited(&self, node: &Node) -> Result<Option<Node>> {
        if node.is_null() {
            return Ok(None);
        }
        match node.kind {
            NodeKind::Scalar => self.edited_scalar(node),
            NodeKind::Map => self.edited_map(node),
            NodeKind::List => self.edited_list(node),
            NodeKind::Document | NodeKind::Alias => {
                Err(Error::invalid("node must be a scalar, sequence or map"))
            }
        }
    }

    fn edited_list(&self, list: &Node) -> Result<Option<Node>> {
        let mut edited: Option<Node> = None;
        for (at, item) in list.items().iter().enumerate().filter(|(_, item)| !item.is_null()) {
            let new = match item.kind {
                NodeKind::Scalar => self.edited_scalar(item)?,
                NodeKind::Map => self.edited_map(item)?,
                NodeKind::Document | NodeKind::List | NodeKind::Alias => {
                    return Err(Error::invalid("a list is expected to hold strings or maps of strings"));
                }
            };
            let items =
                new.is_some().then(|| edited.get_or_insert_with(|| list.clone()).items_mut()).flatten();
            if let (Some(new), Some(place)) = (new, items.and_then(|items| items.get_mut(at))) {
                *place = new;
            }
        }
        Ok(edited)
    }

    fn edited_scalar(&self, node: &Node) -> Result<Option<Node>> {
        let candidates = self.candidates_for(&node.text);
        let Some(found) = self.referral(candidates, |a, b| a.name == b.name)? else { return Ok(None) };
        let name = &found.id().name;
        if *name == node.text || name.is_empty() {
            return Ok(None);
        }
        let mut new = node.clone();
        put_scalar(&mut new, Node::scalar(Text::EMPTY, name.clone()));
        Ok(Some(new))
    }

    fn edited_map(&self, node: &Node) -> Result<Option<Node>> {
        let Some(name) = node.field("name") else {
            return Err(Error::invalid("path config error; no 'name' field in node"));
        };
        let candidates = self.in_namespace_of(node, self.candidates_for(&name.text))?;
        let is_same = |a: &Id, b: &Id| a.name == b.name && a.namespace == b.namespace;
        let Some(found) = self.referral(candidates, is_same)? else { return Ok(None) };
        let id = found.id();
        if id.name == name.text && id.namespace.is_empty() {
            return Ok(None);
        }
        let mut new = node.clone();
        put_field(&mut new, &Text::from_static("name"), Node::scalar(Text::EMPTY, id.name.clone()));
        if !id.namespace.is_empty() {
            let namespace = Node::scalar(Text::EMPTY, id.namespace.clone());
            put_field(&mut new, &Text::from_static("namespace"), namespace);
        }
        Ok(Some(new))
    }

    /// What was called so once and could be meant by the referrer (`SubsetThatCouldBeReferencedByResource`).
    fn candidates_for(&self, name: &Text) -> Vec<&'f Resource> {
        let named = self.candidates.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let own = self.referrer.id();
        if named.is_empty() || own.is_cluster_scoped() {
            return named.to_vec();
        }
        let bound = self.bound_namespaces();
        let could_be_meant = |candidate: &&&Resource| {
            let id = candidate.id();
            id.is_cluster_scoped() || id.has_namespace_of(own) || bound.contains(&&id.namespace)
        };
        named.iter().filter(could_be_meant).copied().collect()
    }

    /// The namespaces of the service accounts that a role binding binds.
    fn bound_namespaces(&self) -> Vec<&'f Text> {
        let root = self.referrer.root();
        if root.field("kind").is_none_or(|kind| kind.text != "RoleBinding") {
            return Vec::new();
        }
        let subjects = root.field("subjects").map_or(&[][..], Node::items);
        let accounts = subjects
            .iter()
            .filter(|subject| subject.field("kind").is_some_and(|kind| kind.text == "ServiceAccount"));
        accounts.filter_map(|subject| subject.field("namespace")).map(|namespace| &namespace.text).collect()
    }

    /// If the map names a namespace, those that were in it first, or else are in it now.
    fn in_namespace_of(&self, node: &Node, candidates: Vec<&'f Resource>) -> Result<Vec<&'f Resource>> {
        let Some(namespace) = node.field("namespace") else { return Ok(candidates) };
        expect_kind(node, NodeKind::Map)?;
        let namespace = namespace.text.as_bytes();
        if namespace == crate::resource::NO_NAMESPACE.as_bytes() {
            return Ok(Vec::new());
        }
        let was_there = |resource: &&Resource| resource.names().original().effective_namespace() == namespace;
        let is_any_there = self.has_original_in(namespace);
        Ok(if is_any_there {
            candidates.into_iter().filter(was_there).collect()
        } else {
            candidates
                .into_iter()
                .filter(|resource| resource.id().effective_namespace() == namespace)
                .collect()
        })
    }

    /// Whether anything that the referrer could mean was in the namespace at first.
    fn has_original_in(&self, namespace: &[u8]) -> bool {
        let own = self.referrer.id();
        let bound = self.bound_namespaces();
        self.candidates.by_namespace.get(namespace).into_iter().flatten().any(|candidate| {
            let id = candidate.id();
            own.is_cluster_scoped()
                || id.is_cluster_scoped()
                || id.has_namespace_of(own)
                || bound.contains(&&id.namespace)
        })
    }

    /// The one that is meant (`selectReferral`).
    fn referral(
        &self,
        mut candidates: Vec<&'f Resource>,
        is_same: impl Fn(&Id, &Id) -> bool,
    ) -> Result<Option<&'f Resource>> {
        let was_of_kind = |resource: &&Resource, wanted: &Gvk| {
            resource.names().previous.iter().any(|id| id.gvk.is_selected(wanted))
        };
        candidates.retain(|candidate| was_of_kind(candidate, &self.field.target));
        if let Some(role) = self.role_ref() {
            candidates.retain(|candidate| was_of_kind(candidate, &role));
        }
        let own = self.referrer.id();
        if !own.is_cluster_scoped() {
            candidates.retain(|candidate| {
                let id = candidate.id();
                id.is_cluster_scoped() || id.gvk.kind == "ServiceAccount" || id.has_namespace_of(own)
            });
        }
        if let [only] = candidates.as_slice() {
            return Ok(Some(only));
        }
        candidates.retain(|candidate| candidate.has_affixes_of(self.referrer, EmptyAffixes::FitAll));
        if candidates.len() > 1 {
            candidates.retain(|candidate| candidate.has_affixes_of(self.referrer, EmptyAffixes::FitEmpty));
        }
        let Some(first) = candidates.first() else { return Ok(None) };
        if candidates.iter().all(|candidate| is_same(candidate.id(), first.id())) {
            return Ok(Some(first));
        }
        let ids: Vec<String> = candidates.iter().map(|candidate| candidate.id().to_string()).collect();
        Err(Error::invalid(format!("found multiple possible referrals: {}", ids.join(", "))))
    }

    /// The kind that a `roleRef` names, where the field is one.
    fn role_ref(&self) -> Option<Gvk> {
        if !self.field.spec.path.as_str()?.ends_with("roleRef/name") {
            return None;
        }
        let role = self.referrer.root().field("roleRef")?;
        let (group, kind) = (role.field("apiGroup")?, role.field("kind")?);
        Some(Gvk { group: group.text.clone(), version: Text::EMPTY, kind: kind.text.clone() })
    }
}
