//! The resources of a build in their order, found by their names.

use aoa_lang::value::Text;

use super::annotations::{BEHAVIOR, BUILD, NEEDS_HASH};
use super::index::{Index, digest};
use super::{Id, Names, Resource, Selector};
use crate::error::{Error, Result};

/// A list of resources, no two with the same id (`resWrangler`). Indices are built when they are asked for, follow what is appended
/// and changed one by one, and are dropped when all may have been renamed.
#[derive(Clone, Default)]
pub(crate) struct ResMap {
    list: Vec<Resource>,
    current: Option<Index<u64>>,
    any: Option<Index<u64>>,
    names: Option<Index<Text>>,
    kinds: Option<Index<Text>>,
    labels: Option<Index<(Text, Text)>>,
    /// Whether nothing may be left of some resource.
    has_gone: bool,
    /// Whether two may have the same id now.
    has_twins: bool,
}

/// What a generator wants to be done with what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    Unspecified,
    Create,
    Replace,
    Merge,
}

impl Behavior {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "replace" => Behavior::Replace,
            "merge" => Behavior::Merge,
            "create" => Behavior::Create,
            _ => Behavior::Unspecified,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Behavior::Replace => "replace",
            Behavior::Merge => "merge",
            Behavior::Create => "create",
            Behavior::Unspecified => "unspecified",
        }
    }
}

impl ResMap {
    pub(crate) fn new() -> Self {
        ResMap::default()
    }

    /// A list of resources.
    ///
    /// # Errors
    /// If two have the same id.
    pub(crate) fn of(list: Vec<Resource>) -> Result<Self> {
        let mut map = ResMap::new();
        map.append_all(list)?;
        Ok(map)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn list(&self) -> &[Resource] {
        &self.list
    }

    pub(crate) fn into_list(self) -> Vec<Resource> {
        self.list
    }

    /// All resources, for changes of any kind.
    pub(crate) fn list_mut(&mut self) -> &mut Vec<Resource> {
        (self.current, self.any, self.names, self.kinds, self.labels) = (None, None, None, None, None);
        (self.has_gone, self.has_twins) = (true, true);
        &mut self.list
    }

    /// All resources, for changes that leave all names and notes alone.
    pub(crate) fn bodies_mut(&mut self) -> &mut [Resource] {
        self.has_gone = true;
        self.labels = None;
        &mut self.list
    }

    /// Writes all notes, for those who look at annotations.
    ///
    /// # Errors
    /// If the metadata of a resource are no map.
    pub(crate) fn write_notes(&mut self) -> Result<()> {
        self.list.iter_mut().try_for_each(Resource::write_notes)
    }

    /// Changes one resource.
    pub(crate) fn change<T>(
        &mut self,
        at: usize,
        change: impl FnOnce(&mut Resource) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(resource) = self.list.get_mut(at) else { return Ok(None) };
        let before = resource.names().clone();
        let labels: Option<Vec<_>> = self.labels.as_ref().map(|_| resource.label_pairs().collect());
        let done = change(resource)?;
        self.has_gone |= resource.is_gone();
        if let (Some(index), Some(labels)) = (&mut self.labels, labels) {
            index.rename_ends(at, 0, labels.into_iter(), resource.label_pairs());
        }
        let after = resource.names().clone();
        self.rename(at, &before, &after);
        Ok(Some(done))
    }

    /// Lets the indices follow what a resource is called.
    fn rename(&mut self, at: usize, before: &Names, after: &Names) {
        if before.current == after.current && before.previous == after.previous {
            return;
        }
        if let Some(index) = &mut self.current {
            index.rename(at, digest(&before.current), digest(&after.current));
        }
        // What was noted long before stays; only the end of the notes is another one.
        let kept = before.all().zip(after.all()).take_while(|(a, b)| a == b).count();
        if let Some(index) = &mut self.names {
            let name = |id: &Id| id.name.clone();
            index.rename_ends(at, kept, before.all().map(name), after.all().map(name));
        }
        if let Some(index) = &mut self.kinds {
            let kind = |id: &Id| id.gvk.kind.clone();
            index.rename_ends(at, kept, before.all().map(kind), after.all().map(kind));
        }
        if let Some(index) = &mut self.any {
            index.rename_ends(at, kept, before.all().map(digest), after.all().map(digest));
        }
        if before.current != after.current && !self.has_twins {
            self.has_twins = self.with_current_id(&after.current).len() > 1;
        }
    }

    /// Refuses two resources with the same id, as building the list anew does.
    ///
    /// # Errors
    /// If there are.
    pub(crate) fn check_ids(&mut self) -> Result<()> {
        if self.has_twins {
            let list = std::mem::take(&mut self.list);
            *self = ResMap::of(list)?;
        }
        Ok(())
    }

    /// Appends resources (`AppendAll`).
    ///
    /// # Errors
    /// If one has the id of another.
    pub(crate) fn append_all(&mut self, list: Vec<Resource>) -> Result<()> {
        for resource in list {
            self.append(resource)?;
        }
        Ok(())
    }

    fn append(&mut self, resource: Resource) -> Result<()> {
        let names = resource.names().clone();
        let id = &names.current;
        if !self.with_current_id(id).is_empty() {
            let message = format!("may not add resource with an already registered id: {id}");
            return Err(Error::invalid(message));
        }
        let at = self.list.len();
        self.has_gone |= resource.is_gone();
        if let Some(index) = &mut self.current {
            index.add(digest(id), at);
        }
        if let Some(index) = &mut self.any {
            names.all().for_each(|id| index.add(digest(id), at));
        }
        if let Some(index) = &mut self.names {
            names.all().for_each(|id| index.add(id.name.clone(), at));
        }
        if let Some(index) = &mut self.kinds {
            names.all().for_each(|id| index.add(id.gvk.kind.clone(), at));
        }
        if let Some(index) = &mut self.labels {
            resource.label_pairs().for_each(|pair| index.add(pair, at));
        }
        self.list.push(resource);
        Ok(())
    }

    /// Takes in what a generator has made (`AbsorbAll`).
    ///
    /// # Errors
    /// If a resource is there that may not be, or is not there that must be.
    pub(crate) fn absorb_all(&mut self, list: Vec<Resource>) -> Result<()> {
        list.into_iter().try_for_each(|resource| self.absorb(resource))
    }

    fn absorb(&mut self, mut resource: Resource) -> Result<()> {
        let id = resource.id().clone();
        let behavior =
            Behavior::read(&resource.annotation(BEHAVIOR).map_or(Text::EMPTY, Clone::clone).to_str_lossy());
        match (self.with_any_id(&id).as_slice(), behavior) {
            ([], Behavior::Merge | Behavior::Replace) => {
                Err(Error::invalid(format!("id {id} does not exist; cannot merge or replace")))
            }
            ([], Behavior::Create | Behavior::Unspecified) => self.append(resource),
            ([at], Behavior::Merge | Behavior::Replace) => {
                let at = *at;
                let Some(old) = self.list.get_mut(at) else { return Ok(()) };
                let origin = old.annotation(super::annotations::ORIGIN).cloned();
                resource.copy_metadata_from(old)?;
                if behavior == Behavior::Merge {
                    resource.merge_data_from(old)?;
                    if let Some(origin) = origin {
                        resource.add_annotation(super::annotations::ORIGIN, origin)?;
                    }
                }
                if self.with_current_id(resource.id()).as_slice() != [at] {
                    return Err(Error::invalid("unexpected target index in replacement"));
                }
                self.change(at, |place| {
                    *place = resource;
                    Ok(())
                })?;
                Ok(())
            }
            ([_], Behavior::Create | Behavior::Unspecified) => Err(Error::invalid(format!(
                "id {id} exists; can not use behavior: '{}', behavior must be merge or replace",
                behavior.name()
            ))),
            (many, _) => Err(Error::invalid(format!(
                "found multiple objects ({}) that could accept merge of {id}",
                many.len()
            ))),
        }
    }

    /// The one resource that is or was called so (`GetById`).
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub(crate) fn by_id(&mut self, id: &Id) -> Result<usize> {
        let count = match self.with_any_id(id).as_slice() {
            [at] => return Ok(*at),
            [] => "no matches",
            _ => "multiple matches",
        };
        Err(Error::invalid(format!("{count} for Id {id}; failed to find unique target for patch {id}")))
    }

    /// The resources that are called so now.
    pub(crate) fn with_current_id(&mut self, id: &Id) -> Vec<usize> {
        let list = &self.list;
        let index =
            self.current.get_or_insert_with(|| Index::of(list, |names, add| add(digest(&names.current))));
        let found = index.get(&digest(id)).iter().copied();
        found.filter(|at| list.get(*at).is_some_and(|resource| id.is_same(resource.id()))).collect()
    }

    /// The resources that are or were called so and are still there.
    pub(crate) fn with_any_id(&mut self, id: &Id) -> Vec<usize> {
        let list = &self.list;
        let index = self
            .any
            .get_or_insert_with(|| Index::of(list, |names, add| names.all().for_each(|id| add(digest(id)))));
        let is_called_so =
            |resource: &Resource| !resource.is_gone() && resource.names().all().any(|own| id.is_same(own));
        let found = index.get(&digest(id)).iter().copied();
        found.filter(|at| list.get(*at).is_some_and(is_called_so)).collect()
    }

    /// The resources that are or were called so, whatever their kind and namespace.
    pub(crate) fn with_any_name(&mut self, name: &Text) -> &[usize] {
        let list = &self.list;
        let names = self.names.get_or_insert_with(|| {
            Index::of(list, |names, add| names.all().for_each(|id| add(id.name.clone())))
        });
        names.get(name)
    }

    /// The resources that are or were of a kind.
    fn with_any_kind(&mut self, kind: &Text) -> &[usize] {
        let list = &self.list;
        let kinds = self.kinds.get_or_insert_with(|| {
            Index::of(list, |names, add| names.all().for_each(|id| add(id.gvk.kind.clone())))
        });
        kinds.get(kind)
    }

    /// The resources that have a label, those among them of whose equal keys another one counts.
    fn with_label(&mut self, label: (Text, Text)) -> Vec<usize> {
        let list = &self.list;
        let labels = self.labels.get_or_insert_with(|| {
            let mut index = Index::new(list.len());
            for (at, resource) in list.iter().enumerate() {
                resource.label_pairs().for_each(|pair| index.add(pair, at));
            }
            index
        });
        labels.get(&label).to_vec()
    }

    /// What a selector may select, in order.
    pub(crate) fn candidates_of(&mut self, selector: &Selector) -> Vec<usize> {
        match (selector.plain_name(), selector.plain_label()) {
            (None, Some(label)) => self.with_label(label),
            (name, _) => self.candidates(name, selector.plain_kind()),
        }
    }

    /// The resources that may be or have been called so, or be or have been of the kind; all if neither is known.
    pub(crate) fn candidates(&mut self, name: Option<&Text>, kind: Option<&Text>) -> Vec<usize> {
        match (name, kind) {
            (Some(name), _) => self.with_any_name(name).to_vec(),
            (None, Some(kind)) => self.with_any_kind(kind).to_vec(),
            (None, None) => (0..self.list.len()).collect(),
        }
    }

    /// What a selector selects, in order.
    ///
    /// # Errors
    /// If its labels cannot be read.
    pub(crate) fn select(&mut self, selector: &Selector) -> Result<Vec<usize>> {
        if selector.looks_at_annotations() {
            self.write_notes()?;
        }
        let candidates = self.candidates_of(selector);
        let mut selected = Vec::new();
        for at in candidates {
            if self.list.get(at).map(|resource| selector.selects(resource)).transpose()? == Some(true) {
                selected.push(at);
            }
        }
        Ok(selected)
    }

    /// Drops resources of which nothing is left.
    pub(crate) fn drop_gone(&mut self) {
        if std::mem::take(&mut self.has_gone) && self.list.iter().any(Resource::is_gone) {
            self.list_mut().retain(|resource| !resource.is_gone());
            self.has_gone = false;
        }
    }
}

impl Resource {
    /// Takes name, namespace, labels, annotations and variables of `old`; own labels and annotations win, the notes are those of
    /// `old` (`CopyMergeMetaDataFieldsFrom`).
    pub(crate) fn copy_metadata_from(&mut self, old: &mut Resource) -> Result<()> {
        let mut labels = old.texts("labels")?;
        labels.extend(self.texts("labels")?);
        self.set_texts("labels", labels)?;
        let has_hash = self.annotation(NEEDS_HASH).is_some();
        let theirs = old.texts("annotations")?;
        let mut merged = theirs.clone();
        merged.extend(self.texts("annotations")?);
        merged.retain(|key, value| {
            let name = key.as_str().unwrap_or_default();
            if BUILD.contains(&name) {
                match theirs.get(key) {
                    Some(note) => value.clone_from(note),
                    None => return false,
                }
            }
            has_hash || name != NEEDS_HASH
        });
        self.set_texts("annotations", merged)?;
        let names = old.names().clone();
        self.set_name(names.current.name.clone())?;
        self.set_namespace(&names.current.namespace)?;
        self.variables.clone_from(&old.variables);
        Ok(())
    }
}
